import { invokedBy } from '../../intake/caller';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied } from '../sample';
import { COPYING, LEAVING_SETTINGS, leaving, leavingInWords, leavingKey, leavingResources } from './leaving';

export default defineRule({
  id: 'snapshot-copied-away',
  title: 'Snapshot or image copied to another region or account',
  // A copy in another region is still ours, and mostly a backup: low. To another account: high.
  severity: (event, settings) => leaving(event, settings)?.severity ?? 'low',
  rows: ['1-14'],
  attack: ['TA0010/T1537', 'TA0005/T1535'],
  match: COPYING,
  settings: [...LEAVING_SETTINGS],
  // What a service copies by a plan has been told when the plan was made.
  when: (event, settings) => invokedBy(event) === undefined && leaving(event, settings) !== undefined,
  per: leavingKey,
  quietMs: 12 * HOUR,
  headline: leavingInWords,
  resources: leavingResources,
  why: 'Copies end up where nobody watches: another region, another account. What follows there is out of sight.',
  runbook: [
    'Ask the actor what the copy is for.',
    'Look in the other region or account for what was done with it: sharing, restoring, exporting.',
    'Delete copies that nobody claims. Name the regions in use in allowedRegions, and others are told as more than a note.',
  ],
  falsePositives: ['Backups and preparations for disasters.'],
  blindSpots: [
    'Copies by plans of AWS Backup and by lifecycle policies.',
    'Copying what was shared from another account.',
  ],
  references: [
    'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html',
    'https://attack.mitre.org/techniques/T1537/',
  ],
});

export const examples = (): Examples => {
  const copied = call('ec2.amazonaws.com', 'CopySnapshot', {
    awsRegion: 'sa-east-1',
    requestParameters: { sourceRegion: 'us-east-1', sourceSnapshotId: 'snap-0a1b2c3d4e5f60718', description: 'copy' },
  });
  const database = call('rds.amazonaws.com', 'CopyDBSnapshot', {
    awsRegion: 'sa-east-1',
    requestParameters: {
      sourceDBSnapshotIdentifier: 'arn:aws:rds:us-east-1:111122223333:snapshot:orders-1',
      targetDBSnapshotIdentifier: 'orders-copy',
    },
  });
  const job = (account: string, region = 'us-east-1') =>
    call('backup.amazonaws.com', 'StartCopyJob', {
      requestParameters: {
        recoveryPointArn: 'arn:aws:ec2:us-east-1::snapshot/snap-0a1b2c3d4e5f60718',
        sourceBackupVaultName: 'Default',
        destinationBackupVaultArn: `arn:aws:backup:${region}:${account}:backup-vault:Default`,
      },
    });
  return {
    fires: [
      { why: 'a disk, to another region', timeline: [copied], severity: 'low' },
      {
        why: 'to a region that is not in use',
        timeline: [copied],
        settings: { allowedRegions: ['us-east-1'] },
        severity: 'medium',
      },
      { why: 'a database', timeline: [database], severity: 'low' },
      {
        why: 'an image',
        timeline: [
          but(copied, {
            eventName: 'CopyImage',
            requestParameters: { sourceRegion: 'us-east-1', sourceImageId: 'ami-0123456789abcdef0' },
          }),
        ],
      },
      { why: 'to a vault of another account', timeline: [job('999988887777')], severity: 'high' },
      { why: 'to a vault in another region', timeline: [job('111122223333', 'sa-east-1')], severity: 'low' },
    ],
    quiet: [
      { why: 'in the same region', timeline: [but(copied, { awsRegion: 'us-east-1' })] },
      { why: 'the call was refused', timeline: [denied(copied)] },
      { why: 'by AWS Backup', timeline: [but(copied, byService('backup.amazonaws.com'))] },
      {
        why: 'to a vault of an own account',
        timeline: [job('444455556666')],
        settings: { organizationAccounts: ['444455556666'] },
      },
    ],
  };
};
