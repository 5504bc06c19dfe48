import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { isOutside } from '../accounts';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, later } from '../sample';
import { LEAVING_SETTINGS, leaving, leavingInWords, leavingResources } from './leaving';

const EC2 = 'ec2.amazonaws.com';
const USES = ['SharedSnapshotCopyInitiated', 'SharedSnapshotVolumeCreated'] as const;

export default defineRule({
  id: 'shared-snapshot-used',
  title: 'Snapshot shared outside, then copied or used',
  // Not less for infrastructure as code: what was shared has been taken.
  severity: (event) => (isUse(event) ? 'critical' : 'info'),
  rows: ['1-14', '2-9'],
  attack: ['TA0010/T1537'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['ModifySnapshotAttribute'] },
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: USES },
  ],
  side: 'resource',
  settings: [...LEAVING_SETTINGS],
  window: {
    kind: 'sequence',
    withinMs: 7 * DAY,
    per: (event) => snapshotOf(event),
    steps: [
      { name: 'shared', is: (event, settings) => !isUse(event) && leaving(event, settings) !== undefined },
      // The record names the account only in some cases. An own one, named, is no theft.
      {
        name: 'used',
        is: (event, settings) =>
          isUse(event) && (userOf(event) === event.account || isOutside(userOf(event), event, settings)),
      },
    ],
  },
  headline: (event, settings) =>
    isUse(event)
      ? `Snapshot ${snapshotOf(event) ?? '(not named)'} of ${event.account} was ${event.call === USES[0] ? 'copied' : 'made into a disk'}, after it had been shared`
      : leavingInWords(event, settings),
  resources: (event) => (isUse(event) ? [snapshotOf(event) ?? event.account] : leavingResources(event)),
  why: 'The data has left: somebody whom the snapshot was shared with has a copy of the disk now.',
  runbook: [
    'Who shared it, and with whom? Both are in this alert. Ask; if nobody vouches for it, it is a theft.',
    'Take the permission away all the same: aws ec2 modify-snapshot-attribute --snapshot-id <snapshot> --attribute createVolumePermission --operation-type remove --user-ids <account>.',
    'List what was on the disk: passwords, keys and personal data count as known to others. Change what can be changed.',
    'Call those who decide about reporting it.',
  ],
  falsePositives: [
    'A vendor or an own account that fetches what it was given; the account itself, restoring from the snapshot it shared.',
  ],
  blindSpots: [
    'Use more than seven days after sharing.',
    'Copies of database snapshots and images, which leave no such record.',
  ],
  references: [
    'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

function isUse({ call }: TrailEvent): boolean {
  return (USES as readonly string[]).includes(call);
}

function snapshotOf({ record }: TrailEvent): string | undefined {
  return text(at(record, 'serviceEventDetails', 'snapshotId')) ?? text(at(record, 'requestParameters', 'snapshotId'));
}

/** Account that the record gives for the use; the owner's own where it names nobody. */
function userOf({ record, account }: TrailEvent): string {
  return text(at(record, 'userIdentity', 'accountId')) ?? account;
}

export const examples = (): Examples => {
  const shared = call(EC2, 'ModifySnapshotAttribute', {
    requestParameters: {
      snapshotId: 'snap-0a1b2c3d4e5f60718',
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ userId: '999988887777' }] } },
    },
  });
  const used = later(
    call(EC2, 'SharedSnapshotVolumeCreated', {
      userIdentity: { accountId: '111122223333', invokedBy: 'ec2.amazonaws.com' },
      sourceIPAddress: 'ec2.amazonaws.com',
      userAgent: 'ec2.amazonaws.com',
      eventType: 'AwsServiceEvent',
      serviceEventDetails: { snapshotId: 'snap-0a1b2c3d4e5f60718' },
    }),
    600_000,
  );
  const stranger = { userIdentity: { accountId: '999988887777', invokedBy: 'ec2.amazonaws.com' } };
  return {
    fires: [
      { why: 'made into a disk ten minutes later', timeline: [shared, used], severity: 'critical' },
      {
        why: 'copied',
        timeline: [shared, but(used, { eventName: 'SharedSnapshotCopyInitiated' })],
        severity: 'critical',
      },
      { why: 'the record names the stranger', timeline: [shared, but(used, stranger)], severity: 'critical' },
      { why: 'at the end of the week', timeline: [shared, later(used, 7 * DAY - 601_000)] },
    ],
    quiet: [
      { why: 'never shared: a machine was started from an image of Amazon', timeline: [used] },
      { why: 'only shared: another rule', timeline: [shared] },
      {
        why: 'another snapshot',
        timeline: [shared, but(used, { serviceEventDetails: { snapshotId: 'snap-0fedcba9876543210' } })],
      },
      { why: 'a week later', timeline: [shared, later(used, 7 * DAY)] },
      { why: 'used before it was shared', timeline: [but(used, { eventTime: '2026-03-10T09:00:00Z' }), shared] },
      {
        why: 'shared with an own account',
        timeline: [shared, used],
        settings: { organizationAccounts: ['999988887777'] },
      },
    ],
  };
};
