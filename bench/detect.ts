import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DynamoAlertStore } from '../lambda/alerts/dynamo-alert-store';
import { DynamoBaselineStore } from '../lambda/baselines/dynamo-baseline-store';
import { resolveConfig } from '../lambda/config/resolve';
import { createDetector, type DetectorPorts } from '../lambda/detect';
import type { QueueRecord } from '../lambda/intake/queue-batch';
import { RULES } from '../lambda/rules';
import { DynamoWindowStore } from '../lambda/windows/dynamo-window-store';
import { type LocalTables, startTables } from '../test/dynalite';
import { delivered } from '../test/events';
import { memoryPorts } from '../test/memory-ports';
import { generated } from './generate';
import { Random } from './random';

/**
 * `npx tsx bench/detect.ts [--events N] [--cpu]`: CPU of the live pipeline with stores that answer at once, and what it asks of
 * DynamoDB. Both for an organisation's day and for a day of which half the events are one attacker's.
 */

type SampleRecord = { readonly [field: string]: unknown };

const { rules, suppressions } = resolveConfig({}, RULES, Date.now());
const ATTACKER = 'arn:aws:iam::111122223333:user/mallory';

async function main(): Promise<void> {
  const events = Number(process.argv[process.argv.indexOf('--events') + 1]) || 100_000;
  const day = recordsOf(generated(100_000, join(__dirname, '.data'))).slice(0, events);
  const mixes = { day, attack: day.map(attacked) };
  console.log(`${events} events, ${rules.length} rules on by default, Node ${process.version}`);
  console.log('\nCPU of the handler per event, JSON.parse of the envelope included, stores that answer at once:');
  for (const [name, records] of Object.entries(mixes)) {
    const bodies = records.map((record) => delivered(record));
    const parse = await cpuOf(async () => {
      for (const { body } of bodies) JSON.parse(body);
    });
    const used: string[] = [`parse alone ${perEvent(parse, bodies)}`];
    await handled(memory(), bodies, 100); // warm
    for (const size of [10, 100, 1_000]) {
      const ports = memory();
      used.push(`batch ${size} ${perEvent(await cpuOf(() => handled(ports, bodies, size)), bodies)}`);
    }
    console.log(`  ${name}: ${used.join(', ')}`);
  }
  if (process.argv.includes('--cpu')) return;
  console.log('\nRequests and units of DynamoDB for 1,000 events:');
  const tables = await startTables();
  for (const [name, records] of Object.entries(mixes)) {
    for (const size of [10, 100, 200]) {
      const bodies = records.slice(0, 5_000).map((record) => delivered(record));
      const usage = await dynamoUsage(tables, bodies, size);
      const per = (value: number) => ((value * 1_000) / bodies.length).toFixed(1);
      console.log(
        `  ${name}, batch ${size}: ${per(usage.writes)} writes of ${per(usage.writeUnits)} units ` +
          `(${(usage.writeUnits / usage.writes).toFixed(2)} a write), ${per(usage.reads)} reads of ${per(usage.readUnits)} units; ` +
          Object.entries(usage.byKind)
            .map(([kind, count]) => `${kind} ${per(count)}`)
            .join(', '),
      );
    }
  }
  await tables.close();
}

function memory() {
  return { ...memoryPorts(Date.parse('2026-03-11T00:00:00Z')), rules, suppressions };
}

async function handled(ports: DetectorPorts, bodies: readonly QueueRecord[], size: number): Promise<void> {
  const detector = createDetector(ports);
  for (let start = 0; start < bodies.length; start += size) {
    const { batchItemFailures } = await detector.handle({ records: bodies.slice(start, start + size) });
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records were returned`);
  }
}

/** Runs the pipeline against tables in this process, and asks them what each request would have cost. */
async function dynamoUsage(tables: LocalTables, bodies: readonly QueueRecord[], size: number) {
  const usage = { writes: 0, writeUnits: 0, reads: 0, readUnits: 0, byKind: {} as Record<string, number> };
  const { client } = tables;
  const counting = 'counts';
  client.middlewareStack.add(
    (next, context) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const command = String(context.commandName).replace('Command', '');
      const name = `${command} ${String((args.input as { TableName?: string }).TableName).split('-')[0]}`;
      usage.byKind[name] = (usage.byKind[name] ?? 0) + 1;
      const isRead = /^(Query|GetItem)/.test(command);
      usage[isRead ? 'reads' : 'writes'] += 1;
      try {
        const result = await next(args);
        const { ConsumedCapacity: consumed } = result.output as { ConsumedCapacity?: { CapacityUnits?: number } };
        usage[isRead ? 'readUnits' : 'writeUnits'] += consumed?.CapacityUnits ?? 0;
        return result;
      } catch (error) {
        usage.writeUnits += 1; // a refused condition
        throw error;
      }
    },
    { step: 'initialize', name: counting, override: true },
  );
  const windows = new DynamoWindowStore(client, await tables.create({ name: 'windows' }));
  const baselines = new DynamoBaselineStore(client, await tables.create({ name: 'baselines' }));
  const alerts = new DynamoAlertStore(client, await tables.create({ name: 'alerts', pending: true }));
  usage.byKind = {};
  usage.writes = 0;
  usage.writeUnits = 0;
  await handled({ ...memory(), windows, baselines, alerts }, bodies, size);
  client.middlewareStack.remove(counting);
  return usage;
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function perEvent(microseconds: number, events: readonly unknown[]): string {
  return `${(microseconds / events.length).toFixed(1)} µs`;
}

/** Every second record becomes a refused call of one principal. */
function attacked(record: SampleRecord, index: number): SampleRecord {
  if (index % 2 === 0) return record;
  return {
    ...record,
    userIdentity: { type: 'IAMUser', arn: ATTACKER, accountId: '111122223333', userName: 'mallory' },
    recipientAccountId: '111122223333',
    eventSource: 'iam.amazonaws.com',
    sourceIPAddress: '198.51.100.66',
    eventName: 'ListAccessKeys',
    readOnly: true,
    errorCode: 'AccessDenied',
    errorMessage: 'User is not authorized to perform this action',
    requestParameters: null,
    responseElements: null,
  };
}

/** All records below a folder in the order in which a day delivers them: by file, these by time, mixed within 5 minutes. */
function recordsOf(folder: string): SampleRecord[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.gz'))
    .map((file) => ({ file, time: /\d{8}T\d{4}Z/.exec(file)?.[0] ?? '' }))
    .sort((a, b) => (a.time < b.time ? -1 : 1));
  const random = new Random(1);
  const slots = new Map<string, SampleRecord[]>();
  for (const { file, time } of files) {
    const { Records: records } = JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString()) as {
      Records: SampleRecord[];
    };
    slots.set(time, [...(slots.get(time) ?? []), ...records]);
  }
  return [...slots.values()].flatMap((records) => {
    const mixed = records.map((record) => ({ record, order: random.next() }));
    return mixed.sort((a, b) => a.order - b.order).map(({ record }) => withEnvelopeAccount(record));
  });
}

/** The bench's envelopes come from one account. */
function withEnvelopeAccount(record: SampleRecord): SampleRecord {
  return { ...record, recipientAccountId: '111122223333' };
}

void main();
