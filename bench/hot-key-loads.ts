import { DynamoAlertStore } from '../lambda/alerts/dynamo-alert-store';
import { DynamoBaselineStore } from '../lambda/baselines/dynamo-baseline-store';
import { resolveConfig } from '../lambda/config/resolve';
import { createDetector } from '../lambda/detect';
import { RULES } from '../lambda/rules';
import type { SampleRecord } from '../lambda/rules/rule';
import { call, consoleLogin, denied, role } from '../lambda/rules/sample';
import { DynamoWindowStore } from '../lambda/windows/dynamo-window-store';
import { delivered, uuid } from '../test/events';
import { memoryPorts } from '../test/memory-ports';
import { clientOf, REAL_LIMITS, SimulatedTable, SimulatedTables, type Usage } from '../test/simulation/tables';

/** One caller that does one thing over and over, at the deployed functions' batches and numbers of workers. */
interface Load {
  readonly name: string;
  readonly perSecond: number;
  /** Before the measurement, to fill what windows read.  */
  readonly filledSeconds: number;
  readonly fillPerSecond: number;
  /** When the load begins, after a full hour. */
  readonly fromSecond?: number;
  readonly measuredSeconds: number;
  readonly workers: number;
  readonly batch: number;
  readonly record: (index: number) => SampleRecord;
}

const START_MS = Date.parse('2026-03-10T00:00:00Z');
const HOUR = 3_600;
/** Records to a batch while windows are filled: fewer and larger ones, which leave the same behind. */
const FILL = 199;
const BULK = { workers: 4, batch: 200 };
const PRIORITY = { workers: 5, batch: 10 };

const read = (service: string, name: string) =>
  call(service, name, { readOnly: true, userIdentity: role('ci', 'build') });
const REFUSED = [
  denied(read('ec2.amazonaws.com', 'DescribeInstances')),
  denied(read('iam.amazonaws.com', 'ListUsers')),
];
const THREE = ['DescribeInstances', 'DescribeVpcs', 'DescribeImages'].map((name) => read('ec2.amazonaws.com', name));
const FAILED = consoleLogin('alice', 'Failure');
const of = (records: readonly SampleRecord[]) => (index: number) => records[index % records.length] as SampleRecord;

export const LOADS: readonly Load[] = [
  {
    name: 'a CI role retries two refused calls, 5 a second for a day',
    ...{ perSecond: 5, filledSeconds: 24 * HOUR, fillPerSecond: 0.5, measuredSeconds: 60, ...BULK },
    record: of(REFUSED),
  },
  {
    name: 'the same, 200 a second',
    ...{ perSecond: 200, filledSeconds: 24 * HOUR, fillPerSecond: 0.5, measuredSeconds: 10, ...BULK },
    record: of(REFUSED),
  },
  {
    // To a time at which the alert's hour is about to end: what comes may belong to the next one.
    name: '50 failed sign-ins a second',
    ...{ perSecond: 50, fromSecond: 3_180, filledSeconds: 120, fillPerSecond: 50, measuredSeconds: 5, ...PRIORITY },
    record: of([FAILED]),
  },
  {
    name: '10,000 calls a second of three kinds',
    ...{ perSecond: 10_000, filledSeconds: 2, fillPerSecond: 10_000, measuredSeconds: 1, ...BULK },
    record: of(THREE),
  },
];

/** What one partition key has to bear, in units and requests a second: the mean of the measured seconds. */
export interface HottestKey {
  readonly name: string;
  readonly units: number;
  readonly requests: number;
}

interface Demand {
  readonly read: HottestKey;
  readonly write: HottestKey;
  /** The largest reading of a window, in bytes. */
  readonly largestBytes: number;
  /** Records that came back. */
  readonly returned: number;
}

class Meter {
  private readonly demand = new Map<string, { units: number; requests: number; bytes: number }>();
  counts = false;

