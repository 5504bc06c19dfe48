import { BoundedMap } from '../bounded-map';
import type { ActiveRule } from '../rules/active-rule';
import { bucketOf } from './alert';

export type Coverage = 'all' | 'not' | { readonly until: number };

/**
 * Alerts that no event can change any more but in their numbers: they were read with messages (their own or a close
 * neighbour's) that carry the highest tier and multiple. Messages are never taken back and neighbours only come closer,
 * so what was settled once stays settled.
 */
export class SettledAlerts {
  private readonly buckets = new BoundedMap<string, true>(20_000);

  /** @param window as `windowKey` makes it */
  add(window: string, bucketMs: number): void {
    this.buckets.set(`${bucketMs}#${window}`, true);
  }

  /**
   * Whether every alert that events at these times could touch is settled: `all`, or `until` a bucket that begins then,
   * or `not`. An event at t is in firings of [t, t + W), which lie in two buckets at most.
   */
  coverage(name: string, { window, quietMs }: ActiveRule, timesMs: readonly number[]): Coverage {
    if (window === undefined) return 'not';
    let until: number | undefined;
    for (const timeMs of timesMs) {
      const last = bucketOf(timeMs + window.withinMs - 1, quietMs);
      // The later bucket first: it is the one that is rarely there.
      if (!this.has(name, last)) {
        if (last === bucketOf(timeMs, quietMs) || (until !== undefined && until !== last)) return 'not';
        until = last;
      }
      if (!this.has(name, bucketOf(timeMs, quietMs))) return 'not';
    }
    return until === undefined ? 'all' : { until };
  }

  private has(window: string, bucketMs: number): boolean {
    return this.buckets.has(`${bucketMs}#${window}`);
  }
}
