import type { FirstSeen } from '../alerts/alert';
import type { Baseline } from '../rules/rule';
import { DAY } from '../rules/rule';
import { SUPPRESSED } from '../rules/suppression';
import type { ReceivedHit } from '../windows/touched-window';
import type { BaselineStore } from './baseline-store';
import { LearnedFacts } from './learned-facts';
import { Learning } from './learning';

/** A value that an event used, on a track. */
export interface SeenUse {
  readonly received: ReceivedHit;
  readonly subject: string;
  readonly value: string;
  readonly track: string;
}

/** Decides what is seen for the first time. */
export class BaselineJudge {
  private readonly facts: LearnedFacts;
  private readonly learning: Learning;

  constructor(store: BaselineStore, baselines: readonly Baseline[]) {
    this.facts = new LearnedFacts(store);
    this.learning = new Learning(
      store,
      baselines.map(({ kind }) => kind),
    );
  }

  /**
   * Notes that an account has events: its learning begins.
   * @throws {StoreUnavailableError}
   */
  async seeAccount(account: string, timeMs: number): Promise<void> {
    await this.learning.beginAccount(account, timeMs);
  }

  /**
   * What is new about a use, or undefined. Repeats of a use that was new are new again, with the same identity.
   *
   * A subject in its first days is judged by what its account knows: a new role enjoys no quiet time, and does not alarm
   * with everything that others do every day. What it does teaches both. What older subjects do keeps alive what the
   * account knows: else it would forget, within an expiry, what everybody does.
   *
   * @param unknown what was asked for and not found while these records are judged; uses that teach nothing are often many
   * @throws {StoreUnavailableError}
   */
  async firstSeen(
    baseline: Baseline,
    use: SeenUse,
    nowMs: number,
    unknown: Set<string> = new Set(),
  ): Promise<FirstSeen | undefined> {
    const { subject, value, track } = use;
    const { event, hit } = use.received;
    const { id, timeMs, account } = event;
    const said = { id, timeMs, subject, value, track };
    // Synthetic records touch no baseline: they are always new.
    if (track === 'test') return hit.teachesOnly ? undefined : { ...said, unlearned: undefined };

    const unlearned =
      event.outcome !== 'succeeded' ? 'denied' : track.startsWith(SUPPRESSED) ? 'suppressed' : undefined;
    const { kind } = baseline;
    const learnMs = baseline.learnDays * DAY;
    const isLearning = timeMs < (await this.learning.ofAccount(account, kind, timeMs)) + learnMs;
    const isTold = !isLearning && !hit.teachesOnly;
    // What teaches nothing need not be judged where nothing is told.
    if (unlearned !== undefined && !isTold) return undefined;
    const expiryMs = baseline.expiryDays * DAY;
    const ofAccount = { kind, subject: `account ${account}`, value };
    const ofSubject = baseline.subject === undefined ? ofAccount : { kind, subject: `subject ${subject}`, value };
    const startMs =
      baseline.subject === undefined
        ? Number.NEGATIVE_INFINITY
        : await this.learning.ofSubject(subject, kind, timeMs, unlearned === undefined, unknown);
    const isYoung = startMs === undefined || timeMs < startMs + learnMs;

    let isNew: boolean;
    if (unlearned === undefined) {
      const kept = isYoung || ofSubject === ofAccount ? undefined : ofAccount;
      const own = await this.facts.learn(ofSubject, event, expiryMs, nowMs, kept);
      const fact = isYoung ? await this.facts.learn(ofAccount, event, expiryMs, nowMs) : own;
      isNew = fact.firstId === id;
    } else {
      isNew = !(await this.facts.knows(isYoung ? ofAccount : ofSubject, timeMs, expiryMs, nowMs, unknown));
    }
    return isNew && isTold ? { ...said, unlearned } : undefined;
  }
}
