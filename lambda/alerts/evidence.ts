import { sessionName } from '../intake/actor';
import { at, field, text } from '../intake/fields';
import type { Outcome, TrailEvent } from '../intake/trail-event';
import { sessionToken } from '../lineage/session-token';
import type { ActiveRule } from '../rules/active-rule';
import type { Hit } from '../rules/dispatch';
import { harmless } from './neutral';

/** Who called, as far as the record says; strings are harmless (see neutral.ts), the key is masked. */
export interface Caller {
  readonly type?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly sessionName?: string;
  /** Who first took a role, kept through all roles that follow. */
  readonly sourceIdentity?: string;
  /** Id of the IAM Identity Center user on whose behalf the call was made. */
  readonly identityCenterUser?: string;
  readonly accessKeyId?: string;
  readonly mfa?: boolean;
  readonly userAgent?: string;
  readonly sourceIp?: string;
  readonly sourceService?: string;
}

/**
 * A sample event of an alert: what a person needs to see of it. Made when the event matches, kept with the alert; the
 * record itself is not kept. All strings are harmless, none is longer than 1,000 characters.
 */
export interface Evidence {
  readonly eventId: string;
  readonly timeMs: number;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly call: string;
  readonly actor: string;
  readonly outcome: Outcome;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly caller: Caller;
  /** Token of the role's session that placed the call, by which those who took the role are found. */
  readonly session?: string;
  /** What the event touched, as the rule names it. At most 10. */
  readonly resources: readonly string[];
  /** The rule's sentence about this event. */
  readonly headline: string;
  /** Level of severity that the event alone earns; 0 where thresholds decide. */
  readonly level: number;
  /** Steps of a sequence that it fits, as bits. */
  readonly steps: number;
}

/** Evidence of a hit. A headline that throws is replaced by a plain one: the alert matters more than its wording. */
export function evidenceOf(hit: Hit, event: TrailEvent): Evidence {
  return {
    ...seenIn(event),
    resources: resourcesOf(hit.active, event),
    headline: headlineOf(hit.active, event),
    level: hit.level,
    steps: hit.steps,
  };
}

type Seen = Omit<Evidence, 'resources' | 'headline' | 'level' | 'steps'>;

let last: { readonly event: TrailEvent; readonly seen: Seen } | undefined;

/** What every rule shows of an event; made once for the rules that hit it one after the other. */
function seenIn(event: TrailEvent): Seen {
  if (last?.event === event) return last.seen;
  const errorCode = text(event.record['errorCode']);
  const errorMessage = text(event.record['errorMessage']);
  const seen: Seen = {
    eventId: harmless(event.id, 200),
    timeMs: event.timeMs,
    account: harmless(event.account, 64),
    region: harmless(event.region, 64),
    service: harmless(event.service, 128),
    call: harmless(event.call, 128),
    actor: harmless(event.actor, 500),
    outcome: event.outcome,
    ...(errorCode === undefined ? {} : { errorCode: harmless(errorCode, 128) }),
    ...(errorMessage === undefined ? {} : { errorMessage: harmless(errorMessage, 300) }),
    caller: callerOf(event),
    ...sessionOf(event),
  };
  last = { event, seen };
  return seen;
}

/**
 * What a sample shows: its level and the last step that it fits. Alerts keep one of each kind, so that of workers that
 * raise the same alert at once none loses the most severe. At most 39.
 */
export function evidenceKind({ level, steps }: { readonly level: number; readonly steps: number }): number {
  return level * 8 + Math.min(7, 32 - Math.clz32(steps));
}

/** Bytes that one sample takes when stored, at most: an alert has a few of them, and people read them all. */
const EVIDENCE_MAX_BYTES = 8_000;

/** Evidence as JSON of bounded size: what is longest is shortened, and says so. */
export function evidenceJson(evidence: Evidence): string {
  let json = JSON.stringify(evidence);
  for (let max = 400; Buffer.byteLength(json) > EVIDENCE_MAX_BYTES && max > 10; max = Math.floor(max / 2)) {
    json = JSON.stringify(evidence, (_, value: unknown) => (typeof value === 'string' ? harmless(value, max) : value));
  }
  return json;
}

function sessionOf({ record }: TrailEvent): { readonly session?: string } {
  const identity = record['userIdentity'];
  const type = field(identity, 'type');
  const session =
    type === 'AssumedRole' || type === 'FederatedUser' ? sessionToken(text(field(identity, 'accessKeyId'))) : undefined;
  return session === undefined ? {} : { session };
}

function callerOf(event: TrailEvent): Caller {
  const identity = event.record['userIdentity'];
  const arn = text(field(identity, 'arn'));
  const parts = {
    type: text(field(identity, 'type')),
    arn,
    accountId: text(field(identity, 'accountId')),
    sessionName: field(identity, 'type') === 'AssumedRole' ? sessionName(arn, identity) : undefined,
    sourceIdentity: text(at(identity, 'sessionContext', 'sourceIdentity')),
    identityCenterUser: text(at(identity, 'onBehalfOf', 'userId')),
    accessKeyId: text(field(identity, 'accessKeyId')),
    userAgent: text(event.record['userAgent']),
    sourceIp: event.sourceIp,
    sourceService: event.sourceService,
  };
  const caller: Record<string, string | boolean> = {};
  for (const [name, value] of Object.entries(parts)) {
    if (value !== undefined && value !== '') caller[name] = harmless(value, name === 'arn' ? 500 : 256);
  }
  const mfa =
    text(at(identity, 'sessionContext', 'attributes', 'mfaAuthenticated')) ??
    text(at(event.record, 'additionalEventData', 'MFAUsed'));
  if (mfa !== undefined) caller['mfa'] = mfa === 'true' || mfa === 'Yes';
  return caller;
}

function resourcesOf({ rule }: ActiveRule, event: TrailEvent): readonly string[] {
  try {
    return (rule.resources?.(event) ?? []).slice(0, 10).map((name) => harmless(name, 300));
  } catch {
    return []; // the event already matched: an odd resource must not lose the alert
  }
}

function headlineOf({ rule, settings }: ActiveRule, event: TrailEvent): string {
  try {
    return harmless(rule.headline(event, settings), 500);
  } catch {
    return harmless(`${event.actor} called ${event.call} (${rule.title})`, 500);
  }
}

/** Roles that IAM Identity Center makes; nobody else may name one so. Their sessions have the person's name. */
export function isSingleSignOn(actor: string): boolean {
  return actor.includes('/AWSReservedSSO_');
}

/** The most severe first; among equals the one that fits the latest step of a sequence, then the earliest. */
export function inOrder(evidence: readonly Evidence[]): Evidence[] {
  return [...evidence].sort((a, b) => b.level - a.level || b.steps - a.steps || a.timeMs - b.timeMs);
}
