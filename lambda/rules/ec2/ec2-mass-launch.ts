import { defineRule, type Examples, MINUTE } from '../rule';
import { but, call, denied, later, repeat, user } from '../sample';
import { COUNTED_CALLS, EC2, images, instancesLaunched, isScaling } from './launches';
import { byAutoScaling, launchInWords, RUNBOOK, started } from './mass-launches';

export default defineRule({
  id: 'ec2-mass-launch',
  title: 'Many EC2 instances started in a few minutes',
  severity: 'medium',
  rows: ['0-7'],
  attack: ['TA0040/T1496', 'TA0005/T1578.002'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: COUNTED_CALLS }],
  when: (event) => !isScaling(event),
  window: {
    kind: 'sum',
    per: (event) => `${event.account}|${event.actor}`,
    weight: instancesLaunched,
    threshold: 10,
    tiers: [{ threshold: 25, severity: 'high' }],
    withinMs: 10 * MINUTE,
    unit: 'instances started',
  },
  headline: launchInWords,
  resources: images,
  why: 'Whoever steals keys to mine starts as many instances as the quotas allow, at once.',
  runbook: [...RUNBOOK],
  falsePositives: [
    'A load test, a batch job or a new environment; node autoscalers such as Karpenter that call CreateFleet with a role of their own.',
  ],
  blindSpots: [
    'Launches spread over more than ten minutes or over many principals (see ec2-mass-launch-account).',
    'Instances that Auto Scaling starts because somebody raised the desired capacity (see ec2-mass-scale-out).',
    'Spot requests and fleets that start later count with what they asked for, started or not.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const five = started(5);
  const fleet = call(EC2, 'CreateFleet', {
    requestParameters: {
      CreateFleetRequest: { Type: 'instant', TargetCapacitySpecification: { TotalTargetCapacity: 10 } },
    },
    responseElements: {
      CreateFleetResponse: {
        fleetInstanceSet: {
          item: [
            { instanceIds: { item: Array.from({ length: 6 }, (_, index) => `i-a${index}`) }, instanceType: 't3.micro' },
            { instanceIds: { item: Array.from({ length: 4 }, (_, index) => `i-b${index}`) }, instanceType: 't3.small' },
          ],
        },
      },
    },
  });
  const spot = call(EC2, 'RequestSpotInstances', { requestParameters: { instanceCount: 10 } });
  const tooLarge = { omitted: true, reason: 'responseElements too large' };
  return {
    fires: [
      { why: 'ten in one call', timeline: [started(10)], severity: 'medium' },
      {
        why: 'ten in two calls within the window',
        timeline: [five, later(five, 10 * MINUTE - 1_000)],
        severity: 'medium',
      },
      { why: '25 in five calls', timeline: repeat(five, 5, 30_000), severity: 'high' },
      { why: 'ten in calls of one', timeline: repeat(started(1), 10, 20_000), severity: 'medium' },
      {
        why: 'in several regions',
        timeline: [five, but(later(five, 30_000), { awsRegion: 'eu-west-1' })],
        severity: 'medium',
      },
      { why: 'an instant fleet, by what it started', timeline: [fleet], severity: 'medium' },
      {
        why: 'a fleet that starts them later, by what it asked for',
        timeline: [
          but(fleet, {
            requestParameters: { CreateFleetRequest: { TargetCapacitySpecification: { TotalTargetCapacity: 10 } } },
            responseElements: { CreateFleetResponse: { fleetId: 'fleet-0' } },
          }),
        ],
        severity: 'medium',
      },
      { why: 'spot requests', timeline: [spot], severity: 'medium' },
      {
        why: 'a spot fleet',
        timeline: [
          but(spot, {
            eventName: 'RequestSpotFleet',
            requestParameters: { spotFleetRequestConfig: { targetCapacity: 10 } },
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'so many that the response is not in the record: by what was asked for',
        timeline: [started(60, { responseElements: tooLarge })],
        severity: 'high',
      },
      {
        why: 'neither request nor response in the record: the response was too large for few',
        timeline: [
          started(60, {
            requestParameters: { omitted: true, reason: 'requestParameters too large' },
            responseElements: tooLarge,
          }),
        ],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'nine', timeline: [started(9)] },
      { why: 'the second five when the window is over', timeline: [five, later(five, 10 * MINUTE)] },
      { why: 'five each by two people', timeline: [five, but(later(five, 30_000), { userIdentity: user('bob') })] },
      { why: 'by Auto Scaling', timeline: [started(25, byAutoScaling())] },
      {
        why: 'failed: another rule',
        timeline: [
          started(10, { errorCode: 'Client.VcpuLimitExceeded', errorMessage: 'quota', responseElements: null }),
        ],
      },
      {
        why: 'an instant fleet that started none',
        timeline: [but(fleet, { responseElements: { CreateFleetResponse: { fleetInstanceSet: '', errorSet: {} } } })],
      },
      {
        why: 'stopped instances started again',
        timeline: repeat(but(five, { eventName: 'StartInstances' }), 5, 30_000),
      },
      { why: 'refused', timeline: [denied(started(10))] },
    ],
  };
};
