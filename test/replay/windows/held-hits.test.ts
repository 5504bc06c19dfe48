import fc from 'fast-check';
import { type ActiveRule, activate } from '../../../lambda/rules/active-rule';
import type { Window } from '../../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../../lambda/rules/settings';
import { type Mark, unionOfMarks } from '../../../lambda/windows/verdict';
import { HeldHits, type HitsOfKey } from '../../../replay/windows/held-hits';
import { WindowHitsBuilder } from '../../../replay/windows/window-hits';
import { anyRule } from '../../rules/any-rule';

const WITHIN_MS = 60_000;

function ruleWith(window: Window): ActiveRule {
  const active = activate(anyRule({ window }), DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('off');
  return active;
}

const window = { per: () => 'k', withinMs: WITHIN_MS, threshold: 3, unit: 'deeds' } as const;
const counting = ruleWith({ kind: 'count', ...window });
const summing = ruleWith({ kind: 'sum', ...window, weight: () => 1 });
const distinct = ruleWith({ kind: 'distinct', ...window, value: () => 'v' });
const { slotMs } = distinct;

const use = fc.record({
  id: fc.nat(30).map((n) => (n % 5 === 0 ? `odd ${n}` : `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`)),
  timeMs: fc.nat(300).map((seconds) => seconds * 1_000),
  value: fc.constantFrom('a', 'b', '__proto__'),
  level: fc.nat(2),
});

/** By the definition: of each slot, level and value the earliest and the latest. */
function edgesOf(uses: readonly Mark[], endMs: number): Mark[] {
  const before = unionOfMarks(uses).filter(({ timeMs }) => timeMs < endMs);
  const group = ({ timeMs, level, value }: Mark) => `${Math.floor(timeMs / slotMs)}|${level}|${value}`;
  return before.filter((mark) => {
    const alike = before.filter((other) => group(other) === group(mark));
    return mark === alike[0] || mark === alike.at(-1);
  });
}

/** As an extractor hands them on. */
function columns(hits: readonly { key: string; id: string; timeMs: number; level: number; value: string }[]) {
  const builder = new WindowHitsBuilder();
  const groups = new Map<string, number>();
  for (const { key, id, timeMs, level, value } of hits) {
    const group = groups.get(key) ?? builder.addGroup({ rule: 0, track: 'live', key });
    groups.set(key, group);
    builder.add(group, id, timeMs, level, 0, builder.indexOf(value));
  }
  return builder.take();
}

/** What `look` sees of each key, when all is judged and kept from `fromMs` on. */
function seen<T>(held: HeldHits, look: (hits: HitsOfKey) => T, fromMs?: number): Record<string, T> {
  const found: [string, T][] = [];
  held.judge((key, hits) => {
    found.push([key.text, look(hits)]);
    return fromMs;
  });
  return Object.fromEntries(found);
}

test('hits come back as they went in, whatever their ids, and those that stay too', () => {
  const anyId = fc.oneof(
    fc.uuid(),
    fc.string({ minLength: 1, maxLength: 50 }),
    fc.uuid().map((uuid) => uuid.toUpperCase()),
  );
  const anyTime = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const anyHit = fc.record({
    id: anyId,
    timeMs: anyTime,
    weight: fc.double({ min: 0.5, max: 1e15, noNaN: true }),
    level: fc.nat(4),
    steps: fc.nat(255),
  });
  fc.assert(
    fc.property(fc.array(anyHit, { maxLength: 200 }), anyTime, anyHit, (hits, fromMs, last) => {
      const held = new HeldHits([summing]);
      const all = () => seen(held, (ofKey) => ofKey.entries(Number.POSITIVE_INFINITY), fromMs)['k'] ?? [];
      for (const hit of hits) held.addOne(summing, 'live', 'k', { ...hit, values: [] }, '');
      expect(all()).toEqual(hits);
      const left = hits.filter(({ timeMs }) => timeMs >= fromMs);
      expect(held.weight).toBe(left.length);
      held.addOne(summing, 'live', 'k', { ...last, values: [] }, '');
      expect(all()).toEqual([...left, last]);
    }),
  );
});

describe('hits of a distinct window', () => {
  it('are the earliest and the latest use of each slot, level and value, whatever was judged and kept before', () => {
    const keyed = fc.array(fc.tuple(fc.constantFrom('x', 'y'), use), { maxLength: 60 });
    fc.assert(
      fc.property(keyed, keyed, fc.nat(300), fc.nat(300), (first, second, fromSeconds, endSeconds) => {
        const fromMs = fromSeconds * 1_000;
        const endMs = endSeconds * 1_000;
        const held = new HeldHits([distinct]);
        held.add(columns(first.map(([key, one]) => ({ key, ...one }))), 0);
        seen(held, () => undefined, fromMs);
        held.add(columns(second.map(([key, one]) => ({ key, ...one }))), 1);
        const marks = seen(held, (hits) => unionOfMarks(hits.marks(endMs)));
        for (const key of ['x', 'y']) {
          const of = (all: typeof first) => all.flatMap(([one, mark]) => (one === key ? mark : []));
          const uses = [...of(first).filter(({ timeMs }) => timeMs >= fromMs), ...of(second)];
          const once = uses.filter((one, index) => uses.findIndex((other) => isSame(one, other)) === index);
          expect(marks[key] ?? []).toEqual(edgesOf(once, endMs));
        }
      }),
    );
  });

  it('stay few in a flood of one value, and the same', () => {
    const held = new HeldHits([distinct]);
    const flood = Array.from({ length: 20_000 }, (_, index) => ({
      key: 'k',
      id: `event-${index}`,
      timeMs: (index * 7_919) % (4 * slotMs),
      value: index % 2 === 0 ? 'a' : 'b',
      level: 0,
    }));
    held.add(columns(flood), 0);
    expect(held.weight).toBe(20_000);
    const before = seen(held, (hits) => unionOfMarks(hits.marks(Number.POSITIVE_INFINITY)), 0);
    expect(held.weight).toBe(2 * 2 * 4);
    expect(seen(held, (hits) => unionOfMarks(hits.marks(Number.POSITIVE_INFINITY)))).toEqual(before);
    expect(before['k']).toHaveLength(2 * 2 * 4);
  });
});

describe('a cheap look at what a key holds', () => {
  const five = Array.from({ length: 5 }, (_, index) => ({
    key: 'k',
    id: `${index}`,
    timeMs: index * 1_000,
    value: `${index % 3}`,
    level: 0,
  }));

  it.each([
    ['enough within the time', counting, 5, 4_001, true],
    ['one too late', counting, 5, 4_000, false],
    ['too few', counting, 6, WITHIN_MS, false],
    ['enough different values', distinct, 3, WITHIN_MS, true],
    ['values that repeat', distinct, 4, WITHIN_MS, false],
  ])('%s', (_, rule, atLeast, withinMs, expected) => {
    const held = new HeldHits([rule]);
    held.add(columns(five), 0);
    expect(seen(held, (hits) => hits.around(atLeast, withinMs) !== undefined)).toEqual({ k: expected });
  });

  it('leaves out only whole slots in whose windows there is not enough', () => {
    const times = fc.array(
      fc.nat(3_000).map((seconds) => seconds * 1_000),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 400 }), (all, atLeast, seconds) => {
        const withinMs = seconds * 1_000;
        const slot = counting.slotMs;
        const held = new HeldHits([counting]);
        held.add(columns(all.map((timeMs, index) => ({ key: 'k', id: `${index}`, timeMs, value: '', level: 0 }))), 0);
        const left = seen(held, (hits) => hits.around(atLeast, withinMs)?.entries(Number.POSITIVE_INFINITY) ?? []);
        const firings = all.filter((t) => all.filter((one) => one > t - withinMs && one <= t).length >= atLeast);
        const needed = all.filter((one) =>
          firings.some(
            (t) => one >= Math.floor((t - withinMs + 1) / slot) * slot && one < Math.floor(t / slot) * slot + slot,
          ),
        );
        expect((left['k'] ?? []).map(({ timeMs }) => timeMs)).toEqual(atLeast === 1 ? all : needed);
      }),
    );
  });

  it('adds up weights', () => {
    const held = new HeldHits([summing]);
    const hit = { timeMs: 0, level: 0, steps: 0, values: [] };
    held.addOne(summing, 'live', 'k', { ...hit, id: 'x', weight: 2.5 }, '');
    held.addOne(summing, 'live', 'k', { ...hit, id: 'y', weight: 3 }, '');
    expect(seen(held, (hits) => [hits.around(5.5, 1)?.length, hits.around(5.6, 1)?.length], 0)).toEqual({
      k: [2, undefined],
    });
    expect(seen(held, (hits) => hits.entries(2).map(({ weight }) => weight))).toEqual({ k: [2.5, 3] });
  });
});

test('a key whose hits are over goes, and comes back with nothing', () => {
  const held = new HeldHits([counting]);
  const hit = { key: 'k', id: 'x', timeMs: 1_000, value: '', level: 0 };
  held.add(columns([hit]), 0);
  expect(seen(held, (hits) => hits.lastBefore(1_000))).toEqual({ k: undefined });
  expect(held.keysIn(counting, 'live')).toBe(0);
  expect(seen(held, (hits) => hits.length)).toEqual({});
  held.add(columns([hit]), 0);
  expect(seen(held, (hits) => [hits.length, hits.lastBefore(1_001), hits.reaches(1_000), hits.reaches(1_001)])).toEqual(
    {
      k: [1, 1_000, true, false],
    },
  );
});

function isSame(a: Mark, b: Mark): boolean {
  return a.id === b.id && a.timeMs === b.timeMs && a.value === b.value && a.level === b.level;
}
