import { BoundedMap } from '../bounded-map';
import type { Entry } from './verdict';

/**
 * Entries of sequences that need not be stored, because nothing would come out otherwise with them: fifty failed
 * sign-ins of one second are as good as a few.
 *
 * A sequence asks for K events in all, over its steps. Wherever an entry fills a step, at most K − 1 others fill the
 * rest; so if K others of the same time and level fit that step as well, one of them is free to take its place, and the
 * order, the level and the time of the firing stay what they were. Only the number of events grows less.
 *
 * Whoever lets a release ask for more events of a step also changes the rule's `keyVersion`: what was left out under
 * the smaller number would be missing.
 */
export class EnoughEntries {
  /** Ids of entries that are stored, up to K, by window, time, level and step. */
  private readonly stored = new BoundedMap<string, readonly string[]>(20_000);

  /**
   * The entries of one segment that are to be stored. They count for one another: they are stored together or, as the
   * whole batch of them, come again.
   * @param window as `windowKey` makes it
   * @param entries no two of the same event and time
   * @param enough K
   */
  needed(window: string, entries: readonly Entry[], enough: number): Entry[] {
    const found = new Map<string, readonly string[]>();
    const idsOf = (place: string) => found.get(place) ?? this.stored.get(place) ?? NONE;
    return entries.filter((entry) => {
      const places = placesOf(window, entry);
      const isSpared = places.every((place) => {
        const ids = idsOf(place);
        return ids.length >= enough || ids.includes(entry.id);
      });
      if (isSpared) return false;
      for (const place of places) found.set(place, withId(idsOf(place), entry.id));
      return true;
    });
  }

  /** To be called when the entries are stored. */
  add(window: string, entries: readonly Entry[], enough: number): void {
    for (const entry of entries) {
      for (const place of placesOf(window, entry)) {
        const ids = this.stored.get(place) ?? NONE;
        if (ids.length < enough) this.stored.set(place, withId(ids, entry.id));
      }
    }
  }
}

const NONE: readonly string[] = [];

function withId(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids : [...ids, id];
}

/** One for each step that the entry fits. */
function placesOf(window: string, { timeMs, level, steps }: Entry): string[] {
  const places: string[] = [];
  for (let step = 0; steps >> step !== 0; step++) {
    if ((steps & (1 << step)) !== 0) places.push(`${timeMs} ${level} ${step} ${window}`);
  }
  return places;
}
