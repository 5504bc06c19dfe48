import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, later, repeat } from '../sample';
import { objectCall } from './object-samples';
import { actorAndBucket, NO_DATA_EVENTS, OBJECT_REFERENCES, objectCalls, objectInWords } from './objects';
import { bucketResources } from './public-access';

/** Encrypted with a key that the caller sends along and AWS does not keep (SSE-C). */
const WITH_OWN_KEY = {
  requestParameters: { 'x-amz-server-side-encryption-customer-algorithm': [{ exists: true }] },
} as const;

export default defineRule({
  id: 's3-objects-locked-away',
  title: 'Many objects encrypted with a key that only the caller has',
  severity: 'critical',
  rows: ['2-26'],
  attack: ['TA0040/T1486'],
  match: [{ ...objectCalls('CopyObject', 'PutObject', 'CreateMultipartUpload'), record: WITH_OWN_KEY }],
  window: {
    kind: 'count',
    per: actorAndBucket,
    threshold: 20,
    withinMs: 10 * MINUTE,
    unit: 'objects encrypted with a key of the caller',
  },
  quietMs: 6 * HOUR,
  headline: objectInWords,
  resources: bucketResources,
  why: 'AWS does not keep that key. Whoever overwrites objects with it can sell them back to you, and nobody else can read them.',
  runbook: [
    "Stop it: deactivate the actor's keys, or deny it in the policy of the bucket now.",
    'Does the bucket keep versions? Then the former ones are readable: aws s3api list-object-versions --bucket <bucket>; delete the new ones.',
    'Look for a lifecycle that deletes, for versions suspended, and for a note: s3-recovery-weakened, s3-ransom-note.',
    'Deny it for good, where no program needs it: a condition on s3:x-amz-server-side-encryption-customer-algorithm in the policy of buckets.',
  ],
  falsePositives: ['A program that encrypts this way by design: suppress by actor and bucket.'],
  blindSpots: [NO_DATA_EVENTS, 'Fewer than twenty in ten minutes. Objects encrypted before they are written.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html',
    'https://attack.mitre.org/techniques/T1486/',
    ...OBJECT_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const copied = objectCall('CopyObject', {
    requestParameters: {
      bucketName: 'example-data',
      key: 'reports/2026.csv',
      'x-amz-copy-source': 'example-data/reports/2026.csv',
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    },
  });
  const many = repeat(copied, 20, 2_000);
  return {
    fires: [
      { why: 'twenty in forty seconds', timeline: many, severity: 'critical' },
      {
        why: 'the twentieth a second before the end',
        timeline: [...many.slice(0, 19), later(copied, 10 * MINUTE - 1_000)],
      },
      { why: 'written anew', timeline: many.map((record) => but(record, { eventName: 'PutObject' })) },
    ],
    quiet: [
      { why: 'nineteen', timeline: many.slice(0, 19) },
      { why: 'the twentieth when the time is over', timeline: [...many.slice(0, 19), later(copied, 10 * MINUTE)] },
      {
        why: 'with a key of AWS',
        timeline: many.map((record) =>
          but(record, {
            requestParameters: {
              bucketName: 'example-data',
              key: 'reports/2026.csv',
              'x-amz-server-side-encryption': 'AES256',
            },
          }),
        ),
      },
      { why: 'refused', timeline: many.map((record) => but(record, { errorCode: 'AccessDenied' })) },
    ],
  };
};
