import { asArray, at, field, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { shortService, whereFrom } from '../callers';
import { refusedResource } from '../denied/denied-calls';
import { anyGlobMatches } from '../glob';
import { secretsNamed } from '../secretsmanager/secrets';
import type { Settings } from '../settings';
import { isRoleIn } from '../sts/roles';

/** Baits: nothing of yours uses them, so that whoever does has looked where nobody should. */

export const HONEY_WHY =
  'This is a bait: nothing of yours uses it. Whoever did has searched where your credentials and data lie, or holds what was taken from there.';

export const HONEY_REFERENCES = [
  'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html',
  'https://attack.mitre.org/techniques/T1078/004/',
] as const;

/** The bait by which the caller calls: `access key AKIA…`, `user backup-old`, `role arn:…`; undefined for anybody else. */
export function honeyCaller(event: TrailEvent, settings: Settings): string | undefined {
  const { honeyKeys, honeyUsers, honeyRoles } = settings;
  if (honeyKeys.length + honeyUsers.length + honeyRoles.length === 0) return undefined;
  const { record, actor } = event;
  const identity = record['userIdentity'];
  if (honeyKeys.length > 0) {
    const key = text(field(identity, 'accessKeyId'));
    if (key !== undefined && honeyKeys.includes(key)) return `access key ${key}`;
  }
  const type = field(identity, 'type');
  if (type === 'IAMUser' && honeyUsers.length > 0) {
    const name = text(field(identity, 'userName')) ?? actor.slice(actor.lastIndexOf('/') + 1);
    if (anyGlobMatches(honeyUsers, name) || anyGlobMatches(honeyUsers, actor)) return `user ${name}`;
  }
  if (type === 'AssumedRole' && honeyRoles.length > 0 && isRoleIn(honeyRoles, actor)) return `role ${actor}`;
  return undefined;
}

/** Names under which a call asks for secrets and for parameters of Systems Manager; of refused calls, the message's. */
export function secretsAskedFor(event: TrailEvent): readonly string[] {
  const parameters = event.record['requestParameters'];
  const named = [
    ...secretsNamed(event),
    ...asArray(field(parameters, 'name')).flatMap((name) => text(name) ?? []),
    ...asArray(field(parameters, 'names')).flatMap((name) => text(name) ?? []),
    ...(text(at(event.record, 'responseElements', 'name')) === undefined
      ? []
      : [text(at(event.record, 'responseElements', 'name')) as string]),
  ];
  return named.length > 0 ? named : [refusedResource(event) ?? ''].filter((name) => name !== '');
}

/** `… called sts GetCallerIdentity in 111122223333 us-east-1 from 198.51.100.7`, or tried to. */
export function didInWords(event: TrailEvent): string {
  const verb = event.outcome === 'succeeded' ? 'called' : 'tried to call';
  return `${event.actor} ${verb} ${shortService(event.service)} ${event.call} ${whereFrom(event)}`;
}
