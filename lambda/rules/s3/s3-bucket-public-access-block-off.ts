import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import {
  adjusted,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  S3,
  unblocked,
} from './public-access';

export default defineRule({
  id: 's3-bucket-public-access-block-off',
  title: 'Block Public Access turned off for an S3 bucket',
  severity: (event, settings) => adjusted('high', event, settings),
  rows: ['0-6'],
  attack: ['TA0005/T1562.001', 'TA0009/T1530'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock'],
    },
  ],
  when: (event, settings) => unblocked(event) !== undefined && !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => `${event.actor} turned off for ${bucketInWords(event)}: ${unblocked(event)}`,
  resources: bucketResources,
  why: 'This is the guard that keeps a bucket private whatever its policy and ACLs say. Public grants that it held back take effect at once.',
  runbook: [
    'Turn it on again: aws s3api put-public-access-block --bucket <bucket> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true.',
    'See whether the bucket is public now: aws s3api get-bucket-policy-status --bucket <bucket>; aws s3api get-bucket-acl --bucket <bucket>.',
    'Look for what the actor did next with this bucket: PutBucketPolicy, PutBucketAcl, PutObjectAcl.',
    "If nobody vouches for it, deactivate the actor's keys and revoke its sessions.",
    'If the bucket is public on purpose, add it to publicBuckets.',
  ],
  falsePositives: [
    'A new public site or download bucket, usually by infrastructure as code.',
    'A bucket that never had all four settings and gets another configuration with some of them off.',
  ],
  blindSpots: [
    'Old buckets that never had it: nothing is turned off.',
    'The account-wide setting may still hold: the event does not show it.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html',
  ],
});

export const examples = (): Examples => {
  const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  const put = (configuration: unknown, bucketName = 'example-data') =>
    call(S3, 'PutBucketPublicAccessBlock', {
      requestParameters: {
        bucketName,
        Host: `${bucketName}.s3.us-east-1.amazonaws.com`,
        publicAccessBlock: '',
        PublicAccessBlockConfiguration: configuration,
      },
    });
  const off = put({ ...on, BlockPublicPolicy: false });
  const { RestrictPublicBuckets: _, ...three } = on;
  return {
    fires: [
      { why: 'one of four flags is false', timeline: [off], severity: 'high' },
      { why: 'a flag is false, as text', timeline: [put({ ...on, BlockPublicAcls: 'false' })], severity: 'high' },
      { why: 'a flag is left out: the call replaces them all', timeline: [put(three)], severity: 'high' },
      {
        why: 'the whole configuration is deleted',
        timeline: [
          but(off, { eventName: 'DeleteBucketPublicAccessBlock', requestParameters: { bucketName: 'example-data' } }),
        ],
        severity: 'high',
      },
      {
        why: 'deleted, in a record without parameters',
        timeline: [but(off, { eventName: 'DeleteBucketPublicAccessBlock', requestParameters: null })],
        severity: 'high',
      },
      {
        why: 'a sensitive bucket: one higher',
        timeline: [put({ ...on, IgnorePublicAcls: false }, 'prod-backup')],
        severity: 'critical',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(off, { userAgent: '[APN/1.0 HashiCorp/1.0 Terraform/1.9.0]' })],
        severity: 'medium',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(off, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'all four flags are true', timeline: [put(on)] },
      {
        why: 'all four flags are true, as text',
        timeline: [put(Object.fromEntries(Object.keys(on).map((flag) => [flag, 'true'])))],
      },
      { why: 'the call was refused', timeline: [denied(off)] },
      { why: 'a bucket that is public on purpose', timeline: [off], settings: { publicBuckets: ['example-*'] } },
      { why: 'it was only read', timeline: [but(off, { eventName: 'GetBucketPublicAccessBlock', readOnly: true })] },
    ],
  };
};
