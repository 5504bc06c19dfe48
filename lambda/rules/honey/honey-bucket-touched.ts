import { invokedBy } from '../../intake/caller';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { objectCall } from '../s3/object-samples';
import { bucketOf, bucketResources, S3 } from '../s3/public-access';
import { but, byService, call, denied, later } from '../sample';
import { didInWords, HONEY_WHY } from './honey';

export default defineRule({
  id: 'honey-bucket-touched',
  title: 'Somebody touched a bait bucket',
  severity: 'critical',
  rows: ['1-11', '1-13'],
  attack: ['TA0009/T1530', 'TA0007/T1619'],
  match: [
    { feed: 'data', outcome: 'any', service: S3 },
    { feed: 'api-writes', outcome: 'any', service: S3 },
    { feed: 'errors', outcome: ['denied', 'failed'], service: S3 },
    {
      feed: 'api-reads',
      outcome: 'any',
      service: S3,
      calls: [
        'GetBucketAcl',
        'GetBucketPolicy',
        'GetBucketPolicyStatus',
        'GetBucketPublicAccessBlock',
        'GetBucketLogging',
        'GetBucketReplication',
        'GetBucketVersioning',
        'GetBucketEncryption',
        'GetBucketLifecycle',
      ],
    },
  ],
  side: 'resource',
  settings: ['honeyBuckets'],
  sleepsWithout: ['honeyBuckets'],
  when: (event, { honeyBuckets }) => {
    const bucket = honeyBuckets.length === 0 ? undefined : bucketOf(event);
    // Services look at every bucket: inventories, scanners, log delivery.
    return bucket !== undefined && invokedBy(event) === undefined && anyGlobMatches(honeyBuckets, bucket, true);
  },
  per: (event) => `${event.account}|${bucketOf(event) ?? ''}|${event.actor}|${event.sourceIp ?? ''}`,
  quietMs: HOUR,
  headline: (event) => `Bait bucket ${bucketOf(event) ?? '(not named)'} was touched: ${didInWords(event)}`,
  resources: bucketResources,
  why: HONEY_WHY,
  runbook: [
    'Treat the credentials of the caller as stolen: deactivate the key, or revoke the sessions of the role.',
    'Which other buckets did the same key touch? aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
    'Anonymous? Somebody guessed the name: the bait is public, or was tried from outside. Nothing of yours is known to be lost.',
  ],
  falsePositives: [
    'Inventories, backups and posture scanners that walk through every bucket: suppress the rule for their roles.',
    'Whoever makes or changes the bait.',
  ],
  blindSpots: [
    'Off while honeyBuckets is empty.',
    'Objects, unless a trail records data events of the bucket and deploy.dataEvents is on: without them only the settings of the bucket are watched.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const settings = { honeyBuckets: ['example-payroll-*'] };
  const inBait = { requestParameters: { bucketName: 'example-payroll-2019', key: 'all.csv' } };
  const read = objectCall('GetObject', inBait);
  const settingsRead = call(S3, 'GetBucketAcl', { requestParameters: { bucketName: 'example-payroll-2019', acl: '' } });
  return {
    fires: [
      { why: 'an object read', timeline: [read], settings, severity: 'critical' },
      {
        why: 'an object refused',
        timeline: [but(read, { errorCode: 'AccessDenied' })],
        settings,
        severity: 'critical',
      },
      { why: 'its settings read', timeline: [settingsRead], settings },
      {
        why: 'listed by somebody without a name',
        timeline: [
          but(read, {
            eventName: 'ListObjects',
            userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
          }),
        ],
        settings,
      },
      { why: 'twice: one alert', timeline: [read, later(read, 60_000)], settings },
    ],
    quiet: [
      { why: 'no bait is configured', timeline: [read] },
      {
        why: 'another bucket',
        timeline: [but(read, { requestParameters: { bucketName: 'example-payroll' } })],
        settings,
      },
      { why: 'refused without a name of the bucket', timeline: [denied(settingsRead)], settings },
      { why: 'a service', timeline: [but(settingsRead, byService('config.amazonaws.com'))], settings },
    ],
  };
};
