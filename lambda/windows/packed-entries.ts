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
const STRIDE = 6;
/** Entries that a new key has room for: most keys have few. */
const CAPACITY = 4;

/**
 * Entries of one window key in 24 bytes each (8 more with weights, 4 more with origins), for hundreds of thousands of
 * keys and millions of entries in memory. Ids that are UUIDs are packed; others are kept beside, under a hash.
 */
export class PackedEntries {
  private words: Uint32Array = new Uint32Array(STRIDE * CAPACITY);
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
    let offset = this.size * STRIDE;
    if (offset === this.words.length) {
      const grown = new Uint32Array(offset * 2);
      grown.set(this.words);
      this.words = grown;
      if (this.weights !== undefined) {
        const grownWeights = new Float64Array(this.weights.length * 2);
        grownWeights.set(this.weights);
        this.weights = grownWeights;
      }
      if (this.origins !== undefined) {
        const grownOrigins = new Uint32Array(this.origins.length * 2);
        grownOrigins.set(this.origins);
        this.origins = grownOrigins;
      }
    }
    if (this.origins !== undefined) this.origins[this.size] = origin;
    if (this.weights !== undefined) this.weights[this.size] = weight;
    if (!writeUuid(id, this.words, offset)) this.writeOddId(id, offset);
    offset += 4;
    const seconds = Math.floor(timeMs / 1000);
    this.words[offset] = seconds;
    this.words[offset + 1] = (timeMs - seconds * 1000) | (level << 10) | (steps << 13);
    this.size++;
  }

  timeAt(index: number): number {
    const offset = index * STRIDE + 4;
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
      if (timeMs > fromMs && timeMs <= toMs) found.push(this.entryAt(index, timeMs));
    }
    return found;
  }

  /** Of each slot, level and set of steps the earliest entry. */
  earliest(slotMs: number): Origin[] {
    const found = new Map<string, Origin>();
    for (let index = 0; index < this.size; index++) {
      const timeMs = this.timeAt(index);
      const { id, level, steps } = this.entryAt(index, timeMs);
      const name = `${Math.floor(timeMs / slotMs)}|${level}|${steps}`;
      const known = found.get(name);
      if (known !== undefined && (known.timeMs < timeMs || (known.timeMs === timeMs && known.id <= id))) continue;
      found.set(name, { id, timeMs, level, steps, origin: this.originAt(index) });
    }
    return [...found.values()];
  }

  /** Entries with fromMs < time ≤ toMs and their origins. */
  withOrigins(fromMs: number, toMs: number): { readonly entry: Entry; readonly origin: number }[] {
    const found: { entry: Entry; origin: number }[] = [];
    for (let index = 0; index < this.size; index++) {
      const timeMs = this.timeAt(index);
      if (timeMs <= fromMs || timeMs > toMs) continue;
      found.push({ entry: this.entryAt(index, timeMs), origin: this.originAt(index) });
    }
    return found;
  }

  private originAt(index: number): number {
    return this.origins?.[index] ?? 0;
  }

  /** Forgets entries with time ≤ untilMs. */
  forget(untilMs: number): void {
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      if (this.timeAt(index) <= untilMs) continue;
      if (kept !== index) {
        this.words.copyWithin(kept * STRIDE, index * STRIDE, (index + 1) * STRIDE);
        if (this.weights !== undefined) this.weights[kept] = this.weights[index] as number;
        if (this.origins !== undefined) this.origins[kept] = this.origins[index] as number;
      }
      kept++;
    }
    this.size = kept;
    if (kept === 0) this.odd = undefined;
    if (this.words.length > 64 * STRIDE && kept * 4 * STRIDE < this.words.length) {
      const capacity = Math.max(1, kept * 2);
      this.words = this.words.slice(0, capacity * STRIDE);
      if (this.weights !== undefined) this.weights = this.weights.slice(0, capacity);
      if (this.origins !== undefined) this.origins = this.origins.slice(0, capacity);
    }
  }

  private entryAt(index: number, timeMs: number): Entry {
    const offset = index * STRIDE;
    const bits = this.words[offset + 5] as number;
    const packed = readUuid(this.words, offset);
    return {
      id: this.odd?.get(packed) ?? packed,
      timeMs,
      weight: this.weights === undefined ? 1 : (this.weights[index] as number),
      level: (bits >>> 10) & 7,
      steps: bits >>> 13,
    };
  }

  private writeOddId(id: string, offset: number): void {
    const hash = createHash('sha256').update(id).digest();
    for (let word = 0; word < 4; word++) this.words[offset + word] = hash.readUInt32BE(word * 4);
    this.odd ??= new Map();
    this.odd.set(readUuid(this.words, offset), id);
  }
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
