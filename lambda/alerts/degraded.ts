import { BoundedMap } from '../bounded-map';
import { asError } from '../errors';
import { isoTime } from '../intake/iso-time';
import type { Clock, Log, Metrics } from '../ports';
import { severityAt } from '../rules/severity';
import { asciiSubject } from './ascii-subject';
import { mailText } from './neutral';
import type { Publisher } from './publisher';
import type { Raising } from './raise-alert';

/** Each worker's own, since the shared pace is in the table that does not answer: ten workers stay below 1 a second. */
const BURST = 3;
const REFILL_MS = 15_000;

/** A record that is returned comes again every few minutes: told again after this long. */
const REPEAT_MS = 30 * 60_000;

/**
 * Tells critical alerts when the alerts table does not take them. The record is returned all the same, so the alert
 * follows with the same id when the table is back.
 */
export class DegradedTeller {
  private readonly toldMs = new BoundedMap<string, number>(1_000);
  private tokens = BURST;
  private refilledMs = 0;

  constructor(private readonly ports: { ops: Publisher; clock: Clock; log: Log; metrics: Metrics }) {}

  /** Never rejects: it is the last resort, and the record comes again. */
  async tell(raising: Raising, title: string): Promise<void> {
    const { ops, clock, log, metrics } = this.ports;
    const nowMs = clock.nowMs();
    const { alertId, rule, level } = raising;
    if ((this.toldMs.get(alertId) ?? Number.NEGATIVE_INFINITY) > nowMs - REPEAT_MS || !this.takeToken(nowMs)) return;
    const lead = raising.samples[0]?.evidence();
    const severity = severityAt(level);
    const where = lead === undefined ? '' : ` - ${lead.account} ${lead.region}`;
    try {
      await ops.publish({
        subject: asciiSubject(`[${severity.toUpperCase()}] ${title}${where}`),
        text: [
          mailText(lead?.headline ?? title),
          '',
          `When: ${isoTime(raising.firstFiringMs)}`,
          `Alert: ${alertId} (rule ${rule})`,
          '',
          'The table of alerts does not answer. This alert is told in haste and without its usual details; it will be',
          'told again, with the same id, when the table is back.',
        ].join('\n'),
        alertIds: [alertId],
        attributes: {
          severity,
          rule,
          kind: 'degraded',
          ...(lead === undefined ? {} : { account: lead.account, region: lead.region }),
        },
      });
      this.toldMs.set(alertId, nowMs);
      metrics.count('DegradedPublishes', 1, { rule });
    } catch (error) {
      metrics.count('PublishFailures', 1);
      log.error('A critical alert could be neither stored nor published; its record is returned', {
        alertId,
        rule,
        error: asError(error),
      });
    }
  }

  private takeToken(nowMs: number): boolean {
    const refilled = Math.floor((nowMs - this.refilledMs) / REFILL_MS);
    if (refilled > 0) {
      this.tokens = Math.min(BURST, this.tokens + refilled);
      this.refilledMs = nowMs;
    }
    if (this.tokens === 0) return false;
    this.tokens--;
    return true;
  }
}
