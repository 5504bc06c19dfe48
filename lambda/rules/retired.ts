/** A rule that no longer exists. Its id is never used again, so that old configurations get an answer, not a guess. */
export interface RetiredRule {
  readonly id: string;
  /** Version that no longer has it: `0.4.0`. */
  readonly since: string;
  /** Why, and what to use instead; a clause, no full stop. */
  readonly reason: string;
}

export const RETIRED: readonly RetiredRule[] = [];
