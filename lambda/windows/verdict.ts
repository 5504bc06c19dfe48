/**
 * The verdict: which moments of a window's history qualify. Pure; the heart of the product.
 *
 * A window looks back from an event at t over (t − withinMs, t]. A *firing* is a stored event whose window qualifies.
 * Firings are monotone: more events never take one away. Equal times count together, whatever their order.
 */

/** One event in a window: what is stored of it. */
export interface Entry {
  readonly id: string;
  readonly timeMs: number;
  /** 1 for count and sequence; the weight for sum. */
  readonly weight: number;
  /** Severity level that this event alone earns (rules whose severity is a function); 0 otherwise. */
  readonly level: number;
  /** Bit i: the event fits step i of a sequence. 0 otherwise. */
  readonly steps: number;
}

/** One value of a distinct window at one time. */
export interface Mark {
  readonly id: string;
  readonly timeMs: number;
  readonly value: string;
  readonly level: number;
}

/** Threshold with the severity level that it earns. */
export interface LevelTier {
  readonly threshold: number;
  readonly level: number;
}

/** A rule's window with its configured numbers. */
export interface WindowSpec {
  readonly kind: 'count' | 'sum' | 'distinct' | 'sequence' | 'silence';
  readonly withinMs: number;
  /** Ascending thresholds; a sequence has one, of which only the level counts. */
  readonly tiers: readonly [LevelTier, ...LevelTier[]];
  /** Take the level from the events in the window instead of the tiers. */
  readonly levelFromEvents: boolean;
  /** Sequence: events that each step needs. */
  readonly stepCounts: readonly number[];
  /** Distinct: groups that the values must be of; a value's group is its text up to the first colon. 0 when absent. */
  readonly groupsMin?: number;
}

/** Stored events at one time whose window qualifies. */
export interface Firing {
  readonly timeMs: number;
  /** Events, sum of weights, or distinct values in the window. */
  readonly count: number;
  readonly level: number;
  /** The window's content: indices [from, to) into the sorted entries or marks that were judged. */
  readonly from: number;
  readonly to: number;
}

/** Allowance for clocks of serving hosts: a step may be this much earlier than the one before it. */
export const SEQUENCE_SLACK_MS = 5_000;

/**
 * One entry per (id, time): the greatest weight and level and every step that any version of the event gave, sorted by
 * time, then id. An addendum adds; it never takes away.
 */
export function unionOfEntries(entries: readonly Entry[]): Entry[] {
  const sorted = sortedByTime(entries, byTimeThenId);
  const union: Entry[] = [];
  for (const entry of sorted) {
    const last = union.at(-1);
    if (last === undefined || last.id !== entry.id || last.timeMs !== entry.timeMs) union.push(entry);
    else if (last.weight !== entry.weight || last.level !== entry.level || last.steps !== entry.steps) {
      union[union.length - 1] = {
        ...last,
        weight: Math.max(last.weight, entry.weight),
        level: Math.max(last.level, entry.level),
        steps: last.steps | entry.steps,
      };
    }
  }
  return union;
}

/** Marks sorted by time, then id, then value; exact repeats once, with the greatest level. */
export function unionOfMarks(marks: readonly Mark[]): Mark[] {
  const sorted = sortedByTime(marks, byTimeIdValue);
  const union: Mark[] = [];
  for (const mark of sorted) {
    const last = union.at(-1);
    if (last === undefined || last.id !== mark.id || last.timeMs !== mark.timeMs || last.value !== mark.value) {
      union.push(mark);
    } else if (mark.level > last.level) {
      union[union.length - 1] = mark;
    }
  }
  return union;
}

