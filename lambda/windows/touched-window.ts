import type { TrailEvent } from '../intake/trail-event';
import { type ActiveRule, windowKey } from '../rules/active-rule';
import type { Hit } from '../rules/dispatch';
import type { Entry } from './verdict';

/** A hit with the event it is of and the record that brought it. */
export interface ReceivedHit {
  readonly hit: Hit;
  readonly event: TrailEvent;
  readonly messageId: string;
}

/** The window of one (rule, key, track), with what a batch brought for it. */
export interface TouchedWindow {
  readonly active: ActiveRule;
  readonly key: string;
  readonly track: string;
  /** Name under which it is stored. */
  readonly name: string;
  readonly hits: ReceivedHit[];
}

/** Groups hits by window, in the order of their first hits. */
export class TouchedWindows {
  private readonly byName = new Map<string, TouchedWindow>();

  add(received: ReceivedHit, track: string): void {
    const { active, keys } = received.hit;
    for (const key of keys) {
      const name = windowKey(active.rule, key, track);
      const touched = this.byName.get(name);
      if (touched === undefined) this.byName.set(name, { active, key, track, name, hits: [received] });
      else touched.hits.push(received);
    }
  }

  all(): TouchedWindow[] {
    return [...this.byName.values()];
  }
}

export function entryOf({ hit, event }: ReceivedHit): Entry {
  return { id: event.id, timeMs: event.timeMs, weight: hit.weight, level: hit.level, steps: hit.steps };
}
