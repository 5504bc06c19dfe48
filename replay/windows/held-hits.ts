import type { Settling } from '../../lambda/alerts/settle';
import type { ActiveRule } from '../../lambda/rules/active-rule';
import { readUuid } from '../../lambda/windows/packed-uuid';
import { slotOf } from '../../lambda/windows/slots';
import type { Entry, Mark } from '../../lambda/windows/verdict';
import type { Sample } from '../evidence-again';
import { isBefore, sampleSlot } from '../extract';
import { holdMemory } from '../memory';
import { HitLog, type LoggedHit } from './hit-log';
import { Numbers } from './numbers';
import { HIT_WORDS, readMoment } from './packed-hit';
import { type HitGroup, ROW_WORDS, type WindowHits } from './window-hits';

/** A key of a rule's window, in one track. Its hits are in the log, under its number. */
export interface Key {
  readonly active: ActiveRule;
  readonly track: string;
  readonly text: string;
  number: number;
  /** `sampleSlot` → earliest event: alerts show these. Of rules that defer what alerts show, none. */
  samples: Map<number, Sample> | undefined;
  /** The latest settled bucket, for continuation. */
  settled: Settling | undefined;
}

/** A hit that did not come in columns. */
export interface SingleHit {
  readonly id: string;
  readonly timeMs: number;
  readonly level: number;
  readonly steps: number;
  readonly weight: number;
  /** Of a distinct window. */
  readonly values: readonly string[];
}

/** What a sample weighs beside hits. */
const HITS_OF_SAMPLE = 16;

/** Hits of a key of a distinct window above which those between the first and the last of a slot and value are dropped. */
const COMPACT_ABOVE = 1_024;

/** Keys that are judged before somebody looks at how much memory that took. */
const KEYS_AT_ONCE = 1_000;

/**
 * Hits of all rules' windows, until they are judged. Rules and keys only name them: what a key holds is put together for
 * those few that have enough for a verdict.
 */
export class HeldHits {
  private byName = new Map<ActiveRule, Map<string, Map<string, Key>>>();
  private keys: Key[] = [];
  private log = new HitLog();
  private values = new Numbers();
  /** Table of an extractor's groups → their places; table of its values → their numbers. */
  private placesOfGroups = new WeakMap<readonly HitGroup[], number[]>();
  private numbersOfValues = new WeakMap<readonly string[], number[]>();
  private samples = 0;

  constructor(private readonly rules: readonly ActiveRule[]) {}

  /** What is held, in hits. */
  get weight(): number {
    return this.log.length + this.samples * HITS_OF_SAMPLE;
  }

  /** @param input number of the input that they came from, by which records are asked for */
  add({ groups, rows, amounts, values, oddIds, shown, texts }: WindowHits, input: number): void {
    const places = this.placesOf(groups);
    const numbers = this.numbersOf(values);
    const { log } = this;
    for (let row = 0; row < amounts.length; row++) {
      const offset = row * ROW_WORDS;
      const group = rows[offset + HIT_WORDS] as number;
      let place = places[group] as number;
      if (place < 0) {
        place = this.placeOf(groups[group] as HitGroup);
        places[group] = place;
      }
      const given = amounts[row] as number;
      const amount = place % 2 === 1 ? (numbers[given] as number) : given;
      const oddId = oddIds.size === 0 ? undefined : oddIds.get(row);
      if (oddId === undefined) log.addPacked(place >>> 1, rows, offset, amount, input);
      else log.add(place >>> 1, { id: oddId, ...readMoment(rows, offset), amount, input });
    }
    for (const [row, text] of shown) {
      const offset = row * ROW_WORDS;
      const place = places[rows[offset + HIT_WORDS] as number] as number;
      const id = oddIds.get(row) ?? readUuid(rows, offset);
      const sample = { id, ...readMoment(rows, offset), text: texts[text] as string, input };
      this.addSample(this.keys[place >>> 1] as Key, sample);
    }
  }

  /** @param text the record, see `recordText`; empty where no alert shows it */
  addOne(active: ActiveRule, track: string, key: string, hit: SingleHit, text: string): void {
    const { id, timeMs, level, steps, weight, values } = hit;
    const found = this.keyOf(active, track, key);
    const amounts = isDistinct(active) ? values.map((value) => this.values.of(value)) : [weight];
    for (const amount of amounts) this.log.add(found.number, { id, timeMs, level, steps, amount, input: 0 });
    if (text !== '') this.addSample(found, { id, timeMs, level, steps, text, input: 0 });
  }

  /** Keys of a rule's track. */
  keysIn(active: ActiveRule, track: string): number {
    return this.byName.get(active)?.get(track)?.size ?? 0;
  }