  note(table: string, { key, kind, units }: Usage): void {
    if (!this.counts) return;
    const name = `${kind} ${table} ${key}`;
    const known = this.demand.get(name) ?? { units: 0, requests: 0, bytes: 0 };
    const bytes = kind === 'read' ? units * 4_096 : units * 1_024;
    this.demand.set(name, {
      units: known.units + units,
      requests: known.requests + 1,
      bytes: Math.max(known.bytes, bytes),
    });
  }

  hottest(kind: 'read' | 'write', seconds: number): HottestKey {
    const all = [...this.demand].filter(([name]) => name.startsWith(kind)).sort(([, a], [, b]) => b.units - a.units);
    const [name, { units, requests }] = all[0] ?? ['nothing', { units: 0, requests: 0 }];
    return { name: name.slice(kind.length + 1), units: units / seconds, requests: requests / seconds };
  }

  /** Windows' readings: the largest, in bytes. */
  get largest(): number {
    return Math.max(
      0,
      ...[...this.demand].filter(([name]) => name.startsWith('read windows')).map(([, { bytes }]) => bytes),
    );
  }
}

/** Tables that only count; each worker has caches of its own, and time is the events' own. */
export async function demandOf(load: Load): Promise<Demand> {
  const { rules, suppressions } = resolveConfig({ rules: { 'api-calls-burst': { mode: 'live' } } }, RULES, Date.now());
  const meter = new Meter();
  const unlimited = { ...REAL_LIMITS, readUnits: Number.POSITIVE_INFINITY, writeUnits: Number.POSITIVE_INFINITY };
  const tables = new SimulatedTables(
    (name) =>
      new SimulatedTable(
        unlimited,
        () => 0,
        () => 0,
        undefined,
        (usage) => meter.note(name, usage),
      ),
  );
  const client = clientOf(async (command) => tables.execute(command));
  const ports = memoryPorts(START_MS);
  const detectors = Array.from({ length: load.workers }, () =>
    createDetector({
      ...{ ...ports, rules, suppressions },
      windows: new DynamoWindowStore(client, 'windows'),
      baselines: new DynamoBaselineStore(client, 'baselines'),
      alerts: new DynamoAlertStore(client, 'alerts'),
    }),
  );
  // An account that has been watched for long.
  const kinds = rules.flatMap(({ rule }) => rule.baseline?.kind ?? []);
  await new DynamoBaselineStore(client, 'baselines').startLearning(
    'account 111122223333',
    kinds,
    START_MS - 90 * 24 * HOUR * 1_000,
  );
  let serial = 0;
  let returned = 0;
  const feed = async (fromSecond: number, seconds: number, perSecond: number, most: number) => {
    const events = Math.round(seconds * perSecond);
    // At a low pace a batch of the bulk queue is what came within its window of 5 s.
    const size = Math.max(1, Math.min(most, most === FILL ? FILL : Math.round(perSecond * 5)));
    for (let index = 0; index < events; index += size) {
      const records = Array.from({ length: Math.min(size, events - index) }, (_, offset) => {
        const timeMs = START_MS + Math.floor(fromSecond + (index + offset) / perSecond) * 1_000;
        ports.clock.timeMs = timeMs + 120_000;
        return delivered({
          ...load.record(index + offset),
          eventID: uuid(serial++),
          eventTime: new Date(timeMs).toISOString(),
        });
      });
      const detector = detectors[(index / size) % load.workers];
      returned += (await detector?.handle({ records }))?.batchItemFailures.length ?? 0;
    }
  };
  const { fromSecond = 0 } = load;
  await feed(fromSecond, load.filledSeconds, load.fillPerSecond, FILL);
  meter.counts = true;
  await feed(fromSecond + load.filledSeconds, load.measuredSeconds, load.perSecond, load.batch);
  const { measuredSeconds } = load;
  return {
    read: meter.hottest('read', measuredSeconds),
    write: meter.hottest('write', measuredSeconds),
    largestBytes: meter.largest,
    returned,
  };
}
