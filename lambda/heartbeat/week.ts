import type { CanaryKind } from './canaries';

/**
 * How long canaries took, as counts of logarithmic steps: a week's quantiles to within a tenth, in a few dozen numbers.
 */
export type Latencies = { readonly [Kind in CanaryKind]: readonly number[] };

export const NO_LATENCIES: Latencies = { write: [], read: [] };

const FIRST_MS = 1_000;
const STEP = 1.2;
const STEPS_MAX = 60;

export function withLatency(latencies: Latencies, kind: CanaryKind, latencyMs: number): Latencies {
  const index = Math.min(STEPS_MAX - 1, Math.max(0, Math.ceil(Math.log(latencyMs / FIRST_MS) / Math.log(STEP))));
  const counts = Array.from(
    { length: Math.max(latencies[kind].length, index + 1) },
    (_, at) => latencies[kind][at] ?? 0,
  );
  counts[index] = (counts[index] ?? 0) + 1;
  return { ...latencies, [kind]: counts };
}

/** The time within which `share` (0 to 1) of them came back, in milliseconds; undefined if none did. */
export function quantile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    below += count;
    if (below >= share * total) return Math.round(FIRST_MS * STEP ** index);
  }
  return undefined;
}

/** When the week's report is due: Mondays at this hour, where people read it. */
const HOUR_OF_REPORT = 8;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Name of the week that `nowMs` lies in, as the date of its Monday (`2026-03-09`): weeks begin on Mondays at eight
 * o'clock on the wall, whatever daylight saving does to the days between.
 * @param timeZone IANA name
 */
export function weekOf(nowMs: number, timeZone: string): string {
  const parts = clockOf(timeZone).formatToParts(nowMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const dateMs = Date.UTC(of('year'), of('month') - 1, of('day'));
  const sinceMonday = (new Date(dateMs).getUTCDay() + 6) % 7;
  const isEarly = sinceMonday === 0 && of('hour') < HOUR_OF_REPORT;
  return new Date(dateMs - (sinceMonday + (isEarly ? 7 : 0)) * DAY_MS).toISOString().slice(0, 10);
}

let clock: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

/** Made once: it takes longer than all that is done with it. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  if (clock?.timeZone !== timeZone) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' } as const;
    clock = { timeZone, format: new Intl.DateTimeFormat('en-GB', { timeZone, ...fields }) };
  }
  return clock.format;
}
