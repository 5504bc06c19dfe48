import { defineRule, type Examples, MINUTE } from '../rule';
import { but, later, repeat, user } from '../sample';
import { COUNTED_CALLS, EC2, images, instancesLaunched, isScaling } from './launches';
import { byAutoScaling, launchInWords, RUNBOOK, started } from './mass-launches';

export default defineRule({
  id: 'ec2-mass-launch-account',
  title: 'Very many EC2 instances started in one account',
  severity: 'high',
  rows: ['0-7'],
  attack: ['TA0040/T1496', 'TA0005/T1578.002'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: COUNTED_CALLS }],
  when: (event) => !isScaling(event),
  window: {
    kind: 'sum',
    per: (event) => event.account,
    weight: instancesLaunched,
    threshold: 50,
    withinMs: 10 * MINUTE,
    unit: 'instances started in the account',
  },
  headline: launchInWords,
  resources: images,
  why: 'Fifty instances in ten minutes, over all principals: an attacker who holds several keys stays below what one may start.',
  runbook: [...RUNBOOK],
  falsePositives: ['Large batch jobs, load tests, or a new environment in a busy account.'],
  blindSpots: [
    'Launches spread over more than ten minutes or over several accounts.',
    'Auto Scaling, fleets and EKS are counted apart (see ec2-mass-scale-out).',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const ten = started(10);
  const byMany = (count: number) => repeat(ten, count, 60_000, (index) => ({ userIdentity: user(`user${index}`) }));
  return {
    fires: [
      { why: 'five people start ten each', timeline: byMany(5), severity: 'high' },
      { why: 'one call for fifty', timeline: [started(50)], severity: 'high' },
      {
        why: 'over two regions',
        timeline: [started(25), but(started(25), { awsRegion: 'eu-west-1' })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'four people', timeline: byMany(4) },
      { why: '49', timeline: [started(49)] },
      { why: 'the second half when the window is over', timeline: [started(25), later(started(25), 10 * MINUTE)] },
      { why: 'by Auto Scaling', timeline: [started(50, byAutoScaling())] },
      {
        why: 'half of them in another account',
        timeline: [
          started(25),
          started(25, { recipientAccountId: '444455556666', userIdentity: user('alice', '444455556666') }),
        ],
      },
    ],
  };
};
