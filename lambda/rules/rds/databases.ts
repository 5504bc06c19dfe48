import { flag, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import type { TrailEvent } from '../../intake/trail-event';

export const RDS = 'rds.amazonaws.com';

/** Calls that make a database out of a copy. */
export const RESTORING = [
  'RestoreDBInstanceFromDBSnapshot',
  'RestoreDBInstanceToPointInTime',
  'RestoreDBInstanceFromS3',
  'RestoreDBClusterFromSnapshot',
  'RestoreDBClusterToPointInTime',
] as const;

/** Identifier of the instance or cluster that the call makes or changes. */
export function databaseOf(event: TrailEvent): string | undefined {
  const request = requestOf(event);
  const named =
    text(pick(request, 'dBInstanceIdentifier')) ??
    text(pick(request, 'targetDBInstanceIdentifier')) ??
    text(pick(request, 'dBClusterIdentifier')) ??
    text(pick(request, 'clusterIdentifier'));
  return named?.toLowerCase() || undefined;
}

export function makesPublic(event: TrailEvent): boolean {
  return flag(pick(requestOf(event), 'publiclyAccessible')) === true;
}

/** The password itself is never in the record: `****`, or that it is hidden. */
export function setsPassword(event: TrailEvent): boolean {
  return text(pick(requestOf(event), 'masterUserPassword')) !== undefined;
}
