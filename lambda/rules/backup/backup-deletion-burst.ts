import { pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';
import { actorAndTool, fromClient, lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, type Match, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';

const deleting = (service: string, ...calls: [string, ...string[]]): Match => ({
  feed: 'api-writes',
  outcome: 'succeeded',
  service: `${service}.amazonaws.com`,
  calls,
});

export default defineRule({
  id: 'backup-deletion-burst',
  title: 'Several backups or snapshots deleted within an hour',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['2-28'],
  attack: ['TA0040/T1490', 'TA0040/T1485'],
  match: [
    deleting('backup', 'DeleteRecoveryPoint'),
    deleting('ec2', 'DeleteSnapshot', 'DeregisterImage'),
    deleting('rds', 'DeleteDBSnapshot', 'DeleteDBClusterSnapshot', 'DeleteDBInstanceAutomatedBackup'),
    deleting('dynamodb', 'DeleteBackup'),
    deleting('elasticache', 'DeleteSnapshot'),
    deleting('redshift', 'DeleteClusterSnapshot'),
    deleting('elasticfilesystem', 'DeleteFileSystem'),
    deleting('fsx', 'DeleteBackup'),
  ],
  settings: ['infrastructureAsCodeAgents'],
  // Lifecycle policies and AWS Backup delete what has expired.
  when: fromClient,
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: backupOf,
    threshold: 5,
    withinMs: HOUR,
    unit: 'backups deleted',
  },
  quietMs: 3 * HOUR,
  headline: (event) => `${event.actor} deleted ${backupOf(event) ?? 'a backup'} ${whereFrom(event)} (${event.call})`,
  resources: (event) => {
    const backup = backupOf(event);
    return backup === undefined ? [] : [backup];
  },
  why: 'Extortionists delete what you could restore from before they touch the data itself.',
  runbook: [
    'Ask the actor; if it goes on, deactivate its keys and revoke its sessions now.',
    'See what is left, in other regions and accounts too; the recycle bin keeps snapshots and images: aws rbin list-rules; aws ec2 list-snapshots-in-recycle-bin.',
    'Restore them: aws ec2 restore-snapshot-from-recycle-bin, restore-image-from-recycle-bin.',
    'Lock what remains: vault lock, aws ec2 lock-snapshot, copies in an account that the actor cannot reach.',
  ],
  falsePositives: ["Cleaning up old snapshots by hand or by a script of one's own: suppress by actor."],
  blindSpots: ['Fewer than five, or slowly. What expires because its retention was shortened.'],
  references: [
    'https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin.html',
    'https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html',
    'https://attack.mitre.org/techniques/T1490/',
  ],
});

function backupOf(event: TrailEvent): string | undefined {
  const request = requestOf(event);
  return [
    'recoveryPointArn',
    'snapshotId',
    'imageId',
    'dBSnapshotIdentifier',
    'dBClusterSnapshotIdentifier',
    'dbiResourceId',
    'backupArn',
    'snapshotName',
    'snapshotIdentifier',
    'fileSystemId',
    'backupId',
  ]
    .flatMap((name) => text(pick(request, name)) ?? [])
    .find((name) => name !== '');
}

export const examples = (): Examples => {
  const deleted = call('ec2.amazonaws.com', 'DeleteSnapshot', { requestParameters: { snapshotId: 'snap-0' } });
  const many = (count: number) =>
    repeat(deleted, count, MINUTE, (index) => ({ requestParameters: { snapshotId: `snap-${index}` } }));
  const fifth = { requestParameters: { snapshotId: 'snap-4' } };
  return {
    fires: [
      { why: 'five in four minutes', timeline: many(5), severity: 'high' },
      { why: 'the fifth a second before the hour', timeline: [...many(4), but(later(deleted, HOUR - 1_000), fifth)] },
      {
        why: 'of several kinds',
        timeline: [
          ...many(4),
          but(later(deleted, 5 * MINUTE), {
            eventSource: 'backup.amazonaws.com',
            eventName: 'DeleteRecoveryPoint',
            requestParameters: { backupVaultName: 'main', recoveryPointArn: 'arn:aws:backup:us-east-1:111122223333:x' },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'by Terraform',
        timeline: many(5).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'four', timeline: many(4) },
      { why: 'the fifth when the hour is over', timeline: [...many(4), but(later(deleted, HOUR), fifth)] },
      { why: 'one, again and again', timeline: repeat(deleted, 5, MINUTE) },
      { why: 'refused', timeline: many(5).map(denied) },
      { why: 'by AWS Backup', timeline: many(5).map((record) => but(record, byService('backup.amazonaws.com'))) },
    ],
  };
};
