import { type FirstSeen, firstSeenAlertId } from './alerts/alert';
import type { AlertStore } from './alerts/alert-store';
import { raiseAlert } from './alerts/raise-alert';
import { samplesOf } from './alerts/samples';
import type { BaselineStore } from './baselines/baseline-store';
import { BaselineJudge, type SeenUse } from './baselines/judge-use';
import { BoundedMap } from './bounded-map';
import type { ReceivedEvent } from './intake/receive-batch';
import type { Clock, Metrics } from './ports';
import type { ActiveRule } from './rules/active-rule';
import type { Task } from './run-tasks';

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

  /** Uses of one value, in the order of their times: the earliest of a batch is the first. */
  private async detect(uses: readonly SeenUse[]): Promise<void> {
    const inOrder = [...uses].sort(
      ({ received: { event: a } }, { received: { event: b } }) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1),
    );
    for (const use of inOrder) {
      const { active } = use.received.hit;
      const { baseline } = active.rule;
      if (baseline === undefined) continue;
      const firstSeen = await this.judge.firstSeen(baseline, use, this.ports.clock.nowMs());
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
    metrics.count('Raises', 1);
    if (inserted) metrics.count('Messages', 1, { rule: active.rule.id });
  }
}