/** Order of entries and marks: time, then id. */
function byTimeThenId(a: { timeMs: number; id: string }, b: { timeMs: number; id: string }): number {
  return a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function byTimeIdValue(a: Mark, b: Mark): number {
  return byTimeThenId(a, b) || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
}

/**
 * The items in the order that `compare` gives, of which time is the first part. Numbers sort ten times faster than
 * objects: so times, each with its item's place, are sorted first, and items are only compared where times are equal.
 */
function sortedByTime<T extends { readonly timeMs: number }>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): T[] {
  const size = items.length;
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { timeMs } of items) {
    if (timeMs < fromMs) fromMs = timeMs;
    if (timeMs > toMs) toMs = timeMs;
  }
  if (size < 16 || (toMs - fromMs + 1) * size > Number.MAX_SAFE_INTEGER) return [...items].sort(compare);
  const places = new Float64Array(size);
  for (let place = 0; place < size; place++) places[place] = ((items[place] as T).timeMs - fromMs) * size + place;
  places.sort();
  const sorted: T[] = [];
  for (const place of places) sorted.push(items[place % size] as T);
  for (let start = 0, end = 1; start < size; start = end++) {
    const { timeMs } = sorted[start] as T;
    while (end < size && (sorted[end] as T).timeMs === timeMs) end++;
    if (end - start === 1) continue;
    const together = sorted.slice(start, end).sort(compare);
    for (let index = start; index < end; index++) sorted[index] = together[index - start] as T;
  }
  return sorted;
}

/**
 * All firings of count, sum, sequence and silence windows, by ascending time.
 * @param entries as `unionOfEntries` returns them. A firing at t is right if all entries of (t − withinMs, t] are here.
 */
export function verdictOfEntries(spec: WindowSpec, entries: readonly Entry[]): Firing[] {
  if (spec.kind === 'sequence') return sequenceFirings(spec, entries);
  if (spec.kind === 'silence') return silences(spec, entries);
  if (!hasRepeatedId(entries)) return slide(spec, entries, spec.kind === 'sum' ? new PlainSum() : new PlainCount());
  return slide(spec, entries, spec.kind === 'sum' ? new SumOfIds() : new CountOfIds());
}

/** All firings of a distinct window over marks as `unionOfMarks` returns them, by ascending time. */
export function verdictOfMarks(spec: WindowSpec, marks: readonly Mark[]): Firing[] {
  const { groupsMin = 0 } = spec;
  return slide(spec, marks, groupsMin > 0 ? new CountOfGroupedValues(groupsMin) : new CountOfValues());
}

interface Tally<T> {
  readonly total: number;
  add(item: T): void;
  remove(item: T): void;
}

/** Moves the window over the sorted items, one step per distinct time. */
function slide<T extends { timeMs: number; level: number }>(
  spec: WindowSpec,
  items: readonly T[],
  tally: Tally<T>,
): Firing[] {
  const firings: Firing[] = [];
  const levels = [0, 0, 0, 0, 0];
  const lowest = spec.tiers[0].threshold;
  let from = 0;
  let to = 0;
  while (to < items.length) {
    const timeMs = (items[to] as T).timeMs;
    for (; to < items.length && (items[to] as T).timeMs === timeMs; to++) {
      const item = items[to] as T;
      tally.add(item);
      levels[item.level] = (levels[item.level] ?? 0) + 1;
    }
    for (; (items[from] as T).timeMs <= timeMs - spec.withinMs; from++) {
      const item = items[from] as T;
      tally.remove(item);
      levels[item.level] = (levels[item.level] ?? 0) - 1;
    }
    const count = tally.total;
    if (count >= lowest) {
      const level = spec.levelFromEvents ? highest(levels) : tierLevel(spec.tiers, count);
      firings.push({ timeMs, count, level, from, to });
    }
  }
  return firings;
}

function highest(levels: readonly number[]): number {
  for (let level = levels.length - 1; level > 0; level--) if ((levels[level] ?? 0) > 0) return level;
  return 0;
}

/** The level that a count earns: the highest of the tiers it reaches. */
function tierLevel(tiers: readonly LevelTier[], count: number): number {
  let level = 0;
  for (const tier of tiers) if (count >= tier.threshold) level = Math.max(level, tier.level);
  return level;
}

/** Entries of which no two have the same id. */
class PlainCount implements Tally<Entry> {
  total = 0;
  add(): void {
    this.total++;
  }
  remove(): void {
    this.total--;
  }
}

