import { isEarlier, marksOf, markValue } from './marks';
import { packEntries, segmentName, unpackEntries } from './segment-content';
import type { Entry, Mark } from './verdict';
import {
  type MarkPoint,
  type MarkRange,
  READ_MAX_BYTES,
  type Reading,
  type Segment,
  type SlotMark,
  type SlotRange,
  type WindowStore,
} from './window-store';

/** What DynamoDB adds to an item in names and keys beside its content, roughly. */
const ITEM_OVERHEAD_BYTES = 100;

interface StoredSegment {
  readonly bytes: number;
  readonly entries: readonly Entry[];
}

interface StoredRange {
  readonly bytes: number;
  readonly value: string;
  readonly level: number;
  readonly range: MarkRange;
}

/** Windows in memory, for tests, simulations and benchmarks. Never forgets. */
export class MemoryWindowStore implements WindowStore {
  private readonly segments = new Slots<StoredSegment>();
  private readonly ranges = new Slots<StoredRange>();

  constructor(private readonly readMaxBytes = READ_MAX_BYTES) {}

  async putSegment({ window, slotStartMs, entries }: Segment): Promise<void> {
    const content = packEntries(slotStartMs, entries);
    const name = segmentName(content);
    const ofSlot = this.segments.slot(window, slotStartMs);
    if (ofSlot.has(name)) return;
    const bytes = content.bytes.length + content.oddIds.join().length;
    ofSlot.set(name, { bytes, entries: unpackEntries(slotStartMs, content) });
  }

  async putLatest(mark: SlotMark): Promise<MarkRange> {
    return this.change(mark, (range, point) => (isEarlier(range.latest, point) ? { ...range, latest: point } : range));
  }

  async putEarliest(mark: SlotMark): Promise<MarkRange> {
    return this.change(mark, (range, point) =>
      isEarlier(point, range.earliest) ? { ...range, earliest: point } : range,
    );
  }

  async putRange({ latest, ...first }: SlotRange): Promise<MarkRange> {
    return this.change(
      first,
      (range, point) =>
        isEarlier(range.earliest, point) || isEarlier(latest, range.latest) ? range : { earliest: point, latest },
      latest,
    );
  }

  async readSegments(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Entry>> {
    const { kept, complete } = this.segments.newest(window, fromSlotMs, toSlotMs, this.readMaxBytes);
    return { items: kept.flatMap(({ entries }) => entries), complete };
  }

  async readMarks(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Mark>> {
    const { kept, complete } = this.ranges.newest(window, fromSlotMs, toSlotMs, this.readMaxBytes);
    return { items: kept.flatMap(({ value, level, range }) => marksOf(value, level, range)), complete };
  }

  private change(
    { window, slotStartMs, mark }: SlotMark,
    changed: (range: MarkRange, point: MarkPoint) => MarkRange,
    latest: MarkPoint = { timeMs: mark.timeMs, id: mark.id },
  ): MarkRange {
    const ofSlot = this.ranges.slot(window, slotStartMs);
    const value = markValue(mark.value);
    const name = `${mark.level}#${value}`;
    const point = { timeMs: mark.timeMs, id: mark.id };
    const known = ofSlot.get(name)?.range;
    const range = known === undefined ? { earliest: point, latest } : changed(known, point);
    ofSlot.set(name, { bytes: value.length + point.id.length * 2 + 50, value, level: mark.level, range });
    return range;
  }
}

/** Items by window, slot and name. */
class Slots<T extends { readonly bytes: number }> {
  private readonly windows = new Map<string, Map<number, Map<string, T>>>();

  slot(window: string, slotStartMs: number): Map<string, T> {
    const slots = this.windows.get(window) ?? new Map<number, Map<string, T>>();
    this.windows.set(window, slots);
    const ofSlot = slots.get(slotStartMs) ?? new Map<string, T>();
    slots.set(slotStartMs, ofSlot);
    return ofSlot;
  }

  /** Items of slots in the range, up to so many bytes, those of the newest slots first. */
  newest(window: string, fromSlotMs: number, toSlotMs: number, maxBytes: number) {
    const slots = [...(this.windows.get(window) ?? [])].filter(([slot]) => slot >= fromSlotMs && slot <= toSlotMs);
    const kept: T[] = [];
    let bytes = 0;
    for (const [, items] of slots.sort(([a], [b]) => b - a)) {
      for (const item of items.values()) {
        bytes += item.bytes + ITEM_OVERHEAD_BYTES;
        if (bytes > maxBytes) return { kept, complete: false };
        kept.push(item);
      }
    }
    return { kept, complete: true };
  }
}
