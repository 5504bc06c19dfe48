import { MemoryAlertStore } from '../lambda/alerts/memory-alert-store';
import type { Notification, Publisher } from '../lambda/alerts/publisher';
import { MemoryBaselineStore } from '../lambda/baselines/memory-baseline-store';
import type { Clock, Log, LogFields, MetricName, Metrics } from '../lambda/ports';
import { MemoryWindowStore } from '../lambda/windows/memory-window-store';

/** A clock that stands still until it is told, or slept on. */
export class TestClock implements Clock {
  constructor(public timeMs: number) {}

  nowMs(): number {
    return this.timeMs;
  }

  async sleep(ms: number): Promise<void> {
    this.timeMs += ms;
  }
}

export class TestLog implements Log {
  readonly lines: {
    readonly level: 'info' | 'warn' | 'error';
    readonly message: string;
    readonly fields: LogFields;
  }[] = [];

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }
}

export class TestMetrics implements Metrics {
  private readonly totals = new Map<string, number>();

  count(name: MetricName, value: number, dimensions: { rule?: string; reason?: string } = {}): void {
    for (const key of [name, ...Object.values(dimensions).map((dimension) => `${name} ${dimension}`)]) {
      this.totals.set(key, (this.totals.get(key) ?? 0) + value);
    }
  }

  /** Total of a metric: `MalformedEvents`, or of one of its dimensions: `IgnoredEvents replay`. */
  total(name: string): number {
    return this.totals.get(name) ?? 0;
  }
}

export class TestPublisher implements Publisher {
  readonly published: Notification[] = [];
  /** Set to make publishes fail. */
  failure: Error | undefined;

  async publish(notification: Notification): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.published.push(notification);
  }
}

/** Everything a detector needs, in memory. */
export function memoryPorts(nowMs: number) {
  return {
    windows: new MemoryWindowStore(),
    baselines: new MemoryBaselineStore(),
    alerts: new MemoryAlertStore(),
    ops: new TestPublisher(),
    clock: new TestClock(nowMs),
    log: new TestLog(),
    metrics: new TestMetrics(),
  };
}
