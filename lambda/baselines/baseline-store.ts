/**
 * First-seen facts: who used what first, and when it was last used.
 *
 * Every method is one atomic request on one item; reads are strongly consistent. Writes are idempotent.
 * All methods reject with StoreUnavailableError when the store did not answer: it may or may not have written.
 */
export interface BaselineStore {
  /** The fact as stored, or undefined. */
  find(name: FactName): Promise<Fact | undefined>;
  /**
   * Stores the use as the first of its fact if there is none, or if the stored one was last used before
   * `use.timeMs − expiryMs`. True if it was stored now.
   */
  insert(name: FactName, use: Use, expiryMs: number): Promise<boolean>;
  /** Raises the time of the last use to `timeMs`; never lowers it. Nothing happens where there is no fact. */
  touch(name: FactName, timeMs: number, expiryMs: number): Promise<void>;
  /**
   * When learning began for each of `kinds`, by kind, in milliseconds: `timeMs` for those that had not begun, which is
   * stored once and never changed but by `learnSince`.
   */
  startLearning(learner: string, kinds: readonly string[], timeMs: number): Promise<ReadonlyMap<string, number>>;
  /**
   * Lets learning of each kind begin at its time, if it had not begun or began later: for what was learned elsewhere. One
   * request for each kind.
   */
  learnSince(learner: string, sinceMs: ReadonlyMap<string, number>): Promise<void>;
  /** When learning of the kind began; undefined if it has not. */
  findLearning(learner: string, kind: string): Promise<number | undefined>;
}

export interface FactName {
  /** The baseline's kind; belongs to one rule. */
  readonly kind: string;
  /** Whose habit it is: an account, or what the rule names. */
  readonly subject: string;
  readonly value: string;
}

export interface Use {
  /** Identity of the event. */
  readonly id: string;
  /** Its eventTime. */
  readonly timeMs: number;
}

export interface Fact {
  /** Event that made the fact: for this one event the value is new, however often it is delivered. */
  readonly firstId: string;
  /** Greatest eventTime of a use that the store was told. */
  readonly lastUsedMs: number;
}
