import { startTables } from '../../test/dynalite';
import type { Outcome } from '../../test/simulation/claims';
import { scheduleOf } from '../../test/simulation/generate';
import { isKept, REAL_PARTS, runSchedule } from '../../test/simulation/run';
import type { Schedule } from '../../test/simulation/schedule';
import { REAL_LIMITS } from '../../test/simulation/tables';
import type { TableTwin } from '../../test/simulation/world';
import { RealTables } from './twin';

/**
 * Part of the lane, in the private network: `simulation.ts SEED SCHEDULES SECONDS` lets the schedules of so many seeds, or
 * as many as fit into the time, happen over tables of the service at TRAILHOUND_DYNAMODB, and prints a SimulationResult
 * as JSON.
 */

export interface SimulationResult {
  readonly schedules: number;
  readonly alerts: number;
  readonly crashes: number;
  /** Requests that the tables answered. */
  readonly requests: number;
  readonly seconds: number;
  readonly failures: readonly { readonly seed: number; readonly family: string; readonly what: readonly string[] }[];
  /** A write that did not reach the tables was noticed. */
  readonly control: boolean;
}

/** Schedules at a time: while one waits for the tables another goes on. */
const AT_ONCE = 4;

/** As drawn, but for what these tables cannot be told to do: lag behind, and end a page early. */
function onRealTables(schedule: Schedule): Schedule {
  const { lagMaxMs, pageBytes } = REAL_LIMITS;
  return { ...schedule, limits: { ...schedule.limits, lagMaxMs, pageBytes } };
}

async function main(): Promise<void> {
  // Errors are part of many schedules, and nobody reads where they were made.
  Error.stackTraceLimit = 0;
  const startedMs = performance.now();
  const [first = 1, schedules = 1, seconds = 60] = process.argv.slice(2).map(Number);
  const tables = await startTables();
  let requests = 0;
  const run = async (seed: number, changed: (twin: RealTables) => TableTwin): Promise<Outcome> => {
    const twin = await RealTables.create(tables);
    try {
      return await runSchedule(onRealTables(scheduleOf(seed)), { ...REAL_PARTS, twin: changed(twin) });
    } finally {
      requests += twin.requests;
      await twin.drop();
    }
  };
  const outcomes: Outcome[] = [];
  const seeds = Array.from({ length: schedules }, (_, index) => first + index);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const isTime = () => performance.now() - startedMs < seconds * 1_000;
      for (let seed = seeds.shift(); seed !== undefined; seed = isTime() ? seeds.shift() : undefined)
        outcomes.push(await run(seed, (twin) => twin));
    }),
  );
  const result: SimulationResult = {
    schedules: outcomes.length,
    alerts: outcomes.reduce((sum, { alertIds }) => sum + alertIds.length, 0),
    crashes: outcomes.reduce((sum, { crashes }) => sum + crashes, 0),
    requests,
    failures: outcomes
      .filter((outcome) => !isKept(outcome))
      .map(({ seed, family, lost, false: untrue, broken }) => ({
        seed,
        family,
        what: [...lost, ...untrue, ...broken],
      })),
    control: !isKept(await run(first, withoutFirstWrite)),
    seconds: Math.round((performance.now() - startedMs) / 1_000),
  };
  console.log(JSON.stringify(result));
  await tables.close();
}

/** Says that the first write was made, and does not make it. */
function withoutFirstWrite(twin: RealTables): TableTwin {
  let isLost = false;
  return {
    answer: async (command, simulated) => {
      if (isLost || !('result' in simulated) || !/Put|Update/.test(command.constructor.name))
        return twin.answer(command, simulated);
      isLost = true;
      return simulated.result;
    },
    expire: (table, keys) => twin.expire(table, keys),
    end: (table, items) => twin.end(table, items),
  };
}

void main();
