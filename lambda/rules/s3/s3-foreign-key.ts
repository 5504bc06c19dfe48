import { asArray, at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { accountIn, isOutside } from '../accounts';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import { objectCall } from './object-samples';
import { NO_DATA_EVENTS, OBJECT_REFERENCES, objectCalls } from './objects';
import { bucketInWords, bucketKey, bucketResources, S3 } from './public-access';

const KEY_HEADER = 'x-amz-server-side-encryption-aws-kms-key-id';

export default defineRule({
  id: 's3-foreign-key',
  title: 'Objects encrypted with a key of another account',
  // Without a list of the own accounts a sister account looks like a stranger: one lower.
  severity: (event, settings) =>
    lessIfAutomated(shifted('critical', settings.organizationAccounts.length > 0 ? 0 : -1), event, settings),
  rows: ['2-26'],
  attack: ['TA0040/T1486'],
  match: [
    {
      ...objectCalls('CopyObject', 'PutObject', 'CreateMultipartUpload'),
      record: { requestParameters: { [KEY_HEADER]: [{ exists: true }] } },
    },
    { feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['PutBucketEncryption'] },
  ],
  settings: ['organizationAccounts', 'infrastructureAsCodeAgents'],
  when: (event, settings) => foreignKeyAccount(event, settings) !== undefined,
  per: bucketKey,
  quietMs: 6 * HOUR,
  headline: (event, settings) =>
    `${event.actor} had ${event.call === 'PutBucketEncryption' ? 'all new objects' : 'objects'} of ${bucketInWords(event)} in ${event.account} encrypted with a key of account ${foreignKeyAccount(event, settings) ?? '(not named)'}`,
  resources: bucketResources,
  why: 'Whoever owns the key decides who can read the objects. An extortionist takes it away and asks for money.',
  runbook: [
    'Whose account is it? Ask the actor.',
    "If nobody knows, stop it: deactivate the actor's keys; aws s3api put-bucket-encryption --bucket <bucket> with a key of yours.",
    'Restore the former versions of the objects while there are any: aws s3api list-object-versions --bucket <bucket>.',
    'Copy what you can still read to a bucket with your own key, before the key is taken away.',
  ],
  falsePositives: ['Keys that one account keeps for all others, where organizationAccounts does not name it.'],
  blindSpots: [NO_DATA_EVENTS, 'Keys that are named by alias or id alone belong to the own account by what they say.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
    'https://attack.mitre.org/techniques/T1486/',
    ...OBJECT_REFERENCES,
  ],
});

/** The account outside that owns the key, by the key's ARN. */
function foreignKeyAccount(event: TrailEvent, settings: Settings): string | undefined {
  const parameters = event.record['requestParameters'];
  const rules = asArray(at(parameters, 'ServerSideEncryptionConfiguration', 'Rule'));
  const keys = [
    pick(parameters, KEY_HEADER),
    ...rules.map((rule) => pick(pick(rule, 'ApplyServerSideEncryptionByDefault'), 'KMSMasterKeyID')),
  ];
  return keys.flatMap((key) => accountIn(text(key) ?? '') ?? []).find((account) => isOutside(account, event, settings));
}

export const examples = (): Examples => {
  const key = (account: string) => `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const copied = (account: string) =>
    objectCall('CopyObject', {
      requestParameters: { bucketName: 'example-data', key: 'reports/2026.csv', [KEY_HEADER]: key(account) },
    });
  const byDefault = (account: string) =>
    call(S3, 'PutBucketEncryption', {
      requestParameters: {
        bucketName: 'example-data',
        encryption: '',
        ServerSideEncryptionConfiguration: {
          Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key(account) } },
        },
      },
    });
  const settings = { organizationAccounts: ['444455556666'] };
  const stranger = copied('999988887777');
  return {
    fires: [
      { why: 'an object', timeline: [stranger], settings, severity: 'critical' },
      { why: 'own accounts are not listed', timeline: [stranger], severity: 'high' },
      { why: 'all new objects', timeline: [byDefault('999988887777')], settings, severity: 'critical' },
      { why: 'many: one alert', timeline: [stranger, later(stranger, 60_000)], settings },
    ],
    quiet: [
      { why: 'a key of the account', timeline: [copied('111122223333')], settings },
      { why: 'a key of a sister account', timeline: [copied('444455556666')], settings },
      { why: 'the default with a key of the account', timeline: [byDefault('111122223333')], settings },
      { why: 'refused', timeline: [but(stranger, { errorCode: 'AccessDenied' })], settings },
      { why: 'the default was refused', timeline: [denied(byDefault('999988887777'))], settings },
    ],
  };
};
