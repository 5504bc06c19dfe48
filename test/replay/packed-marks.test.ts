import fc from 'fast-check';
import { type Mark, unionOfMarks } from '../../lambda/windows/verdict';
import { PackedMarks } from '../../replay/packed-marks';

const SLOT_MS = 10_000;
const use = fc.record({
  id: fc.nat(30).map((n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`),
  timeMs: fc.nat(60).map((seconds) => seconds * 1_000),
  value: fc.constantFrom('a', 'b', 'c'),
  level: fc.nat(2),
});

/** By the definition: of each slot, level and value the earliest and the latest. */
function edgesOf(uses: readonly Mark[], endMs: number): Mark[] {
  const before = unionOfMarks(uses).filter(({ timeMs }) => timeMs < endMs);
  const group = ({ timeMs, level, value }: Mark) => `${Math.floor(timeMs / SLOT_MS)}|${level}|${value}`;
  return before.filter((mark) => {
    const alike = before.filter((other) => group(other) === group(mark));
    return mark === alike[0] || mark === alike.at(-1);
  });
}

function packed(uses: readonly Mark[]): PackedMarks {
  const marks = new PackedMarks(SLOT_MS);
  for (const { id, timeMs, value, level } of uses) marks.add(id, timeMs, value, level);
  return marks;
}

describe('packed marks', () => {
  it('are the earliest and the latest use of each slot, level and value', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 60 }), fc.nat(70), (uses, seconds) => {
        const endMs = seconds * 1_000;
        const once = uses.filter((one, index) => uses.findIndex((other) => isSame(one, other)) === index);
        expect(unionOfMarks(packed(once).before(endMs))).toEqual(edgesOf(once, endMs));
      }),
    );
  });

  it('stay few in a flood of one value, and the same', () => {
    const flood = Array.from({ length: 20_000 }, (_, index) => ({
      id: `event-${index}`,
      timeMs: (index * 7_919) % 60_000,
      value: index % 2 === 0 ? 'a' : 'b',
      level: 0,
    }));
    const marks = packed(flood);
    expect(marks.length).toBeLessThan(1_100);
    const edges = unionOfMarks(marks.before(60_000));
    expect(edges).toHaveLength(2 * 2 * 6);
    expect(edges[0]?.timeMs).toBe(0);
  });

  it('forget what is old, and keep the values of the rest', () => {
    const marks = packed([
      { id: 'x', timeMs: 1_000, value: 'a', level: 0 },
      { id: 'y', timeMs: 2_000, value: 'b', level: 0 },
      { id: 'z', timeMs: 30_000, value: 'c', level: 1 },
    ]);
    marks.forget(2_000);
    expect(marks.before(60_000)).toEqual([{ id: 'z', timeMs: 30_000, value: 'c', level: 1 }]);
    marks.add('v', 31_000, 'd', 0);
    expect(marks.before(60_000).map(({ value }) => value)).toEqual(['c', 'd']);
  });

  it('hold no more than they might', () => {
    const marks = packed(
      Array.from({ length: 5 }, (_, index) => ({ id: `${index}`, timeMs: index * 1_000, value: `${index}`, level: 0 })),
    );
    expect(marks.mayHold(5, 4_001)).toBe(true);
    expect(marks.mayHold(5, 4_000)).toBe(false);
    expect(marks.mayHold(6, 60_000)).toBe(false);
  });
});

function isSame(a: Mark, b: Mark): boolean {
  return a.id === b.id && a.timeMs === b.timeMs && a.value === b.value && a.level === b.level;
}
