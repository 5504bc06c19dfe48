import type { TrailEvent } from '../../intake/trail-event';
import { actorKey, fromClient, fromConsole, NOT_BY_SERVICE } from '../callers';
import type { Baseline, Match } from '../rule';

export const LEARN_DAYS = 14;

/** Calls that show what an actor works with; of reads, those that arrive. */
export const USES: readonly [Match, ...Match[]] = [
  { feed: 'api-writes', outcome: 'any', record: NOT_BY_SERVICE },
  { feed: 'errors', outcome: ['denied', 'failed'], record: NOT_BY_SERVICE },
];

/** Pages of the console ask many services for what nobody wants to know: there only changes count. */
export function isUse(event: TrailEvent): boolean {
  return fromClient(event) && !(event.readOnly === true && fromConsole(event));
}

/** Which services an actor uses; each rule learns under a kind of its own. */
export function servicesOf(kind: string): Baseline {
  return { kind, subject: actorKey, value: (event) => event.service, learnDays: LEARN_DAYS, expiryDays: 90 };
}

export const SERVICES_RUNBOOK = [
  'Ask the owner of the user or role what it does there.',
  'List what it did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  'Is the address or the user agent new for this actor? Then treat the credentials as stolen: deactivate the key, or revoke the sessions of the role.',
  'Give the actor only the services that it needs: aws accessanalyzer, unused access, shows which these are.',
] as const;

export const SERVICES_REFERENCES = [
  'https://attack.mitre.org/techniques/T1078/004/',
  'https://attack.mitre.org/techniques/T1526/',
] as const;
