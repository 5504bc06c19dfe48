import { BoundedMap } from '../bounded-map';
import type { ActiveRule } from '../rules/active-rule';
import { bucketOf } from './alert';

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

  /** True if every alert that events at these times could touch is settled. An event at t is in firings of [t, t + W). */
  coverAll(name: string, { window, quietMs }: ActiveRule, timesMs: readonly number[]): boolean {
    if (window === undefined) return false;
    return timesMs.every((timeMs) => {
      const last = bucketOf(timeMs + window.withinMs - 1, quietMs);
      // The later bucket first: it is the one that is rarely there.
      return this.has(name, last) && this.has(name, bucketOf(timeMs, quietMs));
    });
  }

  private has(window: string, bucketMs: number): boolean {
    return this.buckets.has(`${bucketMs}#${window}`);
  }
}