/** Weights of entries of which no two have the same id. */
class PlainSum implements Tally<Entry> {
  total = 0;
  private count = 0;
  add({ weight }: Entry): void {
    this.total += weight;
    this.count++;
  }
  remove({ weight }: Entry): void {
    this.total -= weight;
    this.count--;
    if (this.count === 0) this.total = 0; // no drift from adding and subtracting fractions
  }
}

/** Distinct ids; the same id at two times (an addendum with another eventTime) counts once. */
class CountOfIds implements Tally<Entry> {
  private readonly times = new Map<string, number>();
  get total(): number {
    return this.times.size;
  }
  add({ id }: Entry): void {
    this.times.set(id, (this.times.get(id) ?? 0) + 1);
  }
  remove({ id }: Entry): void {
    const left = (this.times.get(id) ?? 1) - 1;
    if (left === 0) this.times.delete(id);
    else this.times.set(id, left);
  }
}

/** Sum over distinct ids of their greatest weight in the window. */
class SumOfIds implements Tally<Entry> {
  private readonly weights = new Map<string, number[]>();
  private sum = 0;
  get total(): number {
    return this.sum;
  }
  add({ id, weight }: Entry): void {
    const weights = this.weights.get(id) ?? [];
    this.sum -= greatest(weights);
    weights.push(weight);
    this.sum += greatest(weights);
    this.weights.set(id, weights);
  }
  remove({ id, weight }: Entry): void {
    const weights = this.weights.get(id) ?? [];
    this.sum -= greatest(weights);
    weights.splice(weights.indexOf(weight), 1);
    this.sum += greatest(weights);
    if (weights.length === 0) this.weights.delete(id);
    if (this.weights.size === 0) this.sum = 0; // no drift from adding and subtracting fractions
  }
}

function greatest(weights: readonly number[]): number {
  let most = 0;
  for (const weight of weights) if (weight > most) most = weight;
  return most;
}

class CountOfValues implements Tally<Mark> {
  private readonly times = new Map<string, number>();
  get total(): number {
    return this.times.size;
  }
  add({ value }: Mark): void {
    this.times.set(value, (this.times.get(value) ?? 0) + 1);
  }
  remove({ value }: Mark): void {
    const left = (this.times.get(value) ?? 1) - 1;
    if (left === 0) this.times.delete(value);
    else this.times.set(value, left);
  }
}

/** Distinct values, and none while they are of too few groups. */
class CountOfGroupedValues implements Tally<Mark> {
  private readonly values = new CountOfValues();
  private readonly groups = new CountOfValues();
  constructor(private readonly groupsMin: number) {}
  get total(): number {
    return this.groups.total < this.groupsMin ? 0 : this.values.total;
  }
  add(mark: Mark): void {
    this.values.add(mark);
    this.groups.add({ ...mark, value: groupOf(mark) });
  }
  remove(mark: Mark): void {
    this.values.remove(mark);
    this.groups.remove({ ...mark, value: groupOf(mark) });
  }
}

function groupOf({ value }: Mark): string {
  const end = value.indexOf(':');
  return end < 0 ? value : value.slice(0, end);
}

/** Gaps longer than the window: each fires at the event that ends it; the count is its length in whole minutes. */
function silences({ withinMs, tiers }: WindowSpec, entries: readonly Entry[]): Firing[] {
  const firings: Firing[] = [];
  for (let to = 1; to < entries.length; to++) {
    const { timeMs } = entries[to] as Entry;
    const gapMs = timeMs - (entries[to - 1] as Entry).timeMs;
    if (gapMs > withinMs) {
      firings.push({ timeMs, count: Math.floor(gapMs / 60_000), level: tiers[0].level, from: to - 1, to: to + 1 });
    }
  }
  return firings;
}

