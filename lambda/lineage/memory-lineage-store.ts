import { type LineageStore, type SessionOrigin, WAITING_MAX, type WaitingAlert } from './lineage-store';
import type { Taker } from './taker';

/** Lineage in memory, for tests, simulations and benchmarks. Never forgets. */
export class MemoryLineageStore implements LineageStore {
  private readonly origins = new Map<string, SessionOrigin>();
  /** By session, and then as text: the same word left twice is one. */
  private readonly waiting = new Map<string, Map<string, WaitingAlert>>();

  async note(origin: SessionOrigin): Promise<readonly WaitingAlert[]> {
    if (!origin.own && this.origins.get(origin.session)?.own) return [];
    this.origins.set(origin.session, origin);
    return [...(this.waiting.get(origin.session)?.values() ?? [])];
  }

  async find(session: string): Promise<Taker | undefined> {
    return this.origins.get(session)?.taker;
  }

  async wait(session: string, waiting: WaitingAlert): Promise<Taker | undefined> {
    const others = this.waiting.get(session) ?? new Map<string, WaitingAlert>();
    this.waiting.set(session, others);
    if (others.size < WAITING_MAX) others.set(JSON.stringify(waiting), waiting);
    return this.origins.get(session)?.taker;
  }
}
