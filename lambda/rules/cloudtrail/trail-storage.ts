import { agentContains } from '../../intake/caller';
import { asArray, document, isOmitted, numeric, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { DAY, type Match } from '../rule';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { CLOUDTRAIL, texts } from './trails';

/** Where a trail's records end up, or what they are encrypted with. */
export interface TrailStorage {
  readonly kind: 'bucket' | 'log group' | 'key';
  /** As people and settings write it: bucket name, log group name, key id or ARN as given. */
  readonly name: string;
  /** The same for every way to name the same thing. Not bound to the caller's account: central buckets have another. */
  readonly key: string;
}

/** Calls that make a trail's records vanish, unreadable or no longer arrive, succeeded or not. */
export const DAMAGING: readonly [Match, Match, Match] = [
  {
    feed: 'api-writes',
    outcome: 'any',
    service: 's3.amazonaws.com',
    calls: ['DeleteBucket', 'PutBucketLifecycle', 'DeleteBucketPolicy', 'PutBucketPolicy'],
  },
  { feed: 'api-writes', outcome: 'any', service: 'kms.amazonaws.com', calls: ['DisableKey', 'ScheduleKeyDeletion'] },
  { feed: 'api-writes', outcome: 'any', service: 'logs.amazonaws.com', calls: ['DeleteLogGroup'] },
];

/** Buckets, log groups and keys that a CreateTrail or UpdateTrail names. */
export function storagesNamed({ record }: TrailEvent): readonly TrailStorage[] {
  const named = (parameter: string) =>
    // The response has the full ARN of a key that the request may call by an alias.
    text(pick(record['responseElements'], parameter)) ?? text(pick(record['requestParameters'], parameter));
  const found: TrailStorage[] = [];
  const bucket = named('s3BucketName');
  if (bucket) found.push(bucketStorage(bucket));
  const group = named('cloudWatchLogsLogGroupArn');
  if (group) found.push(logGroupStorage(group, text(group.split(':')[4]) ?? '', text(group.split(':')[3]) ?? ''));
  const key = named('kmsKeyId');
  if (key) found.push(keyStorage(key));
  return found;
}

/** The bucket, log group or key that one of the `DAMAGING` calls is about; undefined where the record names none. */
export function storageTouched(event: TrailEvent): TrailStorage | undefined {
  const { record, service } = event;
  const parameters = record['requestParameters'];
  const arn = text(pick(asArray(record['resources'])[0], 'ARN'));
  switch (service) {
    case 's3.amazonaws.com': {
      const bucket = text(pick(parameters, 'bucketName')) ?? arn?.slice(arn.lastIndexOf(':') + 1);
      return bucket ? bucketStorage(bucket) : undefined;
    }
    case 'kms.amazonaws.com': {
      const key = text(pick(record['responseElements'], 'keyId')) ?? arn ?? text(pick(parameters, 'keyId'));
      return key ? keyStorage(key) : undefined;
    }
    case 'logs.amazonaws.com': {
      const group = text(pick(parameters, 'logGroupName')) ?? text(pick(parameters, 'logGroupIdentifier'));
      return group ? logGroupStorage(group, event.account, event.region) : undefined;
    }
    default:
      return undefined;
  }
}

/** True when the settings name it as a place of the trails. */
export function isConfigured({ kind, name }: TrailStorage, settings: Settings): boolean {
  if (kind === 'bucket') return anyGlobMatches(settings.trailBuckets, name);
  return kind === 'log group' ? anyGlobMatches(settings.trailLogGroups, name) : isKnownKey(name, settings);
}

/** True when the setting `trailKeys` covers a key, given by ARN, id or alias. */
export function isKnownKey(key: string, { trailKeys }: Settings): boolean {
  return anyGlobMatches(trailKeys, key) || anyGlobMatches(trailKeys, keyId(key));
}

/** A sentence about one of the `DAMAGING` calls: who did, or tried, what to which bucket, log group or key. */
export function damageInWords(event: TrailEvent): string {
  const storage = storageTouched(event);
  const what = storage === undefined ? 'storage' : `${storage.kind} ${storage.name}`;
  const sentence = `${event.call} on ${what} of a trail, to ${damage(event) ?? 'change it'}`;
  if (event.outcome === 'succeeded') return `${event.actor} called ${sentence}`;
  return `${event.actor} tried ${sentence}, and failed (${text(event.record['errorCode']) ?? 'no code'})`;
}

/** Severity of one of the `DAMAGING` calls: a failed one is an attempt, infrastructure as code is one lower. */
export function damageSeverity(event: TrailEvent, { infrastructureAsCodeAgents }: Settings): Severity {
  const severity = event.outcome === 'succeeded' ? 'high' : 'medium';
  return shifted(severity, agentContains(event, infrastructureAsCodeAgents) ? -1 : 0);
}

/** Days below which a lifecycle rule destroys evidence: shorter than most intrusions stay unnoticed. */
const RETENTION_DAYS = 90;

/**
 * What the call does to the trail's records, as the end of a sentence (`deleted it`); undefined for a call that does no
 * harm. Content that the record lacks counts as harmful.
 */
export function damage({ record, call, timeMs }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  switch (call) {
    case 'DeleteBucket':
    case 'DeleteLogGroup':
      return 'delete it';
    case 'DisableKey':
      return 'disable it, so that nothing more can be delivered or read';
    case 'ScheduleKeyDeletion':
      return 'have it deleted, after which nothing can be read';
    case 'DeleteBucketPolicy':
      return 'delete its policy, without which CloudTrail cannot deliver';
    case 'PutBucketPolicy': {
      const policy = document(pick(parameters, 'bucketPolicy'));
      if (policy === undefined || isOmitted(parameters)) return 'replace its policy by one that is not in the record';
      return letsCloudTrailWrite(policy) ? undefined : 'give it a policy that does not let CloudTrail deliver';
    }
    case 'PutBucketLifecycle': {
      const configuration = pick(parameters, 'LifecycleConfiguration');
      if (configuration === undefined || isOmitted(parameters)) return 'give it a lifecycle that is not in the record';
      const days = Math.max(0, Math.ceil(shortestExpiry(configuration, timeMs)));
      return days < RETENTION_DAYS ? `have its objects deleted after ${days} day${days === 1 ? '' : 's'}` : undefined;
    }
    default:
      return undefined;
  }
}

/** Days until the soonest of the enabled rules deletes current objects; infinite when none does. */
export function shortestExpiry(configuration: unknown, nowMs: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const rule of asArray(pick(configuration, 'Rule'))) {
    if (text(pick(rule, 'Status'))?.toLowerCase() === 'disabled') continue;
    const expiration = pick(rule, 'Expiration');
    const days = numeric(pick(expiration, 'Days'));
    if (days !== undefined) shortest = Math.min(shortest, days);
    const dateMs = Date.parse(text(pick(expiration, 'Date')) ?? '');
    if (!Number.isNaN(dateMs)) shortest = Math.min(shortest, (dateMs - nowMs) / DAY);
  }
  return shortest;
}

