import type { TrailEvent } from '../../intake/trail-event';
import { actorKey, fromClient, isAutomated, shortService, whereFrom } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later, user } from '../sample';

const LEARN_DAYS = 14;

/** Calls that tell all about who may do what, in one answer. The others tell what the account is worth. */
const ALL_RIGHTS: ReadonlySet<string> = new Set(['GetAccountAuthorizationDetails', 'GetCredentialReport']);

export default defineRule({
  id: 'account-dumped-first',
  title: 'All about users, rights or costs read, as never before',
  severity: (event, settings) =>
    isAutomated(event, settings) ? 'info' : ALL_RIGHTS.has(event.call) ? 'medium' : 'low',
  rows: ['2-40'],
  attack: ['TA0007/T1087.004', 'TA0007/T1069.003', 'TA0007/T1580'],
  match: [
    {
      feed: 'api-reads',
      outcome: 'any',
      service: 'iam.amazonaws.com',
      calls: [
        'GetAccountAuthorizationDetails',
        'GetCredentialReport',
        'SimulatePrincipalPolicy',
        'SimulateCustomPolicy',
      ],
    },
    { feed: 'api-reads', outcome: 'any', service: 'ce.amazonaws.com', calls: ['GetCostAndUsage'] },
    {
      feed: 'api-reads',
      outcome: 'any',
      service: 'organizations.amazonaws.com',
      calls: ['ListAccounts', 'ListPolicies', 'ListDelegatedAdministrators'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  baseline: {
    kind: 'survey',
    value: (event) => `${actorKey(event)} ${what(event)}`,
    learnDays: LEARN_DAYS,
    expiryDays: 60,
  },
  headline: (event) =>
    `${event.actor}, who never did, called ${shortService(event.service)} ${event.call} ${whereFrom(event)}`,
  resources: (event) => [event.actor],
  why: 'With one answer somebody knows all users, roles and policies, and finds the way up without another question that you would notice.',
  runbook: [
    'Ask the actor. Auditors and their tools do it; is there an audit?',
    'If nobody vouches for it, deactivate its keys or revoke its sessions, and see what else it asked.',
    'Tools that do it by design: suppress by actor.',
  ],
  falsePositives: ['A new tool for audits, posture or costs. Somebody who opens such a page of the console.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account.`,
    'The same by many small questions: discovery-burst.',
    'An actor that does it every day.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html',
    'https://attack.mitre.org/techniques/T1087/004/',
  ],
});

/** Calls of one kind teach each other: who may read the report need not be new to the details. */
function what(event: TrailEvent): string {
  return ALL_RIGHTS.has(event.call) ? 'all rights' : event.service;
}

export const examples = (): Examples => {
  const IAM = 'iam.amazonaws.com';
  const opening = call(IAM, 'GetAccountAuthorizationDetails', { userIdentity: user('auditor') });
  const dumped = later(call(IAM, 'GetAccountAuthorizationDetails'), LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'everything', timeline: [opening, dumped], severity: 'medium' },
      { why: 'refused', timeline: [opening, denied(dumped)], severity: 'medium' },
      { why: 'the report', timeline: [opening, but(dumped, { eventName: 'GetCredentialReport' })], severity: 'medium' },
      {
        why: 'costs',
        timeline: [opening, but(dumped, { eventSource: 'ce.amazonaws.com', eventName: 'GetCostAndUsage' })],
        severity: 'low',
      },
      { why: 'again: one alert', timeline: [opening, dumped, later(dumped, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(dumped, -1_000)] },
      { why: 'by the auditor', timeline: [opening, later(opening, LEARN_DAYS * DAY)] },
      {
        why: 'the report, by the auditor',
        timeline: [opening, but(later(opening, LEARN_DAYS * DAY), { eventName: 'GetCredentialReport' })],
      },
      { why: 'by Terraform', timeline: [opening, but(dumped, { userAgent: 'Terraform/1.9' })] },
      { why: 'by a service', timeline: [opening, but(dumped, byService('access-analyzer.amazonaws.com'))] },
    ],
  };
};
