import type { WindowSpec } from '../../lambda/windows/verdict';
import { type OracleFiring, oracleOfEntries, oracleOfMarks } from '../windows/oracle';
import type {
  Meaning,
  PlannedConfig,
  PlannedEvent,
  PlannedOverride,
  PlannedRule,
  PlannedTier,
  Schedule,
} from './schedule';
import type { Attempt } from './world';

/**
 * What the promises say must come of a schedule, by brute force from what the workers were given. Shares no code with
 * the engine.
 */
export interface ExpectedWindow {
  readonly rule: PlannedRule;
  readonly key: string;
  readonly track: string;
  /** Each numbers that a worker may have judged by. One, unless the configuration changed. */
  readonly judges: readonly Judge[];
  /**
   * Firings that every judge would have seen: by the strictest numbers, over events that were acknowledged. Equal to
   * the firings of the judge where there is only one.
   */
  readonly owed: readonly OracleFiring[];
}

export interface Judge {
  readonly quietMs: number;
  readonly tiers: readonly PlannedTier[];
  /** Firings that may be told: over all events that were ever stored. */
  readonly allowed: readonly OracleFiring[];
  /** Firings that must be told: over the events that were acknowledged under these numbers. */
  readonly owed: readonly OracleFiring[];
}

interface Stored {
  readonly event: PlannedEvent;
  readonly meaning: Meaning;
}

interface Collected {
  readonly rule: PlannedRule;
  readonly key: string;
  readonly track: string;
  readonly possible: Stored[];
  readonly sure: Stored[];
  readonly byNumbers: Map<string, { readonly numbers: Numbers; readonly sure: Stored[] }>;
}

interface Numbers {
  readonly withinMs: number;
  readonly quietMs: number;
  readonly tiers: readonly [PlannedTier, ...PlannedTier[]];
}

/**
 * The windows that the attempts touched.
 * @param usesAnythingNew whether an event counts for a rule that counts only what is used for the first time
 */
export function expectedWindows(
  schedule: Schedule,
  attempts: readonly Attempt[],
  usesAnythingNew: (rule: PlannedRule, event: PlannedEvent) => boolean,
): ExpectedWindow[] {
  const collected = new Map<string, Collected>();
  for (const { delivery, config, acknowledged } of attempts) {
    if (delivery.kind !== 'event') continue;
    const event = schedule.events[delivery.event] as PlannedEvent;
    const planned = schedule.configs[config] as PlannedConfig;
    for (const rule of schedule.rules) {
      const meaning = event.versions[delivery.version]?.[rule.id];
      if (rule.kind === 'first-seen' || meaning === undefined || meaning.throws || !counts(rule, meaning)) continue;
      const track = trackOf(schedule, planned, rule, event);
      if (track === undefined || (rule.gated && !usesAnythingNew(rule, event))) continue;
      const numbers = numbersOf(rule, planned.overrides[rule.id]);
      for (const key of new Set(meaning.keys)) {
        const name = JSON.stringify([rule.id, key, track]);
        const window: Collected = collected.get(name) ?? {
          ...{ rule, key, track, possible: [], sure: [] },
          byNumbers: new Map(),
        };
        collected.set(name, window);
        const judge: { numbers: Numbers; sure: Stored[] } = window.byNumbers.get(JSON.stringify(numbers)) ?? {
          ...{ numbers, sure: [] },
        };
        window.byNumbers.set(JSON.stringify(numbers), judge);
        window.possible.push({ event, meaning });
        if (!acknowledged) continue;
        window.sure.push({ event, meaning });
        judge.sure.push({ event, meaning });
      }
    }
  }
  return [...collected.values()].map(expectedOf);
}

function expectedOf({ rule, key, track, possible, sure, byNumbers }: Collected): ExpectedWindow {
  const all = [...byNumbers.values()];
  const possibleOnce = once(possible);
  const sureOnce = once(sure);
  const judges = all.map((judge): Judge => {
    const { quietMs, tiers } = judge.numbers;
    const allowed = firings(rule, judge.numbers, possibleOnce);
    const own = once(judge.sure);
    const owed = own.length === possibleOnce.length ? allowed : firings(rule, judge.numbers, own);
    return { quietMs, tiers, allowed, owed };
  });
  const [only] = judges;
  const owed =
    judges.length === 1 && only !== undefined
      ? only.owed
      : firings(rule, strictest(all.map(({ numbers }) => numbers)), sureOnce);
  return { rule, key, track, judges, owed };
}

