import * as fc from 'fast-check';
import { EnoughEntries } from '../../lambda/windows/enough-entries';
import { type Entry, unionOfEntries, verdictOfEntries, type WindowSpec } from '../../lambda/windows/verdict';
import { oracleOfEntries } from './oracle';

const WINDOW = 'rule#1#live#key';

function sequence(stepCounts: readonly number[], withinMs = 20_000): WindowSpec {
  return { kind: 'sequence', withinMs, tiers: [{ threshold: 1, level: 2 }], levelFromEvents: true, stepCounts };
}

/** What one worker stores of batches that come one after the other. */
function storedOf(batches: readonly (readonly Entry[])[], enough: number): Entry[] {
  const entries = new EnoughEntries();
  return batches.flatMap((batch) => {
    const needed = entries.needed(WINDOW, unionOfEntries(batch), enough);
    entries.add(WINDOW, needed, enough);
    return needed;
  });
}

function entry(serial: number, timeMs: number, steps = 1, level = 0): Entry {
  return { id: `id-${String(serial).padStart(3, '0')}`, timeMs, weight: 1, level, steps };
}

const total = (stepCounts: readonly number[]) => stepCounts.reduce((sum, count) => sum + count, 0);

it('stores as many of one second as the sequence asks for in all, however many come', () => {
  const fifty = Array.from({ length: 50 }, (_, serial) => entry(serial, 1_000));
  expect(storedOf([fifty.slice(0, 4), fifty.slice(4)], 6)).toEqual(fifty.slice(0, 6));
});

it('stores what comes again once', () => {
  const two = [entry(1, 1_000), entry(2, 1_000)];
  expect(storedOf([two, two], 3)).toEqual(two);
});

it('keeps apart windows, times, levels and steps', () => {
  const entries = new EnoughEntries();
  const first = [entry(1, 1_000)];
  entries.add(WINDOW, first, 1);
  const others = [entry(2, 2_000), entry(3, 1_000, 2), entry(4, 1_000, 1, 1), entry(5, 1_000, 3)];
  expect(entries.needed(WINDOW, others, 1)).toEqual(others.slice(0, 3)); // the last one fits steps of which each has one
  expect(entries.needed('another', first, 1)).toEqual(first);
});

it('forgets what was not stored after all', () => {
  const entries = new EnoughEntries();
  const one = [entry(1, 1_000)];
  entries.needed(WINDOW, one, 1);
  expect(entries.needed(WINDOW, one, 1)).toEqual(one);
});

it('needs all that the steps ask for together: one fewer loses', () => {
  // Both fit both steps; each step needs one of its own.
  const both = [entry(1, 1_000, 3), entry(2, 1_000, 3)];
  const spec = sequence([1, 1]);
  expect(verdictOfEntries(spec, unionOfEntries(storedOf([both], 2)))).toHaveLength(1);
  expect(verdictOfEntries(spec, unionOfEntries(storedOf([both], 1)))).toHaveLength(0);
});

it('leaves the times and levels of all firings as they are, whatever comes in which order and batches', () => {
  const events = fc
    .record({
      serial: fc.nat(19),
      second: fc.nat(1),
      steps: fc.integer({ min: 1, max: 7 }),
      level: fc.nat(1),
    })
    .map(({ serial, second, steps, level }) => entry(serial, second * 6_000, steps, level));
  const counts = fc.constantFrom([1, 1], [2, 1], [1, 2, 1], [1, 1, 1], [3, 1]);
  const batches = fc.array(fc.array(events, { maxLength: 8 }), { minLength: 3, maxLength: 6 });
  let spared = 0;
  fc.assert(
    fc.property(counts, batches, (stepCounts, all) => {
      const spec = sequence(stepCounts);
      const fitting = all.map((batch) =>
        batch.map((one) => ({ ...one, steps: one.steps & (2 ** stepCounts.length - 1) || 1 })),
      );
      const stored = storedOf(fitting, total(stepCounts));
      const whole = unionOfEntries(fitting.flat());
      spared += whole.length - unionOfEntries(stored).length;
      const said = verdictOfEntries(spec, unionOfEntries(stored)).map(({ timeMs, level }) => ({ timeMs, level }));
      expect(said).toEqual(oracleOfEntries(spec, whole).map(({ timeMs, level }) => ({ timeMs, level })));
    }),
    { numRuns: 2_000, seed: 20_261_122 },
  );
  expect(spared).toBeGreaterThan(500);
});
