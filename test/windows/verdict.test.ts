import fc from 'fast-check';
import {
  type Entry,
  type Mark,
  unionOfEntries,
  unionOfMarks,
  verdictOfEntries,
  verdictOfMarks,
  type WindowSpec,
} from '../../lambda/windows/verdict';
import { oracleOfEntries, oracleOfMarks } from './oracle';

/** Time in small whole seconds, so that ties and window edges are common. */
const timeMs = fc.nat(40).map((seconds) => seconds * 1_000);
const id = fc.nat(12).map((n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`);
const entry: fc.Arbitrary<Entry> = fc.record({
  id,
  timeMs,
  weight: fc.integer({ min: 1, max: 5 }),
  level: fc.nat(4),
  steps: fc.nat(7),
});
const mark: fc.Arbitrary<Mark> = fc.record({
  id,
  timeMs,
  level: fc.nat(4),
  value: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
});

const spec = (kind: WindowSpec['kind']): fc.Arbitrary<WindowSpec> =>
  fc
    .record({
      withinMs: fc.integer({ min: 1, max: 25 }).map((seconds) => seconds * 1_000),
      threshold: fc.integer({ min: 1, max: 5 }),
      next: fc.integer({ min: 1, max: 4 }),
      levelFromEvents: fc.boolean(),
      stepCounts: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 3 }),
    })
    .map(({ withinMs, threshold, next, levelFromEvents, stepCounts }) => ({
      kind,
      withinMs,
      tiers: [
        { threshold, level: 1 },
        { threshold: threshold + next, level: 3 },
      ] as const,
      levelFromEvents,
      stepCounts: kind === 'sequence' ? stepCounts : [],
    }));

const bare = (firings: readonly { timeMs: number; count: number; level: number }[]) =>
  firings.map(({ timeMs, count, level }) => ({ timeMs, count, level }));

describe.each(['count', 'sum'] as const)('%s', (kind) => {
  it('fires exactly where brute force does, whatever the order and repeats', () => {
    fc.assert(
      fc.property(spec(kind), fc.array(entry, { maxLength: 20 }), (window, entries) => {
        const weighted = kind === 'sum' ? entries : entries.map((one) => ({ ...one, weight: 1 }));
        expect(bare(verdictOfEntries(window, unionOfEntries(weighted)))).toEqual(oracleOfEntries(window, weighted));
      }),
      { numRuns: 3_000 },
    );
  });

  it('never loses a firing when more events come', () => {
    fc.assert(
      fc.property(
        spec(kind),
        fc.array(entry, { maxLength: 15 }),
        fc.array(entry, { maxLength: 5 }),
        (window, some, more) => {
          const before = verdictOfEntries(window, unionOfEntries(some));
          const after = new Map(
            verdictOfEntries(window, unionOfEntries([...some, ...more])).map((firing) => [firing.timeMs, firing]),
          );
          for (const firing of before) {
            expect(after.get(firing.timeMs)?.count).toBeGreaterThanOrEqual(firing.count);
            expect(after.get(firing.timeMs)?.level).toBeGreaterThanOrEqual(firing.level);
          }
        },
      ),
    );
  });
});

describe('sequence', () => {
  it('fires exactly where some assignment exists, also when events fit several steps', () => {
    fc.assert(
      fc.property(spec('sequence'), fc.array(entry, { maxLength: 8 }), (window, entries) => {
        const plain = { ...window, tiers: [{ threshold: 1, level: 2 }] as const };
        expect(bare(verdictOfEntries(plain, unionOfEntries(entries)))).toEqual(oracleOfEntries(plain, entries));
      }),
      { numRuns: 3_000 },
    );
  });

  it('needs steps in order, but for five seconds of clock difference', () => {
    const window: WindowSpec = {
      kind: 'sequence',
      withinMs: 60_000,
      tiers: [{ threshold: 1, level: 3 }],
      levelFromEvents: false,
      stepCounts: [1, 1],
    };
    const step = (bit: number, seconds: number): Entry => ({
      id: `s${bit}`,
      timeMs: seconds * 1_000,
      weight: 1,
      level: 0,
      steps: bit,
    });
    const fires = (...entries: Entry[]) => verdictOfEntries(window, unionOfEntries(entries)).length > 0;
    expect(fires(step(1, 10), step(2, 20))).toBe(true);
    expect(fires(step(2, 10), step(1, 15))).toBe(true);
    expect(fires(step(2, 10), step(1, 16))).toBe(false);
    expect(fires(step(1, 10), step(2, 69))).toBe(true);
    expect(fires(step(1, 10), step(2, 70))).toBe(false);
    expect(fires(step(3, 10))).toBe(false); // one event, though it fits both
  });
});

describe('distinct', () => {
  it('fires exactly where brute force does', () => {
    fc.assert(
      fc.property(spec('distinct'), fc.array(mark, { maxLength: 20 }), (window, marks) => {
        expect(bare(verdictOfMarks(window, unionOfMarks(marks)))).toEqual(oracleOfMarks(window, marks));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('distinct, over several groups', () => {
  const grouped = fc.record({
    id,
    timeMs,
    level: fc.nat(4),
    value: fc.constantFrom('a:1', 'a:2', 'a:3', 'b:1', 'b:2', 'c', 'd:'),
  });

  it('fires exactly where brute force does', () => {
    fc.assert(
      fc.property(
        spec('distinct'),
        fc.integer({ min: 1, max: 4 }),
        fc.array(grouped, { maxLength: 20 }),
        (window, groupsMin, marks) => {
          const broad = { ...window, groupsMin };
          expect(bare(verdictOfMarks(broad, unionOfMarks(marks)))).toEqual(oracleOfMarks(broad, marks));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('what a firing says it counted', () => {
  it('is the content of its window', () => {
    fc.assert(
      fc.property(spec('count'), fc.array(entry, { maxLength: 20 }), (window, entries) => {
        const union = unionOfEntries(entries);
        for (const { timeMs, from, to } of verdictOfEntries(window, union)) {
          expect(union.slice(from, to)).toEqual(
            union.filter((one) => one.timeMs > timeMs - window.withinMs && one.timeMs <= timeMs),
          );
        }
      }),
    );
  });
});
