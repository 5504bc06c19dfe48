import { asArray, type Fields, fieldsOf, isOmitted, pick, text } from '../../intake/fields';
import type { Outcome, TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';

type Calls = readonly [string, ...string[]];

/**
 * Calls that change, blind or remove a part of a deployment: rules and their targets, schedules, functions, mappings,
 * queues, tables, topics and subscriptions, keys, alarms, log groups, roles, and the stacks themselves. CloudTrail writes
 * an API version behind Lambda's names.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
 */
const TAMPERING: Readonly<Record<string, Calls>> = {
  'events.amazonaws.com': [
    'DisableRule',
    'DeleteRule',
    'RemoveTargets',
    'PutRule',
    'PutTargets',
    'DeleteEventBus',
    'UpdateEventBus',
    'PutPermission',
    'RemovePermission',
  ],
  'scheduler.amazonaws.com': ['DeleteSchedule', 'UpdateSchedule'],
  'lambda.amazonaws.com': [
    'UpdateFunctionCode',
    'UpdateFunctionConfiguration',
    'DeleteFunction',
    'PutFunctionConcurrency',
    'PutFunctionEventInvokeConfig',
    'UpdateFunctionEventInvokeConfig',
    'PutRuntimeManagementConfig',
    'AddPermission',
    'RemovePermission',
    'CreateFunctionUrlConfig',
    'CreateEventSourceMapping', // a second reader of a queue takes events away
    'UpdateEventSourceMapping',
    'DeleteEventSourceMapping',
  ],
  'sqs.amazonaws.com': ['DeleteQueue', 'PurgeQueue', 'SetQueueAttributes', 'AddPermission', 'RemovePermission'],
  'sns.amazonaws.com': [
    'DeleteTopic',
    'Subscribe',
    'Unsubscribe',
    'SetTopicAttributes',
    'SetSubscriptionAttributes',
    'AddPermission',
    'RemovePermission',
    'PutDataProtectionPolicy',
  ],
  'dynamodb.amazonaws.com': [
    'DeleteTable',
    'UpdateTable',
    'UpdateTimeToLive',
    'UpdateContinuousBackups',
    'PutResourcePolicy',
    'DeleteResourcePolicy',
    'EnableKinesisStreamingDestination',
  ],
  'kms.amazonaws.com': ['DisableKey', 'ScheduleKeyDeletion', 'PutKeyPolicy'],
  'monitoring.amazonaws.com': ['DeleteAlarms', 'DisableAlarmActions', 'PutMetricAlarm', 'SetAlarmState'],
  'logs.amazonaws.com': ['DeleteLogGroup', 'DeleteLogStream', 'PutRetentionPolicy', 'PutSubscriptionFilter'],
  'iam.amazonaws.com': [
    'DeleteRole',
    'UpdateRole',
    'UpdateAssumeRolePolicy',
    'PutRolePolicy',
    'DeleteRolePolicy',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary',
    'CreatePolicyVersion',
    'SetDefaultPolicyVersion',
    'DeletePolicy',
  ],
  'cloudformation.amazonaws.com': [
    'UpdateStack',
    'ExecuteChangeSet',
    'DeleteStack',
    'UpdateTerminationProtection',
    'SetStackPolicy',
    'UpdateStackSet',
    'DeleteStackSet',
    'DeleteStackInstances',
    'UpdateStackInstances',
  ],
};

/** What the rules about our own parts match. */
export function tampering(outcome: Outcome | readonly [Outcome, ...Outcome[]]): readonly [Match, ...Match[]] {
  const matches = Object.entries(TAMPERING).map(
    ([service, calls]): Match => ({ feed: 'api-writes', outcome, service, calls }),
  );
  return matches as [Match, ...Match[]];
}

/** Where the calls name what they change: names, ARNs or URLs, one or a list. */
const NAMING = [
  'name',
  'rule',
  'eventBusName',
  'functionName',
  'functionArn',
  'eventSourceArn',
  'queueUrl',
  'topicArn',
  'subscriptionArn',
  'resourceArn',
  'tableName',
  'keyId',
  'alarmName',
  'alarmNames',
  'logGroupName',
  'roleName',
  'policyArn',
  'stackName',
  'stackSetName',
];

/**
 * Parts of a deployment that the event names, by the setting `ownResources`: CloudFormation names what it makes after
 * the stack. A mapping is named by nothing but a number; the response says whose it is. Parameters that are too large to
 * see may hide anything, so they count.
 */
export function ownParts({ record }: TrailEvent, { ownResources }: Settings): readonly string[] {
  const found = new Set<string>();
  for (const side of [record['requestParameters'], record['responseElements']]) {
    if (!namesAny(side)) continue;
    for (const name of NAMING) {
      for (const value of asArray(pick(side, name))) addIfOwn(found, text(value), ownResources);
    }
  }
  // A key is known by the ARN that KMS adds.
  for (const resource of asArray(record['resources'])) addIfOwn(found, text(pick(resource, 'ARN')), ownResources);
  if (found.size === 0 && isOmitted(record['requestParameters'])) return ['parameters that were too large to see'];
  return [...found];
}

/** Whether there is anything to read: most calls name what no part of a deployment is. */
function namesAny(side: unknown): boolean {
  return (
    fieldsOf(side) !== undefined && Object.keys(side as Fields).some((name) => NAMING_LOWER.has(name.toLowerCase()))
  );
}

const NAMING_LOWER: ReadonlySet<string> = new Set(NAMING.map((name) => name.toLowerCase()));

function addIfOwn(found: Set<string>, value: string | undefined, globs: readonly string[]): void {
  if (value === undefined) return;
  const parts = value.split(/[:/]/);
  const own = parts.find((part) => part !== '' && anyGlobMatches(globs, part));
  if (own !== undefined) found.add(own);
  else if (anyGlobMatches(globs, value)) found.add(parts.at(-1) ?? value);
}

/** Whether one of the roles that may change a deployment called. CloudFormation calls in their names. */
export function isDeployer({ actor }: TrailEvent, { ownDeployRoles }: Settings): boolean {
  return anyGlobMatches(ownDeployRoles, actor);
}

/** `arn:…:user/alice called DisableRule on trailhound-Writes` */
export function changeInWords(event: TrailEvent, settings: Settings): string {
  const parts = ownParts(event, settings);
  const shown = parts.length > 3 ? `${parts.slice(0, 3).join(', ')} and ${parts.length - 3} more` : parts.join(', ');
  return `${event.actor} called ${event.call} on ${shown}`;
}

/** What CloudFormation calls on somebody's behalf is one matter: a deployment makes hundreds of calls. */
export function isByStack({ sourceService }: TrailEvent): boolean {
  return sourceService === 'cloudformation.amazonaws.com';
}
