import type { AlertStore, MessageState, PendingMessage, SessionTold } from './alerts/alert-store';
import type { Composer } from './alerts/compose';
import { type Evidence, inOrder } from './alerts/evidence';
import { NEEDED, type PaceStore, takeToken } from './alerts/pace';
import { plainNotification } from './alerts/plain-notification';
import type { Notification, Publisher } from './alerts/publisher';
import { forEachLimited } from './concurrency';
import { asError, StoreUnavailableError } from './errors';
import { behindLead, isOutdated } from './lineage/behind';
import type { LineageStore } from './lineage/lineage-store';
import type { Behind } from './lineage/taker';
import type { Clock, Log, Metrics } from './ports';
import { levelOf } from './rules/severity';

export interface NotifyPorts {
  readonly alerts: AlertStore;
  readonly pace: PaceStore;
  readonly composer: Composer;
  readonly topic: Publisher;
  /** Who took the roles; absent: messages say what the records themselves do. */
  readonly lineage?: LineageStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Outlives the function's timeout of 60 s: while somebody may still be sending a message, nobody else does. */
export const LEASE_MS = 70_000;
/** Waiting messages that are looked at in one go; enough for a digest behind what is critical. */
const LISTED_MAX = 150;
/** More than this many messages that are not critical go into one digest. */
const SINGLES_MAX = 5;
const DIGEST_MAX = 100;
/** For so long a new message that no index lists may be one that it does not list yet; later it was sent. */
const UNLISTED_MS = 60_000;
/** The topic is down: the next run tries again. */
const FAILURES_MAX = 3;
const CLAIMS_AT_ONCE = 10;
/** How long a run sleeps before it looks again: what is critical may come meanwhile, and the index may catch up. */
const NAP_MS = 1_000;

const CRITICAL = levelOf('critical');
const isCritical = ({ level }: PendingMessage) => level >= CRITICAL;

/**
 * Sends what is pending, the most severe first, at the shared pace, until nothing is left, the topic fails or the time
 * is over. May run in several workers at once; safe to repeat and to kill at any moment.
 *
 *     list ─▶ token for the most severe ─▶ list again ─▶ claim ─▶ compose, publish ─▶ sent ─┐
 *      ▲           │ none: wait for it                                                      │
 *      └───────────┴────────────────────────────────────────────────────────────────────────┘
 *
 * The claim comes after the token: a message that waited claimed would hold up a more severe one that came meanwhile.
 *
 * @param deadlineMs no wait goes beyond it; leave time for one publish before the function's timeout
 * @param rung new messages that the stream told of: the index may not list them yet
 * @returns messages that the topic accepted
 */
export async function drain(
  ports: NotifyPorts,
  deadlineMs: number,
  rung: readonly PendingMessage[] = [],
): Promise<number> {
  const run = new Run(ports, rung);
  try {
    while (run.failures < FAILURES_MAX) {
      const [top] = await run.waiting();
      if (top === undefined) {
        if (!run.sawFullList || ports.clock.nowMs() + NAP_MS > deadlineMs) break;
        await ports.clock.sleep(NAP_MS);
        continue;
      }
      const waitMs = await takeToken(ports.pace, isCritical(top) ? NEEDED.critical : NEEDED.other, ports.clock.nowMs());
      if (waitMs === 0) await run.sendNext(!isCritical(top));
      else if (ports.clock.nowMs() + waitMs > deadlineMs) break;
      else await ports.clock.sleep(isCritical(top) ? waitMs : Math.min(waitMs, NAP_MS));
    }
    await run.giveBack();
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    ports.log.warn('A store did not answer; the next run goes on', { reason: error.message });
  }
  return run.published;
}

/** What one run knows: the index that lists pending messages lags behind. */
class Run {
  published = 0;
  failures = 0;
  /** The last list was as long as lists get: there may be more that wait, behind what is sent by now. */
  sawFullList = false;
  private looked = false;
  /** Messages that this run sent, tried, or could not claim. */
  private readonly handled = new Set<string>();
  private readonly refused: PendingMessage[] = [];
  /** Ends of leases that this run took. */
  private readonly leases = new Map<string, number>();

  constructor(
    private readonly ports: NotifyPorts,
    private readonly rung: readonly PendingMessage[],
  ) {}

  /** Messages that may be sent, most severe first. A claim decides: what is listed, or rang, may be sent by now. */
  async waiting(): Promise<PendingMessage[]> {
    const { alerts, clock, metrics } = this.ports;
    const listed = await alerts.listPending(LISTED_MAX);
    if (!this.looked) metrics.count('PendingMessages', listed.length);
    this.looked = true;
    this.sawFullList = listed.length >= LISTED_MAX;
    const nowMs = clock.nowMs();
    const names = new Set(listed.map(nameOf));
    const unlisted = this.rung.filter(
      (message) => message.createdMs > nowMs - UNLISTED_MS && !names.has(nameOf(message)),
    );
    const all = unlisted.length === 0 ? listed : [...listed, ...unlisted].sort(byUrgency);
    return all.filter((message) => message.leasedUntilMs <= nowMs && !this.handled.has(nameOf(message)));
  }

  /** Sends one message, or one digest, for the token that was taken. */
  async sendNext(paidForOthers: boolean): Promise<void> {
    const waiting = await this.waiting();
    const others = paidForOthers ? waiting.filter((message) => !isCritical(message)) : [];
    for (const message of waiting.filter(isCritical)) if (await this.claim(message)) return this.sendOne(message);
    if (others.length > SINGLES_MAX) return this.sendDigest(others.slice(0, DIGEST_MAX));
    for (const message of others) if (await this.claim(message)) return this.sendOne(message);
  }

