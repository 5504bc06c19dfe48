import { scheduleOf } from './generate';
import { CONTROLS, MUTATIONS, type Mutation } from './mutations';
import { isKept, runSchedule } from './run';

/** Many schedules to a test; seconds each, on a machine that does other things as well minutes. */
jest.setTimeout(300_000);

/** A mutation that is not noticed within so many schedules of its family is not noticed. */
const SCHEDULES_MAX = 150;
const CONTROL_SCHEDULES = 30;

describe.each(CONTROLS)('$name, unchanged', ({ family, parts }) => {
  it('keeps every promise, so that what a variant breaks is the variant’s doing', async () => {
    for (let seed = 1; seed <= CONTROL_SCHEDULES; seed++) {
      const { lost, false: untrue, broken } = await runSchedule(scheduleOf(seed, family), parts);
      expect({ seed, what: [...lost, ...untrue, ...broken] }).toEqual({ seed, what: [] });
    }
  });
});

describe.each(MUTATIONS)('$name', (mutation) => {
  it('is noticed', async () => {
    const found = await noticed(mutation);
    expect(found?.what).toMatch(mutation.symptom);
    // The same schedule goes well without the change.
    expect(isKept(await runSchedule(scheduleOf(found?.seed ?? 0, mutation.family)))).toBe(true);
  });
});

/** The first schedule in which the mutation shows its symptom. */
async function noticed({ family, parts, symptom, schedule = (unchanged) => unchanged }: Mutation) {
  for (let seed = 1; seed <= SCHEDULES_MAX; seed++) {
    const { lost, false: untrue, broken } = await runSchedule(schedule(scheduleOf(seed, family)), parts);
    const what = [...lost, ...untrue, ...broken].find((one) => symptom.test(one));
    if (what !== undefined) return { seed, what };
  }
  return undefined;
}
