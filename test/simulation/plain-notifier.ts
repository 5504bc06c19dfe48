import type { PendingMessage } from '../../lambda/alerts/alert-store';
import { messageIn } from '../../lambda/alerts/dynamo-alert-store';
import type { Pace } from '../../lambda/alerts/pace';
import type { Notifier, NotifierPorts } from './world';

const CRITICAL = 4;
const LEASE_MS = 70_000;

/**
 * A notifier of the real one's structure, in as few lines as it takes, so that one thing about it can be changed: in
 * `claim-first` it claims a message and then waits for a token.
 */
export function plainNotifier(
  { alerts, pace, topic, clock }: NotifierPorts,
  order: 'token-first' | 'claim-first',
): Notifier {
  /** Waits for its turn; false if there is no time. */
  async function takeToken(needed: number, deadlineMs: number): Promise<boolean> {
    for (;;) {
      const known = await pace.readPace();
      const nowMs = clock.nowMs();
      const refilledMs = Math.max(known?.refilledMs ?? 0, nowMs);
      const tokens = known === undefined ? 5 : Math.min(5, known.tokens + (refilledMs - known.refilledMs) / 2_000);
      const next: Pace = { tokens: tokens - 1, refilledMs };
      if (tokens >= needed) {
        if (await pace.replacePace(known, next)) return true;
        continue;
      }
      const waitMs = Math.ceil((needed - tokens) * 2_000);
      if (clock.nowMs() + waitMs > deadlineMs) return false;
      await clock.sleep(waitMs);
    }
  }

  async function free(rung: readonly PendingMessage[]): Promise<PendingMessage[]> {
    const listed = await alerts.listPending(101);
    const known = new Set(listed.map(({ alertId }) => alertId));
    const all = [...listed, ...rung.filter(({ alertId }) => !known.has(alertId))].sort((a, b) => b.level - a.level);
    return all.filter(({ leasedUntilMs }) => leasedUntilMs <= clock.nowMs());
  }

  const neededFor = (first: PendingMessage) => (first.level >= CRITICAL ? 1 : 3.5);

  async function claimed(pending: readonly PendingMessage[]): Promise<PendingMessage[]> {
    const [first] = pending;
    const others = pending.filter(({ level }) => level < CRITICAL);
    const wanted = first !== undefined && first.level < CRITICAL && others.length > 5 ? others.slice(0, 100) : pending;
    const mine: PendingMessage[] = [];
    for (const message of wanted) {
      const nowMs = clock.nowMs();
      if (await alerts.claim(message, nowMs, nowMs + LEASE_MS)) mine.push(message);
      if (wanted === pending && mine.length === 1) break;
    }
    return mine;
  }

  return {
    async drain(deadlineMs, images) {
      let rung: readonly PendingMessage[] = images.map(messageIn);
      for (;;) {
        const pending = await free(rung);
        const [first] = pending;
        if (first === undefined || clock.nowMs() > deadlineMs - 5_000) return;
        let mine: PendingMessage[] = [];
        if (order === 'claim-first') {
          mine = await claimed(pending);
          if (mine.length > 0 && !(await takeToken(neededFor(first), deadlineMs - 5_000))) return;
        } else {
          if (!(await takeToken(neededFor(first), deadlineMs - 5_000))) return;
          mine = await claimed(await free(rung));
        }
        // One try is enough for what is not listed: it may be sent by now.
        rung = [];
        if (mine.length === 0) continue;
        await topic.publish({
          subject: 'planned',
          text: '',
          alertIds: mine.map(({ alertId }) => alertId),
          attributes: {},
        });
        for (const message of mine) await alerts.markSent(message, clock.nowMs());
      }
    },
  };
}
