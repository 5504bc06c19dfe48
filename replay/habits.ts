import type { Baseline } from '../lambda/rules/rule';

/** What rules with a baseline learned from files: the facts of the `baselines` table, for a deployment to begin with. */
export interface Habits {
  /** Account → time of its first event, in milliseconds: it learns since then, of every kind. */
  readonly accounts: ReadonlyMap<string, number>;
  /** One for each active rule with a baseline. */
  readonly kinds: readonly HabitsOfKind[];
}

export interface HabitsOfKind {
  readonly baseline: Baseline;
  /** `account …` or `subject …` → value → time of the last use, to the hour. */
  readonly lastUsedMs: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Subject → time of the first use that taught. */
  readonly subjects: ReadonlyMap<string, number>;
}
