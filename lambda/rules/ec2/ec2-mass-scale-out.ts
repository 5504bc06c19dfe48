import { defineRule, type Examples, MINUTE } from '../rule';
import { but, later, repeat } from '../sample';
import { EC2, images, instancesLaunched, isScaling } from './launches';
import { byAutoScaling, launchInWords, RUNBOOK, started } from './mass-launches';

export default defineRule({
  id: 'ec2-mass-scale-out',
  title: 'Auto Scaling or fleets started very many instances',
  severity: 'medium',
  rows: ['0-7'],
  attack: ['TA0040/T1496', 'TA0005/T1578.002'],
  // RunInstances only: a fleet that Auto Scaling creates starts its instances by that call, and would count twice.
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['RunInstances'] }],
  when: isScaling,
  window: {
    kind: 'sum',
    per: (event) => event.account,
    weight: instancesLaunched,
    // Five times what people may start: scaling out is what these services are for.
    threshold: 250,
    withinMs: 10 * MINUTE,
    unit: 'instances started by scaling',
  },
  headline: launchInWords,
  resources: images,
  why: 'Raising a desired capacity is a quiet way to start instances: AWS starts them, and the record names the service, not the person.',
  runbook: [
    'Find who changed the capacity: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateAutoScalingGroup (also SetDesiredCapacity, CreateFleet, CreateNodegroup).',
    ...RUNBOOK,
  ],
  falsePositives: [
    'A large service that scales out under load, or recovers from an outage of a zone: raise the threshold.',
  ],
  blindSpots: [
    'Fewer than 250 instances in ten minutes.',
    'Which group or fleet it was is not in the call of every service; the instances carry it as a tag.',
  ],
  references: [
    'https://docs.aws.amazon.com/autoscaling/ec2/userguide/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1496/',
  ],
});

export const examples = (): Examples => {
  const fifty = started(50, byAutoScaling());
  const byFleet = { ...byAutoScaling(), sourceIPAddress: 'ec2fleet.amazonaws.com' };
  return {
    fires: [
      { why: 'Auto Scaling starts 250', timeline: repeat(fifty, 5, 60_000), severity: 'medium' },
      {
        why: 'half of them by a fleet',
        timeline: [started(125, byAutoScaling()), started(125, byFleet)],
        severity: 'medium',
      },
    ],
    quiet: [
      { why: '249', timeline: [...repeat(fifty, 4, 60_000), started(49, byAutoScaling())] },
      {
        why: 'the last fifty when the window is over',
        timeline: [...repeat(fifty, 4, 1_000), later(fifty, 10 * MINUTE + 3_000)],
      },
      {
        why: 'by a person: another rule',
        timeline: repeat(started(50), 5, 60_000),
      },
      {
        why: 'fleets are not counted beside their instances',
        timeline: repeat(but(fifty, { eventName: 'CreateFleet' }), 5, 60_000),
      },
    ],
  };
};
