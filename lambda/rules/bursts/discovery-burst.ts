import { actorAndTool, fromClient, fromConsole } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, later, repeat, role, user } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated } from './bursts';
import {
  DISCOVERY_BLIND_SPOTS,
  DISCOVERY_REFERENCES,
  DISCOVERY_WHY,
  QUESTIONS,
  questions,
  SERVICES_MIN,
  serviceAndCall,
} from './discovery';

export default defineRule({
  id: 'discovery-burst',
  title: 'One user or role asked many services what there is',
  severity: (event, settings) => infoIfAutomated('medium', event, settings),
  rows: ['1-1', '2-40'],
  attack: ['TA0007/T1526', 'TA0007/T1580', 'TA0007/T1087.004'],
  match: QUESTIONS,
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => fromClient(event) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    groups: SERVICES_MIN,
    threshold: 12,
    withinMs: 5 * MINUTE,
    unit: 'different questions about the account',
  },
  headline: callInWords,
  why: DISCOVERY_WHY,
  runbook: BURST_RUNBOOK,
  falsePositives: [
    'Inventory, monitoring and posture tools look at everything by design: suppress the rule for their roles.',
    'A first plan of infrastructure as code whose agent is not among infrastructureAsCodeAgents.',
  ],
  blindSpots: [
    'Console sessions have a threshold of their own: discovery-burst-console.',
    'Questions that controllers ask all day are not counted (discovery-all-reads counts every read, where it is on).',
    ...DISCOVERY_BLIND_SPOTS,
  ],
  references: DISCOVERY_REFERENCES,
});

export const examples = (): Examples => {
  const look = call('iam.amazonaws.com', 'ListUsers');
  const ask = (count: number, services: number, fields: object = {}) =>
    questions(count, services).map(([eventSource, eventName], index) =>
      but(later(look, index * 2_000), { eventSource, eventName, readOnly: true, ...fields }),
    );
  const last = but(later(look, 40_000), { eventSource: 'sqs.amazonaws.com', eventName: 'ListQueues' });
  return {
    fires: [
      { why: 'twelve questions to five services in half a minute', timeline: ask(12, 5), severity: 'medium' },
      {
        why: 'half of them refused',
        timeline: ask(12, 5).map((record, index) => (index % 2 ? record : but(record, { errorCode: 'AccessDenied' }))),
      },
      {
        why: 'with a new session of the role for each',
        timeline: ask(12, 5).map((record, index) => but(record, { userIdentity: role('ci', `run-${index}`) })),
      },
      {
        why: 'the last one at the edge of the window',
        timeline: [...ask(11, 5), later(last, 5 * MINUTE - 41_000)],
      },
    ],
    quiet: [
      { why: 'eleven questions', timeline: ask(11, 5) },
      { why: 'to four services', timeline: ask(12, 4) },
      { why: 'eleven, each of them often', timeline: ask(11, 5).flatMap((record) => repeat(record, 5, 100)) },
      { why: 'the last one when the window has closed', timeline: [...ask(11, 5), later(last, 5 * MINUTE - 40_000)] },
      { why: 'the last one by somebody else', timeline: [...ask(11, 5), but(last, { userIdentity: user('bob') })] },
      {
        why: 'the last one is what controllers ask',
        timeline: [...ask(11, 5), but(last, { eventName: 'GetQueueUrl' })],
      },
      { why: 'pages of the console', timeline: ask(20, 8, { sessionCredentialFromConsole: 'true' }) },
      { why: 'a service', timeline: ask(20, 8, byService('config.amazonaws.com')) },
      {
        why: 'a service on behalf of a role',
        timeline: ask(20, 8, { userIdentity: { ...role('audit', 's'), invokedBy: 'securityhub.amazonaws.com' } }),
      },
      { why: 'a plan of Terraform: stored only', timeline: ask(20, 8, { userAgent: 'HashiCorp Terraform/1.11.4' }) },
    ],
  };
};
