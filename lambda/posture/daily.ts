import type { AlertStore } from '../alerts/alert-store';
import { asError, StoreUnavailableError } from '../errors';
import type { Clock, Log, Metrics } from '../ports';
import type { Suppression } from '../rules/suppression';
import type { PostureStore } from './posture-store';
import type { Audit } from './result';
import { compare } from './state';
import { type Compared, tellChanges, tellSummary } from './tell';

export interface DailyPorts {
  /** Reads the account and judges it. */
  readonly audit: () => Promise<Audit>;
  readonly states: PostureStore;
  readonly alerts: AlertStore;
  readonly suppressions: readonly Suppression[];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Audits, and tells what changed since the audit before.
 *
 *     audit ─▶ each check: state before ─▶ changes ─▶ message into the outbox ─▶ state after
 *
 * The message comes before the state: a crash between them tells again under the same ID, which the outbox knows; the
 * other way round it would be lost. Of two audits at once one writes each state, and both tell the same.
 * @throws {StoreUnavailableError} after all checks were tried: run it again
 */
export async function auditDaily(ports: DailyPorts): Promise<void> {
  const { states, alerts, suppressions, clock, log, metrics } = ports;
  const found = await ports.audit();
  const { account } = found;
  const nowMs = clock.nowMs();
  const telling = { alerts, account, nowMs };
  let unavailable: StoreUnavailableError | undefined;
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StoreUnavailableError) unavailable = error;
      else metrics.count('UnexpectedErrors', 1);
      log.error('A part of the audit could not be told', { part: what, error: asError(error) });
      return undefined;
    }
  };

  const compared: Compared[] = [];
  for (const result of found.results) {
    const { check } = result;
    const one = await attempt(check.id, async () => {
      const before = await states.read(account, check.id);
      return { result, before, ...compare(before, result, { account, nowMs, suppressions }) };
    });
    if (one !== undefined) compared.push(one);
  }
  // Before the states say that this week's audit was made.
  if (compared.length === found.results.length) {
    await attempt('summary', () => tellSummary(telling, found, compared));
  }
  let told = 0;
  for (const { result, changes, after } of compared) {
    await attempt(result.check.id, async () => {
      if (await tellChanges(telling, result, changes, after)) told += 1;
      if (!(await states.write(account, result.check.id, after))) {
        log.warn('Another audit was faster', { check: result.check.id });
      }
    });
  }
  const unknown = found.results.filter(({ problems }) => problems.length > 0);
  metrics.count('Messages', told);
  log.info('Audited', {
    account,
    regions: found.regions.length,
    skipped: found.skipped.map(({ region }) => region),
    failed: found.results.filter(({ status }) => status === 'fail').map(({ check }) => check.id),
    unknown: unknown.map(({ check }) => check.id),
    told,
    durationMs: found.endedMs - found.startedMs,
  });
  if (unavailable !== undefined) throw unavailable;
}
