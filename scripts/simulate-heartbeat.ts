import { isDeepStrictEqual } from 'node:util';
import { SCENARIOS } from '../test/heartbeat/scenario-list';
import { linesOf, play, startOf } from '../test/heartbeat/scenarios';

/**
 * `npm run simulate:heartbeat`: the heartbeat, the detector and the notifier, as they are deployed, through days in
 * which something goes wrong. Prints each scenario with what people are told of it; exit code 1 if that is not exactly
 * what it should be. The last line of stdout is a summary as JSON. `-- <words>` runs the scenarios whose name has them.
 */
async function main(words: string): Promise<void> {
  const chosen = SCENARIOS.filter(({ name }) => name.includes(words));
  const failed: string[] = [];
  const sums = { scenarios: chosen.length, days: 0, beats: 0, notices: 0 };
  for (const scenario of chosen) {
    const world = await play(scenario);
    const told = linesOf(world, startOf(scenario));
    sums.days += scenario.days;
    sums.beats += world.metrics.total('HeartbeatRuns');
    sums.notices += told.length;
    process.stdout.write(`${scenario.name}\n`);
    if (told.length === 0) process.stdout.write('  nothing is told\n');
    for (const line of told) process.stdout.write(`  ${line}\n`);
    if (isDeepStrictEqual(told, [...scenario.told])) continue;
    failed.push(scenario.name);
    process.stdout.write('  FAILED. It should be:\n');
    for (const line of scenario.told) process.stdout.write(`  ${line}\n`);
  }
  process.stdout.write(`${JSON.stringify({ ...sums, failed })}\n`);
  if (failed.length > 0 || chosen.length === 0) process.exitCode = 1;
}

main(process.argv.slice(2).join(' ')).catch((error: unknown) => {
  process.stderr.write(
    `simulate:heartbeat: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 2;
});
