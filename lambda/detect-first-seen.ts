import { type FirstSeen, firstSeenAlertId } from './alerts/alert';
import type { AlertStore } from './alerts/alert-store';
import { raiseAlert } from './alerts/raise-alert';
import { samplesOf } from './alerts/samples';
import type { BaselineStore } from './baselines/baseline-store';
import { BaselineJudge, type SeenUse } from './baselines/judge-use';
import { BoundedMap } from './bounded-map';
import type { GatedHit } from './collect-hits';
import type { ReceivedEvent } from './intake/receive-batch';
import type { Clock, Metrics } from './ports';
import type { ActiveRule } from './rules/active-rule';
import { trackKind } from './rules/suppression';
import type { Task } from './run-tasks';
import type { ReceivedHit, TouchedWindows } from './windows/touched-window';

interface FirstSeenPorts {
  readonly baselines: BaselineStore;
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Rules with a baseline: what an account or a subject does for the first time. */
export class FirstSeenDetection {
  private readonly judge: BaselineJudge;
  /** Alerts that were raised, with their level: a denied call that is repeated all day is one. */
  private readonly raised = new BoundedMap<string, true>(10_000);

  constructor(
    private readonly ports: FirstSeenPorts,
    rules: readonly ActiveRule[],
  ) {
    this.judge = new BaselineJudge(
      ports.baselines,
      rules.flatMap(({ rule }) => rule.baseline ?? []),
    );
  }

  /** An account's learning begins with any of its events. No record comes again for that: the next event does it. */
  learningTasks(events: readonly ReceivedEvent[]): Task[] {
    const firstMs = new Map<string, number>();
    for (const { event } of events) {
      firstMs.set(event.account, Math.min(firstMs.get(event.account) ?? event.timeMs, event.timeMs));
    }
    return [...firstMs].map(([account, timeMs]) => ({
      level: 0,
      messageIds: [],
      run: () => this.judge.seeAccount(account, timeMs),
    }));
  }

  tasks(uses: readonly (readonly SeenUse[])[]): Task[] {
    return uses.map((ofFact) => ({
      level: Math.max(...ofFact.map(({ received }) => received.hit.active.constantLevel ?? received.hit.level)),
      messageIds: ofFact.map(({ received }) => received.messageId),
      run: () => this.detect(ofFact),
    }));
  }

  /**
   * Decides which hits count in their windows: those that use something for the first time, by (rule, subject) in the
   * order of their times. A hit that comes again is new again, and counts as the same event.
   */
  gateTasks(gated: readonly GatedHit[], windows: TouchedWindows): Task[] {
    const bySubject = new Map<string, GatedHit[]>();
    for (const one of gated) {
      const { active, onlyIfNew } = one.received.hit;
      const name = `${active.rule.id} ${onlyIfNew?.subject}`;
      bySubject.set(name, [...(bySubject.get(name) ?? []), one]);
    }
    return [...bySubject.values()].map((ofSubject) => ({
      level: Math.max(...ofSubject.map(({ received }) => received.hit.active.constantLevel ?? received.hit.level)),
      messageIds: ofSubject.map(({ received }) => received.messageId),
      run: async () => {
        const unknown = new Set<string>();
        for (const one of ofSubject.sort((a, b) => byTime(a.received, b.received))) {
          if (await this.usesAnythingNew(one, unknown)) windows.add(one.received, one.track);
        }
      },
    }));
  }

  private async usesAnythingNew({ received, track }: GatedHit, unknown: Set<string>): Promise<boolean> {
    const { active, onlyIfNew } = received.hit;
    const { baseline } = active.rule;
    if (baseline === undefined || onlyIfNew === undefined) return false;
    let isNew = false;
    for (const value of onlyIfNew.values) {
      const use = { received, subject: onlyIfNew.subject, value, track };
      // Every value is learned, whatever the others are.
      const firstSeen = await this.judge.firstSeen(baseline, use, this.ports.clock.nowMs(), unknown);
      if (firstSeen !== undefined) isNew = true;
    }
    return isNew;
  }

  /** Uses of one value, in the order of their times: the earliest of a batch is the first. */
  private async detect(uses: readonly SeenUse[]): Promise<void> {
    const unknown = new Set<string>();
    for (const use of [...uses].sort((a, b) => byTime(a.received, b.received))) {
      const { active } = use.received.hit;
      const { baseline } = active.rule;
      if (baseline === undefined) continue;
      const firstSeen = await this.judge.firstSeen(baseline, use, this.ports.clock.nowMs(), unknown);
      if (firstSeen !== undefined) await this.raise(active, use, firstSeen);
    }
  }

  private async raise(active: ActiveRule, { received }: SeenUse, firstSeen: FirstSeen): Promise<void> {
    const { alerts, clock, metrics } = this.ports;
    const { subject, track, timeMs } = firstSeen;
    const alertId = firstSeenAlertId(active, firstSeen);
    const level = active.constantLevel ?? received.hit.level;
    const name = `${level}#${alertId}`;
    if (this.raised.has(name)) return;
    const raising = {
      ...{ alertId, rule: active.rule.id, key: subject, track },
      kind: 'first-seen' as const,
      group: `first-seen#${alertId}`,
      ...{ bucketMs: 0, quietMs: 0, firstFiringMs: timeMs, lastFiringMs: timeMs, firstEventMs: timeMs },
      ...{ count: 1, level, multiple: 1 },
      samples: samplesOf([received], timeMs - 1, timeMs),
    };
    const { inserted } = await raiseAlert(alerts, raising, clock.nowMs());
    this.raised.set(name, true);
    metrics.count('Raises', 1, { reason: trackKind(track) });
    if (inserted) metrics.count('Messages', 1, { rule: active.rule.id });
  }
}

function byTime({ event: a }: ReceivedHit, { event: b }: ReceivedHit): number {
  return a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1);
}
