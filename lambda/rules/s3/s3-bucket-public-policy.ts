import { grantSeverity, grantsInWords, publicGrantsIn } from '../policy/resource-policy';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import {
  adjusted,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  policyMadePublic,
  S3,
} from './public-access';

export default defineRule({
  id: 's3-bucket-public-policy',
  title: 'S3 bucket policy lets anybody in',
  severity: (event, settings) => adjusted(grantSeverity(publicGrantsIn(event)), event, settings),
  rows: ['0-6'],
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['PutBucketPolicy'] }],
  when: (event, settings) => policyMadePublic(event) && !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) =>
    `${event.actor} set the policy of ${bucketInWords(event)}: ${grantsInWords(publicGrantsIn(event))}`,
  resources: bucketResources,
  why: 'The policy gives these actions to anybody on the internet, unless Block Public Access stops it. Open buckets are found by scanners within hours.',
  runbook: [
    'Close it now: aws s3api put-public-access-block --bucket <bucket> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true.',
    'Read what S3 makes of the policy: aws s3api get-bucket-policy-status --bucket <bucket>, and the policy: aws s3api get-bucket-policy --bucket <bucket>.',
    'Find out what was read or written: data events or server access logs of the bucket since this event.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys and revoke its sessions.",
    'If the bucket is public on purpose, add it to publicBuckets.',
  ],
  falsePositives: [
    'A static site or a public download bucket: add it to publicBuckets.',
    'A policy whose Deny statements take back what this one gives: Deny is not considered.',
    'A condition on a key that restricts only here, for example a secret Referer.',
  ],
  blindSpots: [
    'A policy for named foreign accounts: that is sharing, not public.',
    'A condition that names a wide network of strangers (up to /8), or an endpoint of a stranger.',
    'Block Public Access of the bucket or the account may keep it private: the event does not show it.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const statement = {
    Sid: 'site',
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::example-data/*',
  };
  const put = (changed: object, parameters: object = {}) =>
    call(S3, 'PutBucketPolicy', {
      requestParameters: {
        bucketName: 'example-data',
        Host: 'example-data.s3.us-east-1.amazonaws.com',
        policy: '',
        bucketPolicy: { Version: '2012-10-17', Statement: [{ ...statement, ...changed }] },
        ...parameters,
      },
    });
  const open = put({});
  return {
    fires: [
      { why: 'everybody may read', timeline: [open], severity: 'high' },
      { why: 'every AWS principal may read', timeline: [put({ Principal: { AWS: '*' } })], severity: 'high' },
      { why: 'everybody in a list', timeline: [put({ Principal: { AWS: ['444455556666', '*'] } })], severity: 'high' },
      {
        why: 'everybody but one',
        timeline: [put({ Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:user/bob' } })],
        severity: 'high',
      },
      {
        why: 'everybody may write',
        timeline: [put({ Action: ['s3:GetObject', 's3:PutObject'] })],
        severity: 'critical',
      },
      { why: 'everybody may do everything', timeline: [put({ Action: 's3:*' })], severity: 'critical' },
      {
        why: 'the policy is a string',
        timeline: [put({}, { bucketPolicy: JSON.stringify({ Statement: statement }) })],
        severity: 'high',
      },
      {
        why: 'only over TLS: that keeps nobody out',
        timeline: [put({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
        severity: 'high',
      },
      {
        why: 'from anywhere, as a condition',
        timeline: [put({ Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } })],
        severity: 'high',
      },
      {
        why: 'the organization, if the caller has one',
        timeline: [put({ Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })],
        severity: 'high',
      },
      {
        why: 'a sensitive bucket: one higher',
        timeline: [put({}, { bucketName: 'prod-backup' })],
        severity: 'critical',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: '[APN/1.0 HashiCorp/1.0 Terraform/1.9.0]' })],
        severity: 'medium',
      },
      {
        why: 'by a caller of another account',
        timeline: [
          but(open, { userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' } }),
        ],
        severity: 'high',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
      { why: 'twice within the hour: one alert', timeline: [open, later(open, 1_800_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'one account', timeline: [put({ Principal: { AWS: '444455556666' } })] },
      { why: 'an AWS service', timeline: [put({ Principal: { Service: 'cloudtrail.amazonaws.com' } })] },
      { why: 'everybody is denied', timeline: [put({ Effect: 'Deny' })] },
      {
        why: 'the organization',
        timeline: [put({ Condition: { StringEquals: { 'aws:principalorgid': 'o-a1b2c3d4e5' } } })],
      },
      {
        why: 'one network',
        timeline: [put({ Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8:12::/48'] } } })],
      },
      { why: 'a bucket that is public on purpose', timeline: [open], settings: { publicBuckets: ['example-*'] } },
    ],
  };
};
