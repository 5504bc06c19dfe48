import type { Sighting } from './canaries';
import type { LastSeen } from './silence';
import type { HeartbeatState } from './state';

/**
 * What the heartbeat remembers, and what the detector tells it. In another table than alerts: when that is broken, the
 * heartbeat must say so. All methods reject with StoreUnavailableError when the store did not answer.
 */
export interface HeartbeatStore extends SightingStore {
  /** Strongly consistent; undefined before the first run. */
  readState(): Promise<StoredState | undefined>;
  /** Replaces the state if its revision still is `known` (0: none yet). False if another run was faster. */
  replaceState(state: HeartbeatState, known: number): Promise<boolean>;
  /** Sightings of canaries with this nonce or a later one. */
  sightings(fromNonce: string): Promise<Sighting[]>;
  /** When something last came, of every account, region and feed. */
  lastSeen(): Promise<LastSeen[]>;
}

/** The detector's side. Both are idempotent. */
export interface SightingStore {
  /** A canary came back. The first sighting counts. */
  sight(sighting: Sighting): Promise<void>;
  /** Something came; an earlier time than the stored one changes nothing. */
  see(seen: LastSeen): Promise<void>;
}

export interface StoredState {
  readonly state: HeartbeatState;
  /** 1 when first stored, one more each time. */
  readonly revision: number;
}

/** Beyond it nobody asks for a canary any more. */
export const SIGHTING_KEPT_MS = 2 * 24 * 60 * 60_000;
/** An account that left is forgotten. */
export const SEEN_KEPT_MS = 60 * 24 * 60 * 60_000;
