import type { TrailEvent } from '../../intake/trail-event';
import type { SampleRecord } from '../rule';
import { call, role } from '../sample';
import { EC2, instancesAsked, instancesLaunched } from './launches';

/** `alice started 12 instances with RunInstances in eu-west-1`; a failed call gets its error code. */
export function launchInWords(event: TrailEvent): string {
  const succeeded = event.outcome === 'succeeded';
  const count = (succeeded ? instancesLaunched(event) : instancesAsked(event)) ?? 0;
  const instances = `${count === 0 ? 'an unknown number of' : count} instance${count === 1 ? '' : 's'}`;
  const where = `${event.call} in ${event.region}`;
  return succeeded
    ? `${event.actor} started ${instances} with ${where}`
    : `${event.actor} failed to start ${instances} with ${where}`;
}

/** Steps that every rule about many launches ends in. */
export const RUNBOOK = [
  'List what runs, in every region: aws ec2 describe-instances --region <region> --filters Name=instance-state-name,Values=pending,running.',
  'If nobody claims them, stop the instances and keep the disks of one or two as evidence; delete fleets, spot requests and Auto Scaling groups first, or they start again.',
  "Deactivate the actor's keys and revoke its sessions; look for users, roles and keys that it made.",
] as const;

/** A RunInstances call that started `count` instances, for examples. */
export function started(count: number, fields: SampleRecord = {}): SampleRecord {
  return call(EC2, 'RunInstances', {
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0123456789abcdef0', minCount: 1, maxCount: count }] },
      instanceType: 't3.micro',
      blockDeviceMapping: {},
      monitoring: { enabled: false },
    },
    responseElements: {
      reservationId: 'r-0123456789abcdef0',
      groupSet: {},
      instancesSet: {
        items: Array.from({ length: count }, (_, index) => ({
          instanceId: `i-${index.toString(16).padStart(17, '0')}`,
          imageId: 'ami-0123456789abcdef0',
          instanceType: 't3.micro',
        })),
      },
    },
    ...fields,
  });
}

/** Fields of a call that Auto Scaling placed, for examples. */
export const byAutoScaling = (): SampleRecord => ({
  userIdentity: {
    ...role('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling', 'AutoScaling'),
    invokedBy: 'autoscaling.amazonaws.com',
  },
  sourceIPAddress: 'autoscaling.amazonaws.com',
  userAgent: 'autoscaling.amazonaws.com',
});
