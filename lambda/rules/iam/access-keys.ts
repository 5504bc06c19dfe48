import { at, field, isOmitted, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';

export const IAM = 'iam.amazonaws.com';

/** Access keys that were made. Those that root makes for itself are the matter of root-credential-change. */
export const KEYS_CREATED: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: IAM,
  calls: ['CreateAccessKey'],
};

/**
 * Name of the user that a call on credentials is about: the response knows it, the request names it unless the caller
 * means itself. Undefined where neither does.
 */
export function targetUser(event: TrailEvent): string | undefined {
  const { record } = event;
  const named =
    text(at(record, 'responseElements', 'accessKey', 'userName')) ??
    text(at(record, 'requestParameters', 'userName')) ??
    text(at(record, 'userIdentity', 'userName'));
  return named === '' ? undefined : named;
}

/** Name of the IAM user that calls; undefined for roles and all others. */
export function callingUser({ identity }: TrailEvent): string | undefined {
  if (field(identity, 'type') !== 'IAMUser') return undefined;
  const arn = text(field(identity, 'arn'));
  return text(field(identity, 'userName')) ?? arn?.slice(arn.lastIndexOf('/') + 1);
}

export function isRoot({ identity }: TrailEvent): boolean {
  return field(identity, 'type') === 'Root';
}

/**
 * True unless an IAM user acts on itself. A role is always somebody else: who assumes it writes the session's name. What
 * can't be read counts as somebody else's.
 */
export function forSomebodyElse(event: TrailEvent): boolean {
  if (isOmitted(event.record['requestParameters'])) return true;
  const caller = callingUser(event);
  return caller === undefined || targetUser(event) !== caller;
}

export function isKeyUser(event: TrailEvent, { keyUsers }: Settings): boolean {
  const target = targetUser(event);
  return target !== undefined && anyGlobMatches(keyUsers, target);
}

/** ID of the access key that a successful CreateAccessKey made. */
export function createdKey(event: TrailEvent): string | undefined {
  if (event.call !== 'CreateAccessKey' || event.outcome !== 'succeeded') return undefined;
  return text(at(event.record, 'responseElements', 'accessKey', 'accessKeyId'));
}

/** ID of the caller's long-lived access key; undefined for sessions, whose IDs begin otherwise. */
export function longLivedKey({ identity }: TrailEvent): string | undefined {
  const key = text(field(identity, 'accessKeyId'));
  return key?.startsWith('AKIA') ? key : undefined;
}

export function userInWords(event: TrailEvent): string {
  return `user ${targetUser(event) ?? 'that the record does not name'}`;
}

export function userResources(event: TrailEvent): readonly string[] {
  const target = targetUser(event);
  return target === undefined ? [] : [target];
}

export const KEY_RUNBOOK = [
  'Ask the actor and the user, by another way than the account. A new key for a user is nothing that happens unasked.',
  'If nobody vouches for it, deactivate the key: aws iam update-access-key --user-name <user> --access-key-id <key> --status Inactive.',
  'See what it did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
  "Deactivate the actor's keys and revoke its sessions; look for more keys, users and roles that it made.",
] as const;

export const KEY_REFERENCES = [
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  'https://attack.mitre.org/techniques/T1098/001/',
] as const;
