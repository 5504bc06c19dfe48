import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { databaseOf, makesPublic, RDS, RESTORING, setsPassword } from './databases';

const CALLS: readonly string[] = RESTORING;

export default defineRule({
  id: 'database-restored-then-opened',
  title: 'Copy of a database made and opened at once',
  severity: (event, settings) => lessIfAutomated('high', event, settings),
  rows: ['2-37'],
  attack: ['TA0009/T1213.006', 'TA0010/T1537'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: RDS,
      calls: [...RESTORING, 'ModifyDBInstance', 'ModifyDBCluster'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'sequence',
    withinMs: 2 * HOUR, // a restored database can be changed only when it is available
    per: (event) => {
      const database = databaseOf(event);
      return database === undefined ? undefined : `${event.account}|${event.region}|${database}`;
    },
    steps: [
      { name: 'restored', is: isRestoring },
      { name: 'made public or given another password', is: (event) => !isRestoring(event) && isOpening(event) },
    ],
  },
  quietMs: 3 * HOUR,
  headline: (event) =>
    `${event.actor} ${isRestoring(event) ? 'restored' : makesPublic(event) ? 'made public' : 'set the password of'} database ${databaseOf(event) ?? '(not named)'} ${whereFrom(event)}`,
  resources: (event) => {
    const database = databaseOf(event);
    return database === undefined ? [] : [database];
  },
  why: 'Whoever may not read a database restores it from a snapshot, gives the copy a password of their own, and reads it all.',
  runbook: [
    'Ask the actor what the copy is for.',
    'If nobody vouches for it, cut it off: aws rds modify-db-instance --no-publicly-accessible --apply-immediately, with a security group that admits nobody; keep it as evidence.',
    'Find out who connected: the log of the database, flow logs.',
    'Deactivate the keys of the actor; look for snapshots that it shared or copied.',
  ],
  falsePositives: ['A restore test, or a copy for developers.'],
  blindSpots: ['A copy with the password of the original, which somebody knows. More than two hours between the two.'],
  references: [
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html',
    'https://attack.mitre.org/techniques/T1213/006/',
  ],
});

function isRestoring(event: TrailEvent): boolean {
  return CALLS.includes(event.call);
}

function isOpening(event: TrailEvent): boolean {
  return makesPublic(event) || setsPassword(event);
}

export const examples = (): Examples => {
  const restored = call(RDS, 'RestoreDBInstanceFromDBSnapshot', {
    requestParameters: { dBInstanceIdentifier: 'Copy', dBSnapshotIdentifier: 'orders-daily' },
  });
  const opened = (afterMs: number, fields: object = { masterUserPassword: '****' }) =>
    but(later(restored, afterMs), {
      eventName: 'ModifyDBInstance',
      requestParameters: { dBInstanceIdentifier: 'copy', ...fields },
    });
  return {
    fires: [
      { why: 'another password ten minutes later', timeline: [restored, opened(10 * MINUTE)], severity: 'high' },
      { why: 'made public', timeline: [restored, opened(10 * MINUTE, { publiclyAccessible: true })], severity: 'high' },
      { why: 'a second before two hours', timeline: [restored, opened(2 * HOUR - 1_000)] },
      {
        why: 'to a point in time, whose parameter has another name',
        timeline: [
          but(restored, {
            eventName: 'RestoreDBInstanceToPointInTime',
            requestParameters: { sourceDBInstanceIdentifier: 'orders', targetDBInstanceIdentifier: 'copy' },
          }),
          opened(10 * MINUTE),
        ],
      },
      {
        why: 'by Terraform',
        timeline: [restored, opened(10 * MINUTE)].map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'two hours later', timeline: [restored, opened(2 * HOUR)] },
      { why: 'changed otherwise', timeline: [restored, opened(10 * MINUTE, { allocatedStorage: 200 })] },
      {
        why: 'another database',
        timeline: [restored, opened(10 * MINUTE, { masterUserPassword: '****', dBInstanceIdentifier: 'orders' })],
      },
      { why: 'the restore was refused', timeline: [denied(restored), opened(10 * MINUTE)] },
    ],
  };
};
