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
  private readonly byRule = new Map<ActiveRule, Map<string, Map<string, TouchedWindow>>>();
  private readonly inOrder: TouchedWindow[] = [];

  add(received: ReceivedHit, track: string): void {
    const { active, keys } = received.hit;
    const ofRule = within(this.byRule, active);
    const ofTrack = within(ofRule, track);
    for (const key of keys) {
      const touched = ofTrack.get(key);
      if (touched !== undefined) {
        touched.hits.push(received);
        continue;
      }
      const added = { active, key, track, name: windowKey(active.rule, key, track), hits: [received] };
      ofTrack.set(key, added);
      this.inOrder.push(added);
    }
  }

  all(): readonly TouchedWindow[] {
    return this.inOrder;
  }
}

function within<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const found = maps.get(key);
  if (found !== undefined) return found;
  const made = new Map<L, V>();
  maps.set(key, made);
  return made;
}

export function entryOf({ hit, event }: ReceivedHit): Entry {
  return { id: event.id, timeMs: event.timeMs, weight: hit.weight, level: hit.level, steps: hit.steps };
}
