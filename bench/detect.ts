import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
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
 * events of the same day before. It runs as one bundled file, as it is deployed, and in rounds, each of which also parses
 * the same envelopes and does nothing else: other work on the machine falls on both sides of a round's ratio.
 */

const { rules, suppressions } = resolveConfig({}, RULES, Date.now());
const SIZES = [10, 100, 1_000];
const ROUNDS = 5;

interface Round {
  readonly parse: number;
  /** In the order of SIZES. */
  readonly handled: readonly number[];
}

async function main(): Promise<void> {
  const events = Number(process.argv[process.argv.indexOf('--events') + 1]) || 30_000;
  const day = inDeliveryOrder(generated(100_000, join(process.cwd(), 'bench/.data'))).slice(0, events * 2);
  const warm = day.slice(0, events).map((record) => delivered(record));
  const mixes = { day: day.slice(events), attack: day.slice(events).map(attacked) };
  console.log(
    `CPU per event, JSON.parse of the envelope included; ${rules.length} rules on by default, ${process.version}`,
  );
  for (const [name, records] of Object.entries(mixes)) {
    const bodies = records.map((record) => delivered(record));
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await roundOf(warm, bodies));
    const least = (of: (round: Round) => number) => Math.min(...rounds.map(of)) / bodies.length;
    console.log(`  ${name}: parsing alone ${least(({ parse }) => parse).toFixed(1)} µs`);
    SIZES.forEach((size, index) => {
      const ratios = rounds.map(({ parse, handled }) => (handled[index] as number) / parse).sort((a, b) => a - b);
      const us = least(({ handled }) => handled[index] as number);
      console.log(`    batch ${size}: ${us.toFixed(1)} µs, ${ratios[ROUNDS >> 1]?.toFixed(1)} times parsing`);
    });
  }
}

async function roundOf(warm: readonly QueueRecord[], bodies: readonly QueueRecord[]): Promise<Round> {
  const parse = await cpuOf(async () => {
    for (const { body } of bodies) JSON.parse(body);
  });
  const handledIn: number[] = [];
  for (const size of SIZES) {
    const detector = createDetector(memory());
    await handled(detector, warm, 100);
    handledIn.push(await cpuOf(() => handled(detector, bodies, size)));
  }
  return { parse, handled: handledIn };
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

/** Microseconds of CPU, of all threads of the process. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Runs this file again, bundled: what `tsx` makes of modules costs a third more. */
function runBundled(): void {
  const folder = mkdtempSync(join(tmpdir(), 'trailhound-bench-'));
  try {
    const outfile = join(folder, 'detect.cjs');
    buildSync({
      entryPoints: [__filename],
      bundle: true,
      outfile,
      platform: 'node',
      target: 'node20',
      mainFields: ['module', 'main'],
      external: ['esbuild'],
      logLevel: 'warning',
    });
    const env = { ...process.env, NODE_PATH: join(process.cwd(), 'node_modules') };
    execFileSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit', env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (__filename.endsWith('.ts')) runBundled();
else void main();