function sequenceFirings(spec: WindowSpec, entries: readonly Entry[]): Firing[] {
  const firings: Firing[] = [];
  let from = 0;
  let to = 0;
  /** Earliest time of an assignment already found: while it stays inside the window, the window qualifies. */
  let foundFromMs = Number.NEGATIVE_INFINITY;
  while (to < entries.length) {
    const timeMs = (entries[to] as Entry).timeMs;
    while (to < entries.length && (entries[to] as Entry).timeMs === timeMs) to++;
    while ((entries[from] as Entry).timeMs <= timeMs - spec.withinMs) from++;
    if (foundFromMs <= timeMs - spec.withinMs) {
      foundFromMs = assignmentStart(spec.stepCounts, entries, from, to) ?? Number.NEGATIVE_INFINITY;
      if (foundFromMs === Number.NEGATIVE_INFINITY) continue;
    }
    let level = spec.tiers[0].level;
    if (spec.levelFromEvents) {
      level = 0;
      for (let index = from; index < to; index++) level = Math.max(level, (entries[index] as Entry).level);
    }
    firings.push({ timeMs, count: distinctIds(entries, from, to), level, from, to });
  }
  return firings;
}

function distinctIds(entries: readonly Entry[], from: number, to: number): number {
  const ids = new Set<string>();
  for (let index = from; index < to; index++) ids.add((entries[index] as Entry).id);
  return ids.size;
}

/**
 * Looks for an assignment of distinct events to steps: step i takes `counts[i]` of the events that fit it, and every
 * event of step i + 1 is at or after every event of step i, less the slack. Returns a time at or before the assignment's
 * earliest event, or undefined if there is none.
 *
 * Given the time at which each step ends (its cutoff), step i may take from the events that fit it in
 * [cutoff(i − 1) − slack, cutoff(i)]. By Hall's theorem distinct events exist for all steps exactly if every set of
 * steps together has as many candidates as it needs. So only cutoffs are searched, earliest first.
 */
function assignmentStart(
  counts: readonly number[],
  entries: readonly Entry[],
  from: number,
  to: number,
): number | undefined {
  const window = entries.slice(from, to).filter((entry) => entry.steps !== 0);
  const fitting = counts.map((_, step) => window.filter((entry) => (entry.steps & (1 << step)) !== 0));
  if (fitting.some((candidates, step) => distinctIds(candidates, 0, candidates.length) < (counts[step] ?? 1))) {
    return undefined;
  }
  const ambiguous = window.some((entry) => (entry.steps & (entry.steps - 1)) !== 0) || hasRepeatedId(window);
  const cutoffs: number[] = [];
  const earliestStart = window[0]?.timeMs;

  const place = (step: number, notBeforeMs: number): boolean => {
    if (step === counts.length) return !ambiguous || everySetHasEnough(counts, fitting, cutoffs);
    const candidates = fitting[step] ?? [];
    const seen = new Set<string>();
    let lastTimeMs = Number.NaN;
    for (const { timeMs, id } of candidates) {
      if (timeMs < notBeforeMs) continue;
      seen.add(id);
      if (seen.size < (counts[step] ?? 1) || timeMs === lastTimeMs) continue;
      lastTimeMs = timeMs;
      cutoffs[step] = timeMs;
      if (place(step + 1, timeMs - SEQUENCE_SLACK_MS)) return true;
      // Without events that fit two steps, the earliest cutoff leaves the next steps the most: a later one can't help.
      if (!ambiguous) return false;
    }
    return false;
  };
  return place(0, Number.NEGATIVE_INFINITY) ? earliestStart : undefined;
}

function hasRepeatedId(entries: readonly Entry[]): boolean {
  return new Set(entries.map((entry) => entry.id)).size !== entries.length;
}

function everySetHasEnough(
  counts: readonly number[],
  fitting: readonly (readonly Entry[])[],
  cutoffs: readonly number[],
): boolean {
  const candidates = fitting.map((entries, step) => {
    const fromMs = step === 0 ? Number.NEGATIVE_INFINITY : (cutoffs[step - 1] as number) - SEQUENCE_SLACK_MS;
    return entries.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= (cutoffs[step] as number)).map(({ id }) => id);
  });
  for (let set = 1; set < 1 << counts.length; set++) {
    const ids = new Set<string>();
    let needed = 0;
    for (let step = 0; step < counts.length; step++) {
      if ((set & (1 << step)) === 0) continue;
      needed += counts[step] ?? 1;
      for (const id of candidates[step] ?? []) ids.add(id);
    }
    if (ids.size < needed) return false;
  }
  return true;
}
