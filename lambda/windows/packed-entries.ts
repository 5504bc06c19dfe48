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

/** 32-bit words per entry: 4 of id, 1 of seconds, 1 of milliseconds, level and steps. What else it has comes behind. */
export const ENTRY_WORDS = 6;
/** Entries that a new key has room for: most keys have few, and so small an array needs no memory of its own. */
const CAPACITY = 2;

/** What entries have beside id, time, level and steps: no weight, a whole number below 2^32, or any. */
export interface Beside {
  readonly weights?: 'whole' | 'any';
  readonly origins?: boolean;
  /** Entries that there is room for in the beginning. */
  readonly capacity?: number;
}

/**
 * Entries of one window key in 24 bytes each (4 or 8 more with weights, 4 more with origins), for hundreds of thousands of
 * keys and millions of entries in memory. Ids that are UUIDs are packed; others are kept beside, under a hash.
 */
export class PackedEntries {
  private words: Uint32Array;
  private odd: Map<string, string> | undefined;
  private size = 0;
  private readonly weightWords: number;
  /** Words of one entry. */
  private readonly stride: number;

  constructor({ weights, origins = false, capacity = CAPACITY }: Beside = {}) {
    this.weightWords = weights === undefined ? 0 : weights === 'whole' ? 1 : 2;
    this.stride = ENTRY_WORDS + this.weightWords + (origins ? 1 : 0);
    this.words = new Uint32Array(this.stride * capacity);
  }

  /** Entries held, repeats included. */
  get length(): number {
    return this.size;
  }

  add(id: string, timeMs: number, weight: number, level: number, steps: number, origin = 0): void {
    const offset = this.addOffset(weight, origin);
    if (!writeUuid(id, this.words, offset)) this.writeOddId(id, offset);
    writeMoment(this.words, offset, timeMs, level, steps);
  }

  /** The same for an entry that is packed already: `writeUuid` and `writeMoment` at one offset. */
  addPacked(source: Uint32Array, offset: number, weight: number, origin = 0): void {
    const at = this.addOffset(weight, origin);
    const { words } = this;
    for (let word = 0; word < ENTRY_WORDS; word++) words[at + word] = source[offset + word] as number;
  }

  /** Room for one more entry, with all but its id and moment. */
  private addOffset(weight: number, origin: number): number {
    const { stride, weightWords } = this;
    const offset = this.size * stride;
    if (offset === this.words.length) {
      const { words } = this;
      this.words = new Uint32Array(Math.max(offset * 2, stride * CAPACITY));
      this.words.set(words);
    }
    this.size++;
    const beside = offset + ENTRY_WORDS;
    if (weightWords === 1) this.words[beside] = weight;
    else if (weightWords === 2) {
      FLOAT[0] = weight;
      this.words[beside] = FLOAT_WORDS[0] as number;
      this.words[beside + 1] = FLOAT_WORDS[1] as number;
    }
    if (stride > ENTRY_WORDS + weightWords) this.words[offset + stride - 1] = origin;
    return offset;
  }

  timeAt(index: number): number {
    return readTime(this.words, index * this.stride);
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
      const group = Math.floor(timeMs / slotMs) * 2 ** 22 + ((this.words[index * this.stride + 5] as number) >>> 10);
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
      const slot = Math.floor(timeMs / slotMs) * 8 + (((this.words[index * this.stride + 5] as number) >>> 10) & 7);
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
    const offset = index * this.stride;
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
    if (difference !== 0) return difference < 0;
    if (this.odd !== undefined) return this.at(one).id < this.at(other).id;
    const { stride, words } = this;
    for (let word = 0; word < 4; word++) {
      const apart = (words[one * stride + word] as number) - (words[other * stride + word] as number);
      if (apart !== 0) return apart < 0; // as the hexadecimal digits compare
    }
    return false;
  }

  /** As given to `add`; 0 without origins. */
  originAt(index: number): number {
    const { stride, weightWords } = this;
    return stride > ENTRY_WORDS + weightWords ? (this.words[(index + 1) * stride - 1] as number) : 0;
  }

  private weightAt(index: number): number {
    const offset = index * this.stride + ENTRY_WORDS;
    if (this.weightWords === 0) return 1;
    if (this.weightWords === 1) return this.words[offset] as number;
    FLOAT_WORDS[0] = this.words[offset] as number;
    FLOAT_WORDS[1] = this.words[offset + 1] as number;
    return FLOAT[0] as number;
  }

  private writeOddId(id: string, offset: number): void {
    const hash = createHash('sha256').update(id).digest();
    for (let word = 0; word < 4; word++) this.words[offset + word] = hash.readUInt32BE(word * 4);
    this.odd ??= new Map();
    this.odd.set(readUuid(this.words, offset), id);
  }
}

/** Takes numbers apart and puts them together. */
const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Uint32Array(FLOAT.buffer);

/** Writes a time, a level (below 8) and steps (19 bits) behind the four words of an id. */
export function writeMoment(words: Uint32Array, offset: number, timeMs: number, level: number, steps: number): void {
  const seconds = Math.floor(timeMs / 1000);
  words[offset + 4] = seconds;
  words[offset + 5] = (timeMs - seconds * 1000) | (level << 10) | (steps << 13);
}

export function readTime(words: Uint32Array, offset: number): number {
  return (words[offset + 4] as number) * 1000 + ((words[offset + 5] as number) & 1023);
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
  let position = 0;
  for (let word = 0; word < 4; word++) {
    const value = words[offset + word] as number;
    for (let shift = 28; shift >= 0; shift -= 4) {
      if (position === 8 || position === 13 || position === 18 || position === 23) UUID[position++] = 45;
      UUID[position++] = DIGITS[(value >>> shift) & 15] as number;
    }
  }
  return UUID.toString('latin1');
}

const DIGITS = Buffer.from('0123456789abcdef');
const UUID = Buffer.alloc(36);
