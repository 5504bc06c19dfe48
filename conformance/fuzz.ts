import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FuzzResult } from './fuzz/fuzz';
import { runLane } from './lane';
import { hasCorpus } from './real-events';

/**
 * `npm run conformance:fuzz`: a million mutations of real records and of examples through intake, rules, alerts and text,
 * a tenth of them through windows, messages and replay as well. On a slow machine as many as fit into the time.
 * TRAILHOUND_SEED repeats a run; MUTATIONS asks for more or fewer: CI for a share of them, from a seed of its own.
 */

const MUTATIONS = Number(process.env['MUTATIONS'] ?? 1_000_000);
const SECONDS = Math.max(210, MUTATIONS / 1_000);
/** What any machine manages in that time. */
const LEAST = Math.min(MUTATIONS, 100_000);
const SEED = Number(process.env['TRAILHOUND_SEED'] ?? Date.now() % 1_000_000);

runLane('fuzz', SECONDS / 60 + 2, async (lane) => {
  const processes = Math.min(4, availableParallelism());
  lane.note(`seed ${SEED} in ${processes} processes${hasCorpus ? '' : ', no corpus of real events: examples only'}`);
  const results = await Promise.all(
    Array.from({ length: processes }, (_, index) => part(SEED + index, Math.ceil(MUTATIONS / processes))),
  );
  const sum = (of: (result: FuzzResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const shown = (count: number) => count.toLocaleString('en-US');
  const mutations = sum((result) => result.mutations);
  lane.check(`${shown(mutations)} mutations`, mutations >= LEAST, `of ${shown(MUTATIONS)}, at least ${shown(LEAST)}`);
  lane.note(`${shown(sum(({ events }) => events))} were events, with ${shown(sum(({ hits }) => hits))} hits of rules`);
  lane.note(
    `${shown(sum(({ full }) => full))} went through everything: ${shown(sum(({ messages }) => messages))} messages, ` +
      `${shown(sum(({ alerts }) => alerts))} alerts of replays`,
  );
  lane.check('some were told', sum(({ messages }) => messages) > 0 && sum(({ alerts }) => alerts) > 0);
  lane.note(`slowest event: ${Math.max(...results.map(({ slowestMs }) => slowestMs)).toFixed(1)} ms`);
  const problems = results.flatMap((result) => result.problems);
  lane.check('no crash, no hang, nothing polluted, nothing unescaped', problems.length === 0);
  for (const { what, times, body } of problems) lane.check(`${what} (${times} times)`, false, body);
});

async function part(seed: number, mutations: number): Promise<FuzzResult> {
  const worker = join(__dirname, 'fuzz/worker.ts');
  const running = promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', worker, String(seed), String(mutations), String(SECONDS)],
    { cwd: join(__dirname, '..'), maxBuffer: 64 * 1024 * 1024 },
  );
  process.once('exit', () => running.child.kill());
  const { stdout } = await running;
  return JSON.parse(stdout) as FuzzResult;
}
