import type { InputProblem } from './reading/input-problem';

/**
 * Brings inputs to their paths before they are read, and a little ahead: those that are no local files.
 *
 * Inputs are named by their numbers in the list that is replayed; local files are always ready.
 */
export interface Supply {
  /** Which inputs will be asked for, in this order; takes the place of what was announced before. */
  announce(inputs: readonly number[]): void;
  /**
   * Waits until the input is at its path, or nobody waits any more because reading was stopped.
   * @returns what is wrong when it won't be there; none for one problem that stands for many, told with another input
   */
  ready(input: number): Promise<'ready' | readonly InputProblem[]>;
  /** The input was read and may go; once for each that was ready. */
  done(input: number): void;
}
