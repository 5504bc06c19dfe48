import type { Settling } from '../lambda/alerts/settle';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { ENTRY_WORDS, PackedEntries, readMoment, readUuid } from '../lambda/windows/packed-entries';
import type { Mark } from '../lambda/windows/verdict';
import type { Sample } from './evidence-again';
import { isBefore, sampleSlot } from './extract';
import { HitLog, type RowsByKey } from './hit-log';
import { holdMemory } from './memory';
import { type HitGroup, ROW_WORDS, type WindowHits } from './window-hits';

/** A rule as the windows see it. */
export interface WindowRule {
  readonly active: ActiveRule;
  /** What alerts show is found among the hits themselves, and their records in the inputs. */
  readonly isDeferred: boolean;
}

/** A key of a rule's window, in one track. Its hits are in the log, under its number. */
export interface Key {
  readonly rule: WindowRule;
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
  private byName = new Map<WindowRule, Map<string, Map<string, Key>>>();
  private keys: Key[] = [];
  private log = new HitLog();
  private values = new Numbers();
  /** Table of an extractor's groups → their keys; table of its values → their numbers. */
  private keysOfGroups = new WeakMap<readonly HitGroup[], (Key | undefined)[]>();
  private numbersOfValues = new WeakMap<readonly string[], number[]>();
  private samples = 0;

  constructor(private readonly rules: readonly WindowRule[]) {}

  /** What is held, in hits. */
  get weight(): number {
    return this.log.length + this.samples * HITS_OF_SAMPLE;
  }

  /** @param input number of the input that they came from, by which records are asked for */
  add({ groups, rows, amounts, values, oddIds, shown, texts }: WindowHits, input: number): void {
    const keys = this.keysOf(groups);
    const numbers = this.numbersOf(values);
    const { log } = this;
    for (let row = 0; row < amounts.length; row++) {
      const offset = row * ROW_WORDS;
      const group = rows[offset + ENTRY_WORDS] as number;
      const { number, rule } = keys[group] ?? this.keyOfGroup(groups, group, keys);
      const given = amounts[row] as number;
      const amount = isDistinct(rule) ? (numbers[given] as number) : given;
      const oddId = oddIds.size === 0 ? undefined : oddIds.get(row);
      if (oddId === undefined) log.addPacked(rows, offset, number, amount, input);
      else {
        const { timeMs, level, steps } = readMoment(rows, offset);
        log.add(oddId, timeMs, level, steps, number, amount, input);
      }
    }
    for (const [row, text] of shown) {
      const offset = row * ROW_WORDS;
      const key = keys[rows[offset + ENTRY_WORDS] as number] as Key;
      const id = oddIds.get(row) ?? readUuid(rows, offset);
      this.addSample(key, { id, ...readMoment(rows, offset), text: texts[text] as string, input });
    }
  }

  /** @param text the record, see `recordText`; empty where no alert shows it */
  addOne(rule: WindowRule, track: string, key: string, hit: SingleHit, text: string): void {
    const { id, timeMs, level, steps, weight, values } = hit;
    const found = this.keyOf(rule, track, key);
    const amounts = isDistinct(rule) ? values.map((value) => this.values.of(value)) : [weight];
    for (const amount of amounts) this.log.add(id, timeMs, level, steps, found.number, amount, 0);
    if (text !== '') this.addSample(found, { id, timeMs, level, steps, text, input: 0 });
  }

  /** Keys of a rule's track. */
  keysIn(rule: WindowRule, track: string): number {
    return this.byName.get(rule)?.get(track)?.size ?? 0;
  }

  /**
   * Hands over all that is held, key by key, and begins anew.
   * @param visit what it returns is the time, in milliseconds, from which on hits of the key stay; undefined: the key goes
   */
  judge(visit: (key: Key, hits: HitsOfKey) => number | undefined): void {
    const { keys, log, values } = this;
    const rows = log.byKey(keys.length);
    this.keys = [];
    this.log = new HitLog();
    this.values = new Numbers();
    this.keysOfGroups = new WeakMap();
    this.numbersOfValues = new WeakMap();
    this.samples = 0;
    for (const [index, key] of keys.entries()) {
      if (index % KEYS_AT_ONCE === 0) holdMemory();
      const hits = new HitsOfKey(key, rows, log, values);
      const fromMs = visit(key, hits);
      if (fromMs === undefined) this.byName.get(key.rule)?.get(key.track)?.delete(key.text);
      else this.keep(key, hits, fromMs);
    }
  }

  private keep(key: Key, hits: HitsOfKey, fromMs: number): void {
    for (const [slot, { timeMs }] of key.samples ?? []) if (timeMs < fromMs) key.samples?.delete(slot);
    this.samples += key.samples?.size ?? 0;
    key.number = this.keys.push(key) - 1;
    hits.copyTo(this.log, key.number, fromMs, this.values);
  }

