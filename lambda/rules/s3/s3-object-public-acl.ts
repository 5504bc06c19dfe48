import { at, text } from '../../intake/fields';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat } from '../sample';
import { shifted } from '../severity';
import {
  aclInWords,
  aclMadePublic,
  aclSeverity,
  adjusted,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  publicAclGrants,
  S3,
} from './public-access';

const OBJECT_ACL_CALLS = ['PutObjectAcl', 'PutObject', 'CopyObject', 'CreateMultipartUpload'] as const;

export default defineRule({
  id: 's3-object-public-acl',
  title: 'S3 object opened to everybody by its ACL',
  // One below the same grant on the bucket: an object, not all of them.
  severity: (event, settings) => adjusted(shifted(aclSeverity(publicAclGrants(event)), -1), event, settings),
  rows: ['0-6'],
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: [
    { feed: 'data', outcome: 'succeeded', service: S3, calls: OBJECT_ACL_CALLS },
    // Records before eventVersion 1.07 do not say that they are data events.
    { feed: 'api-writes', outcome: 'succeeded', service: S3, calls: OBJECT_ACL_CALLS },
  ],
  when: (event, settings) => aclMadePublic(event) && !isPublicOnPurpose(event, settings),
  side: 'resource', // an uploader of another account sets the ACL of its own objects
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => {
    const grants = publicAclGrants(event);
    const key = text(at(event.record, 'requestParameters', 'key'))?.slice(0, 80) || '(not named)';
    const what = grants.length === 0 ? 'something: parameters too large to see' : aclInWords(grants);
    return `${event.actor} allowed on object ${key} in ${bucketInWords(event)}: ${what}`;
  },
  resources: bucketResources,
  why: 'Everybody can read this object by its address. Public objects in a private bucket are a quiet way to carry data out.',
  runbook: [
    'Close it: aws s3api put-object-acl --bucket <bucket> --key <key> --acl private.',
    'Turn ACLs off for the whole bucket if nobody needs them: aws s3api put-bucket-ownership-controls --bucket <bucket> --ownership-controls Rules=[{ObjectOwnership=BucketOwnerEnforced}].',
    'List what else the actor opened in this bucket, and who read it since: data events GetObject without an identity.',
    'If the bucket is public on purpose, add it to publicBuckets.',
  ],
  falsePositives: [
    'A web application or a site generator that uploads with public-read: add its bucket to publicBuckets.',
  ],
  blindSpots: [
    'Data events: without a trail that selects S3 writes nothing arrives.',
    'Browser uploads by form (POST), whose ACL is in a field that the record may not show.',
    'A bucket with ACLs off or Block Public Access on stays private: the event does not show it.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const data = { managementEvent: false, eventCategory: 'Data' };
  const object = (name: string, parameters: object) =>
    call(S3, name, {
      requestParameters: { bucketName: 'example-data', key: 'reports/2026.csv', ...parameters },
      ...data,
    });
  const open = object('PutObjectAcl', { acl: '', 'x-amz-acl': 'public-read' });
  const uri = 'http://acs.amazonaws.com/groups/global/AllUsers';
  return {
    fires: [
      { why: 'the ACL of an object', timeline: [open], severity: 'high' },
      { why: 'an upload', timeline: [object('PutObject', { 'x-amz-acl': 'public-read' })], severity: 'high' },
      { why: 'a copy', timeline: [object('CopyObject', { 'x-amz-acl': 'public-read-write' })], severity: 'high' },
      {
        why: 'an upload in parts, for anybody with an AWS account',
        timeline: [object('CreateMultipartUpload', { uploads: '', 'x-amz-acl': 'authenticated-read' })],
        severity: 'medium',
      },
      {
        why: 'a grant in the body',
        timeline: [
          object('PutObjectAcl', {
            AccessControlPolicy: { AccessControlList: { Grant: [{ Grantee: { URI: uri }, permission: 'READ' }] } },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a grant as a header, in a record that does not say that it is a data event',
        timeline: [
          but(object('PutObjectAcl', { AccessControlList: { x_amz_grant_read: `uri=${uri}` } }), {
            managementEvent: undefined,
            eventCategory: undefined,
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a sensitive bucket: one higher',
        timeline: [object('PutObjectAcl', { bucketName: 'prod-backup', 'x-amz-acl': 'public-read' })],
        severity: 'critical',
      },
      { why: 'thirty uploads to one bucket: one alert', timeline: repeat(open, 30, 60_000) },
    ],
    quiet: [
      { why: 'private', timeline: [object('PutObjectAcl', { acl: '', 'x-amz-acl': 'private' })] },
      { why: 'no ACL', timeline: [object('PutObject', {})] },
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'a bucket that is public on purpose', timeline: [open], settings: { publicBuckets: ['example-data'] } },
      {
        why: "the bucket's owner",
        timeline: [object('PutObject', { 'x-amz-acl': 'bucket-owner-full-control' })],
      },
    ],
  };
};