/**
 * True when a statement allows CloudTrail to put objects and none forbids it outright. Conditions of an Allow are taken
 * as met; a Deny with a condition is not counted.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
function letsCloudTrailWrite(policy: unknown): boolean {
  const statements = asArray(pick(policy, 'Statement')).filter(
    (statement) => coversPut(pick(statement, 'Action')) && namesCloudTrail(pick(statement, 'Principal')),
  );
  const effect = (statement: unknown) => text(pick(statement, 'Effect'))?.toLowerCase();
  if (
    statements.some((statement) => effect(statement) === 'deny' && asArray(pick(statement, 'Condition')).length === 0)
  ) {
    return false;
  }
  return statements.some((statement) => effect(statement) === 'allow');
}

function coversPut(action: unknown): boolean {
  return texts(action).some((glob) => anyGlobMatches([glob], 's3:PutObject', true));
}

function namesCloudTrail(principal: unknown): boolean {
  const everybody = (value: unknown) => texts(value).includes('*');
  if (everybody(principal) || everybody(pick(principal, 'AWS'))) return true;
  return texts(pick(principal, 'Service')).some((service) => service === CLOUDTRAIL || service === '*');
}

function bucketStorage(name: string): TrailStorage {
  return { kind: 'bucket', name, key: `bucket|${name}` };
}

function keyStorage(name: string): TrailStorage {
  return { kind: 'key', name, key: `key|${keyId(name)}` };
}

function logGroupStorage(named: string, account: string, region: string): TrailStorage {
  const name = logGroupName(named);
  return { kind: 'log group', name, key: `log-group|${account}|${region}|${name}` };
}

/** `arn:aws:logs:us-east-1:111122223333:log-group:/aws/cloudtrail:*` → `/aws/cloudtrail`; a name stays as it is. */
export function logGroupName(named: string): string {
  return named.startsWith('arn:') ? (named.split(':')[6] ?? named) : named;
}

/** Id of a key given by ARN or id; an alias stays one. */
function keyId(named: string): string {
  const at = named.indexOf(':key/');
  return at < 0 ? named : named.slice(at + 5);
}
