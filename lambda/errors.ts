/** One class per reaction: see where each is caught. */

/** A store did not answer, or not in time: what it was asked may or may not have happened. Try again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
