import { type Origin, PackedEntries } from '../lambda/windows/packed-entries';
import type { Mark } from '../lambda/windows/verdict';

/** Uses of a key beyond which those between the first and the last of a slot are dropped. */
const COMPACT_ABOVE = 1_024;

/** Values that are as quickly looked through as looked up: most keys have no more. */
const FEW = 8;

/**
 * Values of one key of a distinct window in 32 bytes each: of each slot, level and value the earliest and the latest use,
 * as the live store keeps them. What lies between is dropped when there is much of it.
 */
export class PackedMarks {
  /** The number of the value stands where entries of a sum have their weight. */
  private entries: PackedEntries;
  private values: string[] = [];
  /** Value → its place in `values`, where those are many. */
  private numbers: Map<string, number> | undefined;
  private compactAbove = COMPACT_ABOVE;

  constructor(
    private readonly slotMs: number,
    private readonly origins = false,
  ) {
    this.entries = new PackedEntries({ weights: 'whole', origins });
  }

  /** Uses held. */
  get length(): number {
    return this.entries.length;
  }

  add(id: string, timeMs: number, value: string, level: number, origin = 0): void {
    this.entries.add(id, timeMs, this.numberOf(value), level, 0, origin);
    this.compact();
  }

  /** The same for a use whose id, time and level are packed as for `PackedEntries.addPacked`. */
  addPacked(words: Uint32Array, offset: number, value: string, origin = 0): void {
    this.entries.addPacked(words, offset, this.numberOf(value), origin);
    this.compact();
  }

  /** False when no window of this length can hold so many values. */
  mayHold(atLeast: number, withinMs: number): boolean {
    return this.values.length >= atLeast && this.entries.mayHoldEntries(atLeast, withinMs);
  }

  /** The earliest and the latest use of each slot, level and value, of those before `endMs`; in no particular order. */
  before(endMs: number): Mark[] {
    return this.entries.edges(this.slotMs, endMs).map((index) => {
      const { id, timeMs, weight, level } = this.entries.at(index);
      return { id, timeMs, value: this.values[weight] as string, level };
    });
  }

  /** Of each slot and level the earliest use, of those with fromMs ≤ time ≤ toMs. */
  earliest(slotMs: number, fromMs: number, toMs: number): Origin[] {
    return this.entries.earliest(slotMs, fromMs, toMs);
  }

  /** Forgets uses at or before `untilMs`. */
  forget(untilMs: number): void {
    const held = this.entries.length;
    this.entries.forget(untilMs);
    // Values are numbered: numbers that nothing uses any more are given up.
    if (this.entries.length < held / 2) this.keepEdges();
  }

  private numberOf(value: string): number {
    const { values } = this;
    let number = this.numbers === undefined ? values.indexOf(value) : (this.numbers.get(value) ?? -1);
    if (number < 0) {
      number = values.push(value) - 1;
      if (number === FEW) this.numbers = new Map(values.map((one, index) => [one, index]));
      else this.numbers?.set(value, number);
    }
    return number;
  }

  private compact(): void {
    if (this.entries.length <= this.compactAbove) return;
    this.keepEdges();
    this.compactAbove = Math.max(COMPACT_ABOVE, this.entries.length * 2);
  }

  private keepEdges(): void {
    const { entries, values } = this;
    this.entries = new PackedEntries({ weights: 'whole', origins: this.origins });
    this.values = [];
    this.numbers = undefined;
    for (const index of entries.edges(this.slotMs, Number.POSITIVE_INFINITY)) {
      const { id, timeMs, weight, level } = entries.at(index);
      this.entries.add(id, timeMs, this.numberOf(values[weight] as string), level, 0, entries.originAt(index));
    }
  }
}
