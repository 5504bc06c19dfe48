import type { Outcome } from './claims';
import { FAMILIES, type Family, scheduleOf } from './generate';
import { isKept, REAL_PARTS, runSchedule } from './run';
import { FATES, type Schedule } from './schedule';

/** Many schedules to a test; seconds each, on a machine that does other things as well minutes. */
jest.setTimeout(300_000);

/** More schedules: `npm run simulate`. Repeat one: `npm run simulate -- --only <seed> --family <family> --trace`. */
const SCHEDULES_PER_FAMILY = 12;

const families = (Object.keys(FAMILIES) as Family[]).filter((family) => family !== 'storm');

function broken(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter((outcome) => !isKept(outcome))
    .map(({ seed, family, lost, false: untrue, broken }) => `${seed} ${family}: ${[...lost, ...untrue, ...broken]}`);
}

describe.each(families)('%s', (family) => {
  it('keeps every promise', async () => {
    const outcomes: Outcome[] = [];
    for (let seed = 1; seed <= SCHEDULES_PER_FAMILY; seed++) {
      outcomes.push(await runSchedule(scheduleOf(seed, family)));
    }
    expect(broken(outcomes)).toEqual([]);
    // Schedules in which nothing happens would keep them too.
    expect(outcomes.flatMap(({ alertIds }) => alertIds).length).toBeGreaterThan(SCHEDULES_PER_FAMILY / 4);
  });
});

/** Found among hundreds of thousands: the claims, or what kept them, were wrong in these. */
test.each([
  [20270790, 'more than may be read, of events each of its own severity, is told at less than what could not be read'],
  [20344263, 'more than may be read of single critical events is told in haste'],
])('seed %i: %s', async (seed) => {
  expect(broken([await runSchedule(scheduleOf(seed))])).toEqual([]);
});

describe('a storm of alerts', () => {
  it('is told in digests at the pace, critical ones first', async () => {
    const outcome = await runSchedule(scheduleOf(1, 'storm'));
    expect(broken([outcome])).toEqual([]);
    expect(outcome.alertIds.length).toBeGreaterThan(150);
    expect(outcome.publishes).toBeLessThan(outcome.alertIds.length / 2);
  });
});

describe('a schedule', () => {
  it('is the same each time that its seed is run', async () => {
    for (const family of ['windows', 'outages', 'pace'] as const) {
      const traces = [];
      for (let time = 0; time < 2; time++) {
        const lines: string[] = [];
        await runSchedule(scheduleOf(7, family), REAL_PARTS, (line) => lines.push(line));
        traces.push(lines);
      }
      expect(traces[0]?.length).toBeGreaterThan(50);
      expect(traces[1]).toEqual(traces[0]);
    }
  });

  /** A small one without any other trouble, in which each request in turn meets each fate. */
  it.each(['windows', 'baselines'] as const)('of %s survives every fate of every request', async (family) => {
    const calm = await calmSchedule(family);
    const { requests, alertIds } = await runSchedule(calm);
    const outcomes: Outcome[] = [];
    for (let request = 1; request <= requests; request++) {
      for (const fate of FATES) {
        outcomes.push(await runSchedule({ ...calm, faults: { ...calm.faults, strike: { request, fate } } }));
      }
    }
    expect(broken(outcomes)).toEqual([]);
    expect(outcomes.filter(({ crashes }) => crashes > 0).length).toBeGreaterThan(requests);
    if (family === 'windows') for (const outcome of outcomes) expect(outcome.alertIds).toEqual(alertIds);
  });
});

/** The first of the family that has a few alerts and not too many requests, without its troubles. */
async function calmSchedule(family: Family): Promise<Schedule> {
  for (let seed = 1; ; seed++) {
    const schedule = scheduleOf(seed, family);
    const { strike: _, ...faults } = schedule.faults;
    const calm = {
      ...schedule,
      faults: { ...faults, crash: 0, refuse: 0, lose: 0, repeat: 0, stall: 0, recycle: 0, redeliver: 0 },
    };
    const { requests, alertIds } = await runSchedule(calm);
    if (requests < 70 && alertIds.length >= 2 && !schedule.rules.some(({ kind }) => kind === 'distinct')) return calm;
  }
}
