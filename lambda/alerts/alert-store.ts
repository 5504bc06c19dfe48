import type { Behind } from '../lineage/taker';
import type { Evidence } from './evidence';

/**
 * Alerts, their evidence and their messages: the outbox.
 *
 * Every method is one atomic request on one item, or one query. `readAlerts` and `readEvidence` are strongly
 * consistent; `listPending` is not. Writes are idempotent.
 * All methods reject with StoreUnavailableError when the store did not answer: it may or may not have written.
 */
export interface AlertStore {
  /** Alerts of the group whose buckets start in [fromBucketMs, toBucketMs], by bucket, each with all its messages. */
  readAlerts(group: string, fromBucketMs: number, toBucketMs: number): Promise<AlertWithMessages[]>;
  /** Stores an alert that is not there yet. False if it is. */
  insertAlert(alert: StoredAlert): Promise<boolean>;
  /** Replaces the alert whose stored revision is `alert.revision − 1`. False if the stored one is another. */
  replaceAlert(alert: StoredAlert): Promise<boolean>;
  /** Stores evidence of a kind that the alert has none of; does nothing otherwise. */
  insertEvidence(alert: AlertName, kind: number, evidence: Evidence, expiresMs: number): Promise<void>;
  /** All evidence of an alert, by kind. */
  readEvidence(alert: AlertName): Promise<Evidence[]>;
  /** Stores a message that is not there yet, as pending. False if it is there, pending or sent. */
  insertMessage(message: Message): Promise<boolean>;
  /**
   * Keeps what a rule in shadow mode would have said: with its alert, where it speaks for what follows as a message would,
   * and listed for the report of the week. It is never pending. Two writes; a repetition may list it twice.
   */
  insertUntold(message: Message): Promise<void>;
  /** What a rule in shadow mode would have said since `fromMs`, by when it was noted; at most `limit`, each once. */
  listUntold(rule: string, fromMs: number, limit: number): Promise<Message[]>;

  /**
   * Messages that are not sent, most severe first, then oldest; at most `limit`. From an index that lags behind: lacks
   * what was just inserted, and still lists what was just sent.
   */
  listPending(limit: number): Promise<PendingMessage[]>;
  /** Leases the message to the caller until `untilMs`. False if it is sent, leased beyond `nowMs`, or not there. */
  claim(message: MessageName, nowMs: number, untilMs: number): Promise<boolean>;
  /** Ends the caller's lease, known by its end, before its time; does nothing when the message is sent or another's. */
  release(message: MessageName, leasedUntilMs: number): Promise<void>;
  /** The message is told: it is pending no more. What it said of a session is kept from the first time. */
  markSent(message: MessageName, sentMs: number, said?: SessionTold): Promise<void>;
}

/** Where an alert is stored. */
export interface AlertName {
  /** The alerts of one (rule, key, track, quiet period): neighbouring buckets are in one group. */
  readonly group: string;
  /** Start of the bucket of firing times; 0 for first-seen alerts, which have groups of their own. */
  readonly bucketMs: number;
}

/** `too-much`: the window holds more than a verdict may read. `posture`: news of the daily audit, and no event. */
export type AlertKind = 'window' | 'first-seen' | 'too-much' | 'posture';

export interface StoredAlert extends AlertName {
  readonly alertId: string;
  readonly kind: AlertKind;
  readonly rule: string;
  /** What groups the events, for people: harmless and shortened. */
  readonly key: string;
  readonly track: string;
  readonly quietMs: number;
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
  /** Earliest event counted in a window of its firings. */
  readonly firstEventMs: number;
  /** Greatest count, sum or number of values in one window, of what was read. */
  readonly count: number;
  readonly level: number;
  readonly multiple: number;
  /** Kinds of evidence that are stored, ascending; see `evidenceKind`. */
  readonly evidenceKinds: readonly number[];
  /** 1 when inserted, one more each time it is replaced. */
  readonly revision: number;
  readonly createdMs: number;
  readonly expiresMs: number;
}

export interface MessageName extends AlertName {
  readonly level: number;
  readonly multiple: number;
  /** Of an update, which says nothing new but this: who is behind the session, as far as so many hops. */
  readonly update?: SessionTold;
}

/** How far back a message follows a session. */
export interface SessionTold {
  /** Token of the session's key. */
  readonly session: string;
  /** How many took one role after the other, as far as it is known; 0 where nobody is. */
  readonly takers: number;
}

/** A message that stands with its alert, as far as those who come later must know it. */
export interface MessageState extends MessageName {
  readonly sentMs?: number;
  /** What a rule in shadow mode would have said: nobody is told. */
  readonly untold?: true;
  /** What it said of the session that the alert's leading event was placed with. */
  readonly said?: SessionTold;
}

/** An alert to be told at a level and a multiple, with what one line about it needs. */
export interface Message extends MessageName {
  readonly alertId: string;
  readonly kind: AlertKind;
  readonly rule: string;
  readonly track: string;
  readonly account: string;
  readonly region: string;
  readonly actor: string;
  /** The lead event's sentence; at most 300 characters. */
  readonly headline: string;
  readonly count: number;
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** Of an update, and of no other: what it says. */
  readonly behind?: Behind;
}

export interface PendingMessage extends Message {
  /** Until then somebody is sending it; 0 if nobody ever was. As stale as the index. */
  readonly leasedUntilMs: number;
}

export interface AlertWithMessages {
  readonly alert: StoredAlert;
  /** Without updates, which tell no level; with what a rule in shadow mode would have said. */
  readonly messages: readonly MessageState[];
}
