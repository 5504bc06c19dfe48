import { invokedBy } from '../../intake/caller';
import { asArray, fieldsOf, isOmitted, numeric, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';

export const EC2 = 'ec2.amazonaws.com';

/**
 * Reading of calls that start instances. Their records differ: RunInstances writes `instancesSet.items`, newer calls wrap
 * everything in `CreateFleetRequest` with PascalCase names and `{tag, content}` values, other services nest types where
 * they please. So values are looked for by name at any depth.
 */

/** Deeper than any of these calls nests; bounds the work on hostile records. */
const DEPTH_MAX = 14;

/** Every text (or number as text) at fields with one of the names, given in lower case, at any depth. */
export function textsNamed(value: unknown, ...names: readonly string[]): string[] {
  const found: string[] = [];
  const leaves = (inner: unknown, depth: number): void => {
    if (depth > DEPTH_MAX) return;
    if (typeof inner === 'string' || typeof inner === 'number') found.push(String(inner));
    else if (Array.isArray(inner)) for (const element of inner) leaves(element, depth + 1);
    else for (const part of Object.values(fieldsOf(inner) ?? {})) leaves(part, depth + 1);
  };
  const walk = (inner: unknown, depth: number): void => {
    if (depth > DEPTH_MAX) return;
    if (Array.isArray(inner)) for (const element of inner) walk(element, depth + 1);
    else {
      for (const [name, part] of Object.entries(fieldsOf(inner) ?? {})) {
        if (names.includes(name.toLowerCase())) leaves(part, depth + 1);
        else if (typeof part === 'object') walk(part, depth + 1);
      }
    }
  };
  walk(value, 0);
  return found;
}

/** What a call really started, by its response: the request may offer many types of which one was taken. */
function started({ record, call }: TrailEvent): unknown {
  const response = record['responseElements'];
  if (call === 'RunInstances') return pick(response, 'instancesSet');
  if (call !== 'CreateFleet') return undefined;
  // errorSet beside it names types that were not started.
  return pick(pick(response, 'CreateFleetResponse') ?? response, 'fleetInstanceSet');
}

/** Instance types of the call: those started, else those asked for. Distinct, as written. */
export function instanceTypes(event: TrailEvent): readonly string[] {
  const ofResponse = textsNamed(started(event), 'instancetype');
  if (ofResponse.length > 0) return [...new Set(ofResponse)];
  const parameters = event.record['requestParameters'];
  const asked = textsNamed(parameters, 'instancetype', 'instancetypes', 'masterinstancetype', 'slaveinstancetype');
  // ModifyInstanceAttribute has a second form: {attribute: 'instanceType', value: 'p5.48xlarge'}.
  if (text(pick(parameters, 'attribute')) === 'instanceType') asked.push(...textsNamed(parameters, 'value'));
  // Lightsail's bundles carry the size first: 2xlarge_3_0, xlarge_win_3_0.
  if (event.service === 'lightsail.amazonaws.com') {
    for (const bundle of textsNamed(parameters, 'bundleid')) {
      const size = bundle.split('_').find((part) => part.endsWith('large'));
      if (size !== undefined) asked.push(`lightsail1.${size}`);
    }
  }
  return [...new Set(asked)];
}

/** AMIs of the call: those started, else those asked for. `resolve:ssm:…` names none: the launch itself will. */
export function images(event: TrailEvent): readonly string[] {
  const ofResponse = textsNamed(started(event), 'imageid');
  const named = ofResponse.length > 0 ? ofResponse : textsNamed(event.record['requestParameters'], 'imageid');
  return [...new Set(named.filter((image) => image.startsWith('ami-')))];
}

/**
 * Instances that a response above 100 KB lists at the least, when it was left out: one takes about 2.4 KB in it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const INSTANCES_UNSEEN = 40;

/** Calls that start instances, or ask for them, and so are counted. */
export const COUNTED_CALLS = ['RunInstances', 'CreateFleet', 'RequestSpotInstances', 'RequestSpotFleet'] as const;

/**
 * How many instances the call started, or ordered where they start later (spot requests, fleets that are no `instant`
 * ones). Undefined for other calls and for none.
 */
export function instancesLaunched(event: TrailEvent): number | undefined {
  const { record, call } = event;
  switch (call) {
    case 'RunInstances': {
      const listed = asArray(started(event)).length;
      if (listed > 0) return listed;
      // Long responses are left out of the record; what was asked for was started, or the call would have failed.
      return instancesAsked(event) ?? (isOmitted(record['responseElements']) ? INSTANCES_UNSEEN : 1);
    }
    case 'CreateFleet': {
      const listed = textsNamed(started(event), 'instanceids').length;
      if (listed > 0) return listed;
      const response = record['responseElements'];
      const instant = textsNamed(record['requestParameters'], 'type').includes('instant');
      // An instant fleet that lists none started none, unless the list was too long.
      return instant && !isOmitted(response) ? undefined : instancesAsked(event);
    }
    default:
      return instancesAsked(event);
  }
}

/** Nobody gets more in one call; keeps absurd numbers of refused calls out of sums. */
const ASKED_MAX = 100_000;

/** How many instances the call asked for, at most; undefined where the record does not say. */
export function instancesAsked({ record, call }: TrailEvent): number | undefined {
  const parameters = record['requestParameters'];
  const numbers = (name: string) =>
    textsNamed(parameters, name)
      .map((value) => Math.min(numeric(value) ?? 0, ASKED_MAX))
      .filter((value) => value > 0);
  switch (call) {
    case 'RunInstances': {
      const asked = numbers('maxcount').reduce((sum, value) => sum + value, 0);
      return asked > 0 ? asked : undefined;
    }
    case 'CreateFleet':
      return numbers('totaltargetcapacity')[0];
    case 'RequestSpotInstances':
      return numbers('instancecount')[0] ?? 1;
    case 'RequestSpotFleet':
      return numbers('targetcapacity')[0];
    default:
      return undefined;
  }
}

/**
 * Services that start instances because of a desired state that somebody set before. CloudFormation is not among them:
 * it does at once what its user wrote.
 */
const SCALING_SERVICES: ReadonlySet<string> = new Set([
  'autoscaling.amazonaws.com',
  'batch.amazonaws.com',
  'ec2fleet.amazonaws.com',
  'ecs.amazonaws.com',
  'eks.amazonaws.com',
  'eks-nodegroup.amazonaws.com',
  'elasticmapreduce.amazonaws.com',
  'spot.amazonaws.com',
  'spotfleet.amazonaws.com',
]);

/** True for a call that Auto Scaling, a fleet, EKS or the like placed to reach its desired state. */
export function isScaling(event: TrailEvent): boolean {
  const service = invokedBy(event);
  return service !== undefined && SCALING_SERVICES.has(service);
}

/**
 * True for a request with DryRun set that would have been allowed: EC2 answers it with this error.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
 */
export function isDryRun({ record }: TrailEvent): boolean {
  return text(record['errorCode'])?.endsWith('DryRunOperation') === true;
}