  /** The keys of an extractor's groups, by the groups' indices, as far as they are known. */
  private keysOf(groups: readonly HitGroup[]): (Key | undefined)[] {
    let keys = this.keysOfGroups.get(groups);
    if (keys === undefined) {
      keys = [];
      this.keysOfGroups.set(groups, keys);
    }
    while (keys.length < groups.length) keys.push(undefined); // without holes, which are slow to read
    return keys;
  }

  private keyOfGroup(groups: readonly HitGroup[], group: number, keys: (Key | undefined)[]): Key {
    const { rule, track, key } = groups[group] as HitGroup;
    const found = this.keyOf(this.rules[rule] as WindowRule, track, key);
    keys[group] = found;
    return found;
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

  private keyOf(rule: WindowRule, track: string, text: string): Key {
    let tracks = this.byName.get(rule);
    if (tracks === undefined) {
      tracks = new Map();
      this.byName.set(rule, tracks);
    }
    let ofTrack = tracks.get(track);
    if (ofTrack === undefined) {
      ofTrack = new Map();
      tracks.set(track, ofTrack);
    }
    let key = ofTrack.get(text);
    if (key === undefined) {
      key = { rule, track, text, number: this.keys.length, samples: undefined, settled: undefined };
      ofTrack.set(text, key);
      this.keys.push(key);
    }
    return key;
  }

  private addSample(key: Key, sample: Omit<Sample, 'rule'>): void {
    const { active } = key.rule;
    key.samples ??= new Map();
    const slot = sampleSlot(active, sample.timeMs, sample.level, sample.steps);
    const known = key.samples.get(slot);
    if (known === undefined) this.samples++;
    else if (!isBefore(sample, known)) return;
    key.samples.set(slot, { rule: active.rule.id, ...sample });
  }
}

/** The hits of one key. */
export class HitsOfKey {
  private readonly rows: Uint32Array;
  private made: PackedEntries | undefined;

  constructor(
    private readonly key: Key,
    rows: RowsByKey,
    private readonly log: HitLog,
    private readonly values: Numbers,
  ) {
    this.rows = rows.of(key.number);
  }

  /** Hits held, repeats included. */
  get length(): number {
    return this.rows.length;
  }

  /** All of them. The number of a value stands where entries of a sum have their weight. */
  get entries(): PackedEntries {
    if (this.made === undefined) {
      const { active, isDeferred } = this.key.rule;
      const kind = active.window?.kind;
      const weights = kind === 'sum' ? 'any' : kind === 'distinct' ? 'whole' : undefined;
      this.made = new PackedEntries({ ...(weights && { weights }), origins: isDeferred, capacity: this.length });
      for (const row of this.rows) this.log.copyTo(this.made, row);
    }
    return this.made;
  }

  /** Of a distinct window: the earliest and the latest use of each slot, level and value, of those before `endMs`. */
  marks(endMs: number): Mark[] {
    return this.entries.edges(this.key.rule.active.slotMs, endMs).map((index) => {
      const { id, timeMs, weight, level } = this.entries.at(index);
      return { id, timeMs, value: this.values.at(weight), level };
    });
  }

  /**
   * False when no window of this length can hold so much, by a cheap look at times and amounts: repeats are counted, so
   * true promises nothing.
   */
  mayHold(atLeast: number, withinMs: number): boolean {
    const { rows, log } = this;
    if (this.key.rule.active.window?.kind === 'sum') {
      return rows.reduce((total, row) => total + log.amountOf(row), 0) >= atLeast;
    }
    if (rows.length < atLeast || !this.areWithin(atLeast, withinMs)) return false;
    return !isDistinct(this.key.rule) || new Set(Array.from(rows, (row) => log.amountOf(row))).size >= atLeast;
  }

  /** Whether so many hits are within so long a time. */
  private areWithin(count: number, withinMs: number): boolean {
    if (count <= 1) return true;
    const times = Float64Array.from(this.rows, (row) => this.log.timeOf(row)).sort();
    for (let index = count - 1; index < times.length; index++) {
      if ((times[index] as number) - (times[index - count + 1] as number) < withinMs) return true;
    }
    return false;
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
    const { active } = this.key.rule;
    let { rows } = this;
    if (isDistinct(this.key.rule) && rows.length > COMPACT_ABOVE) {
      const all = rows;
      rows = Uint32Array.from(
        this.entries.edges(active.slotMs, Number.POSITIVE_INFINITY),
        (index) => all[index] as number,
      );
    }
    for (const row of rows) {
      if (this.log.timeOf(row) < fromMs) continue;
      const amount = this.log.amountOf(row);
      const given = isDistinct(this.key.rule) ? values.of(this.values.at(amount)) : amount;
      log.take(this.log, row, number, given);
    }
  }
}

function isDistinct({ active }: WindowRule): boolean {
  return active.window?.kind === 'distinct';
}

/** Numbers for texts, from 0. */
class Numbers {
  private readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }

  at(number: number): string {
    return this.texts[number] as string;
  }
}
