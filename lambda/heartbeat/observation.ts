/** What a check found about one thing that must be right. */
export interface Observation {
  /** Names the thing, the same in every run: `rule eu-west-1 trailhound-Writes`. */
  readonly subject: string;
  /** `unknown`: AWS did not say, or refused to. It counts as trouble of its own, because an attacker may cause it. */
  readonly status: 'ok' | 'broken' | 'unknown';
  /** What is wrong, as a sentence with its names and without a full stop; empty where nothing is. */
  readonly says: string;
  /** What to do first. */
  readonly advice?: string;
  readonly patience: Patience;
  /** What must be wrong while this is: people are told the cause alone. */
  readonly explains?: readonly string[];
  /** Since when it is wrong, where that is known; otherwise since the first check that found it. */
  readonly sinceMs?: number;
}

/** How long something must last until people are told; Infinity: never. */
export interface Patience {
  readonly warnMs: number;
  readonly criticalMs: number;
}

const MINUTE = 60_000;

/** Less than the time between two runs: what a second run still finds. */
const CONFIRMED_MS = 4 * MINUTE;

/**
 * Waiting helps only where lateness or a deployment is an innocent explanation.
 */
export const PATIENCE = {
  /** AWS says so and no deployment of ours brings it about: a trail that does not log. */
  none: { warnMs: 0, criticalMs: 0 },
  /** A part of ours is gone or changed. While it is deployed that is so for a moment: told when it lasts to a second run. */
  confirmed: { warnMs: CONFIRMED_MS, criticalMs: CONFIRMED_MS },
  /** The same where nothing is blind. */
  lesser: { warnMs: CONFIRMED_MS, criticalMs: Number.POSITIVE_INFINITY },
  /** Something did not come, or nobody knows. CloudTrail alone may be late by 15 minutes. */
  late: { warnMs: 15 * MINUTE, criticalMs: 30 * MINUTE },
  /** CloudTrail itself is late, which nobody here can mend. */
  cloudTrailLate: { warnMs: 15 * MINUTE, criticalMs: 120 * MINUTE },
  /** `sinceMs` is when it became too old already. */
  overdue: { warnMs: 0, criticalMs: 60 * MINUTE },
  /** Messages that nobody sent; `sinceMs` is when the oldest was written. */
  unsent: { warnMs: 10 * MINUTE, criticalMs: 30 * MINUTE },
} as const satisfies Record<string, Patience>;

export function fine(subject: string): Observation {
  return { subject, status: 'ok', says: '', patience: PATIENCE.none };
}

/** Nobody knows whether the thing is right. */
export function unknown(subject: string, reason: string, advice?: string): Observation {
  return {
    ...{ subject, status: 'unknown', says: `${subject} could not be checked: ${reason}` },
    ...(advice === undefined ? {} : { advice }),
    patience: PATIENCE.late,
  };
}

export function broken(
  subject: string,
  says: string,
  patience: Patience,
  more: { readonly advice?: string; readonly sinceMs?: number; readonly explains?: readonly string[] } = {},
): Observation {
  return { subject, status: 'broken', says, patience, ...more };
}
