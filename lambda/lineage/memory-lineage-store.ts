import type { LineageStore, SessionOrigin } from './lineage-store';
import type { Taker } from './taker';

/** Lineage in memory, for tests, simulations and benchmarks. Never forgets. */
export class MemoryLineageStore implements LineageStore {
  private readonly origins = new Map<string, SessionOrigin>();

  async note(origin: SessionOrigin): Promise<void> {
    if (origin.own || !this.origins.has(origin.session)) this.origins.set(origin.session, origin);
  }

  async find(session: string): Promise<Taker | undefined> {
    return this.origins.get(session)?.taker;
  }
}
