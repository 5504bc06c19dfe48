import { isOmitted, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { costliest, type Expense, type InstanceType } from './instance-types';
import { EC2, instancesAsked, instancesLaunched, instanceTypes } from './launches';

/** Calls that choose an instance type, by service: to start instances now, or to have them started later. */
const CHOOSING: readonly (readonly [service: string, ...calls: [string, ...string[]]])[] = [
  [
    EC2,
    'RunInstances',
    'RequestSpotInstances',
    'RequestSpotFleet',
    'CreateFleet',
    'ModifyFleet',
    'ModifyInstanceAttribute',
    'CreateLaunchTemplate',
    'CreateLaunchTemplateVersion',
    'CreateCapacityReservation',
    'AllocateHosts',
  ],
  ['autoscaling.amazonaws.com', 'CreateLaunchConfiguration', 'CreateAutoScalingGroup', 'UpdateAutoScalingGroup'],
  [
    'sagemaker.amazonaws.com',
    'CreateNotebookInstance',
    'UpdateNotebookInstance',
    'CreateTrainingJob',
    'CreateHyperParameterTuningJob',
    'CreateProcessingJob',
    'CreateTransformJob',
    'CreateEndpointConfig',
    'CreateApp',
    'CreateCluster',
    'UpdateCluster',
  ],
  ['lightsail.amazonaws.com', 'CreateInstances'],
  ['elasticmapreduce.amazonaws.com', 'RunJobFlow', 'AddInstanceGroups', 'AddInstanceFleet'],
  ['batch.amazonaws.com', 'CreateComputeEnvironment', 'UpdateComputeEnvironment'],
  ['eks.amazonaws.com', 'CreateNodegroup'],
];

/** The matches of those calls with an outcome. */
export function choosingMatches(outcome: Match['outcome']): readonly [Match, ...Match[]] {
  const [first, ...rest] = CHOOSING.map(
    ([service, ...calls]): Match => ({ feed: 'api-writes', outcome, service, calls }),
  );
  return [first as Match, ...rest];
}

export interface Expensive {
  /** The costliest type of the call; undefined when the parameters were too large to see which. */
  readonly type: InstanceType | undefined;
  readonly expense: Expense;
}

/** The costliest expensive type that the call names; undefined when all are ordinary. */
export function expensiveIn(event: TrailEvent, settings: Settings): Expensive | undefined {
  const types = instanceTypes(event);
  if (types.length > 0) return costliest(types, settings);
  // Padding a request hides its type: taken for an expensive one. Other services' requests are long by nature.
  const unseen = event.service === EC2 && isOmitted(event.record['requestParameters']);
  return unseen ? { type: undefined, expense: 'large' } : undefined;
}

/** What separates alerts: account, region, actor, costliest type. */
export function expensiveKey(event: TrailEvent, settings: Settings): string {
  return `${event.account}|${event.region}|${event.actor}|${expensiveIn(event, settings)?.type?.name ?? ''}`;
}

/** `alice called CreateFleet for 20 x p5.48xlarge in eu-west-1`; a failed call gets its error code. */
export function expensiveInWords(event: TrailEvent, settings: Settings): string {
  const type = expensiveIn(event, settings)?.type?.name ?? 'an instance type too far down a large request to see';
  const count = event.outcome === 'succeeded' ? instancesLaunched(event) : instancesAsked(event);
  const what = `${event.call} for ${count === undefined ? '' : `${count} x `}${type} in ${event.region}`;
  if (event.outcome === 'succeeded') return `${event.actor} called ${what}`;
  return `${event.actor} tried ${what} and failed (${text(event.record['errorCode']) ?? 'no code'})`;
}
