import type { ActiveRule } from '../rules/active-rule';
import { slotOf } from './slots';
import { entryOf, type TouchedWindow } from './touched-window';
import {
  type Firing,
  unionOfEntries,
  unionOfMarks,
  verdictOfEntries,
  verdictOfMarks,
  type WindowSpec,
} from './verdict';
import type { WindowStore } from './window-store';

/** The firings whose windows contain an event of a batch, as far as they lie in one stretch of time. */
export interface Judgement {
  /** Ascending; `from` and `to` index into what `timeAt` knows. */
  readonly firings: readonly Firing[];
  readonly timeAt: (index: number) => number;
  /** Times of the batch's events in this stretch, ascending. */
  readonly timesMs: readonly number[];
  /** False when there was more than may be read: then firings may be missing or counted too low, never wrong. */
  readonly complete: boolean;
}

/**
 * Reads around the batch's events, strongly consistent, and judges. An event at t is in the windows of firings in
 * [t, t + W), and these reach back over (t − W, t + W): the worker whose write came last sees all of it.
 *
 *     ──────(───────────t───────────)──────▶ eventTime
 *         t − W    W    │     W   t + W
 *
 * One reading per merged interval, so that one late event does not make it read the hours between.
 *
 * @throws {StoreUnavailableError}
 */
export async function judgeWindow(
  store: WindowStore,
  touched: TouchedWindow,
  timesMs: readonly number[],
): Promise<Judgement[]> {
  const { active, name } = touched;
  const { window } = active;
  if (window === undefined) return [];
  return Promise.all(
    intervalsAround(timesMs, window.withinMs).map(async ({ fromMs, toMs, timesMs: inside }) => {
      const slots = [slotOf(Math.max(0, fromMs), active.slotMs), slotOf(toMs, active.slotMs)] as const;
      const near = ({ timeMs }: { timeMs: number }) => timeMs >= fromMs && timeMs <= toMs;
      if (window.kind === 'distinct') {
        const { items, complete } = await store.readMarks(name, ...slots);
        const marks = items.length < leastItems(window) ? [] : unionOfMarks(items.filter(near));
        return judgementOf(window, verdictOfMarks(window, marks), marks, inside, complete);
      }
      const { items, complete } = await store.readSegments(name, ...slots);
      const entries = items.length < leastItems(window) ? [] : unionOfEntries(items.filter(near));
      return judgementOf(window, verdictOfEntries(window, entries), entries, inside, complete);
    }),
  );
}

/**
 * Whether anything is stored from a time on, as far as the windows of firings of an event at `lastMs` reach.
 * @throws {StoreUnavailableError}
 */
export async function holdsAnything(
  store: WindowStore,
  { window, slotMs }: ActiveRule,
  name: string,
  fromMs: number,
  lastMs: number,
): Promise<boolean> {
  if (window === undefined) return false;
  const toMs = lastMs + window.withinMs - 1;
  const slots = [slotOf(fromMs, slotMs), slotOf(toMs, slotMs)] as const;
  const { items, complete } = await (window.kind === 'distinct'
    ? store.readMarks(name, ...slots)
    : store.readSegments(name, ...slots));
  return !complete || items.some(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs);
}

/** What the batch's events say by themselves. True, but not all: for when the store does not answer. */
export function judgeBatchAlone(touched: TouchedWindow, timesMs: readonly number[]): Judgement[] {
  const { window } = touched.active;
  if (window === undefined) return [];
  const entries = unionOfEntries(touched.hits.map(entryOf));
  return [judgementOf(window, verdictOfEntries(window, entries), entries, timesMs, true)];
}

/** With fewer items nothing can qualify: most windows are asked about, and few hold enough. */
function leastItems({ kind, tiers, stepCounts }: WindowSpec): number {
  if (kind === 'count' || kind === 'distinct') return tiers[0].threshold;
  return kind === 'sequence' ? stepCounts.reduce((sum, count) => sum + count, 0) : 1;
}

function judgementOf(
  { withinMs }: WindowSpec,
  firings: readonly Firing[],
  items: readonly { readonly timeMs: number }[],
  timesMs: readonly number[],
  complete: boolean,
): Judgement {
  const timeAt = (index: number) => items[index]?.timeMs ?? 0;
  return { firings: firings.filter(touching(timesMs, withinMs)), timeAt, timesMs, complete };
}

/** Whether a firing's window contains one of the times; to be asked about firings in ascending order. */
function touching(timesMs: readonly number[], withinMs: number): (firing: Firing) => boolean {
  let index = 0;
  return ({ timeMs }) => {
    while (index < timesMs.length && (timesMs[index] as number) <= timeMs - withinMs) index++;
    return index < timesMs.length && (timesMs[index] as number) <= timeMs;
  };
}

/** Distinct times of the batch's events, ascending. */
export function timesOf({ hits }: TouchedWindow): number[] {
  const times = hits.map(({ event }) => event.timeMs);
  return times.length === 1 ? times : [...new Set(times)].sort((a, b) => a - b);
}

/** The times grouped so that readings of `withinMs` around them do not overlap; bounds included. */
function intervalsAround(timesMs: readonly number[], withinMs: number) {
  const intervals: { fromMs: number; toMs: number; timesMs: number[] }[] = [];
  for (const timeMs of timesMs) {
    const last = intervals.at(-1);
    const fromMs = timeMs - withinMs + 1;
    const toMs = timeMs + withinMs - 1;
    if (last === undefined || fromMs > last.toMs) intervals.push({ fromMs, toMs, timesMs: [timeMs] });
    else {
      last.toMs = toMs;
      last.timesMs.push(timeMs);
    }
  }
  return intervals;
}
