import { actorAndTool, fromConsole, NOT_BY_SERVICE } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, later, repeat } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated, isDiscovery } from './bursts';
import { DISCOVERY_BLIND_SPOTS, DISCOVERY_REFERENCES, DISCOVERY_WHY, SERVICES_MIN, serviceAndCall } from './discovery';

export default defineRule({
  id: 'discovery-all-reads',
  title: 'One user or role read many things in many services',
  severity: (event, settings) => infoIfAutomated('medium', event, settings),
  rows: ['1-1'],
  attack: ['TA0007/T1526', 'TA0007/T1580', 'TA0007/T1087.004'],
  // Off: it looks at every read, which a deployment forwards only on request, and a replay spends most of its time on
  // it. discovery-burst looks at the reads that tell most.
  mode: 'off',
  match: [{ feed: 'api-reads', outcome: 'any', record: NOT_BY_SERVICE }],
  settings: ['infrastructureAsCodeAgents'],
  when: (event) => isDiscovery(event) && !fromConsole(event),
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: serviceAndCall,
    groups: SERVICES_MIN,
    threshold: 20,
    withinMs: 5 * MINUTE,
    unit: 'kinds of reads',
  },
  headline: callInWords,
  why: DISCOVERY_WHY,
  runbook: BURST_RUNBOOK,
  falsePositives: ['Inventory, monitoring and posture tools; controllers that work for many services.'],
  blindSpots: [
    'In a deployment, reads that are not forwarded: it sees all of them only where all reads are.',
    'Console sessions.',
    ...DISCOVERY_BLIND_SPOTS,
  ],
  references: DISCOVERY_REFERENCES,
});

export const examples = (): Examples => {
  const look = call('iam.amazonaws.com', 'ListUsers');
  const services = ['iam', 'ec2', 's3', 'rds', 'lambda', 'ecs', 'sns', 'sqs'];
  const kinds = (count: number, of: number, fields: object = {}) =>
    Array.from({ length: count }, (_, index) =>
      but(later(look, index * 2_000), {
        eventSource: `${services[index % of]}.amazonaws.com`,
        eventName: `${['List', 'Describe', 'Get', 'Lookup', 'Generate'][index % 5]}Thing${index}`,
        readOnly: true,
        ...fields,
      }),
    );
  return {
    fires: [
      { why: 'twenty kinds of reads in five services', timeline: kinds(20, 5), severity: 'medium' },
      {
        why: 'half of them refused',
        timeline: kinds(20, 5).map((record, index) =>
          index % 2 ? record : but(record, { errorCode: 'AccessDenied' }),
        ),
      },
    ],
    quiet: [
      { why: 'nineteen kinds', timeline: kinds(19, 5) },
      { why: 'in four services', timeline: kinds(20, 4) },
      { why: 'nineteen kinds, each of them often', timeline: kinds(19, 5).flatMap((record) => repeat(record, 5, 100)) },
      {
        why: 'the last one when the window has closed',
        timeline: [...kinds(19, 5), but(later(look, 5 * MINUTE), { eventName: 'ListGroups' })],
      },
      {
        why: 'the last one does not look',
        timeline: [...kinds(19, 5), but(later(look, 40_000), { eventName: 'Decrypt', readOnly: true })],
      },
      { why: 'pages of the console', timeline: kinds(30, 8, { sessionCredentialFromConsole: 'true' }) },
      { why: 'a service', timeline: kinds(30, 8, byService('config.amazonaws.com')) },
      { why: 'a plan of Terraform: stored only', timeline: kinds(60, 8, { userAgent: 'HashiCorp Terraform/1.11.4' }) },
    ],
  };
};
