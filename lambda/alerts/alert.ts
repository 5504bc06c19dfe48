import { createHash } from 'node:crypto';
import type { ActiveRule } from '../rules/active-rule';
import { DAY } from '../rules/rule';
import { SEVERITIES } from '../rules/severity';
import type { Firing, LevelTier, WindowSpec } from '../windows/verdict';
import type { Told } from './settle';

/** Event IDs that an alert keeps; beyond that it says "more than". */
export const EVENT_IDS_MAX = 1_000;

/** Where an alert belongs: one (rule, key, track) and one bucket of firing times. */
export interface AlertKey {
  readonly rule: string;
  readonly key: string;
  /** `live`, `shadow`, `test`, or a suppression's id with its prefix. */
  readonly track: string;
  /** Start of the bucket; a multiple of quietMs. */
  readonly bucketMs: number;
  readonly quietMs: number;
}

/** What firings say about an alert. Everything only widens or rises. */
export interface Raise extends AlertKey {
  readonly alertId: string;
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
  /** Earliest event counted in a window of its firings. */
  readonly firstEventMs: number;
  /** Greatest count, sum or number of values in one window. */
  readonly count: number;
  readonly level: number;
  /** 1, 10 or 100: how many times the lowest threshold the count reached. */
  readonly multiple: number;
  /** Indices [from, to) of judged entries that its firings counted, ascending and disjoint. */
  readonly ranges: readonly (readonly [number, number])[];
}

/**
 * Identity of an alert: the same for every worker, order and repetition.
 * 26 letters and digits (130 bits of SHA-256), so that it can be typed and searched for.
 */
export function alertIdOf(...parts: readonly (string | number)[]): string {
  return base32(createHash('sha256').update(JSON.stringify(parts)).digest()).slice(0, 26);
}

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's: no i, l, o, u

function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let out = '';
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += LETTERS[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return out;
}

/** Start of the bucket that a firing time falls in. */
export function bucketOf(timeMs: number, quietMs: number): number {
  return Math.floor(timeMs / quietMs) * quietMs;
}

/** Alerts of one (rule, key, track) out of its firings: one for each bucket that has any, by ascending bucket. */
export function raisesOf(
  { rule, quietMs, window }: ActiveRule,
  key: string,
  track: string,
  firings: readonly Firing[],
  timeAt: (index: number) => number,
): Raise[] {
  if (window === undefined) return [];
  const raises: Raise[] = [];
  let current: { -readonly [Name in keyof Raise]: Raise[Name] } | undefined;
  let ranges: [number, number][] = [];
  for (const firing of firings) {
    const bucketMs = bucketOf(firing.timeMs, quietMs);
    const multiple =
      window.kind === 'sequence' || window.kind === 'silence' ? 1 : multipleOf(window.tiers[0], firing.count);
    if (current === undefined || current.bucketMs !== bucketMs) {
      ranges = [[firing.from, firing.to]];
      current = {
        rule: rule.id,
        key,
        track,
        bucketMs,
        quietMs,
        alertId: alertIdOf(rule.id, rule.keyVersion ?? 1, key, track, bucketMs, quietMs),
        firstFiringMs: firing.timeMs,
        lastFiringMs: firing.timeMs,
        firstEventMs: timeAt(firing.from),
        count: firing.count,
        level: firing.level,
        multiple,
        ranges,
      };
      raises.push(current);
      continue;
    }
    current.lastFiringMs = firing.timeMs;
    current.count = Math.max(current.count, firing.count);
    current.level = Math.max(current.level, firing.level);
    current.multiple = Math.max(current.multiple, multiple);
    const last = ranges[ranges.length - 1] as [number, number];
    if (firing.from <= last[1]) last[1] = Math.max(last[1], firing.to);
    else ranges.push([firing.from, firing.to]);
  }
  return raises;
}

/** 1, 10 or 100 times the threshold; no 100 where that exceeds 1,000, which is as far as counts are exact. */
function multipleOf({ threshold }: LevelTier, count: number): number {
  if (threshold * 100 <= EVENT_IDS_MAX && count >= threshold * 100) return 100;
  return count >= threshold * 10 ? 10 : 1;
}

/** The most that messages of a window's alerts can tell. An alert that is told so can only grow in numbers. */
export function highestOf({ kind, tiers, levelFromEvents }: WindowSpec): Told {
  return {
    level: levelFromEvents ? SEVERITIES.length - 1 : Math.max(...tiers.map(({ level }) => level)),
    multiple: kind === 'sequence' || kind === 'silence' ? 1 : multipleOf(tiers[0], Number.POSITIVE_INFINITY),
  };
}

/**
 * Identity of a first-seen alert. A use that was learned has the id of the event that the store keeps as the first; one
 * that is never learned (refused, suppressed) has the period of the expiry that it falls in.
 */
export function firstSeenAlertId({ rule }: ActiveRule, use: FirstSeen): string {
  const { subject, value, track, timeMs } = use;
  const expiryMs = (rule.baseline?.expiryDays ?? 0) * DAY;
  const identity = use.unlearned === undefined ? [use.id] : [use.unlearned, bucketOf(timeMs, expiryMs)];
  return alertIdOf(rule.id, rule.keyVersion ?? 1, subject, value, ...identity, track);
}

/** A use of a value that nobody made before. */
export interface FirstSeen {
  readonly id: string;
  readonly timeMs: number;
  readonly subject: string;
  readonly value: string;
  readonly track: string;
  /** Why the use does not make the value known, if it does not. */
  readonly unlearned: 'denied' | 'suppressed' | undefined;
}
