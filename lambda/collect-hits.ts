import type { SeenUse } from './baselines/judge-use';
import type { ReceivedEvent } from './intake/receive-batch';
import type { TrailEvent } from './intake/trail-event';
import type { ActiveRule } from './rules/active-rule';
import type { Dispatcher } from './rules/dispatch';
import { type ReceivedHit, TouchedWindows } from './windows/touched-window';

export interface Collected {
  readonly windows: TouchedWindows;
  /** Hits that count in their windows only if they use something for the first time. */
  readonly gated: readonly GatedHit[];
  /** Uses of baselines' values, grouped by (rule, subject, value). */
  readonly uses: readonly (readonly SeenUse[])[];
}

export interface GatedHit {
  readonly received: ReceivedHit;
  readonly track: string;
}

/** What the rules make of events: the windows and first-seen facts that they touch, each with all its hits. */
export function collectHits(
  events: readonly ReceivedEvent[],
  dispatcher: Dispatcher,
  trackOf: (active: ActiveRule, event: TrailEvent) => string,
): Collected {
  const windows = new TouchedWindows();
  const gated: GatedHit[] = [];
  const uses = new Map<string, SeenUse[]>();
  for (const { event, messageId } of events) {
    for (const hit of dispatcher.hits(event)) {
      const track = trackOf(hit.active, event);
      const received = { hit, event, messageId };
      if (hit.onlyIfNew !== undefined) gated.push({ received, track });
      else if (hit.active.window !== undefined) windows.add(received, track);
      else {
        for (const subject of hit.keys) {
          for (const value of hit.values) addUse(uses, { received, subject, value, track });
        }
      }
    }
  }
  return { windows, gated, uses: [...uses.values()] };
}

function addUse(uses: Map<string, SeenUse[]>, use: SeenUse): void {
  const name = JSON.stringify([use.received.hit.active.rule.id, use.subject, use.value]);
  const ofFact = uses.get(name);
  if (ofFact === undefined) uses.set(name, [use]);
  else ofFact.push(use);
}
