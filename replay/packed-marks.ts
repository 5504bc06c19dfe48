import { type Origin, PackedEntries } from '../lambda/windows/packed-entries';
import { slotOf } from '../lambda/windows/slots';
import { byTimeThenId, type Entry, type Mark } from '../lambda/windows/verdict';

/** Uses of a key beyond which those between the first and the last of a slot are dropped. */
const COMPACT_ABOVE = 1_024;

/**
 * Values of one key of a distinct window in 32 bytes each: of each slot, level and value the earliest and the latest use,
 * as the live store keeps them. What lies between is dropped when there is much of it.
 */
export class PackedMarks {
  private entries: PackedEntries;
  private values: string[] = [];
  private numbers = new Map<string, number>();
  private compactAbove = COMPACT_ABOVE;

  constructor(
    private readonly slotMs: number,
    private readonly keepsOrigins = false,
  ) {
    this.entries = new PackedEntries(true, keepsOrigins);
  }

  /** Uses held. */
  get length(): number {
    return this.entries.length;
  }

  add(id: string, timeMs: number, value: string, level: number, origin = 0): void {
    this.put(id, timeMs, value, level, origin);
    if (this.entries.length <= this.compactAbove) return;
    this.keepEdges();
    this.compactAbove = Math.max(COMPACT_ABOVE, this.entries.length * 2);
  }

  /** False when no window of this length can hold so many values. */
  mayHold(atLeast: number, withinMs: number): boolean {
    return this.entries.mayHoldEntries(atLeast, withinMs);
  }

  /** The earliest and the latest use of each slot, level and value, of those before `endMs`; in no particular order. */
  before(endMs: number): Mark[] {
    return this.edges(endMs).map(({ entry: { id, timeMs, weight, level } }) => ({
      id,
      timeMs,
      value: this.values[weight] as string,
      level,
    }));
  }

  /** Of each slot and level the earliest use. */
  earliest(slotMs: number): Origin[] {
    return this.entries.earliest(slotMs);
  }

  /** Forgets uses at or before `untilMs`. */
  forget(untilMs: number): void {
    const held = this.entries.length;
    this.entries.forget(untilMs);
    // Values are numbered: numbers that nothing uses any more are given up.
    if (this.entries.length < held / 2) this.keepEdges();
  }

  private edges(endMs: number): Use[] {
    const slots = new Map<string, { first: Use; last: Use }>();
    for (const use of this.entries.withOrigins(-1, endMs - 1)) {
      const { timeMs, level, weight } = use.entry;
      const name = `${slotOf(timeMs, this.slotMs)}|${level}|${weight}`;
      const known = slots.get(name);
      if (known === undefined) slots.set(name, { first: use, last: use });
      else if (byTimeThenId(use.entry, known.first.entry) < 0) known.first = use;
      else if (byTimeThenId(use.entry, known.last.entry) > 0) known.last = use;
    }
    return [...slots.values()].flatMap(({ first, last }) => (first === last ? [first] : [first, last]));
  }

  /** The number of the value stands where entries of a sum have their weight. */
  private put(id: string, timeMs: number, value: string, level: number, origin: number): void {
    let number = this.numbers.get(value);
    if (number === undefined) {
      number = this.values.length;
      this.numbers.set(value, number);
      this.values.push(value);
    }
    this.entries.add(id, timeMs, number, level, 0, origin);
  }

  private keepEdges(): void {
    const { values } = this;
    const kept = this.edges(Number.POSITIVE_INFINITY);
    this.entries = new PackedEntries(true, this.keepsOrigins);
    this.values = [];
    this.numbers = new Map();
    for (const { entry, origin } of kept) {
      this.put(entry.id, entry.timeMs, values[entry.weight] as string, entry.level, origin);
    }
  }
}

interface Use {
  readonly entry: Entry;
  readonly origin: number;
}
