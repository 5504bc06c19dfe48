import type { Sighting } from './canaries';
import type { HeartbeatStore, StoredState } from './heartbeat-store';
import type { LastSeen } from './silence';
import type { HeartbeatState } from './state';

/** For tests and simulations. Never forgets. */
export class MemoryHeartbeatStore implements HeartbeatStore {
  private stored: { readonly json: string; readonly revision: number } | undefined;
  private readonly canaries = new Map<string, Sighting>();
  private readonly places = new Map<string, LastSeen>();

  async readState(): Promise<StoredState | undefined> {
    if (this.stored === undefined) return undefined;
    const { json, revision } = this.stored;
    return { state: JSON.parse(json) as HeartbeatState, revision };
  }

  async replaceState(state: HeartbeatState, known: number): Promise<boolean> {
    if ((this.stored?.revision ?? 0) !== known) return false;
    this.stored = { json: JSON.stringify(state), revision: known + 1 };
    return true;
  }

  async sightings(fromNonce: string): Promise<Sighting[]> {
    return [...this.canaries.values()].filter(({ nonce }) => nonce >= fromNonce);
  }

  async lastSeen(): Promise<LastSeen[]> {
    return [...this.places.values()];
  }

  async sight(sighting: Sighting): Promise<void> {
    const name = `${sighting.nonce} ${sighting.region} ${sighting.kind}`;
    if (!this.canaries.has(name)) this.canaries.set(name, sighting);
  }

  async see(seen: LastSeen): Promise<void> {
    const name = JSON.stringify([seen.account, seen.region, seen.feed]);
    if (seen.seenMs > (this.places.get(name)?.seenMs ?? Number.NEGATIVE_INFINITY)) this.places.set(name, seen);
  }
}