/** Every other configuration fires wherever this one does. */
function strictest(all: readonly Numbers[]): Numbers {
  const [first] = all;
  if (first === undefined) throw new RangeError('no numbers');
  const tiers = first.tiers.map(({ level }, index) => ({
    level,
    threshold: Math.max(...all.map((numbers) => numbers.tiers[index]?.threshold ?? Number.POSITIVE_INFINITY)),
  }));
  return {
    withinMs: Math.min(...all.map(({ withinMs }) => withinMs)),
    quietMs: Math.min(...all.map(({ quietMs }) => quietMs)),
    tiers: tiers as [PlannedTier, ...PlannedTier[]],
  };
}

/** Where the event counts: nowhere if the rule is off. */
function trackOf(schedule: Schedule, config: PlannedConfig, rule: PlannedRule, event: PlannedEvent) {
  const mode = config.overrides[rule.id]?.mode ?? rule.mode;
  if (mode === 'off') return undefined;
  if (schedule.queue.synthetic) return 'test';
  const covering = config.suppressions.find(
    ({ rules, sourceIp, expiresMs = Number.POSITIVE_INFINITY }) =>
      event.sourceIp === sourceIp && event.timeMs < expiresMs && (rules.includes('*') || rules.includes(rule.id)),
  );
  return covering === undefined ? mode : `suppressed:${covering.id}`;
}

function counts({ kind }: PlannedRule, { weight, values, steps }: Meaning): boolean {
  if (kind === 'sum') return weight !== undefined && weight > 0;
  if (kind === 'distinct') return (values ?? []).length > 0;
  if (kind === 'sequence') return (steps ?? 0) !== 0;
  return true;
}

function numbersOf({ withinMs, quietMs, tiers }: PlannedRule, override: PlannedOverride = {}): Numbers {
  const within = override.withinMs ?? withinMs;
  const lowest = override.threshold ?? tiers[0].threshold;
  const [first, ...higher] = tiers;
  return {
    withinMs: within,
    quietMs: Math.max(quietMs, within),
    tiers: [
      { threshold: lowest, level: first.level },
      // Higher tiers keep their proportion.
      ...higher.map(({ threshold, level }) => ({
        threshold: Math.max(lowest + 1, Math.ceil((threshold * lowest) / first.threshold)),
        level: Math.max(level, first.level),
      })),
    ],
  };
}

function once(stored: readonly Stored[]): Stored[] {
  const seen = new Map<Meaning, Stored>();
  for (const one of stored) seen.set(one.meaning, one);
  return [...seen.values()];
}

function firings(
  { kind, levelFromEvents, stepCounts, groups }: PlannedRule,
  numbers: Numbers,
  stored: readonly Stored[],
) {
  const [first, ...higher] = numbers.tiers;
  const spec: WindowSpec = {
    kind: kind === 'single' || kind === 'first-seen' ? 'count' : kind,
    withinMs: numbers.withinMs,
    tiers: [first, ...higher],
    levelFromEvents,
    stepCounts,
    groupsMin: groups,
  };
  const level = (meaning: Meaning) => (levelFromEvents ? (meaning.level ?? 0) : 0);
  if (kind === 'distinct') {
    return oracleOfMarks(
      spec,
      stored.flatMap(({ event: { id, timeMs }, meaning }) =>
        (meaning.values ?? []).map((value) => ({ id, timeMs, value, level: level(meaning) })),
      ),
    );
  }
  return oracleOfEntries(
    spec,
    stored.map(({ event: { id, timeMs }, meaning }) => ({
      ...{ id, timeMs, level: level(meaning) },
      weight: kind === 'sum' ? (meaning.weight ?? 0) : 1,
      steps: meaning.steps ?? 0,
    })),
  );
}

/** How many times the lowest threshold a count is: 1, 10 or 100, which is not told beyond a thousand. */
export function multipleOf(rule: PlannedRule, tiers: readonly PlannedTier[], count: number): number {
  const threshold = tiers[0]?.threshold ?? 1;
  if (rule.kind === 'sequence') return 1;
  if (threshold <= 10 && count >= threshold * 100) return 100;
  return count >= threshold * 10 ? 10 : 1;
}

/** Firings in groups whose gaps are shorter than the quiet period. */
export function clustersOf(firings: readonly OracleFiring[], quietMs: number): OracleFiring[][] {
  const clusters: OracleFiring[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const firing of firings) {
    if (firing.timeMs - lastMs >= quietMs) clusters.push([]);
    clusters.at(-1)?.push(firing);
    lastMs = firing.timeMs;
  }
  return clusters;
}

export function startOfBucket(timeMs: number, quietMs: number): number {
  return timeMs - (((timeMs % quietMs) + quietMs) % quietMs);
}
