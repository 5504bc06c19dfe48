import type { TrailEvent } from '../../intake/trail-event';
import { type Act, type Acts, act, actRule, isHidden } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';
import { makesPublic, RDS, setsPassword } from './databases';

const opened = (event: TrailEvent): Act | undefined =>
  isHidden(event) || makesPublic(event) ? act('high', 'gave an address on the internet to database') : undefined;

const changed = (event: TrailEvent): Act | undefined =>
  opened(event) ??
  (setsPassword(event) ? act('medium', 'set the password of the administrator of database') : undefined);

const ACTS: Acts = {
  [RDS]: {
    CreateDBInstance: opened,
    CreateDBInstanceReadReplica: opened,
    CreateDBCluster: opened,
    RestoreDBInstanceFromDBSnapshot: opened,
    RestoreDBInstanceToPointInTime: opened,
    RestoreDBInstanceFromS3: opened,
    RestoreDBClusterFromSnapshot: opened,
    RestoreDBClusterToPointInTime: opened,
    ModifyDBInstance: changed,
    ModifyDBCluster: changed,
  },
  'redshift.amazonaws.com': {
    CreateCluster: opened,
    RestoreFromClusterSnapshot: opened,
    ModifyCluster: changed,
  },
};

export default defineRule({
  id: 'database-exposed',
  title: 'Database made public, or its password changed',
  ...actRule(ACTS, {
    names: ['dBInstanceIdentifier', 'targetDBInstanceIdentifier', 'dBClusterIdentifier', 'clusterIdentifier'],
  }),
  rows: ['2-37'],
  attack: ['TA0001/T1133', 'TA0003/T1098'],
  why: 'A new password and an address on the internet are all that it takes to read a whole database from outside, or a copy of it.',
  runbook: [
    'Ask the actor.',
    'Close it: aws rds modify-db-instance --db-instance-identifier <id> --no-publicly-accessible --apply-immediately.',
    'Look at its security groups (security-group-world-open), and at connections in its own log.',
    'If nobody vouches for it, set a new password, and deactivate the keys of the actor.',
  ],
  falsePositives: ['Rotation of the password by hand. A database for a test.'],
  blindSpots: [
    'Whether a security group or a subnet lets anybody reach it.',
    'Secrets Manager rotates passwords inside the database: no such call.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
    'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/logging-using-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1133/',
  ],
});

export const examples = (): Examples => {
  const modified = (fields: object) =>
    call(RDS, 'ModifyDBInstance', { requestParameters: { dBInstanceIdentifier: 'orders', ...fields } });
  const open = modified({ publiclyAccessible: true });
  const password = modified({ masterUserPassword: 'HIDDEN_DUE_TO_SECURITY_REASONS' });
  return {
    fires: [
      { why: 'made public', timeline: [open], severity: 'high' },
      { why: 'public at birth', timeline: [but(open, { eventName: 'CreateDBInstance' })], severity: 'high' },
      { why: 'restored to be public', timeline: [but(open, { eventName: 'RestoreDBInstanceFromDBSnapshot' })] },
      { why: 'a new password', timeline: [password], severity: 'medium' },
      { why: 'too large to see', timeline: [but(open, { requestParameters: { omitted: true } })], severity: 'high' },
      { why: 'by Terraform', timeline: [but(open, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [open, later(open, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'made private', timeline: [modified({ publiclyAccessible: false })] },
      { why: 'made larger', timeline: [modified({ allocatedStorage: 100 })] },
      { why: 'its first password', timeline: [but(password, { eventName: 'CreateDBInstance' })] },
    ],
  };
};