  /**
   * Hands over all that is held, key by key, and begins anew.
   * @param visit what it returns is the time, in milliseconds, from which on hits of the key stay; undefined: the key goes
   */
  judge(visit: (key: Key, hits: HitsOfKey) => number | undefined): void {
    const { log, values } = this;
    const keys: (Key | undefined)[] = this.keys;
    const rows = log.byKey(keys.length);
    this.keys = [];
    this.log = new HitLog();
    this.values = new Numbers();
    this.placesOfGroups = new WeakMap();
    this.numbersOfValues = new WeakMap();
    this.samples = 0;
    for (const [index, key] of keys.entries()) {
      if (key === undefined) continue;
      keys[index] = undefined; // makes room for what comes of it
      if (index % KEYS_AT_ONCE === 0) holdMemory();
      const hits = new HitsOfKey(key.active, rows.of(key.number), log, values);
      const fromMs = visit(key, hits);
      if (fromMs === undefined) this.byName.get(key.active)?.get(key.track)?.delete(key.text);
      else this.keep(key, hits, fromMs);
    }
  }

  private keep(key: Key, hits: HitsOfKey, fromMs: number): void {
    for (const [slot, { timeMs }] of key.samples ?? []) if (timeMs < fromMs) key.samples?.delete(slot);
    this.samples += key.samples?.size ?? 0;
    key.number = this.keys.push(key) - 1;
    hits.copyTo(this.log, key.number, fromMs, this.values);
  }

  /** For each of an extractor's groups its `placeOf`, or -1 where nothing came for it yet. */
  private placesOf(groups: readonly HitGroup[]): number[] {
    let places = this.placesOfGroups.get(groups);
    if (places === undefined) {
      places = [];
      this.placesOfGroups.set(groups, places);
    }
    while (places.length < groups.length) places.push(-1);
    return places;
  }

  /** The number of the group's key, doubled, and one more where the window is distinct. */
  private placeOf({ rule, track, key }: HitGroup): number {
    const { number, active } = this.keyOf(this.rules[rule] as ActiveRule, track, key);
    return number * 2 + (isDistinct(active) ? 1 : 0);
  }

  /** The numbers of an extractor's values, by the values' indices. */
  private numbersOf(values: readonly string[]): readonly number[] {
    let numbers = this.numbersOfValues.get(values);
    if (numbers === undefined) {
      numbers = [];
      this.numbersOfValues.set(values, numbers);
    }
    while (numbers.length < values.length) numbers.push(this.values.of(values[numbers.length] as string));
    return numbers;
  }

  private keyOf(active: ActiveRule, track: string, text: string): Key {
    let tracks = this.byName.get(active);
    if (tracks === undefined) {
      tracks = new Map();
      this.byName.set(active, tracks);
    }
    let ofTrack = tracks.get(track);
    if (ofTrack === undefined) {
      ofTrack = new Map();
      tracks.set(track, ofTrack);
    }
    let key = ofTrack.get(text);
    if (key === undefined) {
      key = { active, track, text, number: this.keys.length, samples: undefined, settled: undefined };
      ofTrack.set(text, key);
      this.keys.push(key);
    }
    return key;
  }

  private addSample(key: Key, sample: Omit<Sample, 'rule'>): void {
    const { active } = key;
    key.samples ??= new Map();
    const slot = sampleSlot(active, sample.timeMs, sample.level, sample.steps);
    const known = key.samples.get(slot);
    if (known === undefined) this.samples++;
    else if (!isBefore(sample, known)) return;
    key.samples.set(slot, { rule: active.rule.id, ...sample });
  }
}

/** Hits of one key, as the log has them. */
export class HitsOfKey {
  constructor(
    private readonly active: ActiveRule,
    private readonly rows: Uint32Array,
    private readonly log: HitLog,
    private readonly values: Numbers,
  ) {}

  /** Hits held, repeats included. */
  get length(): number {
    return this.rows.length;
  }

  /** Those before `endMs`, in no particular order. */
  entries(endMs: number): Entry[] {
    const found: Entry[] = [];
    for (const row of this.rows) {
      if (this.log.timeOf(row) >= endMs) continue;
      const { id, timeMs, amount: weight, level, steps } = this.log.at(row);
      found.push({ id, timeMs, weight, level, steps });
    }
    return found;
  }

  /**
   * Of a distinct window: the earliest and the latest use of each slot, level and value, of those before `endMs`, in no
   * particular order.
   */
  marks(endMs: number): Mark[] {
    return this.edges(endMs).map((row) => {
      const { id, timeMs, amount, level } = this.log.at(row);
      return { id, timeMs, value: this.values.texts[amount] as string, level };
    });
  }

  /** Of each slot, level and set of steps the earliest hit, of those with fromMs ≤ time ≤ toMs. */
  earliest(fromMs: number, toMs: number): LoggedHit[] {
    const { log } = this;
    const found = new Map<number, number>();
    for (const row of this.rows) {
      const timeMs = log.timeOf(row);
      if (timeMs < fromMs || timeMs > toMs) continue;
      const group = Math.floor(timeMs / this.active.slotMs) * 2 ** 22 + log.kindOf(row);
      const known = found.get(group);
      if (known === undefined || log.isBefore(row, known)) found.set(group, row);
    }
    return [...found.values()].map((row) => log.at(row));
  }

