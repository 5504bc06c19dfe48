import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import {
  aclInWords,
  aclMadePublic,
  aclSeverity,
  adjusted,
  BUCKET_ACL_CALLS,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  publicAclGrants,
  S3,
} from './public-access';

export default defineRule({
  id: 's3-bucket-public-acl',
  title: 'S3 bucket opened to everybody by its ACL',
  severity: (event, settings) => adjusted(aclSeverity(publicAclGrants(event)), event, settings),
  rows: ['0-6'],
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: S3, calls: BUCKET_ACL_CALLS }],
  when: (event, settings) => aclMadePublic(event) && !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => {
    const grants = publicAclGrants(event);
    const what = grants.length === 0 ? 'something: parameters too large to see' : aclInWords(grants);
    return `${event.actor} allowed on ${bucketInWords(event)}: ${what}`;
  },
  resources: bucketResources,
  why: 'Everybody on the internet, or everybody with any AWS account, can now list, read or write this bucket, unless Block Public Access stops it.',
  runbook: [
    'Close it now: aws s3api put-public-access-block --bucket <bucket> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true.',
    'Take the grant away: aws s3api put-bucket-acl --bucket <bucket> --acl private.',
    'Find out what was read: data events or server access logs of the bucket since this event, callers without an identity first.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys and revoke its sessions.",
    'If the bucket is public on purpose, add it to publicBuckets.',
  ],
  falsePositives: ['A static site or a public download bucket: add it to publicBuckets.'],
  blindSpots: [
    'Block Public Access of the bucket or the account may keep it private all the same: the event does not show it.',
    'S3 on Outposts, whose calls have another source.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const put = (parameters: object) =>
    call(S3, 'PutBucketAcl', {
      requestParameters: {
        bucketName: 'example-data',
        Host: 'example-data.s3.us-east-1.amazonaws.com',
        acl: '',
        ...parameters,
      },
    });
  const open = put({ 'x-amz-acl': 'public-read' });
  const everybody = 'http://acs.amazonaws.com/groups/global/AllUsers';
  const anyAccount = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
  const owner = {
    Grantee: { 'xsi:type': 'CanonicalUser', ID: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' },
    Permission: 'FULL_CONTROL',
  };
  const granted = (Permission: string, URI = everybody) => ({ Grantee: { 'xsi:type': 'Group', URI }, Permission });
  const body = (Grant: unknown) =>
    put({ AccessControlPolicy: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/', AccessControlList: { Grant } } });
  return {
    fires: [
      { why: 'canned: public-read', timeline: [open], severity: 'critical' },
      { why: 'canned: public-read-write', timeline: [put({ 'x-amz-acl': 'public-read-write' })], severity: 'critical' },
      { why: 'canned: authenticated-read', timeline: [put({ 'x-amz-acl': 'authenticated-read' })], severity: 'high' },
      {
        why: 'canned, as old records write it',
        timeline: [put({ 'x-amz-acl': ['public-read'] })],
        severity: 'critical',
      },
      {
        why: 'canned, in the list of ACL headers',
        timeline: [put({ accessControlList: { 'x-amz-acl': 'public-read' } })],
        severity: 'critical',
      },
      {
        why: 'a bucket made public at birth',
        timeline: [but(open, { eventName: 'CreateBucket' })],
        severity: 'critical',
      },
      {
        why: 'a grant as a header',
        timeline: [put({ accessControlList: { 'x-amz-grant-read': `uri="${everybody}"` } })],
        severity: 'critical',
      },
      {
        why: 'a grant as a header beside the other parameters, for anybody with an AWS account',
        timeline: [put({ 'x-amz-grant-read': `id="1a2b", uri="${anyAccount}"` })],
        severity: 'high',
      },
      {
        why: 'a grant as a header, spelt with underscores',
        timeline: [put({ AccessControlList: { x_amz_grant_write_acp: [`uri=${anyAccount}`] } })],
        severity: 'critical',
      },
      { why: 'a grant in the body', timeline: [body(granted('READ'))], severity: 'critical' },
      { why: 'one of several grants in the body', timeline: [body([owner, granted('READ')])], severity: 'critical' },
      {
        why: 'everybody may read the ACL only',
        timeline: [body([owner, granted('READ_ACP')])],
        severity: 'high',
      },
      {
        why: 'anybody with an AWS account may write',
        timeline: [body([owner, granted('WRITE', anyAccount)])],
        severity: 'critical',
      },
      {
        why: 'a sensitive bucket: one higher',
        timeline: [put({ bucketName: 'prod-backup', 'x-amz-acl': 'authenticated-read' })],
        severity: 'critical',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: '[APN/1.0 HashiCorp/1.0 Terraform/1.9.0]' })],
        severity: 'high',
      },
      {
        why: 'by a caller of another account',
        timeline: [
          but(open, {
            userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' },
          }),
        ],
        severity: 'critical',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
      { why: 'twice within the hour: one alert', timeline: [open, later(open, 1_800_000)] },
    ],
    quiet: [
      { why: 'canned: private', timeline: [put({ 'x-amz-acl': 'private' })] },
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'a bucket that is public on purpose', timeline: [open], settings: { publicBuckets: ['example-*'] } },
      { why: 'the owner only', timeline: [body(owner)] },
      {
        why: "the log delivery group, which only S3's own logging belongs to",
        timeline: [body([owner, granted('WRITE', 'http://acs.amazonaws.com/groups/s3/LogDelivery')])],
      },
      {
        why: 'a grant to one account as a header',
        timeline: [
          put({ 'x-amz-grant-read': 'id="79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"' }),
        ],
      },
    ],
  };
};
