import { isOmitted, pick, text } from '../intake/fields';
import { requestOf } from '../intake/request';
import type { TrailEvent } from '../intake/trail-event';
import { lessIfAutomated, whereFrom } from './callers';
import { HOUR, type Match, type Rule } from './rule';
import type { SettingName, Settings } from './settings';
import { type Severity, shifted } from './severity';

/** Rules made from a table of calls: each says what it did, and how grave that is. */

export interface Act {
  /** As a sentence goes on after its author's name: `scheduled the deletion of`. */
  readonly did: string;
  readonly severity: Severity;
}

/** A call that always is one, or what its request says; undefined for a harmless one. */
export type Judge = Act | ((event: TrailEvent, settings: Settings) => Act | undefined);

/** By eventSource, then by call. */
export type Acts = Readonly<Record<string, Readonly<Record<string, Judge>>>>;

export const act = (severity: Severity, did: string): Act => ({ did, severity });

/** An act only where the request says so. A succeeded call whose request was too large to see counts. */
export function where(says: (request: unknown) => boolean, found: Act): Judge {
  return (event) => (isHidden(event) || says(requestOf(event)) ? found : undefined);
}

/**
 * True where a succeeded call's request was left out for its size. A refused call without a request says nothing: AWS
 * leaves it out of most.
 */
export function isHidden(event: TrailEvent): boolean {
  return event.outcome === 'succeeded' && isOmitted(event.record['requestParameters']);
}

/** What the event did of the table. */
function actOf(acts: Acts, event: TrailEvent, settings: Settings): Act | undefined {
  const table = Object.hasOwn(acts, event.service) ? acts[event.service] : undefined;
  const judge = table !== undefined && Object.hasOwn(table, event.call) ? table[event.call] : undefined;
  return typeof judge === 'function' ? judge(event, settings) : judge;
}

/** One match for each service of the table. */
function matchesOf(acts: Acts, outcome: Match['outcome']): readonly [Match, ...Match[]] {
  const [first, ...others] = Object.entries(acts).map(
    ([service, table]): Match => ({
      feed: 'api-writes',
      outcome,
      service,
      calls: Object.keys(table) as [string, ...string[]],
    }),
  );
  return [first as Match, ...others];
}

/** The first of these request parameters that is there. */
export function requested(event: TrailEvent, ...names: readonly string[]): string | undefined {
  const request = requestOf(event);
  return names.flatMap((name) => text(pick(request, name)) ?? []).find((value) => value !== '');
}

interface Options {
  /** Request parameters that may name what the call is about, the best first. */
  readonly names: readonly string[];
  /** Refused calls count too, one lower. */
  readonly attempts?: true;
  /** Settings that the judges read. */
  readonly settings?: readonly SettingName[];
}

type ActRule = Pick<Rule, 'severity' | 'match' | 'when' | 'per' | 'quietMs' | 'settings' | 'headline' | 'resources'>;

/** What such rules have in common; each adds its id and its texts. */
export function actRule(acts: Acts, { names, attempts, settings = [] }: Options): ActRule {
  const name = (event: TrailEvent) => requested(event, ...names);
  return {
    severity: (event, read) => {
      const severity = actOf(acts, event, read)?.severity ?? 'medium';
      return lessIfAutomated(event.outcome === 'succeeded' ? severity : shifted(severity, -1), event, read);
    },
    match: matchesOf(acts, attempts ? ['succeeded', 'denied'] : 'succeeded'),
    when: (event, read) => actOf(acts, event, read) !== undefined,
    // A different call is another alert; the same call on many things is one.
    per: (event) => `${event.account}|${event.region}|${event.service}|${event.call}|${event.actor}`,
    quietMs: HOUR,
    settings: [...new Set<SettingName>(['infrastructureAsCodeAgents', ...settings])] as [SettingName, ...SettingName[]],
    headline: (event, read) => {
      const { did } = actOf(acts, event, read) ?? { did: 'changed' };
      const what = name(event)?.slice(0, 120);
      if (event.outcome !== 'succeeded') {
        return `${event.actor} was refused ${event.call}${what === undefined ? '' : ` on ${what}`} ${whereFrom(event)}`;
      }
      const done = what === undefined ? did.replace(/[,:]$/, '') : `${did} ${what}`;
      return `${event.actor} ${done} ${whereFrom(event)} (${event.call})`;
    },
    resources: (event) => {
      const what = name(event);
      return what === undefined ? [] : [what];
    },
  };
}
