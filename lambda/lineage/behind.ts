import { type Evidence, inOrder } from '../alerts/evidence';
import { StoreUnavailableError } from '../errors';
import type { Log } from '../ports';
import type { LineageStore } from './lineage-store';
import type { Behind, Taker } from './taker';

/** Roles taken from roles; nobody needs more, and a circle must end. */
const HOPS_MAX = 8;

/**
 * Follows a session back to who began it. Undefined where the event was not placed in a role's session.
 * @throws {StoreUnavailableError}
 */
export async function behind(
  store: Pick<LineageStore, 'find'>,
  evidence: Evidence | undefined,
): Promise<Behind | undefined> {
  if (evidence?.session === undefined) return undefined;
  const steps = followed(evidence.session);
  let step = steps.next();
  while (step.done !== true) step = steps.next(await store.find(step.value));
  return step.value;
}

/** The same, of what is at hand. */
export function behindAmong(
  takers: { get(session: string): Taker | undefined },
  evidence: Evidence | undefined,
): Behind | undefined {
  if (evidence?.session === undefined) return undefined;
  const steps = followed(evidence.session);
  let step = steps.next();
  while (step.done !== true) step = steps.next(takers.get(step.value));
  return step.value;
}

/** Asks for the taker of one session after the other, the first one's first. */
function* followed(first: string): Generator<string, Behind, Taker | undefined> {
  const takers: Taker[] = [];
  const seen = new Set<string>();
  let next: string | undefined = first;
  while (next !== undefined && takers.length < HOPS_MAX && !seen.has(next)) {
    seen.add(next);
    const taker: Taker | undefined = yield next;
    if (taker === undefined) return { takers, complete: false };
    takers.push(taker);
    next = taker.session;
  }
  return { takers, complete: next === undefined };
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
