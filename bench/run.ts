import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { RULES } from '../lambda/rules';
import { generated } from './generate';
import { windowSpeeds } from './windows';

/**
 * `npm run bench [-- --events N] [-- --rounds N]`: speed and memory of replay beside what reading alone costs, in one
 * run. Rounds alternate between the commands, and medians are compared, so that other work on the machine falls on all.
 */

interface Used {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMegabytes: number;
}

const root = join(__dirname, '..');
const data = join(root, 'bench/.data');
const events = option('events', 1_000_000);
const rounds = option('rounds', 3);

async function main(): Promise<void> {
  mkdirSync(data, { recursive: true });
  spawnSync('node', [join(root, 'scripts/build.js')], { stdio: 'inherit' });
  const many = await buildWithManyRules();
  progress(`generating ${events} events`);
  const large = generated(events, data);
  const small = generated(Math.round(events / 10), data);
  const shipped = join(root, 'dist/trailhound.js');
  const replay = (bundle: string, folder: string, workers: number) => [
    bundle,
    'replay',
    folder,
    '--format',
    'jsonl',
    '--workers',
    String(workers),
    '--fail-on',
    'none',
  ];
  const cores = availableParallelism();
  // One thread's garbage is collected on other cores: only held to one core it shows what a core can do.
  const canHold = spawnSync('taskset', ['--version']).status === 0;
  const commands: Record<string, string[]> = {
    floor: [join(root, 'bench/floor.js'), large],
    one: replay(shipped, large, 1),
    ...(canHold ? { core: replay(shipped, large, 1) } : {}),
    all: replay(shipped, large, cores),
    many: replay(many, large, 1),
    small: replay(shipped, small, 1),
  };
  const runs: Record<string, Used[]> = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  const outputs = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      progress(`round ${round + 1} of ${rounds}: ${name}`);
      const { used, stdout } = run(args, name === 'core' ? ['taskset', '--cpu-list', '0'] : []);
      runs[name]?.push(used);
      outputs.set(name, stdout);
    }
  }
  const of = (name: string): Used => median(runs[name] as Used[]);
  const [floor, one, all, ten, tenth] = [of('floor'), of('one'), of('all'), of('many'), of('small')];
  const alerts = outputs.get('one')?.split('\n').length ?? 0;
  const windows = windowSpeeds();
  print('machine', `${cpus()[0]?.model ?? 'unknown'}, ${cores} cores, Node ${process.version}`);
  print('corpus', `${events.toLocaleString('en-US')} events, ${RULES.length} rules, ${alerts - 1} alerts written`);
  print('gunzip + JSON.parse alone', per(floor));
  print('replay, one thread', per(one));
  if (canHold) print('replay, one thread held to one core', per(of('core')));
  print(`replay, ${cores} threads`, per(all));
  print(`replay, ${RULES.length * 10} rules, one thread`, per(ten));
  // Each round compares runs that follow one another: other work on the machine falls on both.
  const ratio = (above: string, below: string, of: 'cpuSeconds' | 'wallSeconds') =>
    middle((runs[above] as Used[]).map((used, round) => used[of] / ((runs[below] as Used[])[round] as Used)[of]));
  const cpuToFloor = ratio('one', 'floor', 'cpuSeconds');
  goal('P1', 'CPU of one thread / floor', cpuToFloor, '<=', 1.4);
  goal('P2', 'CPU with ten times the rules / with the shipped ones', ratio('many', 'one', 'cpuSeconds'), '<=', 1.3);
  goal('P3', 'wall time of one thread / of all', ratio('one', 'all', 'wallSeconds'), '>=', 1.6);
  if (canHold) goal('P3', 'wall time of one core / of all', ratio('core', 'all', 'wallSeconds'), '>=', 1.6);
  goal(
    'P3',
    'alerts identical for one thread and all (1 = yes)',
    outputs.get('one') === outputs.get('all') ? 1 : 0,
    '>=',
    1,
  );
  goal('P4', 'peak memory, one thread, MB', one.peakMegabytes, '<=', 250);
  goal('P4', 'peak memory, all threads, MB', all.peakMegabytes, '<=', 250);
  goal(
    'P4',
    `peak memory at ${events} events / at ${Math.round(events / 10)}`,
    one.peakMegabytes / tenth.peakMegabytes,
    '<=',
    3,
  );
  goal('P6', 'windows: events/s at 1,000 keys', windows.few.perSecond, '>=', 1_000_000);
  goal('P6', 'windows: events/s at 100,000 keys', windows.many.perSecond, '>=', 400_000);
  goal('P6', 'windows: bytes per live key at 100,000 keys', windows.many.bytesPerKey, '<=', 1_024);
  // Suzaku with 50 rules takes 5.6 times its floor: a third of that.
  goal('P9', 'CPU of one thread / floor, beside a third of the fastest peer', cpuToFloor, '<=', 5.6 / 3);
}

/** @param holder a command that runs another one in its own way */
function run(args: readonly string[], holder: readonly string[]): { used: Used; stdout: string } {
  const folder = mkdtempSync(join(tmpdir(), 'trailhound-bench-'));
  const file = join(folder, 'used.json');
  const [command, ...rest] = [...holder, 'node', '--require', join(root, 'bench/measure.js'), ...args] as [string];
  const { status, stdout, stderr } = spawnSync(command, rest, {
    env: { ...process.env, MEASURE: file },
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  const used = JSON.parse(readFileSync(file, 'utf8')) as Used;
  rmSync(folder, { recursive: true });
  return { used, stdout };
}

/** The command line with ten times the rules in place of the shipped ones. */
async function buildWithManyRules(): Promise<string> {
  const outdir = join(data, 'many');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { trailhound: 'bin/trailhound.ts', 'replay-worker': 'replay/threads/worker.ts' },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    plugins: [
      {
        name: 'many-rules',
        setup: (build) => {
          build.onResolve({ filter: /\/lambda\/rules$/ }, () => ({ path: join(root, 'bench/many-rules.ts') }));
        },
      },
    ],
  });
  return join(outdir, 'trailhound.js');
}

function median(runs: readonly Used[]): Used {
  return {
    cpuSeconds: middle(runs.map((used) => used.cpuSeconds)),
    wallSeconds: middle(runs.map((used) => used.wallSeconds)),
    peakMegabytes: middle(runs.map((used) => used.peakMegabytes)),
  };
}

function middle(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}

function per({ cpuSeconds, wallSeconds, peakMegabytes }: Used): string {
  return `${cpuSeconds.toFixed(2)} s CPU, ${wallSeconds.toFixed(2)} s, ${Math.round(events / wallSeconds).toLocaleString('en-US')} events/s, ${Math.round(peakMegabytes)} MB`;
}

function goal(id: string, what: string, value: number, relation: '<=' | '>=', limit: number): void {
  const met = relation === '<=' ? value <= limit : value >= limit;
  const shown = value >= 1_000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
  process.stdout.write(
    `${id}  ${met ? 'met' : 'NOT MET'}  ${what}: ${shown} (${relation} ${limit.toLocaleString('en-US', { maximumFractionDigits: 2 })})\n`,
  );
}

function print(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function option(name: string, fallback: number): number {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : Number(process.argv[index + 1]);
}

void main();
