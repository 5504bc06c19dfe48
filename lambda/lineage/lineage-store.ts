import type { Message } from '../alerts/alert-store';
import type { Taker } from './taker';

/**
 * Who took a role: for the key of each session, the caller that was given it. So that an alert on what a role did can
 * name who is behind it; and, where that is not known yet, which alerts wait for it.
 *
 * Every method is one atomic request on one item (`wait` two, where the first is refused); reads are strongly consistent,
 * writes are idempotent. Of a `wait` and a `note` of one session the later one always sees the earlier: they change the
 * same item, and each is answered with all of it. All reject with StoreUnavailableError when the store did not answer: it
 * may or may not have written.
 */
export interface LineageStore {
  /**
   * Stores how a session began. What the caller's own account recorded replaces what the role's account did, which knows
   * less of the caller; it is never replaced by that.
   * @returns the alerts that wait for it, again each time that it is noted; none where it was not stored for knowing less
   */
  note(origin: SessionOrigin): Promise<readonly WaitingAlert[]>;
  /** How the session began, if that is known; by the token of its key. */
  find(session: string): Promise<Taker | undefined>;
  /**
   * Leaves word that an alert waits to learn how the session began, unless WAITING_MAX do so already.
   * @returns how it began, if that is known by now
   */
  wait(session: string, waiting: WaitingAlert): Promise<Taker | undefined>;
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

/** An alert that was told before anybody knew who is behind it, with what its update needs. */
export interface WaitingAlert {
  /** Token of the session that placed the alert's leading event: from there the way back is followed. */
  readonly session: string;
  /** Until then an update is worth sending. */
  readonly untilMs: number;
  /** The message that said so. */
  readonly message: Message;
}

/**
 * A session lives 12 hours at most, federated ones 36; an alert may be told an hour after its last event.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
 */
export const LINEAGE_KEPT_MS = 37 * 60 * 60_000;

/**
 * Messages that wait for one session. By then that many said that it is unknown, and who caused them must not be able to
 * make a storm of updates, or an item too large to be stored.
 */
export const WAITING_MAX = 25;
