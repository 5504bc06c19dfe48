import { actRule } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';
import { DESTRUCTION, KMS } from './destruction';

export default defineRule({
  id: 'kms-key-destruction',
  title: 'Encryption key disabled or about to be deleted',
  ...actRule(DESTRUCTION, { names: ['keyId', 'customKeyStoreId', 'aliasName'], attempts: true }),
  rows: ['2-7'],
  attack: ['TA0040/T1485', 'TA0040/T1489'],
  why: 'Without its key all that it encrypted is lost: disks, databases, buckets, backups. A disabled key can be brought back, a deleted one cannot.',
  runbook: [
    'Stop the deletion now: aws kms cancel-key-deletion --key-id <key>, then aws kms enable-key --key-id <key>.',
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'Look for the same on other keys and in other regions, by the same actor.',
    'Deny kms:ScheduleKeyDeletion and kms:DisableKey to all but the owners of keys, by a service control policy.',
  ],
  falsePositives: ['Taking an environment down. Infrastructure as code is told one lower.'],
  blindSpots: [
    'What the key encrypted is not in the record: aws kms get-key-last-usage tells of its use.',
    'Locking the owners out by the policy of the key: kms-key-given-away.',
  ],
  references: [
    'https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html',
    'https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html',
    'https://attack.mitre.org/techniques/T1485/',
  ],
});

export const examples = (): Examples => {
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const scheduled = call(KMS, 'ScheduleKeyDeletion', { requestParameters: { keyId, pendingWindowInDays: 30 } });
  return {
    fires: [
      { why: 'deletion scheduled', timeline: [scheduled], severity: 'high' },
      {
        why: 'in a week, the shortest time',
        timeline: [but(scheduled, { requestParameters: { keyId, pendingWindowInDays: 7 } })],
        severity: 'critical',
      },
      {
        why: 'in eight days',
        timeline: [but(scheduled, { requestParameters: { keyId, pendingWindowInDays: 8 } })],
        severity: 'high',
      },
      { why: 'disabled', timeline: [but(scheduled, { eventName: 'DisableKey' })], severity: 'high' },
      { why: 'its material deleted', timeline: [but(scheduled, { eventName: 'DeleteImportedKeyMaterial' })] },
      {
        why: 'its store cut off',
        timeline: [
          but(scheduled, {
            eventName: 'DisconnectCustomKeyStore',
            requestParameters: { customKeyStoreId: 'cks-0a1b2c3d4e5f60718' },
          }),
        ],
        severity: 'high',
      },
      { why: 'rotation stopped', timeline: [but(scheduled, { eventName: 'DisableKeyRotation' })], severity: 'low' },
      { why: 'refused', timeline: [denied(scheduled)], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(scheduled, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'two keys: one alert', timeline: [scheduled, later(scheduled, 60_000)] },
    ],
    quiet: [
      { why: 'it is pending already', timeline: [but(scheduled, { errorCode: 'KMSInvalidStateException' })] },
      { why: 'the deletion was cancelled', timeline: [but(scheduled, { eventName: 'CancelKeyDeletion' })] },
      { why: 'enabled', timeline: [but(scheduled, { eventName: 'EnableKey' })] },
    ],
  };
};
