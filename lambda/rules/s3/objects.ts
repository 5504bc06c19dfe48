import { invokedBy } from '../../intake/caller';
import { at, numeric } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { isOffHours } from '../working-hours';
import { bucketOf, S3 } from './public-access';

/** Settings that the functions of this file read; a rule that calls them declares these. */
export const OBJECT_SETTINGS = ['sensitiveBuckets', 'workingHours'] as const;

/** Events about objects: data events, which a trail must select. */
export function objectCalls(...calls: [string, ...string[]]): Match {
  return { feed: 'data', outcome: 'succeeded', service: S3, calls };
}

/** Placed by a client, not by a service that works on the data where it lies (queries, jobs, replication). */
export function isClients(event: TrailEvent): boolean {
  return invokedBy(event) === undefined && event.actor !== 'anonymous';
}

/** Account, actor and bucket. */
export function actorAndBucket(event: TrailEvent): string | undefined {
  const bucket = bucketOf(event);
  return bucket === undefined ? undefined : `${event.account}|${event.actor}|${bucket}`;
}

export function isSensitiveBucket(event: TrailEvent, { sensitiveBuckets }: Settings): boolean {
  const bucket = bucketOf(event);
  return bucket !== undefined && anyGlobMatches(sensitiveBuckets, bucket, true);
}

/** One more for a sensitive bucket, and one more when nobody should be at work. */
export function objectSeverity(severity: Severity, event: TrailEvent, settings: Settings): Severity {
  const sensitive = isSensitiveBucket(event, settings) ? 1 : 0;
  return shifted(severity, sensitive + (isOffHours(event.timeMs, settings.workingHours) ? 1 : 0));
}

/**
 * Bytes that the call carried to the caller (`Out`) or from it (`In`).
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
 */
export function bytesTransferred({ record }: TrailEvent, direction: 'In' | 'Out'): number {
  return numeric(at(record, 'additionalEventData', `bytesTransferred${direction}`)) ?? 0;
}

export const GIB = 1024 ** 3;

/** `… read from bucket example-data of 111122223333 from 198.51.100.7` */
export function objectInWords(event: TrailEvent): string {
  return `${event.actor} called ${event.call} on bucket ${bucketOf(event) ?? '(not named)'} of ${event.account} from ${event.sourceIp ?? 'an unknown address'}`;
}

export const OBJECT_REFERENCES = [
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
  'https://attack.mitre.org/techniques/T1530/',
] as const;

/** What all rules on objects miss. */
export const NO_DATA_EVENTS = 'Buckets whose data events no trail selects, or whose events are not forwarded.';
