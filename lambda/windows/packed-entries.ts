import { createHash } from 'node:crypto';
import type { Entry } from './verdict';

/** An entry that people may be shown, and where it came from. */
export interface Origin {
  readonly id: string;
  readonly timeMs: number;
  readonly level: number;
  readonly steps: number;
  /** As given to `add`. */
  readonly origin: number;
}

/** 32-bit words per entry: 4 of id, 1 of seconds, 1 of milliseconds, level and steps. */
export const ENTRY_WORDS = 6;
/** Entries that a new key has room for: most keys have few. */
const CAPACITY = 4;

/**
 * Entries of one window key in 24 bytes each (8 more with weights, 4 more with origins), for hundreds of thousands of
 * keys and millions of entries in memory. Ids that are UUIDs are packed; others are kept beside, under a hash.
 */
export class PackedEntries {
  private words: Uint32Array = new Uint32Array(ENTRY_WORDS * CAPACITY);
  private weights: Float64Array | undefined;
  private origins: Uint32Array | undefined;
  private odd: Map<string, string> | undefined;
  private size = 0;

  constructor(withWeights: boolean, withOrigins = false) {
    if (withWeights) this.weights = new Float64Array(CAPACITY);
    if (withOrigins) this.origins = new Uint32Array(CAPACITY);
  }

  /** Entries held, repeats included. */
  get length(): number {
    return this.size;
  }

  add(id: string, timeMs: number, weight: number, level: number, steps: number, origin = 0): void {
    this.makeRoom();
    const offset = this.size * ENTRY_WORDS;
    if (!writeUuid(id, this.words, offset)) this.writeOddId(id, offset);
    writeMoment(this.words, offset, timeMs, level, steps);
    this.addAside(weight, origin);
  }

  /** The same for an entry that is packed already: `writeUuid` and `writeMoment` at one offset. */
  addPacked(source: Uint32Array, offset: number, weight: number, origin = 0): void {
    this.makeRoom();
    const { words } = this;
    const at = this.size * ENTRY_WORDS;
    for (let word = 0; word < ENTRY_WORDS; word++) words[at + word] = source[offset + word] as number;
    this.addAside(weight, origin);
  }

  timeAt(index: number): number {
    const offset = index * ENTRY_WORDS + 4;
    return (this.words[offset] as number) * 1000 + ((this.words[offset + 1] as number) & 1023);
  }

  /**
   * False when no window of this length can hold so much, by a cheap look at times and weights: repeats are counted,
   * so true promises nothing.
   */
  mayHold(atLeast: number, withinMs: number): boolean {
    if (this.weights === undefined) return this.mayHoldEntries(atLeast, withinMs);
    let sum = 0;
    for (let index = 0; index < this.size; index++) sum += this.weights[index] as number;
    return sum >= atLeast;
  }

  /** The same for a number of entries, whatever their weights. */
  mayHoldEntries(atLeast: number, withinMs: number): boolean {
    if (this.size < atLeast) return false;
    const times = new Float64Array(this.size);
    for (let index = 0; index < this.size; index++) times[index] = this.timeAt(index);
    times.sort();
    for (let index = atLeast - 1; index < times.length; index++) {
      if ((times[index] as number) - (times[index - atLeast + 1] as number) < withinMs) return true;
    }
    return false;
  }

  /** Entries with fromMs < time ≤ toMs, in no particular order, repeats included. */
  between(fromMs: number, toMs: number): Entry[] {
    const found: Entry[] = [];
    for (let index = 0; index < this.size; index++) {
      const timeMs = this.timeAt(index);
      if (timeMs > fromMs && timeMs <= toMs) found.push(this.at(index));
    }
    return found;
  }

  /** Of each slot, level and set of steps the earliest entry, of those with fromMs ≤ time ≤ toMs. */
  earliest(slotMs: number, fromMs: number, toMs: number): Origin[] {
    const found = new Map<number, number>();
    for (let index = 0; index < this.size; index++) {
      const timeMs = this.timeAt(index);
      if (timeMs < fromMs || timeMs > toMs) continue;
      const group = Math.floor(timeMs / slotMs) * 2 ** 22 + ((this.words[index * ENTRY_WORDS + 5] as number) >>> 10);
      const known = found.get(group);
      if (known === undefined || this.isBefore(index, known)) found.set(group, index);
    }
    return [...found.values()].map((index) => ({ ...this.at(index), origin: this.originAt(index) }));
  }

