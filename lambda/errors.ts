/** One class per reaction: see where each is caught. */

type NonEmpty<T> = readonly [T, ...T[]];

/** One thing that a person must change. */
export interface ConfigProblem {
  /** Where, as a person writes it: `rules.mass-launch.threshold`, `suppressions[2].actor`. */
  readonly path: string;
  /** What was expected, what was found, and what to do. One line, safe to print. */
  readonly problem: string;
  /** The path's parts, to find its line in the file; absent where the problem is not at one place of it. */
  readonly keys?: readonly (string | number)[];
}

/** A person must edit a file: every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    readonly problems: NonEmpty<ConfigProblem>,
    options?: ErrorOptions,
  ) {
    super(problems.map(({ path, problem }) => `${path}: ${problem}`).join('\n'), options);
  }
}

/** A store did not answer, or not in time: what it was asked may or may not have happened. Try again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** What was thrown, as an error: code that we call may throw anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
