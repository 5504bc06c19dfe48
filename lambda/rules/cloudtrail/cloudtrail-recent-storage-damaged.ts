import type { TrailEvent } from '../../intake/trail-event';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, call, later } from '../sample';
import {
  DAMAGING,
  damage,
  damageInWords,
  damageSeverity,
  isConfigured,
  storagesNamed,
  storageTouched,
  type TrailStorage,
} from './trail-storage';
import { CLOUDTRAIL, trailInWords } from './trails';

export default defineRule({
  id: 'cloudtrail-recent-storage-damaged',
  title: 'Bucket, log group or key of a recent trail damaged',
  // The trail's own creation is the innocent first step: the alert is as severe as the damage.
  severity: (event, settings) => (namesStorage(event) ? 'info' : damageSeverity(event, settings)),
  rows: ['0-1'],
  attack: ['TA0005/T1562.008', 'TA0040/T1485'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: CLOUDTRAIL, calls: ['CreateTrail', 'UpdateTrail'] },
    ...DAMAGING,
  ],
  side: 'resource',
  settings: ['trailBuckets', 'trailLogGroups', 'trailKeys', 'infrastructureAsCodeAgents'],
  window: {
    kind: 'sequence',
    withinMs: DAY,
    // What the settings name has a rule of its own, which needs no trail before it.
    per: (event, settings) =>
      storages(event)
        .filter((storage) => !isConfigured(storage, settings))
        .map(({ key }) => key),
    steps: [
      { name: 'named', is: namesStorage },
      { name: 'damaged', is: (event) => !namesStorage(event) && damage(event) !== undefined },
    ],
  },
  headline: (event) =>
    namesStorage(event)
      ? `${event.actor} set where ${trailInWords(event)} delivers (${storages(event)
          .map(({ kind, name }) => `${kind} ${name}`)
          .join(', ')})`
      : damageInWords(event),
  resources: (event) => storages(event).map(({ name }) => name),
  why: 'A trail was set up or changed in the last day, and now its records are deleted, can no longer be read, or do not arrive any more.',
  runbook: [
    'Ask who set up the trail, and why its storage was changed: both are in this alert.',
    'Save what is left: copy the log files elsewhere before a lifecycle rule or a deletion takes effect.',
    'Undo it: aws s3api delete-bucket-lifecycle --bucket <bucket>; put the bucket policy back; aws kms cancel-key-deletion and enable-key --key-id <key>.',
    'Check that records arrive: aws cloudtrail get-trail-status --name <trail> (LatestDeliveryError, LatestDeliveryTime).',
    'Add the bucket, log group and key to trailBuckets, trailLogGroups and trailKeys if the trail is to stay.',
  ],
  falsePositives: [
    'A new trail whose bucket gets a short retention as part of the same set-up, or which is taken down again after a test.',
  ],
  blindSpots: [
    'Trails that were set up more than a day ago and whose storage is not in the settings.',
    'Deleting or overwriting single log files: that needs data events of the bucket.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html',
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

function namesStorage({ service }: TrailEvent): boolean {
  return service === CLOUDTRAIL;
}

function storages(event: TrailEvent): readonly TrailStorage[] {
  if (namesStorage(event)) return storagesNamed(event);
  const touched = storageTouched(event);
  return touched === undefined ? [] : [touched];
}

export const examples = (): Examples => {
  const BUCKET = 'example-new-trail';
  const KEY = 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-1111-4222-8333-444455556666';
  const GROUP = 'arn:aws:logs:us-east-1:111122223333:log-group:/trails/new:*';
  const created = call(CLOUDTRAIL, 'CreateTrail', {
    requestParameters: {
      name: 'new-trail',
      s3BucketName: BUCKET,
      kmsKeyId: 'alias/trails',
      cloudWatchLogsLogGroupArn: GROUP,
      includeGlobalServiceEvents: true,
    },
    responseElements: {
      name: 'new-trail',
      s3BucketName: BUCKET,
      kmsKeyId: KEY,
      cloudWatchLogsLogGroupArn: GROUP,
      trailARN: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/new-trail',
    },
  });
  const shortened = call('s3.amazonaws.com', 'PutBucketLifecycle', {
    requestParameters: {
      bucketName: BUCKET,
      lifecycle: '',
      LifecycleConfiguration: {
        xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
        Rule: { ID: 'short', Status: 'Enabled', Filter: { Prefix: '*' }, Expiration: { Days: 1 } },
      },
    },
  });
  const deleted = but(shortened, { eventName: 'DeleteBucket', requestParameters: { bucketName: BUCKET } });
  const keyDeleted = call('kms.amazonaws.com', 'ScheduleKeyDeletion', {
    requestParameters: { keyId: '0a1b2c3d-1111-4222-8333-444455556666', pendingWindowInDays: 7 },
    responseElements: { keyId: KEY },
  });
  const groupDeleted = call('logs.amazonaws.com', 'DeleteLogGroup', {
    requestParameters: { logGroupName: '/trails/new' },
  });
  const updated = but(created, {
    eventName: 'UpdateTrail',
    requestParameters: { name: 'new-trail', s3BucketName: BUCKET },
    responseElements: null,
  });
  const bob = {
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' },
  };
  return {
    fires: [
      { why: 'a short lifecycle four seconds later', timeline: [created, later(shortened, 4_000)], severity: 'high' },
      { why: 'at the end of the day', timeline: [created, later(shortened, DAY - 1_000)], severity: 'high' },
      { why: 'the bucket was deleted', timeline: [created, later(deleted, HOUR)], severity: 'high' },
      { why: 'the key is to be deleted', timeline: [created, later(keyDeleted, HOUR)], severity: 'high' },
      { why: 'the log group was deleted', timeline: [created, later(groupDeleted, HOUR)], severity: 'high' },
      { why: 'the bucket was named by a change', timeline: [updated, later(shortened, HOUR)], severity: 'high' },
      { why: 'by somebody else', timeline: [created, but(later(shortened, HOUR), bob)], severity: 'high' },
      {
        why: 'deleting the bucket failed',
        timeline: [created, but(later(deleted, HOUR), { errorCode: 'BucketNotEmpty', errorMessage: 'not empty' })],
        severity: 'medium',
      },
      {
        why: 'two kinds of damage to one bucket: one alert',
        timeline: [created, later(shortened, 60_000), later(deleted, 120_000)],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'no trail was set up', timeline: [later(shortened, 4_000)] },
      { why: 'a day later', timeline: [created, later(shortened, DAY)] },
      { why: 'the damage came first', timeline: [shortened, later(created, 6_000)] },
      {
        why: 'another bucket',
        timeline: [created, but(later(deleted, 4_000), { requestParameters: { bucketName: 'example-other-bucket' } })],
      },
      {
        why: 'creating the trail failed',
        timeline: [
          but(created, { errorCode: 'InsufficientS3BucketPolicyException', errorMessage: 'Incorrect policy' }),
          later(shortened, 4_000),
        ],
      },
      {
        why: 'the settings name the bucket: the other rule reports it',
        timeline: [created, later(shortened, 4_000)],
        settings: { trailBuckets: [BUCKET] },
      },
      { why: 'the trail was only set up', timeline: [created, later(updated, 60_000)] },
    ],
  };
};
