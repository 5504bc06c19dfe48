import { BoundedMap } from '../bounded-map';
import type { ActiveRule } from '../rules/active-rule';
import { bucketOf } from './alert';

export type Coverage = 'all' | 'not' | { readonly until: number };

/**
 * Alerts that no event can change any more but in their numbers: they were read with messages (their own or a close
 * neighbour's) that carry the highest multiple and as high a level as any event can still earn. Messages are never taken
 * back and neighbours only come closer, so what was settled once stays settled.
 */
export class SettledAlerts {
  /** The highest level that messages tell, of alerts that are told at the highest multiple. */
  private readonly levels = new BoundedMap<string, number>(20_000);

  /** @param window as `windowKey` makes it */
  add(window: string, bucketMs: number, level: number): void {
    this.levels.set(`${bucketMs}#${window}`, level);
  }

  /**
   * Whether every alert that events at these times could touch is settled: `all`, or `until` a bucket that begins then,
   * or `not`. An event at t is in firings of [t, t + W), which lie in two buckets at most.
   * @param level as high as these events can raise an alert, with whatever is stored or still to come
   */
  coverage(name: string, { window, quietMs }: ActiveRule, timesMs: readonly number[], level: number): Coverage {
    if (window === undefined) return 'not';
    let until: number | undefined;
    for (const timeMs of timesMs) {
      const last = bucketOf(timeMs + window.withinMs - 1, quietMs);
      // The later bucket first: it is the one that is rarely there.
      if (!this.has(name, last, level)) {
        if (last === bucketOf(timeMs, quietMs) || (until !== undefined && until !== last)) return 'not';
        until = last;
      }
      if (!this.has(name, bucketOf(timeMs, quietMs), level)) return 'not';
    }
    return until === undefined ? 'all' : { until };
  }

  private has(window: string, bucketMs: number, level: number): boolean {
    const told = this.levels.get(`${bucketMs}#${window}`);
    return told !== undefined && told >= level;
  }
}