  /** Rows of the earliest and the latest use of each slot, level and value; once where they are the same. */
  private edges(endMs: number): number[] {
    const { log } = this;
    const slots = new Map<number, Map<number, { first: number; last: number }>>();
    for (const row of this.rows) {
      const timeMs = log.timeOf(row);
      if (timeMs >= endMs) continue;
      const slot = Math.floor(timeMs / this.active.slotMs) * 8 + (log.kindOf(row) & 7);
      let ofSlot = slots.get(slot);
      if (ofSlot === undefined) {
        ofSlot = new Map();
        slots.set(slot, ofSlot);
      }
      const value = log.amountOf(row);
      const known = ofSlot.get(value);
      if (known === undefined) ofSlot.set(value, { first: row, last: row });
      else if (log.isBefore(row, known.first)) known.first = row;
      else if (log.isBefore(known.last, row)) known.last = row;
    }
    const found: number[] = [];
    for (const ofSlot of slots.values()) {
      for (const { first, last } of ofSlot.values()) {
        found.push(first);
        if (last !== first) found.push(last);
      }
    }
    return found;
  }

  /**
   * Those among which a window of this length may hold so much, by whole slots; undefined when none may. A cheap look at
   * times and amounts, in which repeats are counted: so what is returned promises nothing.
   * @param atLeast hits or different values; of a sum its weights, whenever they were
   */
  around(atLeast: number, withinMs: number): HitsOfKey | undefined {
    const { active, rows, log } = this;
    if (active.window?.kind === 'sum') {
      return rows.reduce((total, row) => total + log.amountOf(row), 0) >= atLeast ? this : undefined;
    }
    if (rows.length < atLeast) return undefined;
    if (atLeast <= 1) return this;
    const times = new Float64Array(rows.length);
    for (let index = 0; index < rows.length; index++) times[index] = log.timeOf(rows[index] as number);
    const spans = crowded(times.slice().sort(), atLeast, withinMs, active.slotMs);
    if (spans.length === 0) return undefined;
    const near = rows.filter((_, index) =>
      spans.some(([from, to]) => (times[index] as number) >= from && (times[index] as number) < to),
    );
    if (isDistinct(active) && this.different(near) < atLeast) return undefined;
    return new HitsOfKey(active, near, log, this.values);
  }

  private different(rows: Uint32Array): number {
    const amounts = new Set<number>();
    for (const row of rows) amounts.add(this.log.amountOf(row));
    return amounts.size;
  }

  /** The time of the latest hit before `endMs`, if there is one. */
  lastBefore(endMs: number): number | undefined {
    let lastMs: number | undefined;
    for (const row of this.rows) {
      const timeMs = this.log.timeOf(row);
      if (timeMs < endMs && (lastMs === undefined || timeMs > lastMs)) lastMs = timeMs;
    }
    return lastMs;
  }

  /** Whether any hit is at or after the time. */
  reaches(fromMs: number): boolean {
    return this.rows.some((row) => this.log.timeOf(row) >= fromMs);
  }

  /** Copies hits at or after the time into another log, under another number. */
  copyTo(log: HitLog, number: number, fromMs: number, values: Numbers): void {
    const distinct = isDistinct(this.active);
    const isMuch = distinct && this.rows.length > COMPACT_ABOVE;
    for (const row of isMuch ? this.edges(Number.POSITIVE_INFINITY) : this.rows) {
      if (this.log.timeOf(row) < fromMs) continue;
      const amount = this.log.amountOf(row);
      log.take(this.log, row, number, distinct ? values.of(this.values.texts[amount] as string) : amount);
    }
  }
}

function isDistinct({ window }: ActiveRule): boolean {
  return window?.kind === 'distinct';
}

/**
 * When so many are within so long a time: [from, to) by whole slots, one behind the other.
 * @param times ascending
 */
function crowded(times: Float64Array, count: number, withinMs: number, slotMs: number): [number, number][] {
  const spans: [number, number][] = [];
  for (let index = count - 1; index < times.length; index++) {
    const timeMs = times[index] as number;
    if (timeMs - (times[index - count + 1] as number) >= withinMs) continue;
    // All of the window, whose first hits are earlier than those that suffice.
    const fromMs = slotOf(timeMs - withinMs + 1, slotMs);
    const toMs = slotOf(timeMs, slotMs) + slotMs;
    const last = spans.at(-1);
    if (last !== undefined && fromMs <= last[1]) last[1] = toMs;
    else spans.push([fromMs, toMs]);
  }
  return spans;
}
