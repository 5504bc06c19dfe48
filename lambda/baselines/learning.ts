import { BoundedMap } from '../bounded-map';
import { DAY, HOUR } from '../rules/rule';
import type { BaselineStore } from './baseline-store';

/** A little longer than rules learn: two weeks. */
const YOUNG_MS = 16 * DAY;

/** Of an account, by kind; asked for an event at `atMs`. */
interface Beginnings {
  readonly starts: ReadonlyMap<string, number>;
  readonly atMs: number;
}

/**
 * When learning began, for accounts and for subjects. Beginnings hardly ever change, so they are remembered; only what was
 * learned elsewhere lets an account's be earlier, which is asked for once an hour while the account may still learn.
 */
export class Learning {
  private readonly accounts = new BoundedMap<string, Beginnings>(1_000);
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
    if (known !== undefined && !mayBeEarlier(known, timeMs)) return known.starts;
    const starts = await this.store.startLearning(`account ${account}`, this.kinds, timeMs);
    this.accounts.set(account, { starts, atMs: timeMs });
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

/** By the time of events, which goes on as the clock does where it matters. */
function mayBeEarlier({ starts, atMs }: Beginnings, timeMs: number): boolean {
  return timeMs >= atMs + HOUR && Math.max(...starts.values()) > timeMs - YOUNG_MS;
}

function nameOf(learner: string, kind: string): string {
  return `${kind}\n${learner}`;
}
