import { BoundedMap } from '../bounded-map';
import { forEachLimited } from '../concurrency';
import { EnoughEntries } from './enough-entries';
import { isEarlier, markValue } from './marks';
import { slotOf } from './slots';
import { entryOf, type TouchedWindow } from './touched-window';
import { type Entry, type Mark, unionOfEntries } from './verdict';
import type { MarkRange, SlotMark, WindowStore } from './window-store';

/** Longer than a record can wait in the queue and the dead-letter queue, 14 days at most. */
const RETENTION_MS = 16 * 24 * 60 * 60_000;

/** Requests at a time for one window. A distinct window may need one for each value. */
const CONCURRENCY = 8;

/** Writes what batches bring for windows. Remembers what is stored, and spares what would change nothing. */
export class WindowWriter {
  private readonly enough = new EnoughEntries();
  /** What is at least stored of a mark's range. */
  private readonly known = new BoundedMap<string, MarkRange>(20_000);

  constructor(private readonly store: WindowStore) {}

  /** @throws {StoreUnavailableError} part of it may be stored */
  async write(touched: TouchedWindow, nowMs: number): Promise<void> {
    if (touched.active.window?.kind === 'distinct') await this.writeMarks(touched, nowMs);
    else await this.writeSegments(touched, nowMs);
  }

  private async writeSegments({ active, name, hits }: TouchedWindow, nowMs: number): Promise<void> {
    const slots = new Map<number, Entry[]>();
    for (const received of hits) {
      const entry = entryOf(received);
      const slotStartMs = slotOf(entry.timeMs, active.slotMs);
      const ofSlot = slots.get(slotStartMs);
      if (ofSlot === undefined) slots.set(slotStartMs, [entry]);
      else ofSlot.push(entry);
    }
    const isSequence = active.window?.kind === 'sequence';
    const asked = active.window?.stepCounts.reduce((sum, count) => sum + count, 0) ?? 0;
    await forEachLimited([...slots], CONCURRENCY, async ([slotStartMs, ofSlot]) => {
      const expiresMs = Math.max(slotStartMs + active.slotMs, nowMs) + RETENTION_MS;
      const all = unionOfEntries(ofSlot);
      const entries = isSequence ? this.enough.needed(name, all, asked) : all;
      if (entries.length === 0) return;
      await this.store.putSegment({ window: name, slotStartMs, entries, expiresMs });
      if (isSequence) this.enough.add(name, entries, asked);
    });
  }

  private async writeMarks({ active, name, hits }: TouchedWindow, nowMs: number): Promise<void> {
    const ranges = new Map<string, { readonly slotStartMs: number; first: Mark; last: Mark }>();
    for (const { hit, event } of hits) {
      const slotStartMs = slotOf(event.timeMs, active.slotMs);
      for (const value of hit.values) {
        const mark = { id: event.id, timeMs: event.timeMs, value: markValue(value), level: hit.level };
        const id = `${slotStartMs} ${mark.level} ${mark.value}`;
        const range = ranges.get(id);
        if (range === undefined) ranges.set(id, { slotStartMs, first: mark, last: mark });
        else if (isEarlier(mark, range.first)) range.first = mark;
        else if (isEarlier(range.last, mark)) range.last = mark;
      }
    }
    await forEachLimited([...ranges], CONCURRENCY, async ([id, { slotStartMs, first, last }]) => {
      const expiresMs = Math.max(last.timeMs, nowMs) + RETENTION_MS;
      const at = (mark: Mark): SlotMark => ({ window: name, slotStartMs, mark, expiresMs });
      const markName = `${id} ${name}`;
      let stored = this.known.get(markName);
      const widensBoth =
        stored === undefined ? first !== last : isEarlier(first, stored.earliest) && isEarlier(stored.latest, last);
      // Mostly nobody else has written meanwhile; where somebody has, the two that follow are for what is still missing.
      if (widensBoth)
        stored = await this.store.putRange({ ...at(first), latest: { timeMs: last.timeMs, id: last.id } });
      if (stored === undefined || isEarlier(stored.latest, last)) stored = await this.store.putLatest(at(last));
      if (stored === undefined || isEarlier(first, stored.earliest)) {
        stored = (await this.store.putEarliest(at(first))) ?? { earliest: first, latest: last };
      }
      this.known.set(markName, stored);
    });
  }
}
