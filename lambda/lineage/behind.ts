import { type Evidence, inOrder } from '../alerts/evidence';
import { StoreUnavailableError } from '../errors';
import type { Log } from '../ports';
import type { LineageStore, Taker } from './lineage-store';

/** Who is behind a role's session: those who took one role after the other, the latest first. */
export interface Behind {
  /** Empty while no assumption of the session is known. */
  readonly takers: readonly Taker[];
  /** True when the last of them holds a long-lived key, or is a person: there is nobody further back. */
  readonly complete: boolean;
}

/** Roles taken from roles; nobody needs more, and a circle must end. */
const HOPS_MAX = 8;

/**
 * Follows a session back to who began it. Undefined where the event was not placed in a role's session.
 * @throws {StoreUnavailableError}
 */
export async function behind(store: LineageStore, evidence: Evidence | undefined): Promise<Behind | undefined> {
  const session = evidence?.session;
  if (session === undefined) return undefined;
  const takers: Taker[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = session; next !== undefined && takers.length < HOPS_MAX; ) {
    if (seen.has(next)) return { takers, complete: false };
    seen.add(next);
    const taker: Taker | undefined = await store.find(next);
    if (taker === undefined) return { takers, complete: false };
    takers.push(taker);
    next = taker.session;
    if (next === undefined) return { takers, complete: true };
  }
  return { takers, complete: false };
}

/**
 * The same for the event that leads an alert. Who is behind it must never cost the message: a store that does not answer
 * leaves it open.
 */
export async function behindLead(
  { lineage, log }: { readonly lineage?: LineageStore; readonly log: Log },
  evidence: readonly Evidence[],
): Promise<Behind | undefined> {
  if (lineage === undefined) return undefined;
  try {
    return await behind(lineage, inOrder(evidence)[0]);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    log.warn('A store did not answer; the message does not say who took the role', { reason: error.message });
    return undefined;
  }
}
