import {
  ENTRY_WORDS,
  type PackedEntries,
  readMoment,
  readTime,
  writeMoment,
  writeUuid,
} from '../lambda/windows/packed-entries';

/** Words of a row: what `PackedEntries` packs, then the key's number and the input's. */
const WORDS = ENTRY_WORDS + 2;
const KEY = ENTRY_WORDS;
const INPUT = ENTRY_WORDS + 1;

/** Rows of a chunk, as a power of two: half a megabyte. A log grows by chunks, so that nothing is copied. */
const CHUNK_BITS = 14;
const CHUNK_ROWS = 2 ** CHUNK_BITS;

interface Chunk {
  readonly words: Uint32Array;
  readonly amounts: Float64Array;
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

  /** @param amount the weight; for distinct windows, the number of the value */
  add(id: string, timeMs: number, level: number, steps: number, key: number, amount: number, input: number): void {
    const row = this.rows;
    const offset = this.addRow(key, amount, input);
    const { words } = this.last;
    if (!writeUuid(id, words, offset)) this.oddIds.set(row, id);
    writeMoment(words, offset, timeMs, level, steps);
  }

  /** The same for a hit whose id and moment are packed already, as `PackedEntries.addPacked` takes them. */
  addPacked(source: Uint32Array, at: number, key: number, amount: number, input: number): void {
    const offset = this.addRow(key, amount, input);
    const { words } = this.last;
    for (let word = 0; word < ENTRY_WORDS; word++) words[offset + word] = source[at + word] as number;
  }

  /** A row with all but its id and moment. @returns where it begins in the last chunk's words */
  private addRow(key: number, amount: number, input: number): number {
    const place = this.rows++ & (CHUNK_ROWS - 1);
    if (place === 0) {
      this.last = { words: new Uint32Array(WORDS * CHUNK_ROWS), amounts: new Float64Array(CHUNK_ROWS) };
      this.chunks.push(this.last);
    }
    const { words, amounts } = this.last;
    const offset = place * WORDS;
    words[offset + KEY] = key;
    words[offset + INPUT] = input;
    amounts[place] = amount;
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
    const { words } = this.chunks[row >>> CHUNK_BITS] as Chunk;
    return words[(row & (CHUNK_ROWS - 1)) * WORDS + KEY] as number;
  }

  timeOf(row: number): number {
    const { words } = this.chunks[row >>> CHUNK_BITS] as Chunk;
    return readTime(words, (row & (CHUNK_ROWS - 1)) * WORDS);
  }

  amountOf(row: number): number {
    return (this.chunks[row >>> CHUNK_BITS] as Chunk).amounts[row & (CHUNK_ROWS - 1)] as number;
  }

  copyTo(entries: PackedEntries, row: number): void {
    const { words } = this.chunks[row >>> CHUNK_BITS] as Chunk;
    const offset = (row & (CHUNK_ROWS - 1)) * WORDS;
    const input = words[offset + INPUT] as number;
    const oddId = this.oddIds.get(row);
    if (oddId === undefined) entries.addPacked(words, offset, this.amountOf(row), input);
    else {
      const { timeMs, level, steps } = readMoment(words, offset);
      entries.add(oddId, timeMs, this.amountOf(row), level, steps, input);
    }
  }

  /** Takes a row of another log, under another key and with another amount. */
  take(log: HitLog, row: number, key: number, amount: number): void {
    const { words } = log.chunks[row >>> CHUNK_BITS] as Chunk;
    const offset = (row & (CHUNK_ROWS - 1)) * WORDS;
    const oddId = log.oddIds.get(row);
    if (oddId !== undefined) this.oddIds.set(this.rows, oddId);
    this.addPacked(words, offset, key, amount, words[offset + INPUT] as number);
  }
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
