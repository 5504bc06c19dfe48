import { at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isHidden } from '../acts';
import { shortestExpiry } from '../cloudtrail/trail-storage';
import { duration } from '../describe';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { adjusted, bucketInWords, bucketKey, bucketResources, S3 } from './public-access';

/** Days after which a lifecycle that deletes everything is no housekeeping: extortionists give about a week. */
const WEEK_DAYS = 7;

export default defineRule({
  id: 's3-recovery-weakened',
  title: 'Bucket no longer keeps what is deleted',
  severity: (event, settings) => adjusted('medium', event, settings),
  rows: ['2-27'],
  attack: ['TA0040/T1490', 'TA0040/T1485.001'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['PutBucketVersioning', 'PutBucketLifecycle', 'PutObjectLockConfiguration'],
    },
  ],
  settings: ['sensitiveBuckets', 'infrastructureAsCodeAgents'],
  when: (event) => weakening(event) !== undefined,
  per: (event) => `${bucketKey(event)}|${event.call}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} ${weakening(event) ?? 'changed what is kept'} of ${bucketInWords(event)} in ${event.account}`,
  resources: bucketResources,
  why: 'Versions and locks are what deleted or overwritten objects are restored from. Extortionists switch them off first, or let a lifecycle delete everything.',
  runbook: [
    'Ask the actor.',
    'Put it back: aws s3api put-bucket-versioning --bucket <bucket> --versioning-configuration Status=Enabled; aws s3api delete-bucket-lifecycle or put the former one.',
    'A lifecycle deletes about once a day: what it has not taken yet is saved by removing it now.',
    "If nobody vouches for it, deactivate the actor's keys, and look for DeleteObject and CopyObject since (data events).",
  ],
  falsePositives: ['Buckets for temporary files: a lifecycle of a few days is right for them.'],
  blindSpots: [
    'Rules of a lifecycle for former versions alone. Which objects the rules are about is not weighed.',
    'Buckets that never kept versions.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
    'https://attack.mitre.org/techniques/T1490/',
  ],
});

/** What the call takes away, as the middle of a sentence; undefined for one that takes nothing. */
function weakening(event: TrailEvent): string | undefined {
  const parameters = event.record['requestParameters'];
  const unseen = isHidden(event);
  switch (event.call) {
    case 'PutBucketVersioning': {
      const configuration = pick(parameters, 'VersioningConfiguration');
      if (unseen || text(pick(configuration, 'Status')) === 'Suspended') return 'stopped the keeping of versions';
      return text(pick(configuration, 'MfaDelete')) === 'Disabled'
        ? 'took away the second factor for deleting versions'
        : undefined;
    }
    case 'PutObjectLockConfiguration': {
      const kept = at(parameters, 'ObjectLockConfiguration', 'Rule', 'DefaultRetention');
      return unseen || kept === undefined ? 'ended the locking of objects' : undefined;
    }
    default: {
      const days = shortestExpiry(pick(parameters, 'LifecycleConfiguration'), event.timeMs);
      if (unseen) return 'set a lifecycle that is too large to see';
      if (days > WEEK_DAYS) return undefined;
      return `set a lifecycle that deletes after ${duration(Math.max(0, Math.ceil(days)) * DAY)}`;
    }
  }
}

export const examples = (): Examples => {
  const versioning = (fields: object) =>
    call(S3, 'PutBucketVersioning', {
      requestParameters: { bucketName: 'example-data', versioning: '', VersioningConfiguration: fields },
    });
  const suspended = versioning({ Status: 'Suspended' });
  const lifecycle = (Days: number, Status = 'Enabled') =>
    but(suspended, {
      eventName: 'PutBucketLifecycle',
      requestParameters: {
        bucketName: 'example-data',
        lifecycle: '',
        LifecycleConfiguration: { Rule: { ID: 'x', Status, Filter: { Prefix: '' }, Expiration: { Days } } },
      },
    });
  const lock = (ObjectLockConfiguration: object) =>
    but(suspended, {
      eventName: 'PutObjectLockConfiguration',
      requestParameters: { bucketName: 'example-data', ObjectLockConfiguration },
    });
  return {
    fires: [
      { why: 'versions suspended', timeline: [suspended], severity: 'medium' },
      {
        why: 'of a sensitive bucket',
        timeline: [
          but(suspended, {
            requestParameters: { bucketName: 'example-backup', VersioningConfiguration: { Status: 'Suspended' } },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'deleting versions needs no second factor',
        timeline: [versioning({ Status: 'Enabled', MfaDelete: 'Disabled' })],
      },
      { why: 'everything deleted within a week', timeline: [lifecycle(7)], severity: 'medium' },
      { why: 'locking ended', timeline: [lock({ ObjectLockEnabled: 'Enabled' })], severity: 'medium' },
      { why: 'too large to see', timeline: [but(lifecycle(7), { requestParameters: { omitted: true } })] },
      { why: 'by Terraform', timeline: [but(suspended, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [suspended, later(suspended, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(suspended)] },
      { why: 'versions switched on', timeline: [versioning({ Status: 'Enabled' })] },
      { why: 'deleted after eight days', timeline: [lifecycle(8)] },
      { why: 'a rule that is off', timeline: [lifecycle(1, 'Disabled')] },
      {
        why: 'locked',
        timeline: [
          lock({ ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } }),
        ],
      },
    ],
  };
};
