import { text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient, lessIfAutomated, NOT_BY_SERVICE, shortService, whereFrom } from '../callers';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';

export { actorAndTool, actorKey, fromClient, fromConsole, lessIfAutomated } from '../callers';

/**
 * Every refused call, less those that AWS services place for themselves: in one real account these were 10,011 of
 * 10,014.
 */
export const REFUSED: Match = { feed: 'errors', outcome: 'denied', record: NOT_BY_SERVICE };

export const DENIED_REFERENCES = [
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html',
  'https://attack.mitre.org/techniques/T1580/',
  'https://attack.mitre.org/techniques/T1526/',
] as const;

export const DENIED_RUNBOOK = [
  'Ask the owner of the user or role what ran at that time.',
  'List what the same key did, refused and not: aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=<key>.',
  'Is the address, or the user agent, new for this actor? If so, treat the credentials as stolen: deactivate the key, or revoke the sessions of the role (IAM console, Revoke active sessions).',
  'If it is a program that lacks a permission, grant it or stop the program; do not silence the rule.',
] as const;

export const DENIED_FALSE_POSITIVES = [
  'A program or pipeline that lost a permission, or was never given it.',
  'A scanner of your own security team or vendor: suppress it by its role.',
] as const;

export const DENIED_BLIND_SPOTS = [
  'Refusals that services place on record for a caller (invokedBy) are left out: they are mostly noise.',
  'Data events (objects of S3, items of DynamoDB) are other records, and counted by other rules.',
] as const;

/**
 * A read that counts. AssumeRole is a read to AWS, but refused again and again while a new role propagates; who tries
 * many roles is another matter, with rules of its own.
 */
export function isRefusedRead(event: TrailEvent, { deniedReadsIgnored }: Settings): boolean {
  return (
    event.readOnly === true &&
    fromClient(event) &&
    !deniedReadsIgnored.includes(event.call) &&
    !(event.service === 'sts.amazonaws.com' && event.call.startsWith('AssumeRole'))
  );
}

/** Any call that counts for breadth. */
export function isRefusedCall(event: TrailEvent, { deniedReadsIgnored }: Settings): boolean {
  return fromClient(event) && !deniedReadsIgnored.includes(event.call);
}

/** One lower for infrastructure as code, and one where a guard rail of the organization did what it is there for. */
export function lessIfExpected(severity: Severity, event: TrailEvent, settings: Settings): Severity {
  return lessIfAutomated(refusedByGuardRail(event) ? shifted(severity, -1) : severity, event, settings);
}

/** `… with an explicit deny in a service control policy` */
function refusedByGuardRail({ record }: TrailEvent): boolean {
  return text(record['errorMessage'])?.includes('explicit deny in a service control policy') === true;
}

/** `… was refused ec2 GetPasswordData in eu-west-1 from 198.51.100.7` */
export function refusal(event: TrailEvent): string {
  const guarded = refusedByGuardRail(event) ? ' by a service control policy' : '';
  return `${event.actor} was refused ${shortService(event.service)} ${event.call}${guarded} ${whereFrom(event)}`;
}

/** The resource that the refusal names: request parameters are mostly null in refused calls. */
export function refusedResource({ record }: TrailEvent): string | undefined {
  const message = text(record['errorMessage']) ?? '';
  const start = message.indexOf('on resource: ');
  if (start < 0) return undefined;
  const rest = message.slice(start + 'on resource: '.length);
  const end = rest.indexOf(' because ');
  const name = (end < 0 ? rest : rest.slice(0, end)).trim().replaceAll('"', '');
  return name === '' || name === '*' ? undefined : name;
}

export function refusedResources(event: TrailEvent): readonly string[] {
  const resource = refusedResource(event);
  return resource === undefined ? [] : [resource];
}
