import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type { Outcome } from '../test/simulation/claims';
import { FAMILIES, type Family, scheduleOf } from '../test/simulation/generate';
import { isKept, runSchedule } from '../test/simulation/run';

/**
 * `npm run simulate -- --schedules N --seed S`: the pipeline's own code in simulated worlds, seeds S to S + N − 1, each
 * compared with what is promised. `--only <seed> --trace` repeats one and tells everything that happens in it;
 * `--family <name>` draws all schedules from one family. The last line of stdout is a summary as JSON; exit code 1 if a
 * promise was broken.
 */
interface Failure {
  readonly seed: number;
  readonly family: string;
  readonly what: readonly string[];
}

/** Sums over schedules. */
interface Totals {
  schedules: number;
  alerts: number;
  lost: number;
  false: number;
  /** Broken promises of other kinds: repetitions, pace, order, errors of ours. */
  broken: number;
  publishes: number;
  duplicatePublishes: number;
  crashes: number;
  requests: number;
  failures: Failure[];
}

/** Seeds that a thread takes at a time. */
const CHUNK = 25;
const FAILURES_SHOWN = 10;

interface Chunk {
  readonly seeds: readonly number[];
  readonly family: Family | undefined;
}

function nothing(): Totals {
  return {
    ...{ schedules: 0, alerts: 0, lost: 0, false: 0, broken: 0 },
    ...{ publishes: 0, duplicatePublishes: 0, crashes: 0, requests: 0, failures: [] },
  };
}

function add(totals: Totals, more: Totals): void {
  for (const name of Object.keys(totals) as (keyof Totals)[]) {
    if (name === 'failures') totals.failures.push(...more.failures);
    else totals[name] += more[name];
  }
}

function totalsOf(outcome: Outcome): Totals {
  const {
    seed,
    family,
    lost,
    false: untrue,
    broken,
    alertIds,
    publishes,
    duplicatePublishes,
    crashes,
    requests,
  } = outcome;
  return {
    ...{ schedules: 1, alerts: alertIds.length, lost: lost.length, false: untrue.length, broken: broken.length },
    ...{ publishes, duplicatePublishes, crashes, requests },
    failures: isKept(outcome) ? [] : [{ seed, family, what: [...lost, ...untrue, ...broken] }],
  };
}

/** A thread's work: chunks come, sums go. */
function serve(port: NonNullable<typeof parentPort>): void {
  // Errors are part of many schedules, and nobody reads where they were made.
  Error.stackTraceLimit = 0;
  port.on('message', async ({ seeds, family }: Chunk) => {
    const totals = nothing();
    for (const seed of seeds) add(totals, totalsOf(await runSchedule(scheduleOf(seed, family))));
    port.postMessage(totals);
  });
}

/** All schedules over the threads. Rejects with a thread's error. */
function simulate(seeds: number[], family: Family | undefined, threads: number, onProgress: (totals: Totals) => void) {
  const { outputFiles } = buildSync({
    entryPoints: [__filename],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['esbuild'],
    logLevel: 'warning',
  });
  const code = outputFiles[0]?.text ?? '';
  const totals = nothing();
  const chunks: Chunk[] = [];
  for (let start = 0; start < seeds.length; start += CHUNK) {
    chunks.push({ seeds: seeds.slice(start, start + CHUNK), family });
  }
  return new Promise<Totals>((resolve, reject) => {
    let running = 0;
    for (let thread = 0; thread < Math.min(threads, chunks.length); thread++) {
      const worker = new Worker(code, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
      const next = () => {
        const chunk = chunks.shift();
        if (chunk !== undefined) worker.postMessage(chunk);
        else {
          void worker.terminate();
          if (--running === 0) resolve(totals);
        }
      };
      running++;
      worker.on('error', reject);
      worker.on('message', (more: Totals) => {
        add(totals, more);
        onProgress(totals);
        next();
      });
      next();
    }
  });
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name}: expected a whole number, found ${text}`);
  return value;
}

function familyOf(text: string | undefined): Family | undefined {
  if (text === undefined) return undefined;
  if (!(text in FAMILIES))
    throw new Error(`--family: expected one of ${Object.keys(FAMILIES).join(', ')}; found ${text}`);
  return text as Family;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      family: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      trace: { type: 'boolean', default: false },
    },
  });
  const family = familyOf(values.family);
  const started = performance.now();
  let totals: Totals;
  if (values.only !== undefined) {
    const schedule = scheduleOf(whole('only', values.only), family);
    const print = values.trace ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
    print?.(JSON.stringify(schedule, null, 1));
    totals = totalsOf(await runSchedule(schedule, undefined, print));
  } else {
    const first = whole('seed', values.seed);
    const seeds = Array.from({ length: whole('schedules', values.schedules) }, (_, index) => first + index);
    totals = await simulate(seeds, family, Math.max(1, whole('threads', values.threads)), ({ schedules, failures }) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r${schedules} of ${seeds.length} schedules, ${failures.length} failed `);
      }
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
  }
  report(totals, family, (performance.now() - started) / 1_000);
}

function report({ failures, ...sums }: Totals, family: Family | undefined, seconds: number): void {
  const inOrder = failures.sort((a, b) => a.seed - b.seed);
  for (const { seed, family: of, what } of inOrder.slice(0, FAILURES_SHOWN)) {
    process.stdout.write(`FAILED seed ${seed} (${of}): ${what.slice(0, 5).join('; ')}\n`);
    const same = family === undefined ? '' : ` --family ${family}`;
    process.stdout.write(`  again, with everything that happens: npm run simulate -- --only ${seed}${same} --trace\n`);
  }
  const failedSeeds = inOrder.slice(0, 100).map(({ seed }) => seed);
  process.stdout.write(
    `${JSON.stringify({ ...sums, failed: failures.length, failedSeeds, seconds: rounded(seconds), cpuSeconds: rounded(cpuSeconds()) })}\n`,
  );
  if (failures.length > 0) process.exitCode = 1;
}

/** Of all threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(1));
}

if (!isMainThread && parentPort !== null) serve(parentPort);
else {
  main().catch((error: unknown) => {
    process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
}
