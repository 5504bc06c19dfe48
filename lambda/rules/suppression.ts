import type { TrailEvent } from '../intake/trail-event';
import { globMatches } from './glob';
import { inNetworks } from './networks';
import type { Detection } from './rule';

/**
 * Known-benign activity, by somebody who answers for it. Decided for each event before the window, by the event's own
 * time: a suppressed event never opens, extends or counts in a live alert. It is still counted and listed.
 */
export interface Suppression {
  /** Names the track; the configuration's `id` or a hash of the matching fields. */
  readonly id: string;
  /** Rule ids, globs allowed. */
  readonly rules: readonly string[];
  readonly actors?: readonly string[];
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** CIDR networks or single addresses. */
  readonly sourceIps?: readonly string[];
  /** Every resource that the event names must match one of these; an event that names none does not match. */
  readonly resources?: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** First moment at which it no longer applies, compared with eventTime. */
  readonly expiresMs?: number;
}

/** Prefix of a suppression's track, which keeps it apart from `live`, `shadow` and `test`. */
export const SUPPRESSED = 'suppressed:';

/** The first suppression that covers a rule's hit on an event, or undefined. */
export function suppressionOf(
  suppressions: readonly Suppression[],
  rule: Detection,
  event: TrailEvent,
): Suppression | undefined {
  return suppressions.find((suppression) => covers(suppression, rule, event));
}

/**
 * Where the events of a hit count: `live` or `shadow`, as the rule is run, or with the suppression that covers them.
 * Decided by eventTime, so that every delivery of an event says the same.
 */
export function trackOf(
  suppressions: readonly Suppression[],
  { rule, mode }: { readonly rule: Detection; readonly mode: 'live' | 'shadow' },
  event: TrailEvent,
): string {
  const suppression =
    suppressions.length === 0 || rule.neverSuppressed ? undefined : suppressionOf(suppressions, rule, event);
  return suppression === undefined ? mode : SUPPRESSED + suppression.id;
}

/** What kind of track it is: all suppressions are one kind. */
export function trackKind(track: string): string {
  return track.startsWith(SUPPRESSED) ? 'suppressed' : track;
}

function covers(suppression: Suppression, rule: Detection, event: TrailEvent): boolean {
  const { rules, actors, accounts, regions, sourceIps, resources, expiresMs } = suppression;
  if (expiresMs !== undefined && event.timeMs >= expiresMs) return false;
  if (!anyMatches(rules, rule.id)) return false;
  if (actors !== undefined && !anyMatches(actors, event.actor)) return false;
  if (accounts !== undefined && !anyMatches(accounts, event.account)) return false;
  if (regions !== undefined && !anyMatches(regions, event.region)) return false;
  if (sourceIps !== undefined && (event.sourceIp === undefined || !inNetworks(event.sourceIp, sourceIps))) return false;
  if (resources !== undefined) {
    const touched = resourcesOf(rule, event);
    if (touched.length === 0 || !touched.every((name) => anyMatches(resources, name))) return false;
  }
  return true;
}

/** None where the rule's code throws: nothing is suppressed by an accident. */
function resourcesOf(rule: Detection, event: TrailEvent): readonly string[] {
  try {
    return rule.resources?.(event) ?? [];
  } catch {
    return [];
  }
}

function anyMatches(globs: readonly string[], subject: string): boolean {
  return globs.some((glob) => globMatches(glob, subject));
}
