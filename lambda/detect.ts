import type { AlertStore } from './alerts/alert-store';
import { harmless } from './alerts/neutral';
import type { Publisher } from './alerts/publisher';
import type { BaselineStore } from './baselines/baseline-store';
import { collectHits } from './collect-hits';
import { FirstSeenDetection } from './detect-first-seen';
import { WindowDetection } from './detect-window';
import { asError } from './errors';
import type { Sightings } from './heartbeat/sightings';
import type { BatchResult, QueueRecord } from './intake/queue-batch';
import { receiveBatch } from './intake/receive-batch';
import type { LineageStore } from './lineage/lineage-store';
import { noteSessions } from './lineage/note-sessions';
import type { Clock, Log, Metrics } from './ports';
import type { ActiveRule } from './rules/active-rule';
import { createDispatcher } from './rules/dispatch';
import { type Suppression, trackOf } from './rules/suppression';
import { runTasks } from './run-tasks';
import type { WindowStore } from './windows/window-store';

export interface DetectorPorts {
  readonly rules: readonly ActiveRule[];
  readonly suppressions: readonly Suppression[];
  readonly windows: WindowStore;
  readonly baselines: BaselineStore;
  readonly alerts: AlertStore;
  /** Who takes roles; absent: nobody is told who is behind a session. */
  readonly lineage?: LineageStore;
  /** For critical alerts that the alerts table does not take. */
  readonly ops: Publisher;
  /** Tells the heartbeat what came. Absent where there is none. */
  readonly sightings?: Pick<Sightings, 'take'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Batch {
  readonly records: readonly QueueRecord[];
  /** Records of the queue for tests: their events stay apart from live ones and touch no baseline. */
  readonly synthetic?: boolean;
  /** Work that has not begun by then is left to the next delivery. */
  readonly deadlineMs?: number;
}

export interface Detector {
  /** Judges a batch. Never rejects: it returns the records whose windows, facts or alerts could not be stored. */
  handle(batch: Batch): Promise<BatchResult>;
}

/** A window's hits are one stored item per slot and batch: a batch is no larger than this. */
const EVENTS_AT_ONCE = 200;

/**
 * The live pipeline: records → events → hits of rules → windows and first-seen facts → alerts and messages.
 * What is exact about it, and why, stands where each is decided; this is the way through.
 */
export function createDetector(ports: DetectorPorts): Detector {
  const rules = ports.rules.filter(({ rule }) => rule.replayOnly !== true);
  const windows = new WindowDetection(ports);
  const facts = new FirstSeenDetection(ports, rules);
  const thrown = new Map<string, unknown>();
  const dispatcher = createDispatcher(rules, (rule, error) => thrown.set(rule, error));

  async function judge(records: readonly QueueRecord[], { synthetic, deadlineMs = Infinity }: Batch) {
    const returned = new Set<string>();
    const received = receiveBatch(records, ports);
    const taken = synthetic ? undefined : ports.sightings?.take(received);
    const events = taken?.others ?? received;
    const collected = collectHits(events, dispatcher, (active, event) =>
      synthetic ? 'test' : trackOf(ports.suppressions, active, event),
    );
    if (!synthetic) await runTasks(facts.learningTasks(events), returned, deadlineMs, ports);
    if (!synthetic) await noteSessions(ports, events, (tasks) => runTasks(tasks, returned, deadlineMs, ports));
    await runTasks(facts.gateTasks(collected.gated, collected.windows), returned, deadlineMs, ports);
    const tasks = [...windows.tasks(collected.windows.all()), ...facts.tasks(collected.uses)];
    await runTasks(tasks, returned, deadlineMs, ports);
    await taken?.stored;
    return returned;
  }

  return {
    async handle(batch) {
      const { records } = batch;
      const returned: string[] = [];
      ports.metrics.count('Records', records.length);
      for (let start = 0; start < records.length; start += EVENTS_AT_ONCE) {
        returned.push(...(await judge(records.slice(start, start + EVENTS_AT_ONCE), batch)));
      }
      if (returned.length > 0) ports.metrics.count('ReturnedRecords', returned.length);
      reportThrown(thrown, ports);
      return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
    },
  };
}

/** Once per rule and invocation: a rule that throws at every event must not drown the log. */
function reportThrown(thrown: Map<string, unknown>, { log, metrics }: DetectorPorts): void {
  for (const [rule, error] of thrown) {
    metrics.count('RuleErrors', 1, { rule });
    log.error('A rule threw; the other rules went on', { rule, reason: harmless(asError(error).message, 500) });
  }
  thrown.clear();
}
