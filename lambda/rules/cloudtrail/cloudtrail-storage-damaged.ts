import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat } from '../sample';
import { DAMAGING, damage, damageInWords, damageSeverity, isConfigured, storageTouched } from './trail-storage';

export default defineRule({
  id: 'cloudtrail-storage-damaged',
  title: 'Bucket, log group or key of CloudTrail damaged',
  severity: damageSeverity,
  rows: ['0-1'],
  attack: ['TA0005/T1562.008', 'TA0040/T1485'],
  match: DAMAGING,
  // The bucket of the trails is often in another account than the caller.
  side: 'resource',
  when: (event, settings) => {
    const storage = storageTouched(event);
    return storage !== undefined && isConfigured(storage, settings) && damage(event) !== undefined;
  },
  per: (event) => `${storageTouched(event)?.key ?? ''}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  settings: ['trailBuckets', 'trailLogGroups', 'trailKeys', 'infrastructureAsCodeAgents'],
  headline: damageInWords,
  resources: (event) => {
    const storage = storageTouched(event);
    return storage === undefined ? [] : [storage.name];
  },
  why: 'The trail still logs, but its records are deleted, can no longer be read, or do not arrive any more.',
  runbook: [
    'Save what is left: copy the log files elsewhere, or aws s3api put-bucket-versioning --bucket <bucket> --versioning-configuration Status=Enabled.',
    'Undo it: aws s3api delete-bucket-lifecycle --bucket <bucket>; put the bucket policy back; aws kms cancel-key-deletion and enable-key --key-id <key>.',
    'Check that records arrive: aws cloudtrail get-trail-status --name <trail> (LatestDeliveryError, LatestDeliveryTime).',
    "If nobody vouches for it, deactivate the actor's keys and revoke its sessions, and look at what it did in the days before.",
  ],
  falsePositives: [
    'A shorter retention that was agreed on, or the removal of an old bucket, log group or key that is still in the settings.',
  ],
  blindSpots: [
    'Names that are not in trailBuckets, trailLogGroups and trailKeys (see cloudtrail-recent-storage-damaged for those of recent trails).',
    'Deleting or overwriting single log files: that needs data events of the bucket, and log file validation shows it.',
    "A bucket policy that keeps CloudTrail's statement and stops it by a Deny with a condition; a changed default encryption key.",
    'Refused calls whose record names no bucket.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html',
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

export const examples = (): Examples => {
  const BUCKET = 'example-cloudtrail-111122223333';
  const KEY = 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-1111-4222-8333-444455556666';
  const settings = { trailBuckets: ['example-cloudtrail-*'], trailLogGroups: ['/aws/cloudtrail/*'], trailKeys: [KEY] };
  const s3 = (name: string, parameters: object = {}) =>
    call('s3.amazonaws.com', name, {
      requestParameters: { bucketName: BUCKET, Host: `${BUCKET}.s3.us-east-1.amazonaws.com`, ...parameters },
      resources: [{ accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${BUCKET}` }],
    });
  const lifecycle = (rule: object | object[]) =>
    s3('PutBucketLifecycle', {
      lifecycle: '',
      LifecycleConfiguration: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/', Rule: rule },
    });
  const short = { ID: 'keep-less', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 89 } };
  const long = { ...short, Expiration: { Days: 90 } };
  const delivery = {
    Sid: 'Deliver',
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${BUCKET}/AWSLogs/111122223333/*`,
    Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
  };
  const insecure = {
    Sid: 'OnlyEncrypted',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: `arn:aws:s3:::${BUCKET}/*`,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const policy = (...statements: object[]) =>
    s3('PutBucketPolicy', { policy: '', bucketPolicy: { Version: '2012-10-17', Statement: statements } });
  const { Condition: _, ...denyAll } = insecure;
  const disabled = call('kms.amazonaws.com', 'DisableKey', {
    requestParameters: { keyId: '0a1b2c3d-1111-4222-8333-444455556666' },
    resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: KEY }],
  });
  const group = call('logs.amazonaws.com', 'DeleteLogGroup', {
    requestParameters: { logGroupName: '/aws/cloudtrail/org' },
  });
  const on = (record: ReturnType<typeof call>, severity?: 'low' | 'medium' | 'high') => ({
    timeline: [record],
    settings,
    ...(severity === undefined ? {} : { severity }),
  });
  return {
    fires: [
      { why: 'the bucket was deleted', ...on(s3('DeleteBucket'), 'high') },
      { why: 'objects live for 89 days', ...on(lifecycle(short), 'high') },
      { why: 'one of two rules is short', ...on(lifecycle([long, short]), 'high') },
      {
        why: 'objects end on a date two months ahead',
        ...on(lifecycle({ ...short, Expiration: { Date: '2026-05-10T00:00:00Z' } }), 'high'),
      },
      { why: 'the policy was deleted', ...on(s3('DeleteBucketPolicy', { policy: '' }), 'high') },
      { why: 'a policy without CloudTrail', ...on(policy(insecure), 'high') },
      { why: 'a policy that forbids everything', ...on(policy(delivery, denyAll), 'high') },
      {
        why: 'a policy that lets CloudTrail read only',
        ...on(policy({ ...delivery, Action: ['s3:GetBucketAcl', 's3:GetObject'] }), 'high'),
      },
      {
        why: 'a lifecycle too large to see: the bucket is in the resources',
        ...on(but(lifecycle(short), { requestParameters: { omitted: true, reason: 'requestParameters too large' } })),
      },
      { why: 'the key was disabled', ...on(disabled, 'high') },
      {
        why: 'the key is to be deleted',
        ...on(
          but(disabled, {
            eventName: 'ScheduleKeyDeletion',
            requestParameters: { keyId: KEY, pendingWindowInDays: 7 },
            responseElements: { keyId: KEY },
          }),
          'high',
        ),
      },
      { why: 'the log group was deleted', ...on(group, 'high') },
      {
        why: 'deleting the bucket failed',
        ...on(
          but(s3('DeleteBucket'), { errorCode: 'BucketNotEmpty', errorMessage: 'The bucket is not empty' }),
          'medium',
        ),
      },
      { why: 'refused, with the bucket in the resources', ...on(denied(s3('DeleteBucketPolicy')), 'medium') },
      {
        why: 'from another account',
        ...on(
          but(s3('DeleteBucket'), {
            userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLEEXAMPLE000', accountId: '444455556666' },
          }),
          'high',
        ),
      },
      {
        why: 'by Terraform: one lower, not silent',
        ...on(but(lifecycle(short), { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8' }), 'medium'),
      },
      { why: 'repeated within the hour: one alert', timeline: repeat(lifecycle(short), 3, 600_000), settings },
    ],
    quiet: [
      { why: 'objects live for 90 days', ...on(lifecycle(long)) },
      { why: 'the short rule is not enabled', ...on(lifecycle({ ...short, Status: 'Disabled' })) },
      {
        why: 'objects move to colder storage and are kept',
        ...on(
          lifecycle({ ID: 'cold', Status: 'Enabled', Filter: {}, Transition: { Days: 30, StorageClass: 'GLACIER' } }),
        ),
      },
      { why: 'a policy that lets CloudTrail deliver', ...on(policy(insecure, delivery)) },
      { why: 'a bucket that no setting names', timeline: [s3('DeleteBucket')] },
      { why: 'another log group', ...on(but(group, { requestParameters: { logGroupName: '/aws/lambda/report' } })) },
      { why: 'the key was enabled', ...on(but(disabled, { eventName: 'EnableKey' })) },
    ],
  };
};
