import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isOutside } from '../accounts';
import { DAY, defineRule, type Examples } from '../rule';
import { but, byService, later, role, user } from '../sample';
import { shifted } from '../severity';
import { isOffHours } from '../working-hours';
import { objectCall } from './object-samples';
import { isClients, isSensitiveBucket, NO_DATA_EVENTS, OBJECT_REFERENCES, objectInWords } from './objects';
import { bucketOf, bucketResources, S3 } from './public-access';

const LEARN_DAYS = 14;

export default defineRule({
  id: 's3-new-accessor',
  title: 'Sensitive bucket used by somebody who never did',
  severity: (event, settings) =>
    shifted(
      isOutside(callerAccount(event), event, settings) ? 'high' : 'medium',
      isOffHours(event.timeMs, settings.workingHours) ? 1 : 0,
    ),
  rows: ['1-11', '1-13'],
  attack: ['TA0009/T1530'],
  match: [{ feed: 'data', outcome: 'succeeded', service: S3 }],
  side: 'resource',
  settings: ['sensitiveBuckets', 'organizationAccounts', 'workingHours'],
  when: (event, settings) => isClients(event) && isSensitiveBucket(event, settings),
  baseline: {
    kind: 'bucket-accessor',
    subject: bucketOf,
    value: (event) => event.actor,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: objectInWords,
  resources: bucketResources,
  why: 'Backups, secrets and personal data have few readers, always the same. A new one is an intruder, or a change that somebody should know of.',
  runbook: [
    'Ask the actor what it needs there.',
    'List which objects it read: data events of the bucket with its key.',
    "If nobody vouches for it, deactivate its keys, deny it in the bucket's policy, and treat what it read as known to others.",
    'Name the buckets that matter in sensitiveBuckets.',
  ],
  falsePositives: ['New programs and people, and people who help out.'],
  blindSpots: [
    NO_DATA_EVENTS,
    `The first ${LEARN_DAYS} days of an account; a new bucket is compared with what others of the account read.`,
  ],
  references: OBJECT_REFERENCES,
});

function callerAccount({ record, account }: TrailEvent): string {
  return text(at(record, 'userIdentity', 'accountId')) ?? account;
}

export const examples = (): Examples => {
  const inBackup = { requestParameters: { bucketName: 'example-backup', key: 'db.dump' } };
  const nightly = objectCall('PutObject', { ...inBackup, userIdentity: role('Backup', 'nightly') });
  const byBob = later(objectCall('GetObject', { ...inBackup, userIdentity: user('bob') }), LEARN_DAYS * DAY);
  const stranger = { userIdentity: { type: 'AWSAccount', principalId: 'AIDAX', accountId: '999988887777' } };
  const workingHours = ['mon-fri 11:00-12:00'];
  return {
    fires: [
      { why: 'a new reader', timeline: [nightly, byBob], severity: 'medium' },
      { why: 'from another account', timeline: [nightly, but(byBob, stranger)], severity: 'high' },
      { why: 'off hours', timeline: [nightly, byBob], settings: { workingHours }, severity: 'high' },
      { why: 'again: one alert', timeline: [nightly, byBob, later(byBob, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [nightly, later(byBob, -1_000)] },
      { why: 'a known one', timeline: [nightly, later(nightly, LEARN_DAYS * DAY)] },
      {
        why: 'another bucket',
        timeline: [nightly, but(byBob, { requestParameters: { bucketName: 'example-images' } })],
      },
      { why: 'by a service', timeline: [nightly, but(byBob, byService('backup.amazonaws.com'))] },
      { why: 'refused', timeline: [nightly, but(byBob, { errorCode: 'AccessDenied' })] },
    ],
  };
};
