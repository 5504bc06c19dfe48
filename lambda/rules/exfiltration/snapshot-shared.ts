import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later } from '../sample';
import { LEAVING_SETTINGS, leaving, leavingInWords, leavingKey, leavingResources, SHARING } from './leaving';

export default defineRule({
  id: 'snapshot-shared',
  title: 'Snapshot or image shared outside',
  severity: (event, settings) => leaving(event, settings)?.severity ?? 'high',
  rows: ['1-14', '2-9'],
  attack: ['TA0010/T1537'],
  match: SHARING,
  settings: [...LEAVING_SETTINGS],
  when: (event, settings) => leaving(event, settings) !== undefined,
  per: leavingKey,
  quietMs: HOUR,
  headline: leavingInWords,
  resources: leavingResources,
  why: 'Whoever it is shared with copies the whole disk or database to their own account, where nobody can take it back.',
  runbook: [
    'Take the permission away at once: aws ec2 modify-snapshot-attribute --snapshot-id <snapshot> --attribute createVolumePermission --operation-type remove --user-ids <account> (modify-image-attribute, rds modify-db-snapshot-attribute).',
    'Ask the actor whose account it is.',
    'Look for its use: SharedSnapshotCopyInitiated and SharedSnapshotVolumeCreated with this snapshot.',
    "If nobody vouches for it, deactivate the actor's keys; treat what was on the disk, passwords and keys too, as known to others.",
    'Block it for good: aws ec2 enable-snapshot-block-public-access; list own accounts in organizationAccounts.',
  ],
  falsePositives: ['Sharing with a vendor, or with own accounts that organizationAccounts does not name.'],
  blindSpots: [
    'A snapshot that is encrypted with a key of the account is of no use without the key: its policy is not looked at.',
    'Disks that are read block by block (EBS direct APIs).',
  ],
  references: [
    'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

export const examples = (): Examples => {
  const disk = (createVolumePermission: object, fields: object = {}) =>
    call('ec2.amazonaws.com', 'ModifySnapshotAttribute', {
      requestParameters: {
        snapshotId: 'snap-0a1b2c3d4e5f60718',
        attributeType: 'CREATE_VOLUME_PERMISSION',
        createVolumePermission,
        ...fields,
      },
      responseElements: { _return: true },
    });
  const stranger = disk({ add: { items: [{ userId: '999988887777' }] } });
  const image = (launchPermission: object) =>
    call('ec2.amazonaws.com', 'ModifyImageAttribute', {
      requestParameters: { imageId: 'ami-0123456789abcdef0', attributeType: 'launchPermission', launchPermission },
    });
  const database = (valuesToAdd: readonly string[], attributeName = 'restore') =>
    call('rds.amazonaws.com', 'ModifyDBSnapshotAttribute', {
      requestParameters: { dBSnapshotIdentifier: 'orders-1', attributeName, valuesToAdd },
    });
  const settings = { organizationAccounts: ['444455556666'] };
  return {
    fires: [
      { why: 'with a stranger', timeline: [stranger], severity: 'high' },
      { why: 'with everybody', timeline: [disk({ add: { items: [{ group: 'all' }] } })], severity: 'critical' },
      {
        why: 'asked for in the older way',
        timeline: [disk({}, { createVolumePermission: undefined, operationType: 'add', userIds: ['999988887777'] })],
        severity: 'high',
      },
      {
        why: 'an own account and a stranger',
        timeline: [disk({ add: { items: [{ userId: '444455556666' }, { userId: '999988887777' }] } })],
        settings,
        severity: 'high',
      },
      {
        why: 'an image, own accounts not listed',
        timeline: [image({ add: { items: [{ userId: '999988887777' }] } })],
        severity: 'medium',
      },
      {
        why: 'an image',
        timeline: [image({ add: { items: [{ userId: '999988887777' }] } })],
        settings,
        severity: 'high',
      },
      {
        why: 'an image, with everybody',
        timeline: [image({ add: { items: [{ group: 'all' }] } })],
        severity: 'critical',
      },
      {
        why: 'an image, with an organization',
        timeline: [
          image({
            add: { items: [{ organizationArn: 'arn:aws:organizations::999988887777:organization/o-a1b2c3d4e5' }] },
          }),
        ],
        settings,
        severity: 'low',
      },
      { why: 'a database', timeline: [database(['999988887777'])], severity: 'high' },
      { why: 'a database, with everybody', timeline: [database(['all'])], severity: 'critical' },
      {
        why: 'a cluster',
        timeline: [
          but(database(['999988887777']), {
            eventName: 'ModifyDBClusterSnapshotAttribute',
            requestParameters: {
              dBClusterSnapshotIdentifier: 'orders-1',
              attributeName: 'restore',
              valuesToAdd: ['999988887777'],
            },
          }),
        ],
      },
      {
        why: 'a warehouse',
        timeline: [
          call('redshift.amazonaws.com', 'AuthorizeSnapshotAccess', {
            requestParameters: { snapshotIdentifier: 'sales-1', accountWithRestoreAccess: '999988887777' },
          }),
        ],
      },
      { why: 'by Terraform', timeline: [but(stranger, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      {
        why: 'too large to see',
        timeline: [but(stranger, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
      { why: 'the record has no parameters', timeline: [but(stranger, { requestParameters: null })], severity: 'high' },
      { why: 'twice: one alert', timeline: [stranger, later(stranger, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(stranger)] },
      { why: 'taken away', timeline: [disk({ remove: { items: [{ userId: '999988887777' }] } })] },
      { why: 'with an own account', timeline: [disk({ add: { items: [{ userId: '444455556666' }] } })], settings },
      { why: 'with the account itself', timeline: [disk({ add: { items: [{ userId: '111122223333' }] } })] },
      { why: 'a group that is nobody', timeline: [disk({ add: { items: [{ group: 'none' }] } })] },
      { why: 'the description of an image', timeline: [image({})] },
      { why: 'another attribute of a database', timeline: [database(['999988887777'], 'copy')] },
    ],
  };
};