  private async sendDigest(messages: readonly PendingMessage[]): Promise<void> {
    const claimed = new Set<PendingMessage>();
    await forEachLimited(messages, CLAIMS_AT_ONCE, async (message) => {
      if ((await this.claim(message)) && (await this.isDue(message))) claimed.add(message);
    });
    const mine = messages.filter((message) => claimed.has(message));
    const [only] = mine;
    if (only === undefined) return;
    if (mine.length === 1) return this.sendOne(only);
    await this.publish(mine, () => this.ports.composer.digest(mine));
  }

  private async sendOne(message: PendingMessage): Promise<void> {
    const { alerts, composer } = this.ports;
    const { group, bucketMs } = message;
    const [own] = await alerts.readAlerts(group, bucketMs, bucketMs);
    if (!(await this.isDue(message, own?.messages ?? []))) return;
    const beforeMs = bucketMs - (own?.alert.quietMs ?? 0);
    const [before] = beforeMs === bucketMs ? [] : await alerts.readAlerts(group, beforeMs, beforeMs);
    const evidence = await alerts.readEvidence(message);
    const { leasedUntilMs: _, ...opener } = message;
    const behind = message.behind ?? (await behindLead(this.ports, evidence, opener));
    const context = { alert: own?.alert, messages: own?.messages ?? [], before, evidence, behind };
    await this.publish([message], () => composer.single(message, context), saidBy(message, evidence, behind));
  }

  /**
   * Whether a message that was claimed is to be sent now: an update not before the message that left it open, and not
   * where that one said as much (it was composed late, after a crash or an outage of the topic) or another will say more.
   */
  private async isDue(message: PendingMessage, messages?: readonly MessageState[]): Promise<boolean> {
    const { alerts, clock } = this.ports;
    const { group, bucketMs, level, multiple, update, behind } = message;
    if (update === undefined || behind === undefined) return true;
    const own = messages ?? (await alerts.readAlerts(group, bucketMs, bucketMs))[0]?.messages ?? [];
    const opener = own.find((other) => other.level === level && other.multiple === multiple);
    if (opener !== undefined && opener.sentMs === undefined) {
      await alerts.release(message, this.leases.get(nameOf(message)) ?? 0);
      return false;
    }
    const isSaid = own.some(({ said }) => said?.session === update.session && said.takers >= update.takers);
    const isNews = !isSaid && !(await isOutdated(this.ports, update.session, behind));
    if (!isNews) await alerts.markSent(message, clock.nowMs());
    return isNews;
  }

  private async claim(message: PendingMessage): Promise<boolean> {
    this.handled.add(nameOf(message));
    const nowMs = this.ports.clock.nowMs();
    const isMine = await this.ports.alerts.claim(message, nowMs, nowMs + LEASE_MS);
    if (isMine) this.leases.set(nameOf(message), nowMs + LEASE_MS);
    return isMine;
  }

  /**
   * Gives back what the topic refused, if it took nothing else: it is down. The next run begins with the most severe again,
   * which would be the last otherwise, since they were tried first. What it refuses among others waits out its lease.
   */
  async giveBack(): Promise<void> {
    if (this.published > 0) return;
    await forEachLimited(this.refused, CLAIMS_AT_ONCE, (message) =>
      this.ports.alerts.release(message, this.leases.get(nameOf(message)) ?? 0),
    );
  }

  /** A failure leaves the messages pending: they are claimed again when the lease is over. */
  private async publish(
    messages: readonly PendingMessage[],
    compose: () => Notification,
    said?: SessionTold,
  ): Promise<void> {
    const { alerts, topic, clock, log, metrics } = this.ports;
    try {
      await topic.publish(this.composed(messages, compose));
    } catch (error) {
      this.failures += 1;
      metrics.count('PublishFailures', 1);
      log.error('The topic did not accept a message; it stays pending', {
        alertIds: messages.map(({ alertId }) => alertId),
        error: asError(error),
      });
      this.refused.push(...messages);
      return;
    }
    this.published += messages.length;
    metrics.count('Published', messages.length);
    await forEachLimited(messages, CLAIMS_AT_ONCE, (message) => alerts.markSent(message, clock.nowMs(), said));
  }

  /** The wording must never cost the message. */
  private composed(messages: readonly PendingMessage[], compose: () => Notification): Notification {
    try {
      return compose();
    } catch (error) {
      this.ports.metrics.count('UnexpectedErrors', 1);
      this.ports.log.error('A message could not be composed; it is told in plain words', { error: asError(error) });
      return plainNotification(messages);
    }
  }
}

/** What a message that is no update says of the session that its alert's leading event was placed with. */
function saidBy(
  { update }: PendingMessage,
  evidence: readonly Evidence[],
  behind: Behind | undefined,
): SessionTold | undefined {
  const session = inOrder(evidence)[0]?.session;
  if (update !== undefined || session === undefined || behind === undefined) return undefined;
  return { session, takers: behind.takers.length };
}

/** As the index lists them. */
function byUrgency(a: PendingMessage, b: PendingMessage): number {
  return b.level - a.level || a.createdMs - b.createdMs;
}

function nameOf({ group, bucketMs, level, multiple, update }: PendingMessage): string {
  return `${bucketMs}#${update === undefined ? `${level}#${multiple}` : `${update.session}#${update.takers}`}#${group}`;
}
