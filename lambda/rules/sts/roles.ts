import { asArray, at, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { NOT_BY_SERVICE } from '../callers';
import { refusedResource } from '../denied/denied-calls';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';

export const STS = 'sts.amazonaws.com';

/**
 * Roles taken by people and programs. AWS records these calls as reads. Services take roles all day, each Lambda
 * function and each instance by itself: none of that is anybody's doing.
 */
export const ASSUMED: Match = {
  feed: 'api-reads',
  outcome: 'succeeded',
  service: STS,
  calls: ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
  record: NOT_BY_SERVICE,
};

/** Roles taken with credentials of AWS: not over single sign-on, not by a workload with a web identity. */
export const ASSUMED_WITH_KEYS: Match = { ...ASSUMED, calls: ['AssumeRole'] };

/** Roles that were not given. */
export const NOT_ASSUMED: Match = {
  feed: 'errors',
  outcome: ['denied', 'failed'],
  service: STS,
  calls: ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
  record: NOT_BY_SERVICE,
};

export const ROLE_REFERENCES = [
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html',
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  'https://attack.mitre.org/techniques/T1550/001/',
] as const;

/**
 * ARN of the role that the call is about. Refused calls have no parameters: there the message names it, and otherwise
 * the list of resources.
 */
export function roleOf(event: TrailEvent): string | undefined {
  const { record } = event;
  const named =
    text(at(record, 'requestParameters', 'roleArn')) ??
    refusedResource(event) ??
    asArray(record['resources']).flatMap((resource) => text(pick(resource, 'ARN')) ?? [])[0];
  return named?.includes(':role/') ? named : undefined;
}

export function roleInWords(event: TrailEvent): string {
  return roleOf(event) ?? 'a role that the record does not name';
}

export function roleResources(event: TrailEvent): readonly string[] {
  const role = roleOf(event);
  return role === undefined ? [] : [role];
}

/** True for a role that one of the globs names, by its ARN or by its name. */
export function isRoleIn(globs: readonly string[], role: string): boolean {
  return anyGlobMatches(globs, role) || anyGlobMatches(globs, role.slice(role.lastIndexOf('/') + 1));
}

export function isPrivileged(event: TrailEvent, { privilegedRoles }: Settings): boolean {
  const role = roleOf(event);
  return role !== undefined && isRoleIn(privilegedRoles, role);
}

export function isBreakGlass(event: TrailEvent, { breakGlassRoles }: Settings): boolean {
  const role = roleOf(event);
  return role !== undefined && isRoleIn(breakGlassRoles, role);
}

/** Key ID of the session that a successful AssumeRole started: whatever the session does carries it. */
export function keyOfNewSession({ record }: TrailEvent): string | undefined {
  return text(at(record, 'responseElements', 'credentials', 'accessKeyId'));
}

/** `… assumed role arn:… from 198.51.100.7 in us-east-1` */
export function assumedInWords(event: TrailEvent): string {
  return `${event.actor} assumed ${roleInWords(event)} from ${event.sourceIp ?? event.sourceService ?? 'an unknown address'} in ${event.region}`;
}
