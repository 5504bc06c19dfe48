import { SCENARIOS } from './scenario-list';
import { linesOf, play, startOf } from './scenarios';

jest.setTimeout(60_000);

/** The longer ones take half a minute each: `npm run simulate:heartbeat` runs them all. */
const SHORT = SCENARIOS.filter(({ days }) => days === 1);

describe('people are told exactly what they should be', () => {
  it.each(SHORT.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const world = await play(scenario);
    expect(linesOf(world, startOf(scenario))).toEqual([...scenario.told]);
  });
});
