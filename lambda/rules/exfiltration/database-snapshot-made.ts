import { invokedBy } from '../../intake/caller';
import { at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later } from '../sample';

const RDS = 'rds.amazonaws.com';

export default defineRule({
  id: 'database-snapshot-made',
  title: 'Snapshot of a database made by hand',
  // Low: an everyday deed, and the first step of carrying a database away. The next steps have rules of their own.
  severity: 'low',
  rows: ['1-14'],
  attack: ['TA0010/T1537', 'TA0005/T1578.001'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: RDS, calls: ['CreateDBSnapshot', 'CreateDBClusterSnapshot'] },
  ],
  when: (event) => invokedBy(event) === undefined && isManual(event),
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: DAY,
  headline: (event) =>
    `${event.actor} made snapshot ${parameter(event, 'dBSnapshotIdentifier', 'dBClusterSnapshotIdentifier')} of database ${parameter(event, 'dBInstanceIdentifier', 'dBClusterIdentifier')}`,
  resources: (event) => [parameter(event, 'dBInstanceIdentifier', 'dBClusterIdentifier')],
  why: 'A snapshot is a copy of the whole database that can be shared, exported or restored without touching the database.',
  runbook: [
    'Ask the actor what it is for.',
    'See whether it was shared or exported since: ModifyDBSnapshotAttribute, StartExportTask, CopyDBSnapshot with its name.',
    'Delete it when nobody claims it: aws rds delete-db-snapshot --db-snapshot-identifier <snapshot>.',
  ],
  falsePositives: ['Snapshots before a change, and scripts that make backups: suppress by actor.'],
  blindSpots: ['Snapshots that RDS and AWS Backup make by themselves, also when an intruder uses those.'],
  references: [
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateSnapshot.html',
    'https://attack.mitre.org/techniques/T1578/001/',
  ],
});

/** Not by RDS itself nor by AWS Backup: those say so. */
function isManual({ record }: TrailEvent): boolean {
  const type = text(at(record, 'responseElements', 'snapshotType'));
  return type !== 'automated' && type !== 'awsbackup';
}

function parameter({ record }: TrailEvent, ...names: readonly string[]): string {
  return names.flatMap((name) => text(pick(record['requestParameters'], name)) ?? [])[0] ?? '(not named)';
}

export const examples = (): Examples => {
  const made = call(RDS, 'CreateDBSnapshot', {
    requestParameters: { dBInstanceIdentifier: 'orders', dBSnapshotIdentifier: 'orders-1' },
    responseElements: { dBSnapshotIdentifier: 'orders-1', snapshotType: 'manual', status: 'creating' },
  });
  const cluster = but(made, {
    eventName: 'CreateDBClusterSnapshot',
    requestParameters: { dBClusterIdentifier: 'invoices', dBClusterSnapshotIdentifier: 'invoices-1' },
  });
  return {
    fires: [
      { why: 'of a database', timeline: [made], severity: 'low' },
      { why: 'of a cluster', timeline: [cluster] },
      { why: 'that is public', timeline: [but(made, { responseElements: { snapshotType: 'public' } })] },
      { why: 'the record has no response', timeline: [but(made, { responseElements: null })] },
      { why: 'several in a day: one alert', timeline: [made, later(cluster, HOUR), later(made, 20 * HOUR)] },
    ],
    quiet: [
      { why: 'made by RDS', timeline: [but(made, { responseElements: { snapshotType: 'automated' } })] },
      { why: 'marked as a backup', timeline: [but(made, { responseElements: { snapshotType: 'awsbackup' } })] },
      { why: 'by AWS Backup', timeline: [but(made, byService('backup.amazonaws.com'))] },
      { why: 'the call was refused', timeline: [denied(made)] },
    ],
  };
};
