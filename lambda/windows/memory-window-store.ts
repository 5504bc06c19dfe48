import { isEarlier, marksOf, markValue } from './marks';
import { packEntries, type SegmentContent, segmentName, unpackEntries } from './segment-content';
import type { Entry, Mark } from './verdict';
import {
  type MarkPoint,
  type MarkRange,
  READ_MAX_BYTES,
  type Reading,
  type Segment,
  type SlotMark,
  type WindowStore,
} from './window-store';

/** What DynamoDB adds to an item in names and keys beside its content, roughly. */
const ITEM_OVERHEAD_BYTES = 100;

interface StoredSegment {
  readonly slotStartMs: number;
  readonly content: SegmentContent;
  readonly entries: readonly Entry[];
}

interface StoredRange {
  readonly slotStartMs: number;
  readonly value: string;
  readonly level: number;
  readonly range: MarkRange;
}

/** Windows in memory, for tests, simulations and benchmarks. Never forgets. */
export class MemoryWindowStore implements WindowStore {
  private readonly segments = new Map<string, Map<string, StoredSegment>>();
  private readonly ranges = new Map<string, Map<string, StoredRange>>();

  constructor(private readonly readMaxBytes = READ_MAX_BYTES) {}

  async putSegment({ window, slotStartMs, entries }: Segment): Promise<void> {
    const content = packEntries(slotStartMs, entries);
    const ofWindow = ofKey(this.segments, window);
    const name = `${slotStartMs}#${segmentName(content)}`;
    if (!ofWindow.has(name)) {
      ofWindow.set(name, { slotStartMs, content, entries: unpackEntries(slotStartMs, content) });
    }
  }

  async putLatest(mark: SlotMark): Promise<MarkRange> {
    return this.change(mark, (range, point) => (isEarlier(range.latest, point) ? { ...range, latest: point } : range));
  }

  async putEarliest(mark: SlotMark): Promise<MarkRange> {
    return this.change(mark, (range, point) =>
      isEarlier(point, range.earliest) ? { ...range, earliest: point } : range,
    );
  }

  async readSegments(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Entry>> {
    const found = inSlots(this.segments.get(window), fromSlotMs, toSlotMs);
    const sizeOf = ({ content }: StoredSegment) => content.bytes.length + content.oddIds.join().length;
    const { kept, complete } = this.newest(found, sizeOf);
    return { items: kept.flatMap(({ entries }) => entries), complete };
  }

  async readMarks(window: string, fromSlotMs: number, toSlotMs: number): Promise<Reading<Mark>> {
    const found = inSlots(this.ranges.get(window), fromSlotMs, toSlotMs);
    const { kept, complete } = this.newest(found, ({ value, range }) => value.length + range.latest.id.length * 2 + 50);
    return { items: kept.flatMap(({ value, level, range }) => marksOf(value, level, range)), complete };
  }

  private change(
    { window, slotStartMs, mark }: SlotMark,
    changed: (range: MarkRange, point: MarkPoint) => MarkRange,
  ): MarkRange {
    const ofWindow = ofKey(this.ranges, window);
    const value = markValue(mark.value);
    const name = `${slotStartMs}#${mark.level}#${value}`;
    const point = { timeMs: mark.timeMs, id: mark.id };
    const known = ofWindow.get(name)?.range;
    const range = known === undefined ? { earliest: point, latest: point } : changed(known, point);
    ofWindow.set(name, { slotStartMs, value, level: mark.level, range });
    return range;
  }

  private newest<T extends { slotStartMs: number }>(found: T[], sizeOf: (item: T) => number) {
    const total = found.reduce((sum, item) => sum + sizeOf(item) + ITEM_OVERHEAD_BYTES, 0);
    if (total <= this.readMaxBytes) return { kept: found, complete: true };
    const kept: T[] = [];
    let bytes = 0;
    for (const item of found.sort((a, b) => b.slotStartMs - a.slotStartMs)) {
      bytes += sizeOf(item) + ITEM_OVERHEAD_BYTES;
      if (bytes > this.readMaxBytes) break;
      kept.push(item);
    }
    return { kept, complete: false };
  }
}

function ofKey<T>(map: Map<string, Map<string, T>>, key: string): Map<string, T> {
  const found = map.get(key) ?? new Map<string, T>();
  map.set(key, found);
  return found;
}

function inSlots<T extends { slotStartMs: number }>(
  items: Map<string, T> | undefined,
  fromSlotMs: number,
  toSlotMs: number,
): T[] {
  if (items === undefined) return [];
  return [...items.values()].filter(({ slotStartMs }) => slotStartMs >= fromSlotMs && slotStartMs <= toSlotMs);
}
