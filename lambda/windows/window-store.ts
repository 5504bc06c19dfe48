import type { Entry, Mark } from './verdict';

/**
 * What windows keep: segments of entries (count, sum, sequence and single events) and marks (distinct).
 *
 * Every method is one atomic request on one item, or one strongly consistent query: a simulation may interleave workers
 * between any two of them. Writes are idempotent and commute, so repeats and lost responses do no harm.
 *
 * All methods reject with StoreUnavailableError when the store did not answer: it may or may not have written.
 */
export interface WindowStore {
  /** Stores the entries of one slot that one batch brought. Other segments of the slot stay: readers unite them. */
  putSegment(segment: Segment): Promise<void>;
  /**
   * Makes the mark the latest of its (window, slot, level, value) if it is later than the stored one; it becomes the
   * earliest as well if there is none. Returns what is stored then, or undefined where the store did not say.
   */
  putLatest(mark: SlotMark): Promise<MarkRange | undefined>;
  /** Makes the mark the earliest of its (window, slot, level, value) if it is earlier than the stored one. */
  putEarliest(mark: SlotMark): Promise<MarkRange | undefined>;
  /**
   * Makes `mark` the earliest and `latest` the latest of their (window, slot, level, value) where nothing is stored, or
   * nothing that reaches beyond them; changes nothing otherwise. Returns what is stored then, or undefined where the
   * store did not say.
   */
  putRange(range: SlotRange): Promise<MarkRange | undefined>;
  /** All entries of the slots that start in [fromSlotMs, toSlotMs], repeats included, in no particular order. */
  readSegments(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Entry>>;
  /** All marks of the slots that start in [fromSlotMs, toSlotMs], earliest and latest ones, in no particular order. */
  readMarks(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Mark>>;
}

export interface Segment {
  /** As `windowKey` makes it. */
  readonly window: string;
  /** Start of the slot, a multiple of the rule's slot length; not negative. */
  readonly slotStartMs: number;
  /** As `unionOfEntries` returns them: sorted, no repeats. Not empty; all times within the slot. */
  readonly entries: readonly Entry[];
  /** From then on the store may forget the segment; it may also keep it longer. */
  readonly expiresMs: number;
}

export interface SlotMark {
  readonly window: string;
  readonly slotStartMs: number;
  /** Values longer than `MARK_VALUE_MAX` are told apart by their hash, and read back as that. */
  readonly mark: Mark;
  readonly expiresMs: number;
}

/** A mark and a later one of the same value. */
export interface SlotRange extends SlotMark {
  readonly latest: MarkPoint;
}

/** A moment of a value; ordered by time, then id. */
export interface MarkPoint {
  readonly timeMs: number;
  readonly id: string;
}

export interface MarkRange {
  readonly earliest: MarkPoint;
  readonly latest: MarkPoint;
}

export interface Reading<T> {
  readonly items: readonly T[];
  /** False when there is more than `READ_MAX_BYTES`: then the newest part is here. */
  readonly complete: boolean;
}

/** What one reading returns at most. DynamoDB's own limit for one page of a query. */
export const READ_MAX_BYTES = 1024 * 1024;
