import type { TrailEvent } from '../../intake/trail-event';
import { BUCKET_REPLICATING, LEAVING_SETTINGS, leaving, leavingInWords } from '../exfiltration/leaving';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { isSensitiveBucket } from './objects';
import { adjusted, bucketInWords, bucketKey, bucketResources, S3 } from './public-access';

export default defineRule({
  id: 's3-replication-changed',
  title: 'Replication of a bucket set or removed',
  severity,
  rows: ['1-16', '1-13'],
  attack: ['TA0010/T1537', 'TA0040/T1490'],
  match: [
    BUCKET_REPLICATING,
    { feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['DeleteBucketReplication'] },
  ],
  settings: [...LEAVING_SETTINGS, 'sensitiveBuckets'],
  when: (event, settings) => isRemoval(event) || leaving(event, settings) !== undefined,
  per: (event) => `${bucketKey(event)}|${event.call}`,
  quietMs: HOUR,
  headline: (event, settings) =>
    isRemoval(event)
      ? `${event.actor} removed replication of ${bucketInWords(event)}`
      : leavingInWords(event, settings),
  resources: bucketResources,
  why: 'Every object written from now on is copied to the other bucket. If that belongs to somebody else, so does the data; if replication ends, so does the second copy.',
  runbook: [
    'Read it: aws s3api get-bucket-replication --bucket <bucket>. Whose is the destination?',
    'If nobody vouches for it, remove it: aws s3api delete-bucket-replication --bucket <bucket>; detach the policies of its role.',
    'Existing objects are copied only by a batch job: look for CreateJob of S3 Batch Operations.',
    'If it was removed, set it again from your templates, and see what was deleted since.',
  ],
  falsePositives: ['Preparing for the loss of a region, collecting logs in another account.'],
  blindSpots: [
    'The account of the destination is in the record only when it takes over the copies.',
    'The region of the destination.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

function isRemoval({ call: name }: TrailEvent): boolean {
  return name === 'DeleteBucketReplication';
}

function severity(event: TrailEvent, settings: Settings): Severity {
  if (isRemoval(event)) return adjusted('low', event, settings);
  return shifted(leaving(event, settings)?.severity ?? 'high', isSensitiveBucket(event, settings) ? 1 : 0);
}

export const examples = (): Examples => {
  const replicated = (destination: object, bucketName = 'example-images') =>
    call(S3, 'PutBucketReplication', {
      requestParameters: {
        bucketName,
        replication: '',
        ReplicationConfiguration: {
          xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
          Role: 'arn:aws:iam::111122223333:role/replication',
          Rule: { ID: 'all', Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::example-copy', ...destination } },
        },
      },
    });
  const stranger = replicated({ Account: '999988887777' });
  const unknown = replicated({});
  const removed = call(S3, 'DeleteBucketReplication', {
    requestParameters: { bucketName: 'example-images', replication: '' },
  });
  return {
    fires: [
      { why: 'to another account', timeline: [stranger], severity: 'critical' },
      {
        why: 'one rule of two to another account',
        timeline: [
          but(stranger, {
            requestParameters: {
              bucketName: 'example-images',
              ReplicationConfiguration: {
                Rule: [
                  { Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::ours', Account: '111122223333' } },
                  { Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::theirs', Account: '999988887777' } },
                ],
              },
            },
          }),
        ],
        severity: 'critical',
      },
      { why: 'to a bucket of an unknown account', timeline: [unknown], severity: 'medium' },
      { why: 'of a sensitive bucket', timeline: [replicated({}, 'example-backup')], severity: 'high' },
      { why: 'within the account', timeline: [replicated({ Account: '111122223333' })], severity: 'low' },
      { why: 'by Terraform', timeline: [but(unknown, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      {
        why: 'too large to see',
        timeline: [but(stranger, { requestParameters: { omitted: true } })],
        severity: 'high',
      },
      { why: 'removed', timeline: [removed], severity: 'low' },
      {
        why: 'removed from a sensitive bucket',
        timeline: [but(removed, { requestParameters: { bucketName: 'example-backup' } })],
        severity: 'medium',
      },
      { why: 'set twice: one alert', timeline: [stranger, later(stranger, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(stranger)] },
      {
        why: 'a disabled rule',
        timeline: [
          but(stranger, {
            requestParameters: {
              bucketName: 'example-images',
              ReplicationConfiguration: {
                Rule: { Status: 'Disabled', Destination: { Bucket: 'arn:aws:s3:::theirs', Account: '999988887777' } },
              },
            },
          }),
        ],
      },
      { why: 'it was read', timeline: [but(stranger, { eventName: 'GetBucketReplication', readOnly: true })] },
    ],
  };
};
