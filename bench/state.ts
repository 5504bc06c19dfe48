import { join } from 'node:path';
import { DynamoAlertStore } from '../lambda/alerts/dynamo-alert-store';
import { DynamoBaselineStore } from '../lambda/baselines/dynamo-baseline-store';
import { resolveConfig } from '../lambda/config/resolve';
import { createDetector } from '../lambda/detect';
import type { Item } from '../lambda/dynamo-requests';
import type { QueueRecord } from '../lambda/intake/queue-batch';
import { receiveBatch } from '../lambda/intake/receive-batch';
import { RULES } from '../lambda/rules';
import { createDispatcher } from '../lambda/rules/dispatch';
import { DynamoWindowStore } from '../lambda/windows/dynamo-window-store';
import { delivered } from '../test/events';
import { memoryPorts } from '../test/memory-ports';
import { clientOf, REAL_LIMITS, SimulatedTable, SimulatedTables, type Usage } from '../test/simulation/tables';
import { ATTACKER, atHome, attacked, inDeliveryOrder, type SampleRecord } from './delivery-order';
import { generated } from './generate';

/**
 * `npx tsx bench/state.ts [--rules]`: what the live pipeline asks of DynamoDB, in requests and units, on an ordinary day
 * and on one of which half the events are one attacker's, with addresses as the corpus has them and with callers at
 * home; at batches of 100 also what is written and for which half, and with `--rules` by which rules. The tables are
 * simulated ones that count, filled and caches warmed by the day's hours before.
 */
const { rules, suppressions } = resolveConfig({}, RULES, Date.now());
const NOW_MS = Date.parse('2026-03-11T00:00:00Z');
const WARM = 20_000;
const MEASURED = 5_000;

interface Total {
  requests: number;
  units: number;
}

class Meter {
  /** By table and kind of request. */
  readonly totals = new Map<string, Total>();
  /** Writes by whose events they are of, and by what is written. */
  readonly byHalf = new Map<string, Total>();
  readonly byRule = new Map<string, Total>();
  private counts = false;
  private item = '';

  start(): void {
    this.counts = true;
  }

  /** What is about to be written: usage does not say it. */
  sees(command: object): void {
    const { input } = command as { input: { Item?: Item; Key?: Item } };
    this.item = (input.Item ?? input.Key)?.['sk']?.S ?? '';
  }

  note(table: string, { key, kind, units }: Usage): void {
    if (!this.counts) return;
    add(this.totals, `${table} ${kind}s`, units);
    const rule = key.split('#')[table === 'alerts' ? 2 : table === 'baselines' ? 1 : 0] ?? '';
    if (kind === 'write') {
      const isAttack = key.includes(ATTACKER.name) || key.includes(ATTACKER.address);
      add(this.byHalf, `${isAttack ? 'attacker' : 'others'}: ${writtenTo(table, key, this.item, rule)}`, units);
    }
    add(this.byRule, `${table} ${kind}s ${rule}`, units);
  }

  of(kind: string): Total {
    const total: Total = { requests: 0, units: 0 };
    for (const [name, { requests, units }] of this.totals) {
      if (!name.endsWith(kind)) continue;
      total.requests += requests;
      total.units += units;
    }
    return total;
  }
}

function writtenTo(table: string, key: string, item: string, rule: string): string {
  if (table === 'alerts')
    return item.includes('#message#') ? 'messages' : item.startsWith('evidence') ? 'evidence' : 'alerts';
  if (table === 'baselines') return key.startsWith('fact') ? 'facts' : 'learning';
  return kinds.get(rule) === 'distinct' ? 'marks' : 'segments';
}

const kinds = new Map(RULES.map(({ id, window }) => [id, window?.kind]));

function add(totals: Map<string, Total>, name: string, units: number): void {
  const total = totals.get(name) ?? { requests: 0, units: 0 };
  totals.set(name, { requests: total.requests + 1, units: total.units + units });
}

