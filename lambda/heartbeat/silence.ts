import { broken, fine, type Observation, PATIENCE } from './observation';

/** When something last came from a place; written by the detector, at most once a minute. */
export interface LastSeen {
  readonly account: string;
  readonly region: string;
  /** `writes`, `reads`, `sign-in` or `data`. */
  readonly feed: string;
  readonly seenMs: number;
}

/** What is usual for a place: the longest gaps of this fortnight and of the one before. */
export interface Habit {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly longestMs: number;
  readonly longestBeforeMs: number;
  /** Number of the fortnight since 1970. */
  readonly fortnight: number;
}

export type Habits = { readonly [place: string]: Habit };

export const SILENCE_SUBJECT = 'events that come';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const FORTNIGHT = 14 * DAY;

/** So long a place is only watched: a week has a weekend. */
const LEARN_MS = 7 * DAY;
/** No silence is told that is shorter. */
const SHORTEST_MS = HOUR;
/** A silence is unusual when it is this many times the longest one known. */
const FACTOR = 2;

/**
 * Accounts, and regions of accounts, that fell silent against their habit. Of the hub's own account the canaries know
 * better, so it is left out: there a quiet night is proved to be one.
 */
export function judgeSilence(
  seen: readonly LastSeen[],
  known: Habits,
  ownAccount: string,
  nowMs: number,
): { readonly observations: Observation[]; readonly habits: Habits } {
  const lastMs = new Map<string, number>();
  for (const { account, region, seenMs } of seen) {
    if (account === ownAccount) continue;
    for (const place of [`account ${account}`, `account ${account} in ${region}`]) {
      lastMs.set(place, Math.max(lastMs.get(place) ?? 0, Math.min(seenMs, nowMs)));
    }
  }
  const observations: Observation[] = [];
  const habits: Record<string, Habit> = {};
  for (const [place, ms] of lastMs) {
    const habit = habitOf(Object.hasOwn(known, place) ? known[place] : undefined, ms, nowMs);
    habits[place] = habit;
    observations.push(judgePlace(place, habit, nowMs));
  }
  return { observations, habits };
}

function habitOf(before: Habit | undefined, lastMs: number, nowMs: number): Habit {
  const fortnight = Math.floor(nowMs / FORTNIGHT);
  if (before === undefined) return { sinceMs: nowMs, lastMs, longestMs: 0, longestBeforeMs: 0, fortnight };
  const turned = fortnight === before.fortnight ? 0 : fortnight - before.fortnight;
  const longestBeforeMs = turned === 0 ? before.longestBeforeMs : turned === 1 ? before.longestMs : 0;
  const longestMs = Math.max(turned === 0 ? before.longestMs : 0, lastMs - before.lastMs);
  return { sinceMs: before.sinceMs, lastMs: Math.max(lastMs, before.lastMs), longestMs, longestBeforeMs, fortnight };
}

function judgePlace(place: string, { sinceMs, lastMs, longestMs, longestBeforeMs }: Habit, nowMs: number): Observation {
  const subject = `${SILENCE_SUBJECT}, ${place}`;
  const usualMs = Math.max(SHORTEST_MS, FACTOR * Math.max(longestMs, longestBeforeMs));
  if (nowMs - sinceMs < LEARN_MS || nowMs - lastMs <= usualMs) return fine(subject);
  const isRegion = place.includes(' in ');
  const hours = Math.floor((nowMs - lastMs) / HOUR);
  return broken(
    subject,
    `no events come from ${place} for ${hours} hour${hours === 1 ? '' : 's'}, longer than ever in weeks`,
    isRegion ? { ...PATIENCE.overdue, criticalMs: Number.POSITIVE_INFINITY } : PATIENCE.overdue,
    {
      sinceMs: lastMs + usualMs,
      advice:
        'Is its trail logging, and is its forwarder (stack or StackSet instance, rules trailhound-…) in place? If it is merely unused, nothing needs to be done.',
    },
  );
}
