import { readUuid, writeUuid } from '../../lambda/windows/packed-uuid';
import { HIT_WORDS, readKind, readMoment, readTime, writeMoment } from './packed-hit';

/** Words of a row: a packed hit, then the key's number and the input's. */
const WORDS = HIT_WORDS + 2;
const KEY = HIT_WORDS;
const INPUT = HIT_WORDS + 1;

/** Rows of a chunk, as a power of two: half a megabyte. A log grows by chunks, so that nothing is copied. */
const CHUNK_BITS = 14;
const CHUNK_ROWS = 2 ** CHUNK_BITS;

interface Chunk {
  readonly words: Uint32Array;
  readonly amounts: Float64Array;
}

/** A hit as the log has it. */
export interface LoggedHit {
  readonly id: string;
  readonly timeMs: number;
  readonly level: number;
  readonly steps: number;
  readonly amount: number;
  readonly input: number;
}

/**
 * Hits of all keys of all windows as they came, in 40 bytes each. Nothing is made for a key, and no memory touched but
 * the end of the log: most keys never have enough hits for a verdict. Those that do are read when all are judged.
 */
export class HitLog {
  private readonly chunks: Chunk[] = [];
  private last: Chunk = { words: new Uint32Array(), amounts: new Float64Array() };
  /** Row → id, for ids that are no UUIDs. */
  private readonly oddIds = new Map<number, string>();
  private rows = 0;

  get length(): number {
    return this.rows;
  }

  /** @param hit its amount is the weight; for distinct windows, the number of the value */
  add(key: number, { id, timeMs, level, steps, amount, input }: LoggedHit): void {
    const row = this.rows;
    const offset = this.addRow(key, amount, input);
    const { words } = this.last;
    if (!writeUuid(id, words, offset)) this.oddIds.set(row, id);
    writeMoment(words, offset, timeMs, level, steps);
  }

  /** The same for a hit that is packed already, at `at` in the source. */
  addPacked(key: number, source: Uint32Array, at: number, amount: number, input: number): void {
    const offset = this.addRow(key, amount, input);
    const { words } = this.last;
    for (let word = 0; word < HIT_WORDS; word++) words[offset + word] = source[at + word] as number;
  }

  /** A row with all but its id and moment. @returns where it begins in the last chunk's words */
  private addRow(key: number, amount: number, input: number): number {
    const row = this.rows++;
    if (placeOf(row) === 0) {
      this.last = { words: new Uint32Array(WORDS * CHUNK_ROWS), amounts: new Float64Array(CHUNK_ROWS) };
      this.chunks.push(this.last);
    }
    const { words, amounts } = this.last;
    const offset = placeOf(row) * WORDS;
    words[offset + KEY] = key;
    words[offset + INPUT] = input;
    amounts[placeOf(row)] = amount;
    return offset;
  }

  /** The rows of each key, in the order in which they came. @param keys one more than the greatest key's number */
  byKey(keys: number): RowsByKey {
    const ends = new Uint32Array(keys + 1);
    for (let row = 0; row < this.rows; row++) {
      const next = this.keyOf(row) + 1;
      ends[next] = (ends[next] as number) + 1;
    }
    for (let key = 1; key <= keys; key++) ends[key] = (ends[key] as number) + (ends[key - 1] as number);
    // What begins as the start of each key's rows is their end when all are placed.
    const rows = new Uint32Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      const key = this.keyOf(row);
      rows[ends[key] as number] = row;
      ends[key] = (ends[key] as number) + 1;
    }
    return new RowsByKey(rows, ends);
  }

  private keyOf(row: number): number {
    return this.chunkOf(row).words[placeOf(row) * WORDS + KEY] as number;
  }

  timeOf(row: number): number {
    return readTime(this.chunkOf(row).words, placeOf(row) * WORDS);
  }

  amountOf(row: number): number {
    return this.chunkOf(row).amounts[placeOf(row)] as number;
  }

  /** Level and steps as one number. */
  kindOf(row: number): number {
    return readKind(this.chunkOf(row).words, placeOf(row) * WORDS);
  }

  at(row: number): LoggedHit {
    const { words, amounts } = this.chunkOf(row);
    const offset = placeOf(row) * WORDS;
    return {
      id: this.oddIds.get(row) ?? readUuid(words, offset),
      ...readMoment(words, offset),
      amount: amounts[placeOf(row)] as number,
      input: words[offset + INPUT] as number,
    };
  }

  /** Order of hits: time, then id. */
  isBefore(one: number, other: number): boolean {
    const difference = this.timeOf(one) - this.timeOf(other);
    if (difference !== 0) return difference < 0;
    if (this.oddIds.has(one) || this.oddIds.has(other)) return this.at(one).id < this.at(other).id;
    const [words, others] = [this.chunkOf(one).words, this.chunkOf(other).words];
    const [offset, otherOffset] = [placeOf(one) * WORDS, placeOf(other) * WORDS];
    for (let word = 0; word < 4; word++) {
      const apart = (words[offset + word] as number) - (others[otherOffset + word] as number);
      if (apart !== 0) return apart < 0; // as the hexadecimal digits compare
    }
    return false;
  }

  /** Takes a row of another log, under another key and with another amount. */
  take(log: HitLog, row: number, key: number, amount: number): void {
    const { words } = log.chunkOf(row);
    const offset = placeOf(row) * WORDS;
    const oddId = log.oddIds.get(row);
    if (oddId !== undefined) this.oddIds.set(this.rows, oddId);
    this.addPacked(key, words, offset, amount, words[offset + INPUT] as number);
  }

  private chunkOf(row: number): Chunk {
    return this.chunks[row >>> CHUNK_BITS] as Chunk;
  }
}

/** A row's place in its chunk. */
function placeOf(row: number): number {
  return row & (CHUNK_ROWS - 1);
}

/** Rows of a log by their keys. */
export class RowsByKey {
  constructor(
    private readonly rows: Uint32Array,
    /** For each key, where its rows end: there the next key's begin. */
    private readonly ends: Uint32Array,
  ) {}

  of(key: number): Uint32Array {
    return this.rows.subarray(key === 0 ? 0 : this.ends[key - 1], this.ends[key]);
  }
}
