import { alertIdOf, bucketOf, highestOf, raisesOf } from './alerts/alert';
import { alertGroup } from './alerts/alert-group';
import type { AlertStore } from './alerts/alert-store';
import { DegradedTeller } from './alerts/degraded';
import type { Publisher } from './alerts/publisher';
import { isTold, type Raised, type Raising, raiseAlert } from './alerts/raise-alert';
import { samplesOf } from './alerts/samples';
import { SettledAlerts } from './alerts/settled-alerts';
import { forEachLimited } from './concurrency';
import { StoreUnavailableError } from './errors';
import type { Clock, Log, Metrics } from './ports';
import type { ActiveRule } from './rules/active-rule';
import { levelOf } from './rules/severity';
import { trackKind } from './rules/suppression';
import type { Task } from './run-tasks';
import { holdsAnything, type Judgement, judgeBatchAlone, judgeWindow, timesOf } from './windows/judge-window';
import { WindowWriter } from './windows/store-window';
import type { TouchedWindow } from './windows/touched-window';
import type { WindowStore } from './windows/window-store';

interface WindowPorts {
  readonly windows: WindowStore;
  readonly alerts: AlertStore;
  readonly ops: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Single, count, sum, distinct and sequence rules: store what the batch brought, read around it, judge, raise. */
export class WindowDetection {
  private readonly writer: WindowWriter;
  private readonly settled = new SettledAlerts();
  private readonly degraded: DegradedTeller;

  constructor(private readonly ports: WindowPorts) {
    this.writer = new WindowWriter(ports.windows);
    this.degraded = new DegradedTeller(ports);
  }

  tasks(windows: readonly TouchedWindow[]): Task[] {
    return windows.map((touched) => ({
      level: touched.active.constantLevel ?? Math.max(...touched.hits.map(({ hit }) => hit.level)),
      messageIds: touched.hits.map(({ messageId }) => messageId),
      run: () => this.detect(touched),
    }));
  }

  private async detect(touched: TouchedWindow): Promise<void> {
    const { active } = touched;
    const { clock, windows } = this.ports;
    const timesMs = timesOf(touched);
    let judgements: Judgement[];
    try {
      await this.writer.write(touched, clock.nowMs());
      if (await this.isSettled(touched, timesMs)) return;
      judgements = await judgeWindow(windows, touched, timesMs);
    } catch (error) {
      // One event of such a rule says all: it is told now, and counted when the records come again.
      if (error instanceof StoreUnavailableError && isSingle(active)) {
        await this.raiseAll(touched, judgeBatchAlone(touched, timesMs));
      }
      throw error;
    }
    await this.raiseAll(touched, judgements);
  }

  /**
   * True if no alert that the events could touch can say more. Towards a bucket's end their windows reach into the next:
   * while nothing of that is stored nothing fires there, and whoever stores the first of it will judge it with these.
   * @throws {StoreUnavailableError}
   */
  private async isSettled(touched: TouchedWindow, timesMs: readonly number[]): Promise<boolean> {
    const { active, name } = touched;
    const coverage = this.settled.coverage(name, active, timesMs, levelInReach(touched));
    if (typeof coverage === 'string') return coverage === 'all';
    return !(await holdsAnything(this.ports.windows, active, name, coverage.until, timesMs.at(-1) ?? 0));
  }

  /** @throws {StoreUnavailableError} after all were tried */
  private async raiseAll(touched: TouchedWindow, judgements: readonly Judgement[]): Promise<void> {
    const raisings = judgements.flatMap((judgement) => {
      const proven = this.raisingsOf(touched, judgement);
      return judgement.complete ? proven : [...proven, ...this.tooMuch(touched, judgement, proven)];
    });
    await forEachLimited(raisings, 1, (raising) => this.raise(touched, raising));
  }

  private raisingsOf(touched: TouchedWindow, { firings, timeAt }: Judgement): Raising[] {
    if (firings.length === 0) return [];
    const { active, key, track, hits } = touched;
    const group = alertGroup(active, key, track, 'window');
    const withinMs = active.window?.withinMs ?? 0;
    return raisesOf(active, key, track, firings, timeAt).map(({ ranges: _, ...raise }) => ({
      ...raise,
      kind: 'window',
      group,
      samples: samplesOf(hits, raise.firstFiringMs - withinMs, raise.lastFiringMs),
    }));
  }

