import type { Message } from '../alerts/alert-store';
import { type Evidence, inOrder, isSingleSignOn } from '../alerts/evidence';
import { StoreUnavailableError } from '../errors';
import type { Log } from '../ports';
import { LINEAGE_KEPT_MS, type LineageStore, type WaitingAlert } from './lineage-store';
import type { Behind, Taker } from './taker';

/** Roles taken from roles; nobody needs more, and a circle must end. */
const HOPS_MAX = 8;

/**
 * Follows a session back to who began it. Undefined where the event was not placed in a role's session.
 * @throws {StoreUnavailableError}
 */
export async function behind(
  store: Pick<LineageStore, 'find'>,
  evidence: Pick<Evidence, 'session'> | undefined,
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
 * The same, leaving word where it ends because nobody knows further: whoever stores what is missing then sees to an
 * update (see tell-waiting.ts). What one has stored the other sees, whichever comes first.
 * @throws {StoreUnavailableError}
 */
export async function behindOrWaiting(
  store: Pick<LineageStore, 'find' | 'wait'>,
  waiting: WaitingAlert,
): Promise<Behind> {
  const steps = followed(waiting.session);
  let step = steps.next();
  while (step.done !== true) {
    step = steps.next((await store.find(step.value)) ?? (await store.wait(step.value, waiting)));
  }
  return step.value;
}

/**
 * Whether more is known by now than an update says that ends where it was not known further. Whoever stored that has been
 * asked for it, and sees to an update of its own.
 */
export async function isOutdated(
  { lineage, log }: { readonly lineage?: LineageStore; readonly log: Log },
  session: string,
  { takers, complete }: Behind,
): Promise<boolean> {
  if (lineage === undefined || complete) return false;
  try {
    return ((await behind(lineage, { session }))?.takers.length ?? 0) > takers.length;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    log.warn('A store did not answer; an update may say less than is known', { reason: error.message });
    return false;
  }
}

/**
 * Who is behind the session that placed the event that leads an alert, leaving word where nobody knows. That must never
 * cost the message: a store that does not answer leaves it open, and then nobody is told that it is unknown yet, or waits
 * for more.
 */
export async function behindLead(
  { lineage, log }: { readonly lineage?: LineageStore; readonly log: Log },
  evidence: readonly Evidence[],
  message: Message,
): Promise<Behind | undefined> {
  const lead = inOrder(evidence)[0];
  if (lineage === undefined || lead?.session === undefined) return undefined;
  try {
    // Single sign-on names the person by itself: an update would say nothing that was not said.
    if (message.track !== 'live' || isSingleSignOn(lead.actor)) return await behind(lineage, lead);
    const { session } = lead;
    return await behindOrWaiting(lineage, { session, untilMs: lead.timeMs + LINEAGE_KEPT_MS, message });
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    log.warn('A store did not answer; the message does not say who took the role', { reason: error.message });
    return undefined;
  }
}
