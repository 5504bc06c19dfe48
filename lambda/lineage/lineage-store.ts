import type { Taker } from './taker';

/**
 * Who took a role: for the key of each session, the caller that was given it. So that an alert on what a role did can
 * name who is behind it.
 *
 * Every method is one atomic request on one item; reads are strongly consistent, writes are idempotent. Both reject with
 * StoreUnavailableError when the store did not answer: it may or may not have written.
 */
export interface LineageStore {
  /**
   * Stores how a session began. What the caller's own account recorded replaces what the role's account did, which knows
   * less of the caller; it is never replaced by that.
   */
  note(origin: SessionOrigin): Promise<void>;
  /** How the session began, if that is known; by the token of its key. */
  find(session: string): Promise<Taker | undefined>;
}

export interface SessionOrigin {
  /** Token of the key that the session was given. */
  readonly session: string;
  readonly taker: Taker;
  /** eventTime of the assumption, in milliseconds. */
  readonly timeMs: number;
  /** From the record of the caller's own account. */
  readonly own: boolean;
}

/**
 * A session lives 12 hours at most, federated ones 36; an alert may be told an hour after its last event.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
 */
export const LINEAGE_KEPT_MS = 37 * 60 * 60_000;
