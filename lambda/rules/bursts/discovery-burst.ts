import { actorAndTool, fromConsole } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, later, repeat, role, user } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated, isDiscovery } from './bursts';
import {
  DISCOVERY_BLIND_SPOTS,
  DISCOVERY_REFERENCES,
  DISCOVERY_WHY,
  kindsOfCalls,
  READS,
  SERVICES_MIN,
  serviceAndCall,
} from './discovery';

export default defineRule({
  id: 'discovery-burst',
  title: 'One user or role looked at many things in many services',
  severity: (event, settings) => infoIfAutomated('medium', event, settings),
  // Needs every read, which a deployment forwards only on request, and which cost a replay most of its time.
  mode: 'off',
  rows: ['1-1'],
  attack: ['TA0007/T1526', 'TA0007/T1580', 'TA0007/T1087.004'],
  match: READS,
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => isDiscovery(event) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    groups: SERVICES_MIN,
    threshold: 20,
    withinMs: 5 * MINUTE,
    unit: 'kinds of discovery calls',
  },
  headline: callInWords,
  why: DISCOVERY_WHY,
  runbook: BURST_RUNBOOK,
  falsePositives: [
    'Inventory, monitoring and posture tools look at everything by design: suppress the rule for their roles.',
    'A first plan of infrastructure as code whose agent is not among infrastructureAsCodeAgents.',
  ],
  blindSpots: ['Console sessions have a threshold of their own: discovery-burst-console.', ...DISCOVERY_BLIND_SPOTS],
  references: DISCOVERY_REFERENCES,
});

export const examples = (): Examples => {
  const look = call('iam.amazonaws.com', 'ListUsers');
  const kinds = (count: number, services: number, fields: object = {}) =>
    kindsOfCalls(count, services).map(([eventSource, eventName], index) =>
      but(later(look, index * 2_000), { eventSource, eventName, ...fields }),
    );
  return {
    fires: [
      { why: 'twenty kinds of five services in forty seconds', timeline: kinds(20, 5), severity: 'medium' },
      {
        why: 'half of them refused',
        timeline: kinds(20, 5).map((record, index) =>
          index % 2 ? record : but(record, { errorCode: 'AccessDenied' }),
        ),
      },
      {
        why: 'with a new session of the role for each',
        timeline: kinds(20, 5).map((record, index) => but(record, { userIdentity: role('ci', `run-${index}`) })),
      },
    ],
    quiet: [
      { why: 'nineteen kinds', timeline: kinds(19, 5) },
      { why: 'of four services', timeline: kinds(20, 4) },
      { why: 'nineteen kinds, each of them often', timeline: kinds(19, 5).flatMap((record) => repeat(record, 5, 100)) },
      {
        why: 'the last one when the window has closed',
        timeline: [...kinds(19, 5), but(later(look, 5 * MINUTE), { eventName: 'ListGroups' })],
      },
      {
        why: 'the last one by somebody else',
        timeline: [...kinds(19, 5), but(later(look, 40_000), { eventName: 'ListGroups', userIdentity: user('bob') })],
      },
      { why: 'pages of the console', timeline: kinds(30, 8, { sessionCredentialFromConsole: 'true' }) },
      { why: 'a service', timeline: kinds(30, 8, byService('config.amazonaws.com')) },
      {
        why: 'a service on behalf of a role',
        timeline: kinds(30, 8, { userIdentity: { ...role('audit', 's'), invokedBy: 'securityhub.amazonaws.com' } }),
      },
      { why: 'a plan of Terraform: stored only', timeline: kinds(60, 8, { userAgent: 'HashiCorp Terraform/1.11.4' }) },
      {
        why: 'the last one is a change',
        timeline: [...kinds(19, 5), but(look, { eventName: 'DeleteUser', readOnly: false })],
      },
    ],
  };
};
