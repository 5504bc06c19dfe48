import type { AlertStore } from '../alerts/alert-store';
import type { Clock, Metrics } from '../ports';
import { behindOrWaiting } from './behind';
import type { LineageStore, WaitingAlert } from './lineage-store';

export interface LineagePorts {
  /** Absent: nobody is told who is behind a session. */
  readonly lineage?: LineageStore;
  readonly alerts: Pick<AlertStore, 'insertMessage'>;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * Puts an update into the outbox for each alert that waited for what was just stored: one for each hop that became known,
 * which is most often the only one. An alert that many messages told has one update, at the highest level of theirs.
 *
 *     message says "unknown yet" ── wait ──▶ ┌─────────────────┐
 *                                            │ session's item  │ ──▶ update, and wait at the next session if there is one
 *     the call that began it ────── note ──▶ └─────────────────┘
 *
 * Safe to repeat: the same knowledge is the same message. A crash on the way is made good by the redelivery of the
 * record, which notes the session again and is told again who waits.
 * @throws {StoreUnavailableError}
 */
export async function tellWaiting(
  lineage: LineageStore,
  { alerts, clock, metrics }: LineagePorts,
  waiting: readonly WaitingAlert[],
): Promise<void> {
  for (const one of [...waiting].sort((a, b) => b.message.level - a.message.level)) {
    const { session, untilMs, message } = one;
    const nowMs = clock.nowMs();
    if (untilMs <= nowMs) continue;
    const behind = await behindOrWaiting(lineage, one);
    const takers = behind.takers.length;
    if (takers === 0) continue; // what led from the alert to here is forgotten
    const update = { ...message, update: { session, takers }, behind, createdMs: nowMs };
    if (await alerts.insertMessage(update)) metrics.count('Messages', 1, { rule: message.rule });
  }
}
