import type { ReceivedHit } from '../windows/touched-window';
import { type Evidence, evidenceKind, evidenceOf } from './evidence';

/** An event that an alert may show. Its evidence is made when somebody wants it: most are never looked at. */
export interface Sample {
  readonly kind: number;
  readonly evidence: () => Evidence;
}

/** More kinds than this help nobody. */
const SAMPLES_MAX = 5;

/**
 * One hit of each kind with a time in (afterMs, untilMs], the earliest of its kind. The most severe comes first, among
 * equals the one that fits the latest step of a sequence: it leads the alert.
 */
export function samplesOf(hits: readonly ReceivedHit[], afterMs: number, untilMs: number): Sample[] {
  const earliest = new Map<number, ReceivedHit>();
  for (const received of hits) {
    const { hit, event } = received;
    if (event.timeMs <= afterMs || event.timeMs > untilMs) continue;
    const kind = evidenceKind(hit);
    const known = earliest.get(kind)?.event;
    if (known === undefined || event.timeMs < known.timeMs || (event.timeMs === known.timeMs && event.id < known.id)) {
      earliest.set(kind, received);
    }
  }
  return [...earliest]
    .sort(([a], [b]) => b - a)
    .slice(0, SAMPLES_MAX)
    .map(([kind, received]) => sampleOf(kind, received));
}

function sampleOf(kind: number, { hit, event }: ReceivedHit): Sample {
  let made: Evidence | undefined;
  return {
    kind,
    evidence: () => {
      made ??= evidenceOf(hit, event);
      return made;
    },
  };
}