  /**
   * More than a verdict may read: what lies beyond may qualify, and nobody can say. Each bucket of the batch's events
   * that is not proven at the highest tier is told as such, as an alert of its own kind.
   */
  private tooMuch(touched: TouchedWindow, { timesMs }: Judgement, proven: readonly Raising[]): Raising[] {
    const { active, key, track, hits } = touched;
    const { rule, quietMs, window } = active;
    if (window === undefined) return [];
    const highest = highestOf(window).level;
    const buckets = new Set(timesMs.map((timeMs) => bucketOf(timeMs, quietMs)));
    return [...buckets]
      .filter((bucketMs) => !proven.some((raise) => raise.bucketMs === bucketMs && raise.level >= highest))
      .map((bucketMs) => {
        this.ports.metrics.count('TooMuchToCount', 1, { rule: rule.id });
        const inBucket = timesMs.filter((timeMs) => bucketOf(timeMs, quietMs) === bucketMs);
        const firstMs = inBucket[0] ?? bucketMs;
        const lastMs = inBucket.at(-1) ?? bucketMs;
        const samples = samplesOf(hits, firstMs - 1, lastMs);
        return {
          ...{ rule: rule.id, key, track, bucketMs, quietMs, samples },
          kind: 'too-much',
          group: alertGroup(active, key, track, 'too-much'),
          alertId: alertIdOf(rule.id, rule.keyVersion ?? 1, key, track, bucketMs, quietMs, 'too-much'),
          ...{ firstFiringMs: firstMs, lastFiringMs: lastMs, firstEventMs: firstMs },
          count: inBucket.length,
          // Where each event decides, the flood itself is worth a message.
          level: window.levelFromEvents ? Math.max(levelOf('medium'), ...hits.map(({ hit }) => hit.level)) : highest,
          multiple: 1,
        };
      });
  }

  private async raise({ active, track, name }: TouchedWindow, raising: Raising): Promise<void> {
    const { alerts, clock, metrics } = this.ports;
    try {
      const raised = await raiseAlert(alerts, raising, clock.nowMs());
      metrics.count('Raises', 1, { reason: trackKind(track) });
      if (raised.inserted) metrics.count('Messages', 1, { rule: raising.rule });
      const level = raising.kind === 'window' ? settledLevel(active, raised) : undefined;
      if (level !== undefined) this.settled.add(name, raising.bucketMs, level);
    } catch (error) {
      const mustBeTold = isSingle(active) && track === 'live' && raising.level >= levelOf('critical');
      if (error instanceof StoreUnavailableError && mustBeTold) await this.degraded.tell(raising, active.rule.title);
      throw error;
    }
  }
}

/** A rule of which every event fires by itself. */
function isSingle({ rule }: ActiveRule): boolean {
  return rule.window === undefined && rule.baseline === undefined;
}

/**
 * The level at which nothing more is to be told of an alert, or undefined while its multiple may still grow. What is no
 * alert (info) is told to nobody: what is stored of it counts.
 */
function settledLevel({ window }: ActiveRule, { alert, told }: Raised): number | undefined {
  if (window === undefined) return undefined;
  const said = isTold(alert.track) && alert.level > 0 ? told : [alert];
  if (!said.some(({ multiple }) => multiple >= highestOf(window).multiple)) return undefined;
  return Math.max(...said.map(({ level }) => level));
}

/**
 * As high as an alert can rise by windows that contain an event of the batch. Where each event decides, these windows
 * hold others as well, stored or still to come, of which more than the batch's own level is known only
 *
 * - by the rule's word for it (`severityMost`);
 * - where every event fires by itself: the others have told what they earn, in this cluster of firings or in theirs.
 */
function levelInReach({ active: { rule, window, levelOverride }, hits }: TouchedWindow): number {
  if (window === undefined) return 0;
  if (!window.levelFromEvents) return highestOf(window).level;
  const own = Math.max(...hits.map(({ hit }) => hit.level));
  const firesByItself = window.kind === 'count' && window.tiers[0].threshold === 1;
  if (firesByItself || rule.severityMost === 'same-for-key') return own;
  if (rule.severityMost === undefined) return highestOf(window).level;
  return Math.max(own, levelOverride ?? levelOf(rule.severityMost));
}
