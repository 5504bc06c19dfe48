import { flag, pick } from '../../intake/fields';
import { type Acts, act, actRule, where } from '../acts';
import { publicGrantsIn } from '../policy/resource-policy';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';

const BACKUP = 'backup.amazonaws.com';
const RDS = 'rds.amazonaws.com';
const EC2 = 'ec2.amazonaws.com';

const unprotects = where(
  (request) => flag(pick(request, 'deletionProtection')) === false,
  act('medium', 'took the protection against deletion off'),
);
const forGood = where(
  (request) => flag(pick(request, 'skipFinalSnapshot')) === true,
  act('medium', 'deleted, with no last snapshot,'),
);

const ACTS: Acts = {
  [BACKUP]: {
    DeleteBackupVault: act('high', 'deleted backup vault'),
    DeleteBackupVaultLockConfiguration: act('high', 'unlocked backup vault'),
    DeleteBackupVaultAccessPolicy: act('medium', 'removed the policy of backup vault'),
    PutBackupVaultAccessPolicy: (event) =>
      publicGrantsIn(event).length > 0 ? act('high', 'let everybody into backup vault') : undefined,
    DeleteBackupPlan: act('medium', 'deleted backup plan'),
    DeleteBackupSelection: act('low', 'took resources out of backup plan'),
    DisassociateRecoveryPoint: act('medium', 'gave up a recovery point of'),
  },
  [RDS]: {
    DeleteDBInstance: forGood,
    DeleteDBCluster: forGood,
    ModifyDBInstance: unprotects,
    ModifyDBCluster: unprotects,
    DeleteDBInstanceAutomatedBackup: act('medium', 'deleted the automated backups of'),
    DeleteDBClusterAutomatedBackup: act('medium', 'deleted the automated backups of'),
  },
  [EC2]: {
    UnlockSnapshot: act('high', 'unlocked snapshot'),
  },
  'dynamodb.amazonaws.com': {
    UpdateTable: where(
      (request) => flag(pick(request, 'deletionProtectionEnabled')) === false,
      act('medium', 'took the protection against deletion off table'),
    ),
    UpdateContinuousBackups: where(
      (request) =>
        flag(pick(pick(request, 'pointInTimeRecoverySpecification'), 'pointInTimeRecoveryEnabled')) === false,
      act('medium', 'stopped the continuous backup of table'),
    ),
  },
};

export default defineRule({
  id: 'backups-weakened',
  title: 'Backups or their protection removed',
  ...actRule(ACTS, {
    names: [
      'backupVaultName',
      'backupPlanId',
      'dBInstanceIdentifier',
      'dBClusterIdentifier',
      'dbInstanceAutomatedBackupsArn',
      'dbiResourceId',
      'snapshotId',
      'tableName',
    ],
  }),
  rows: ['2-28'],
  attack: ['TA0040/T1490', 'TA0040/T1485'],
  why: "Whoever wants a ransom takes the backups first. Protection that is switched off today is what makes tomorrow's deletion possible.",
  runbook: [
    'Ask the actor. If nobody vouches for it, deactivate its keys and revoke its sessions now.',
    'Put it back: aws backup put-backup-vault-lock-configuration, aws rds modify-db-instance --deletion-protection, aws dynamodb update-continuous-backups.',
    'See what is left to restore from: aws backup list-recovery-points-by-backup-vault --backup-vault-name <vault>; copies in other accounts.',
    'Look for deletions since by the same actor: backup-deletion-burst.',
  ],
  falsePositives: ['Taking a database or an environment down. Infrastructure as code is told one lower.'],
  blindSpots: ['Backups that expire because their retention was shortened.'],
  references: [
    'https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html',
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html',
    'https://attack.mitre.org/techniques/T1490/',
  ],
});

export const examples = (): Examples => {
  const vault = call(BACKUP, 'DeleteBackupVaultLockConfiguration', { requestParameters: { backupVaultName: 'main' } });
  const policy = (Principal: unknown) =>
    but(vault, {
      eventName: 'PutBackupVaultAccessPolicy',
      requestParameters: {
        backupVaultName: 'main',
        policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'backup:*', Resource: '*' }] }),
      },
    });
  const database = (name: string, fields: object) =>
    call(RDS, name, { requestParameters: { dBInstanceIdentifier: 'orders', ...fields } });
  const dropped = database('DeleteDBInstance', { skipFinalSnapshot: true });
  const table = (name: string, fields: object) =>
    call('dynamodb.amazonaws.com', name, { requestParameters: { tableName: 'orders', ...fields } });
  const pitr = (pointInTimeRecoveryEnabled: boolean) =>
    table('UpdateContinuousBackups', { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled } });
  return {
    fires: [
      { why: 'a vault unlocked', timeline: [vault], severity: 'high' },
      { why: 'a vault deleted', timeline: [but(vault, { eventName: 'DeleteBackupVault' })], severity: 'high' },
      { why: 'a vault opened to everybody', timeline: [policy('*')], severity: 'high' },
      { why: 'a database deleted without a last snapshot', timeline: [dropped], severity: 'medium' },
      {
        why: 'a database unprotected',
        timeline: [database('ModifyDBInstance', { deletionProtection: false })],
        severity: 'medium',
      },
      { why: 'a table unprotected', timeline: [table('UpdateTable', { deletionProtectionEnabled: false })] },
      { why: 'continuous backup stopped', timeline: [pitr(false)], severity: 'medium' },
      {
        why: 'a snapshot unlocked',
        timeline: [
          but(vault, { eventSource: EC2, eventName: 'UnlockSnapshot', requestParameters: { SnapshotId: 'snap-1' } }),
        ],
        severity: 'high',
      },
      { why: 'by Terraform', timeline: [but(dropped, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'twice: one alert', timeline: [vault, later(vault, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(vault)] },
      { why: 'a vault opened to one account', timeline: [policy({ AWS: 'arn:aws:iam::444455556666:root' })] },
      { why: 'with a last snapshot', timeline: [database('DeleteDBInstance', { skipFinalSnapshot: false })] },
      { why: 'protected', timeline: [database('ModifyDBInstance', { deletionProtection: true })] },
      { why: 'changed otherwise', timeline: [database('ModifyDBInstance', { backupRetentionPeriod: 14 })] },
      { why: 'continuous backup started', timeline: [pitr(true)] },
    ],
  };
};
