import { join } from 'node:path';
import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { DynamoAlertStore } from '../lambda/alerts/dynamo-alert-store';
import { DynamoBaselineStore } from '../lambda/baselines/dynamo-baseline-store';
import { resolveConfig } from '../lambda/config/resolve';
import { createDetector } from '../lambda/detect';
import type { QueueRecord } from '../lambda/intake/queue-batch';
import { RULES } from '../lambda/rules';
import { DynamoWindowStore } from '../lambda/windows/dynamo-window-store';
import { delivered, uuid } from '../test/events';
import { memoryPorts } from '../test/memory-ports';
import { Dice } from '../test/simulation/dice';
import { Scheduler } from '../test/simulation/scheduler';
import { clientOf, REAL_LIMITS, SimulatedTable, SimulatedTables } from '../test/simulation/tables';
import { atHome, attacked, inDeliveryOrder, type SampleRecord } from './delivery-order';
import { generated } from './generate';

/**
 * `npx tsx bench/handler-time.ts`: how long an invocation of the bulk function takes, and how long its workers take to
 * work off what lies in the queue, where every request is answered after some milliseconds and a partition key bears what
 * it does in DynamoDB. Time is simulated and passes only while workers wait; the processor's is measured and told beside.
 */

const { rules, suppressions } = resolveConfig({}, RULES, Date.now());
/** As deployed. */
const WORKERS = 4;
const BATCH = 200;
const ANSWER_MS = 5;
/** The client's own attempts where it is told to slow down, with pauses between them. */
const ATTEMPTS = 4;
const STEPS_MAX = 50_000_000;
const EVENTS = 50_000;

interface Queued {
  readonly record: QueueRecord;
  /** When it is in the queue. */
  readonly atMs: number;
}

async function measure(name: string, queue: readonly Queued[]): Promise<void> {
  const startMs = queue[0]?.atMs ?? 0;
  const scheduler = new Scheduler(new Dice(name), startMs);
  let throttled = 0;
  const tables = new SimulatedTables(() => new SimulatedTable(REAL_LIMITS, () => scheduler.nowMs, Math.random));
  const ask = (command: object) =>
    new Promise<object>((resolve, reject) => {
      const arrive = (attempt: number) => {
        let settle: () => void;
        try {
          const answer = tables.execute(command);
          settle = () => resolve(answer);
        } catch (error) {
          if (error instanceof ProvisionedThroughputExceededException) {
            throttled++;
            if (attempt < ATTEMPTS) return scheduler.after(50 * 2 ** attempt, () => arrive(attempt + 1));
          }
          settle = () => reject(error);
        }
        scheduler.after(ANSWER_MS, () => {
          settle();
          scheduler.resumed();
        });
      };
      arrive(1);
    });
  const waiting = [...queue];
  const tookMs: number[] = [];
  let returned = 0;
  let working = 0;
  const work = () => {
    const detector = createDetector({
      ...memoryPorts(startMs),
      ...{ rules, suppressions, clock: { nowMs: () => scheduler.nowMs, sleep: async () => {} } },
      windows: new DynamoWindowStore(clientOf(ask), 'windows'),
      baselines: new DynamoBaselineStore(clientOf(ask), 'baselines'),
      alerts: new DynamoAlertStore(clientOf(ask), 'alerts'),
    });
    const next = async () => {
      const [first] = waiting;
      if (first === undefined) return;
      if (first.atMs > scheduler.nowMs) return wake(first.atMs);
      const here = waiting.slice(0, BATCH).filter(({ atMs }) => atMs <= scheduler.nowMs);
      waiting.splice(0, here.length);
      working++;
      const fromMs = scheduler.nowMs;
      const { batchItemFailures } = await detector.handle({ records: here.map(({ record }) => record) });
      working--;
      tookMs.push(scheduler.nowMs - fromMs);
      const again = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      returned += again.size;
      waiting.push(...here.filter(({ record }) => again.has(record.messageId)));
      wake(scheduler.nowMs);
    };
    const wake = (atMs: number) =>
      scheduler.at(atMs, () => {
        scheduler.resumed();
        void next();
      });
    wake(startMs);
  };
  for (let worker = 0; worker < WORKERS; worker++) work();
  const before = process.cpuUsage();
  await scheduler.run(() => waiting.length === 0 && working === 0 && tookMs.length > 0, STEPS_MAX);
  const { user, system } = process.cpuUsage(before);
  const sorted = tookMs.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const items = ['windows', 'baselines', 'alerts'].flatMap((table) => [...tables.table(table).items()]);
  const cells = [
    `${at(0.5)} / ${at(0.99)} / ${at(1)} ms`,
    `${((scheduler.nowMs - startMs) / 1_000).toFixed(1)} s`,
    `${((user + system) / queue.length).toFixed(0)} µs`,
    `${throttled} / ${returned}`,
    `${Math.max(...items.map((item) => JSON.stringify(item).length))} bytes of ${items.length}`,
  ];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

/** All in the queue at once, an hour after the last happened. */
function backlog(records: readonly SampleRecord[]): Queued[] {
  const bodies = records.map((record) => delivered(record));
  const atMs = Math.max(...records.map(({ eventTime }) => Date.parse(String(eventTime)))) + 3_600_000;
  return bodies.map((record, index) => ({ record: { ...record, messageId: `m${index}` }, atMs }));
}

/** One caller's refused calls, evenly over ten minutes, each in the queue two minutes after it happened. */
function oneCaller(template: SampleRecord): Queued[] {
  const startMs = Date.parse('2026-03-11T00:00:00Z');
  return Array.from({ length: EVENTS }, (_, index) => {
    const timeMs = startMs + Math.floor((index * 600_000) / EVENTS);
    const eventTime = new Date(Math.floor(timeMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
    const record = { ...attacked(template, 1), eventID: uuid(index), eventTime };
    // What came within a batch's window of 5 s is taken together.
    return { record: delivered(record), atMs: Math.ceil(timeMs / 5_000) * 5_000 + 120_000 };
  });
}

async function main(): Promise<void> {
  const day = inDeliveryOrder(generated(100_000, join(__dirname, '.data')))
    .slice(0, EVENTS)
    .map(atHome);
  console.log(
    `| ${EVENTS} events | invocation, median / p99 / longest | until done | CPU an event | throttled / returned | largest item |`,
  );
  console.log('|---|---|---|---|---|---|');
  await measure('backlog of an ordinary day', backlog(day));
  await measure('backlog of the attack mix', backlog(day.map(attacked)));
  await measure('one caller, refused, over ten minutes', oneCaller(day[0] ?? {}));
}

void main();
