import { BoundedMap } from '../bounded-map';
import type { BaselineStore } from './baseline-store';

/** When learning began, for accounts and for subjects. Beginnings never change, so they are remembered. */
export class Learning {
  /** Of accounts, by kind. */
  private readonly accounts = new BoundedMap<string, ReadonlyMap<string, number>>(1_000);
  /** Of subjects, each with a kind. */
  private readonly begun = new BoundedMap<string, number>(50_000);

  constructor(
    private readonly store: BaselineStore,
    /** Kinds of all active baselines. */
    private readonly kinds: readonly string[],
  ) {}

  /**
   * Begins learning for an account with its first event, whatever that is, for every kind at once: a kind that is new
   * in an old account learns too, and an account that never did a thing has learned that it does not.
   * @throws {StoreUnavailableError}
   */
  async beginAccount(account: string, timeMs: number): Promise<ReadonlyMap<string, number>> {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const starts = await this.store.startLearning(`account ${account}`, this.kinds, timeMs);
    this.accounts.set(account, starts);
    return starts;
  }

  /** Start of learning of a kind in the account of an event at `timeMs`, which begins it if nothing did. */
  async ofAccount(account: string, kind: string, timeMs: number): Promise<number> {
    return (await this.beginAccount(account, timeMs)).get(kind) ?? timeMs;
  }

  /**
   * Start of learning of a kind about a subject. A use that teaches begins it; one that does not finds undefined where
   * nothing was taught.
   * @param unknown learners that were asked for a moment ago and not found: not asked for again
   */
  async ofSubject(
    subject: string,
    kind: string,
    timeMs: number,
    teaches: boolean,
    unknown: Set<string>,
  ): Promise<number | undefined> {
    const learner = `subject ${subject}`;
    const name = nameOf(learner, kind);
    const known = this.begun.get(name);
    if (known !== undefined) return known;
    if (!teaches && unknown.has(name)) return undefined;
    const startMs = teaches
      ? (await this.store.startLearning(learner, [kind], timeMs)).get(kind)
      : await this.store.findLearning(learner, kind);
    if (startMs === undefined) unknown.add(name);
    else this.begun.set(name, startMs);
    return startMs;
  }
}

function nameOf(learner: string, kind: string): string {
  return `${kind}\n${learner}`;
}
