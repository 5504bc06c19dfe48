import { join } from 'node:path';
import { resolveConfig } from '../lambda/config/resolve';
import { createDetector, type Detector, type DetectorPorts } from '../lambda/detect';
import type { QueueRecord } from '../lambda/intake/queue-batch';
import { RULES } from '../lambda/rules';
import { delivered } from '../test/events';
import { memoryPorts } from '../test/memory-ports';
import { attacked, inDeliveryOrder } from './delivery-order';
import { generated } from './generate';

/**
 * `npx tsx bench/detect.ts [--events N]`: CPU of the live pipeline for an event, with stores that answer at once, on an
 * ordinary day and on one of which half the events are one attacker's. The detector is warm: it has judged as many
 * events of the same day before.
 */

const { rules, suppressions } = resolveConfig({}, RULES, Date.now());
const SIZES = [10, 100, 1_000];
const TRIES = 3;

async function main(): Promise<void> {
  const events = Number(process.argv[process.argv.indexOf('--events') + 1]) || 30_000;
  const day = inDeliveryOrder(generated(100_000, join(__dirname, '.data'))).slice(0, events * 2);
  const warm = day.slice(0, events).map((record) => delivered(record));
  const mixes = { day: day.slice(events), attack: day.slice(events).map(attacked) };
  console.log(
    `CPU per event, JSON.parse of the envelope included; ${rules.length} rules on by default, ${process.version}`,
  );
  for (const [name, records] of Object.entries(mixes)) {
    const bodies = records.map((record) => delivered(record));
    const parse = await least(async () => {
      for (const { body } of bodies) JSON.parse(body);
    });
    const used = [`parse alone ${perEvent(parse, bodies)}`];
    for (const size of SIZES) {
      const best = await least(
        (detector) => handled(detector, bodies, size),
        async () => {
          const detector = createDetector(memory());
          await handled(detector, warm, 100);
          return detector;
        },
      );
      used.push(`batch ${size} ${perEvent(best, bodies)}`);
    }
    console.log(`  ${name}: ${used.join(', ')}`);
  }
}

function memory(): DetectorPorts {
  return { ...memoryPorts(Date.parse('2026-03-11T00:00:00Z')), rules, suppressions };
}

async function handled(detector: Detector, bodies: readonly QueueRecord[], size: number): Promise<void> {
  for (let start = 0; start < bodies.length; start += size) {
    const { batchItemFailures } = await detector.handle({ records: bodies.slice(start, start + size) });
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} records were returned`);
  }
}

/** CPU in microseconds, the least of a few tries: what else runs on the machine only ever adds. */
async function least<T>(work: (made: T) => Promise<void>, make?: () => Promise<T>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const made = (await make?.()) as T;
    const before = process.cpuUsage();
    await work(made);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return best;
}

function perEvent(microseconds: number, events: readonly unknown[]): string {
  return `${(microseconds / events.length).toFixed(1)} µs`;
}

void main();
