import { BoundedMap } from '../bounded-map';
import { StoreUnavailableError } from '../errors';
import type { BaselineStore, Fact, FactName, Use } from './baseline-store';

/** After this the store is asked again, so that its time of last use keeps up with a value that is in use every day. */
const CACHED_MS = 12 * 60 * 60_000;

/** Each failed attempt means that another worker made the fact; more than two in a row hardly ever happen. */
const ATTEMPTS_MAX = 10;

interface Cached {
  readonly fact: Fact;
  readonly untilMs: number;
}

/**
 * Facts, remembered with the event that made them: a value is known only for other events. Without that id, a worker
 * that stored a value and failed to raise its alert would find the value known when the record comes again.
 */
export class LearnedFacts {
  private readonly cache = new BoundedMap<string, Cached>(50_000);

  constructor(private readonly store: BaselineStore) {}

  /**
   * The fact after the use was told: `firstId` is the use's own id if it made the fact, now or before.
   * @param kept a fact that the use keeps alive besides, if it is there
   * @throws {StoreUnavailableError}
   */
  async learn(name: FactName, use: Use, expiryMs: number, nowMs: number, kept?: FactName): Promise<Fact> {
    const cached = this.cached(name, nowMs);
    if (cached !== undefined && isAlive(cached, use.timeMs, expiryMs)) return cached;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      // A reading costs a fifth of a refused write, and most values are known.
      const found = await this.store.find(name);
      if (found !== undefined && isAlive(found, use.timeMs, expiryMs)) {
        if (found.lastUsedMs < use.timeMs) await this.store.touch(name, use.timeMs, expiryMs);
        if (kept !== undefined) await this.store.touch(kept, use.timeMs, expiryMs);
        return this.remember(name, { ...found, lastUsedMs: Math.max(found.lastUsedMs, use.timeMs) }, nowMs);
      }
      if (await this.store.insert(name, use, expiryMs)) {
        if (kept !== undefined) await this.store.touch(kept, use.timeMs, expiryMs);
        return this.remember(name, { firstId: use.id, lastUsedMs: use.timeMs }, nowMs);
      }
    }
    throw new StoreUnavailableError(`baselines: ${ATTEMPTS_MAX} others were faster to make the fact`);
  }

  /**
   * Whether a use at `timeMs` would be of a known value. Tells the store nothing.
   * @param unknown names that were asked for a moment ago and not found: not asked for again
   * @throws {StoreUnavailableError}
   */
  async knows(name: FactName, timeMs: number, expiryMs: number, nowMs: number, unknown: Set<string>): Promise<boolean> {
    const cached = this.cached(name, nowMs);
    if (cached !== undefined && isAlive(cached, timeMs, expiryMs)) return true;
    if (unknown.has(keyOf(name))) return false;
    const found = await this.store.find(name);
    if (found === undefined) unknown.add(keyOf(name));
    if (found === undefined || !isAlive(found, timeMs, expiryMs)) return false;
    this.remember(name, found, nowMs);
    return true;
  }

  private cached(name: FactName, nowMs: number): Fact | undefined {
    const cached = this.cache.get(keyOf(name));
    return cached !== undefined && cached.untilMs > nowMs ? cached.fact : undefined;
  }

  private remember(name: FactName, fact: Fact, nowMs: number): Fact {
    this.cache.set(keyOf(name), { fact, untilMs: nowMs + CACHED_MS });
    return fact;
  }
}

function isAlive({ lastUsedMs }: Fact, timeMs: number, expiryMs: number): boolean {
  return lastUsedMs >= timeMs - expiryMs;
}

function keyOf({ kind, subject, value }: FactName): string {
  return `${kind}\n${subject.length}\n${subject}${value}`;
}
