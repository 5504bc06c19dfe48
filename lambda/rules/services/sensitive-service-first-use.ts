import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, lessIfAutomated, NOT_BY_SERVICE, shortService, whereFrom } from '../callers';
import { DAY, defineRule, type Examples, HOUR, type Match } from '../rule';
import { but, byService, call, denied, later, user } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { LEARN_DAYS, SERVICES_REFERENCES, SERVICES_RUNBOOK } from './services';

/**
 * Services that cost or send much, move data, or open other ways in: what intruders take up in accounts that never
 * used them. The account's own settings and the organization are the matter of other rules.
 */
const SENSITIVE = [
  'appstream',
  'batch',
  'bedrock',
  'datasync',
  'ecs',
  'gamelift',
  'glue',
  'lightsail',
  'rolesanywhere',
  'sagemaker',
  'ses',
  'support',
  'transfer',
  'workspaces',
] as const;

const MATCHES = SENSITIVE.flatMap((name): Match[] => {
  const service = `${name}.amazonaws.com`;
  return [
    { feed: 'api-writes', outcome: 'any', service, record: NOT_BY_SERVICE },
    { feed: 'errors', outcome: ['denied', 'failed'], service, record: NOT_BY_SERVICE },
  ];
});

/** Models are used by calls that AWS records as reads. */
const MODELS: Match = {
  feed: 'api-reads',
  outcome: 'any',
  service: 'bedrock.amazonaws.com',
  calls: ['InvokeModel', 'InvokeModelWithResponseStream', 'Converse', 'ConverseStream'],
  record: NOT_BY_SERVICE,
};

export default defineRule({
  id: 'sensitive-service-first-use',
  title: 'A service that intruders like, new to the account',
  severity: serviceSeverity,
  rows: ['1-3', '2-24'],
  attack: ['TA0040/T1496', 'TA0010/T1537'],
  match: [MODELS, ...MATCHES],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  baseline: { kind: 'sensitive service', value: (event) => event.service, learnDays: LEARN_DAYS, expiryDays: 180 },
  headline: (event) =>
    `${event.actor} called ${shortService(event.service)} ${event.call}, a service new to the account, ${whereFrom(event)}`,
  why: 'Mail, models, desktops and containers are what stolen accounts are used for; nobody here needed this service so far.',
  runbook: SERVICES_RUNBOOK,
  falsePositives: ['A service that is being taken into use.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. After the first use, the service counts as used.`,
    'Reads that succeed, but for calls of models. Services that are not in the list.',
  ],
  references: ['https://attack.mitre.org/techniques/T1496/', ...SERVICES_REFERENCES],
});

/** Medium; one less each when it failed, and for infrastructure as code. */
function serviceSeverity(event: TrailEvent, settings: Settings): Severity {
  return event.outcome === 'succeeded' ? lessIfAutomated('medium', event, settings) : 'low';
}

export const examples = (): Examples => {
  const opening = call('ec2.amazonaws.com', 'CreateTags');
  const use = later(call('ses.amazonaws.com', 'VerifyEmailIdentity'), LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'mail, for the first time', timeline: [opening, use], severity: 'medium' },
      { why: 'used on: one alert', timeline: [opening, use, later(use, HOUR), later(use, 30 * DAY)] },
      {
        why: 'a model is asked',
        timeline: [
          opening,
          but(use, { eventSource: 'bedrock.amazonaws.com', eventName: 'InvokeModel', readOnly: true }),
        ],
        severity: 'medium',
      },
      {
        why: 'a list of models is refused',
        timeline: [
          opening,
          but(denied(use), { eventSource: 'bedrock.amazonaws.com', eventName: 'ListFoundationModels', readOnly: true }),
        ],
        severity: 'low',
      },
      { why: 'by Terraform', timeline: [opening, but(use, { userAgent: 'Terraform/1.11' })], severity: 'low' },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(use, -1_000)] },
      { why: 'in use since the first day', timeline: [opening, later(use, -13 * DAY), use] },
      {
        why: 'in use by somebody else',
        timeline: [opening, but(later(use, -13 * DAY), { userIdentity: user('bob') }), use],
      },
      { why: 'a read that succeeds', timeline: [opening, but(use, { eventName: 'GetSendQuota', readOnly: true })] },
      { why: 'another service', timeline: [opening, but(use, { eventSource: 'sns.amazonaws.com' })] },
      { why: 'a service', timeline: [opening, but(use, byService('cloudformation.amazonaws.com'))] },
    ],
  };
};
