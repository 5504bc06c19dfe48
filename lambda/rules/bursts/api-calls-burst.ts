import { actorAndTool, fromClient, NOT_BY_SERVICE } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, later, repeat, user } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated } from './bursts';

export default defineRule({
  id: 'api-calls-burst',
  title: 'Very many calls by one user or role in a few minutes',
  severity: (event, settings) => infoIfAutomated('low', event, settings),
  severityMost: 'same-for-key',
  rows: ['1-1'],
  attack: ['TA0007/T1580', 'TA0007/T1526'],
  // Off: it looks at every call, so a deployment has to forward every read, and programs that read a lot are ordinary.
  mode: 'off',
  match: [
    { feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE },
    { feed: 'api-reads', outcome: 'any', record: NOT_BY_SERVICE },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: { kind: 'count', per: actorAndTool, threshold: 600, withinMs: 5 * MINUTE, unit: 'calls' },
  headline: callInWords,
  why: 'Two calls a second for five minutes are a program. Stolen keys are worked through by programs.',
  runbook: BURST_RUNBOOK,
  falsePositives: ['Monitoring, inventory and backup tools; anything that polls. Suppress them by role.'],
  blindSpots: [
    'Slow scanners, and those that use many principals.',
    'Calls with the user agent of infrastructure as code are counted apart and only stored.',
    'In a deployment, reads that are not forwarded: it sees all of them only where all reads are.',
  ],
  references: ['https://attack.mitre.org/techniques/T1580/', 'https://attack.mitre.org/techniques/T1526/'],
});

export const examples = (): Examples => {
  const read = call('ec2.amazonaws.com', 'DescribeInstances');
  return {
    fires: [
      { why: 'six hundred reads in five minutes', timeline: repeat(read, 600, 400), severity: 'low' },
      {
        why: 'reads and writes together',
        timeline: [...repeat(read, 599, 400), later(call('ec2.amazonaws.com', 'CreateTags'), 240_000)],
      },
    ],
    quiet: [
      { why: 'one fewer', timeline: repeat(read, 599, 400) },
      { why: 'at half the pace', timeline: repeat(read, 600, 1_001) },
      {
        why: 'by two people',
        timeline: repeat(read, 600, 400, (index) => ({ userIdentity: user(index % 2 === 0 ? 'alice' : 'bob') })),
      },
      { why: 'by a service', timeline: repeat(but(read, byService('config.amazonaws.com')), 600, 400) },
      {
        why: 'infrastructure as code: stored only',
        timeline: repeat(but(read, { userAgent: 'Pulumi/3.0' }), 600, 400),
      },
    ],
  };
};
