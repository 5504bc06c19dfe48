import type { CheckState } from './state';

/**
 * What the audits found, by account and check.
 * All methods reject with StoreUnavailableError when the store did not answer: it may or may not have written.
 */
export interface PostureStore {
  /** Strongly consistent. Undefined before the first audit. */
  read(account: string, check: string): Promise<CheckState | undefined>;
  /** Replaces the state whose revision is one less; false if the stored one is another: somebody else audits too. */
  write(account: string, check: string, state: CheckState): Promise<boolean>;
}

/** In memory, for tests. */
export class MemoryPostureStore implements PostureStore {
  private readonly states = new Map<string, string>();

  async read(account: string, check: string): Promise<CheckState | undefined> {
    const stored = this.states.get(`${account}#${check}`);
    return stored === undefined ? undefined : (JSON.parse(stored) as CheckState);
  }

  async write(account: string, check: string, state: CheckState): Promise<boolean> {
    const stored = this.states.get(`${account}#${check}`);
    const known = stored === undefined ? 0 : (JSON.parse(stored) as CheckState).revision;
    if (known !== state.revision - 1) return false;
    this.states.set(`${account}#${check}`, JSON.stringify(state));
    return true;
  }
}
