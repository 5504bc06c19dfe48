import { defineRule, type Examples, MINUTE } from '../rule';
import { but, later, repeat, user } from '../sample';
import { COUNTED_CALLS, EC2, images, instancesAsked, isDryRun, isScaling } from './launches';
import { byAutoScaling, launchInWords, started } from './mass-launches';

export default defineRule({
  id: 'ec2-mass-launch-attempted',
  title: 'Failed attempts to start many EC2 instances',
  severity: 'medium',
  rows: ['0-7'],
  attack: ['TA0040/T1496', 'TA0005/T1578.002'],
  match: [{ feed: 'api-writes', outcome: ['denied', 'failed'], service: EC2, calls: COUNTED_CALLS }],
  when: (event) => !isScaling(event) && !isDryRun(event),
  window: {
    kind: 'sum',
    per: (event) => `${event.account}|${event.actor}`,
    // A refused call whose record has no parameters asked for one at least.
    weight: (event) => instancesAsked(event) ?? 1,
    threshold: 10,
    withinMs: 10 * MINUTE,
    unit: 'instances asked for',
  },
  headline: launchInWords,
  resources: images,
  why: 'A stolen key that meets a quota or a missing right keeps asking, for many instances at once. What fails here may succeed in the next region.',
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions before it succeeds.',
    'See whether it tried other regions and types: aws cloudtrail lookup-events --region <region> --lookup-attributes AttributeKey=EventName,AttributeValue=RunInstances.',
    'List what runs, in every region: aws ec2 describe-instances --region <region> --filters Name=instance-state-name,Values=pending,running.',
  ],
  falsePositives: ['A deployment that fails and tries again; a load test that meets its quota.'],
  blindSpots: ['Attempts spread over more than ten minutes, or over many principals.'],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const failed = (count: number, fields: object = {}) =>
    started(count, {
      responseElements: null,
      errorCode: 'Client.VcpuLimitExceeded',
      errorMessage: 'You have requested more vCPU capacity than your current vCPU limit allows',
      ...fields,
    });
  const five = failed(5);
  return {
    fires: [
      { why: 'one call for ten', timeline: [failed(10)], severity: 'medium' },
      { why: 'two calls for five within the window', timeline: [five, later(five, 10 * MINUTE - 1_000)] },
      {
        why: 'refused ten times, without parameters',
        timeline: repeat(failed(1, { requestParameters: null }), 10, 20_000),
      },
      {
        why: 'refused by EC2',
        timeline: [failed(10, { errorCode: 'Client.UnauthorizedOperation', errorMessage: 'not authorized' })],
      },
    ],
    quiet: [
      { why: 'one call for nine', timeline: [failed(9)] },
      { why: 'the second five when the window is over', timeline: [five, later(five, 10 * MINUTE)] },
      { why: 'five each by two people', timeline: [five, but(later(five, 30_000), { userIdentity: user('bob') })] },
      { why: 'a dry run', timeline: [failed(10, { errorCode: 'Client.DryRunOperation' })] },
      { why: 'Auto Scaling without capacity', timeline: [failed(10, byAutoScaling())] },
      { why: 'it succeeded: another rule', timeline: [started(10)] },
    ],
  };
};
