import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, repeat, user } from '../sample';

const ANONYMOUS = { userIdentity: { accountId: ['ANONYMOUS_PRINCIPAL'] } } as const;

export default defineRule({
  id: 's3-anonymous-probing',
  title: 'A stranger without credentials probes a bucket',
  severity: 'low',
  rows: ['0-9', '1-11'],
  attack: ['TA0007/T1619', 'TA0043/T1595'],
  match: [
    { feed: 'data', outcome: 'denied', service: 's3.amazonaws.com', record: ANONYMOUS },
    { feed: 'errors', outcome: 'denied', service: 's3.amazonaws.com', record: ANONYMOUS },
  ],
  side: 'resource', // the caller has no account
  window: {
    kind: 'count',
    per: (event) => `${bucketOf(event)}|${event.sourceIp ?? 'unknown'}`,
    threshold: 40,
    withinMs: 10 * MINUTE,
    unit: 'refused anonymous requests',
  },
  quietMs: HOUR,
  headline: (event) =>
    `${event.sourceIp ?? 'An unknown address'} tried ${event.call} on bucket ${bucketOf(event)} of ${event.account} without credentials`,
  resources: (event) => [bucketOf(event)],
  why: 'Scanners look for open buckets all day and were refused here. It matters when the name of the bucket should not be known, or when something answers.',
  runbook: [
    'Check that the bucket is closed: aws s3api get-public-access-block --bucket <bucket>; aws s3api get-bucket-policy-status --bucket <bucket>.',
    'Ask how the name became known: a web page, a repository, a DNS name.',
    'Look for anonymous requests that succeeded, from the same address.',
  ],
  falsePositives: ['Every internet scanner. A broken link to an object that used to be public.'],
  blindSpots: [
    'Reading and listing objects are data events: without a trail that selects them nothing arrives.',
    'Slow scans, and scans spread over many addresses.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
    'https://attack.mitre.org/techniques/T1619/',
  ],
});

function bucketOf({ record }: TrailEvent): string {
  return text(at(record, 'requestParameters', 'bucketName')) ?? 'an unnamed bucket';
}

export const examples = (): Examples => {
  const probe = call('s3.amazonaws.com', 'GetObject', {
    userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
    errorCode: 'AccessDenied',
    errorMessage: 'Access Denied',
    requestParameters: { bucketName: 'example-data', key: '.env', Host: 'example-data.s3.us-east-1.amazonaws.com' },
    managementEvent: false,
    eventCategory: 'Data',
    sourceIPAddress: '203.0.113.50',
  });
  const management = but(probe, { eventName: 'GetBucketAcl', managementEvent: true, eventCategory: 'Management' });
  return {
    fires: [
      { why: 'forty requests in seven minutes', timeline: repeat(probe, 40, 10_000), severity: 'low' },
      { why: 'for settings of the bucket', timeline: repeat(management, 40, 10_000) },
      {
        why: 'the fortieth comes one second before the window closes',
        timeline: [...repeat(probe, 39, 10_000), later(probe, 10 * MINUTE - 1_000)],
      },
    ],
    quiet: [
      { why: '39 requests', timeline: repeat(probe, 39, 10_000) },
      {
        why: 'the fortieth comes when the window has closed',
        timeline: [...repeat(probe, 39, 10_000), later(probe, 10 * MINUTE)],
      },
      {
        why: 'two buckets',
        timeline: repeat(probe, 40, 10_000, (index) => ({ requestParameters: { bucketName: `example-${index % 2}` } })),
      },
      { why: 'with credentials', timeline: repeat(but(probe, { userIdentity: user('alice') }), 40, 10_000) },
      {
        why: 'the bucket has no such setting',
        timeline: repeat(but(management, { errorCode: 'NoSuchBucketPolicy' }), 40, 10_000),
      },
      { why: 'the object was not there', timeline: repeat(but(probe, { errorCode: 'NoSuchKey' }), 40, 10_000) },
    ],
  };
};
