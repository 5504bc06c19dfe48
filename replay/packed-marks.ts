import { PackedEntries } from '../lambda/windows/packed-entries';
import { slotOf } from '../lambda/windows/slots';
import { byTimeThenId, type Entry, type Mark } from '../lambda/windows/verdict';

/** Uses of a key beyond which those between the first and the last of a slot are dropped. */
const COMPACT_ABOVE = 1_024;

/**
 * Values of one key of a distinct window in 32 bytes each: of each slot, level and value the earliest and the latest use,
 * as the live store keeps them. What lies between is dropped when there is much of it.
 */
export class PackedMarks {
  private entries = new PackedEntries(true);
  private values: string[] = [];
  private numbers = new Map<string, number>();
  private compactAbove = COMPACT_ABOVE;

  constructor(private readonly slotMs: number) {}

  /** Uses held. */
  get length(): number {
    return this.entries.length;
  }

  add(id: string, timeMs: number, value: string, level: number): void {
    this.put(id, timeMs, value, level);
    if (this.entries.length <= this.compactAbove) return;
    this.keepOnly(this.before(Number.POSITIVE_INFINITY));
    this.compactAbove = Math.max(COMPACT_ABOVE, this.entries.length * 2);
  }

  /** False when no window of this length can hold so many values. */
  mayHold(atLeast: number, withinMs: number): boolean {
    return this.entries.mayHoldEntries(atLeast, withinMs);
  }

  /** The earliest and the latest use of each slot, level and value, of those before `endMs`; in no particular order. */
  before(endMs: number): Mark[] {
    const slots = new Map<string, { first: Entry; last: Entry }>();
    for (const entry of this.entries.between(-1, endMs - 1)) {
      const name = `${slotOf(entry.timeMs, this.slotMs)}|${entry.level}|${entry.weight}`;
      const known = slots.get(name);
      if (known === undefined) slots.set(name, { first: entry, last: entry });
      else if (byTimeThenId(entry, known.first) < 0) known.first = entry;
      else if (byTimeThenId(entry, known.last) > 0) known.last = entry;
    }
    return [...slots.values()]
      .flatMap(({ first, last }) => (first === last ? [first] : [first, last]))
      .map(({ id, timeMs, weight, level }) => ({ id, timeMs, value: this.values[weight] as string, level }));
  }

  /** Forgets uses at or before `untilMs`. */
  forget(untilMs: number): void {
    const held = this.entries.length;
    this.entries.forget(untilMs);
    // Values are numbered: numbers that nothing uses any more are given up.
    if (this.entries.length < held / 2) this.keepOnly(this.before(Number.POSITIVE_INFINITY));
  }

  /** The number of the value stands where entries of a sum have their weight. */
  private put(id: string, timeMs: number, value: string, level: number): void {
    let number = this.numbers.get(value);
    if (number === undefined) {
      number = this.values.length;
      this.numbers.set(value, number);
      this.values.push(value);
    }
    this.entries.add(id, timeMs, number, level, 0);
  }

  private keepOnly(marks: readonly Mark[]): void {
    this.entries = new PackedEntries(true);
    this.values = [];
    this.numbers = new Map();
    for (const { id, timeMs, value, level } of marks) this.put(id, timeMs, value, level);
  }
}