async function main(): Promise<void> {
  const day = inDeliveryOrder(generated(100_000, join(__dirname, '.data'))).slice(0, WARM + MEASURED);
  const measured = day.slice(WARM);
  const same = (record: SampleRecord) => record;
  const mixes = [
    ['day', same, measured],
    ['attack', same, measured.map(attacked)],
    ['day, callers at home', atHome, measured.map(atHome)],
    ['attack, callers at home', atHome, measured.map(atHome).map(attacked)],
  ] as const;
  console.log(`Requests and units of DynamoDB for 1,000 events; ${rules.length} rules on by default`);
  for (const [name, live, records] of mixes) {
    const warm = day.slice(0, WARM).map((record) => delivered(live(record)));
    const bodies = records.map((record) => delivered(record));
    console.log(`  ${name}, one write and one reading for each hit: ${per(hitsIn(bodies))} each`);
    for (const size of [10, 100, 1_000]) {
      const meter = new Meter();
      const client = metered(meter);
      const detector = createDetector({
        ...memoryPorts(NOW_MS),
        ...{ rules, suppressions },
        windows: new DynamoWindowStore(client, 'windows'),
        baselines: new DynamoBaselineStore(client, 'baselines'),
        alerts: new DynamoAlertStore(client, 'alerts'),
      });
      const handle = async (all: readonly QueueRecord[], batch: number) => {
        for (let start = 0; start < all.length; start += batch) {
          const { batchItemFailures } = await detector.handle({ records: all.slice(start, start + batch) });
          if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records were returned`);
        }
      };
      await handle(warm, 100);
      meter.start();
      await handle(bodies, size);
      report(`${name}, batch ${size}`, meter);
      if (size === 100) reportHalves(meter);
      if (process.argv.includes('--rules')) reportRules(meter);
    }
  }
}

/** What the naive design writes: each event for each rule, key and value by itself. */
function hitsIn(bodies: readonly QueueRecord[]): number {
  const dispatcher = createDispatcher(
    rules.filter(({ rule }) => rule.replayOnly !== true),
    () => {},
  );
  const { log, metrics, clock } = memoryPorts(NOW_MS);
  return receiveBatch(bodies, { log, metrics, clock })
    .flatMap(({ event }) => dispatcher.hits(event))
    .reduce((sum, { keys, values }) => sum + keys.length * Math.max(1, values.length), 0);
}

function metered(meter: Meter) {
  const unlimited = { ...REAL_LIMITS, readUnits: Number.POSITIVE_INFINITY, writeUnits: Number.POSITIVE_INFINITY };
  const zero = () => 0;
  const tables = new SimulatedTables(
    (name) => new SimulatedTable(unlimited, zero, zero, undefined, (usage) => meter.note(name, usage)),
  );
  return clientOf(async (command) => {
    meter.sees(command);
    return tables.execute(command);
  });
}

function report(name: string, meter: Meter): void {
  const all = ['writes', 'reads'].map((kind) => {
    const { requests, units } = meter.of(kind);
    return `${per(requests)} ${kind} of ${per(units)} units`;
  });
  const parts = [...meter.totals].map(([part, { requests }]) => `${part} ${per(requests)}`);
  console.log(`  ${name}: ${all.join(', ')} (${parts.sort().join(', ')})`);
}

function reportHalves({ byHalf }: Meter): void {
  for (const half of ['attacker', 'others']) {
    const own = [...byHalf].filter(([name]) => name.startsWith(half));
    if (own.length === 0) continue;
    const all = own.reduce((sum, [, { requests }]) => sum + requests, 0);
    const parts = own.map(([name, { requests }]) => `${name.slice(half.length + 2)} ${per(requests)}`);
    console.log(`    written for ${half}: ${per(all)} (${parts.sort().join(', ')})`);
  }
}

function reportRules({ byRule }: Meter): void {
  const most = [...byRule].sort(([, a], [, b]) => b.requests - a.requests).slice(0, 25);
  for (const [name, { requests, units }] of most) console.log(`    ${name}: ${per(requests)} of ${per(units)} units`);
}

function per(value: number): string {
  return ((value * 1_000) / MEASURED).toFixed(1);
}

void main();
