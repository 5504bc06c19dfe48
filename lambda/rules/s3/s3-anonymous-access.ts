import type { TrailEvent } from '../../intake/trail-event';
import { DAY, defineRule, type Examples } from '../rule';
import { but, later, user } from '../sample';
import { objectCall } from './object-samples';
import { isSensitiveBucket, NO_DATA_EVENTS, OBJECT_REFERENCES } from './objects';
import { bucketInWords, bucketOf, bucketResources, isPublicOnPurpose, S3 } from './public-access';

const ANONYMOUS = { userIdentity: { accountId: ['ANONYMOUS_PRINCIPAL'] } } as const;

export default defineRule({
  id: 's3-anonymous-access',
  title: 'A bucket was used by a stranger without credentials',
  severity: (event, settings) => (isRead(event) && !isSensitiveBucket(event, settings) ? 'high' : 'critical'),
  rows: ['1-11', '1-13'],
  attack: ['TA0009/T1530', 'TA0007/T1619'],
  match: [
    { feed: 'data', outcome: 'succeeded', service: S3, record: ANONYMOUS },
    {
      feed: 'api-reads',
      outcome: 'succeeded',
      service: S3,
      // Of management events; with the names of objects' calls for records before eventVersion 1.07, which had no categories.
      calls: ['GetBucketAcl', 'GetBucketPolicy', 'GetBucketLogging', 'GetObject', 'ListObjects'],
      record: ANONYMOUS,
    },
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['PutObject', 'DeleteObject', 'PutBucketAcl', 'PutBucketPolicy'],
      record: ANONYMOUS,
    },
  ],
  side: 'resource', // the caller has no account
  settings: ['publicBuckets', 'sensitiveBuckets'],
  when: (event, settings) => !isPublicOnPurpose(event, settings),
  per: (event) => `${bucketOf(event) ?? event.account}|${isRead(event) ? 'read' : 'changed'}`,
  quietMs: 7 * DAY,
  headline: (event) =>
    `${event.sourceIp ?? 'An unknown address'} called ${event.call} on ${bucketInWords(event)} without credentials, and succeeded`,
  resources: bucketResources,
  why: 'The bucket answers to anybody on the internet: what is in it is public, or can be changed by strangers.',
  runbook: [
    'Is the bucket public on purpose? Then name it in publicBuckets.',
    'If not, close it: aws s3api put-public-access-block --bucket <bucket> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true.',
    'List what strangers read or wrote: data events with accountId ANONYMOUS_PRINCIPAL.',
    'Find out who opened it: PutBucketPolicy, PutBucketAcl, DeleteBucketPublicAccessBlock.',
  ],
  falsePositives: ['Web sites and downloads, until they are in publicBuckets.'],
  blindSpots: [NO_DATA_EVENTS, 'HeadBucket alone, which tells a stranger little.'],
  references: OBJECT_REFERENCES,
});

function isRead({ call: name }: TrailEvent): boolean {
  return ['Get', 'Head', 'List'].some((verb) => name.startsWith(verb));
}

export const examples = (): Examples => {
  const stranger = { userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' } };
  const read = objectCall('GetObject', stranger);
  const wrote = objectCall('PutObject', stranger);
  return {
    fires: [
      { why: 'an object was read', timeline: [read], severity: 'high' },
      {
        why: 'an object was read of a sensitive bucket',
        timeline: [but(read, { requestParameters: { bucketName: 'example-backup', key: 'db.dump' } })],
        severity: 'critical',
      },
      { why: 'the bucket was listed', timeline: [but(read, { eventName: 'ListObjects' })], severity: 'high' },
      { why: 'an object was written', timeline: [wrote], severity: 'critical' },
      { why: 'an object was deleted', timeline: [but(wrote, { eventName: 'DeleteObject' })], severity: 'critical' },
      {
        why: 'its ACL was read: a management event',
        timeline: [but(read, { eventName: 'GetBucketAcl', managementEvent: true, eventCategory: 'Management' })],
        severity: 'high',
      },
      {
        why: 'an old record without a category',
        timeline: [but(read, { eventVersion: '1.05', managementEvent: undefined, eventCategory: undefined })],
      },
      { why: 'daily for a week: one alert', timeline: [read, later(read, DAY), later(read, 6 * DAY)] },
    ],
    quiet: [
      { why: 'public on purpose', timeline: [read], settings: { publicBuckets: ['example-*'] } },
      { why: 'with credentials', timeline: [but(read, { userIdentity: user('alice') })] },
      { why: 'refused: another rule', timeline: [but(read, { errorCode: 'AccessDenied' })] },
    ],
  };
};
