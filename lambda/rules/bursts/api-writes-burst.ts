import { actorAndTool, NOT_BY_SERVICE } from '../callers';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, role, user } from '../sample';
import { BURST_RUNBOOK, callInWords, infoIfAutomated, isChange } from './bursts';

export default defineRule({
  id: 'api-writes-burst',
  title: 'Many changes by one user or role in a few minutes',
  severity: (event, settings) => infoIfAutomated('medium', event, settings),
  severityMost: 'same-for-key',
  rows: ['1-1'],
  attack: ['TA0040/T1496', 'TA0005/T1578'],
  match: [{ feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE }],
  settings: ['routineWrites', 'infrastructureAsCodeAgents'],
  when: isChange,
  window: { kind: 'count', per: actorAndTool, threshold: 60, withinMs: 5 * MINUTE, unit: 'changes' },
  headline: callInWords,
  why: 'A person does not change sixty things in five minutes; a script with a stolen key does.',
  runbook: BURST_RUNBOOK,
  falsePositives: [
    'A script or a controller of your own with a user agent that is not among infrastructureAsCodeAgents.',
    'A role that many machines share: they are counted together.',
  ],
  blindSpots: [
    'Changes spread over more time, or over many principals.',
    'Calls with the user agent of infrastructure as code are counted apart and only stored; the caller writes the agent.',
    'Calls in the setting routineWrites, and those that AWS services place.',
  ],
  references: ['https://attack.mitre.org/techniques/T1496/', 'https://attack.mitre.org/techniques/T1578/'],
});

export const examples = (): Examples => {
  const change = call('ec2.amazonaws.com', 'CreateTags', { requestParameters: { resourcesSet: {} } });
  const terraform = but(change, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.11.4' });
  return {
    fires: [
      { why: 'sixty changes in a minute', timeline: repeat(change, 60, 1_000), severity: 'medium' },
      { why: 'half of them refused', timeline: [...repeat(change, 30, 1_000), ...repeat(denied(change), 30, 1_100)] },
      {
        why: 'a new session of the role for each',
        timeline: repeat(change, 60, 1_000, (index) => ({ userIdentity: role('deploy', `run-${index}`) })),
      },
      {
        why: 'the sixtieth comes one second before the window closes',
        timeline: [...repeat(change, 59, 1_000), later(change, 5 * MINUTE - 1_000)],
      },
      {
        why: 'old records without a readOnly flag',
        timeline: repeat(but(change, { readOnly: undefined }), 60, 1_000),
      },
    ],
    quiet: [
      { why: 'fifty-nine', timeline: repeat(change, 59, 1_000) },
      {
        why: 'the sixtieth comes when the window has closed',
        timeline: [...repeat(change, 59, 1_000), later(change, 5 * MINUTE)],
      },
      {
        why: 'the sixtieth is by somebody else',
        timeline: [...repeat(change, 59, 1_000), but(later(change, 60_000), { userIdentity: user('bob') })],
      },
      { why: 'the sixtieth is a read', timeline: [...repeat(change, 59, 1_000), but(change, { readOnly: true })] },
      { why: 'infrastructure as code: stored only', timeline: repeat(terraform, 385, 150) },
      {
        why: 'half of them infrastructure as code: counted apart',
        timeline: [...repeat(change, 30, 1_000), ...repeat(terraform, 59, 1_000)],
      },
      { why: 'by a service', timeline: repeat(but(change, byService('autoscaling.amazonaws.com')), 100, 1_000) },
      {
        why: 'by a service on behalf of somebody',
        timeline: repeat(
          but(change, { userIdentity: { ...user('alice'), invokedBy: 'cloudformation.amazonaws.com' } }),
          100,
          1_000,
        ),
      },
      {
        why: 'agents of a fleet report',
        timeline: repeat(
          call('ssm.amazonaws.com', 'UpdateInstanceInformation', {
            userIdentity: role('fleet', 'i-0123456789abcdef0'),
          }),
          100,
          1_000,
        ),
      },
    ],
  };
};
