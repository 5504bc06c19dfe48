import { demandOf, LOADS } from '../../bench/hot-key-loads';

/** Tens of thousands of events, on a machine that does other things as well. */
jest.setTimeout(300_000);

/**
 * What one partition key bears in a second.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const READ_UNITS = 3_000;
const WRITE_UNITS = 1_000;

/** A day of filling takes too long here; `bench/hot-keys.ts` has these too. */
const loads = LOADS.filter(({ filledSeconds }) => filledSeconds < 3_600);

it('has loads to bear', () => {
  expect(loads.length).toBeGreaterThan(1);
});

it.each(loads)('$name: no partition key is asked for what it does not bear', async (load) => {
  const { read, write, returned, largestBytes } = await demandOf(load);
  expect(returned).toBe(0);
  // A load that asks for nothing would prove nothing.
  expect(read.units).toBeGreaterThan(1);
  expect(read.units).toBeLessThan(READ_UNITS / 10);
  expect(write.units).toBeLessThan(WRITE_UNITS / 2);
  expect(largestBytes).toBeLessThanOrEqual(1_024 * 1_024);
});