  /**
   * Indices of the earliest and the latest entry of each slot, level and weight, of those before `endMs`; in no
   * particular order, and once where they are the same.
   */
  edges(slotMs: number, endMs: number): number[] {
    const slots = new Map<number, Map<number, { first: number; last: number }>>();
    for (let index = 0; index < this.size; index++) {
      const timeMs = this.timeAt(index);
      if (timeMs >= endMs) continue;
      const slot = Math.floor(timeMs / slotMs) * 8 + (((this.words[index * ENTRY_WORDS + 5] as number) >>> 10) & 7);
      let ofSlot = slots.get(slot);
      if (ofSlot === undefined) {
        ofSlot = new Map();
        slots.set(slot, ofSlot);
      }
      const weight = this.weightAt(index);
      const known = ofSlot.get(weight);
      if (known === undefined) ofSlot.set(weight, { first: index, last: index });
      else if (this.isBefore(index, known.first)) known.first = index;
      else if (this.isBefore(known.last, index)) known.last = index;
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

  at(index: number): Entry {
    const offset = index * ENTRY_WORDS;
    const packed = readUuid(this.words, offset);
    return {
      id: this.odd?.get(packed) ?? packed,
      ...readMoment(this.words, offset),
      weight: this.weightAt(index),
    };
  }

  /** Order of entries: time, then id. */
  private isBefore(one: number, other: number): boolean {
    const difference = this.timeAt(one) - this.timeAt(other);
    return difference < 0 || (difference === 0 && this.at(one).id < this.at(other).id);
  }

  originAt(index: number): number {
    return this.origins?.[index] ?? 0;
  }

  /** Forgets entries with time ≤ untilMs. */
  forget(untilMs: number): void {
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      if (this.timeAt(index) <= untilMs) continue;
      if (kept !== index) {
        this.words.copyWithin(kept * ENTRY_WORDS, index * ENTRY_WORDS, (index + 1) * ENTRY_WORDS);
        if (this.weights !== undefined) this.weights[kept] = this.weights[index] as number;
        if (this.origins !== undefined) this.origins[kept] = this.origins[index] as number;
      }
      kept++;
    }
    this.size = kept;
    if (kept === 0) this.odd = undefined;
    if (this.words.length > 64 * ENTRY_WORDS && kept * 4 * ENTRY_WORDS < this.words.length) {
      const capacity = Math.max(1, kept * 2);
      this.words = this.words.slice(0, capacity * ENTRY_WORDS);
      if (this.weights !== undefined) this.weights = this.weights.slice(0, capacity);
      if (this.origins !== undefined) this.origins = this.origins.slice(0, capacity);
    }
  }

  private makeRoom(): void {
    if (this.size * ENTRY_WORDS < this.words.length) return;
    const room = this.size * 2;
    this.words = grown(this.words, new Uint32Array(room * ENTRY_WORDS));
    if (this.weights !== undefined) this.weights = grown(this.weights, new Float64Array(room));
    if (this.origins !== undefined) this.origins = grown(this.origins, new Uint32Array(room));
  }

  private addAside(weight: number, origin: number): void {
    if (this.weights !== undefined) this.weights[this.size] = weight;
    if (this.origins !== undefined) this.origins[this.size] = origin;
    this.size++;
  }

  private weightAt(index: number): number {
    return this.weights === undefined ? 1 : (this.weights[index] as number);
  }

  private writeOddId(id: string, offset: number): void {
    const hash = createHash('sha256').update(id).digest();
    for (let word = 0; word < 4; word++) this.words[offset + word] = hash.readUInt32BE(word * 4);
    this.odd ??= new Map();
    this.odd.set(readUuid(this.words, offset), id);
  }
}

function grown<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Writes a time, a level (below 8) and steps (19 bits) behind the four words of an id. */
export function writeMoment(words: Uint32Array, offset: number, timeMs: number, level: number, steps: number): void {
  const seconds = Math.floor(timeMs / 1000);
  words[offset + 4] = seconds;
  words[offset + 5] = (timeMs - seconds * 1000) | (level << 10) | (steps << 13);
}

export function readMoment(words: Uint32Array, offset: number): { timeMs: number; level: number; steps: number } {
  const bits = words[offset + 5] as number;
  return {
    timeMs: (words[offset + 4] as number) * 1000 + (bits & 1023),
    level: (bits >>> 10) & 7,
    steps: bits >>> 13,
  };
}

const HEX = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) HEX[digit.toString(16).charCodeAt(0)] = digit;

/** Writes a UUID in its canonical lower-case form as four words; false if the id is no such UUID. */
export function writeUuid(id: string, words: Uint32Array, offset: number): boolean {
  if (id.length !== 36) return false;
  let position = 0;
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let digit = 0; digit < 8; digit++, position++) {
      if (position === 8 || position === 13 || position === 18 || position === 23) {
        if (id.charCodeAt(position) !== 45) return false;
        position++;
      }
      const code = id.charCodeAt(position);
      const nibble = code < 128 ? (HEX[code] as number) : -1;
      if (nibble < 0) return false;
      value = (value << 4) | nibble;
    }
    words[offset + word] = value;
  }
  return true;
}

export function readUuid(words: Uint32Array, offset: number): string {
  let hex = '';
  for (let word = 0; word < 4; word++) hex += (words[offset + word] as number).toString(16).padStart(8, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
