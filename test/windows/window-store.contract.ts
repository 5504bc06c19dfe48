import fc from 'fast-check';
import { MARK_VALUE_MAX } from '../../lambda/windows/marks';
import { type Entry, type Mark, unionOfEntries, unionOfMarks } from '../../lambda/windows/verdict';
import { READ_MAX_BYTES, type WindowStore } from '../../lambda/windows/window-store';
import { runs } from '../property';

const SLOT_MS = 10_000;
const EXPIRES_MS = 4_000_000_000_000;

/** What every window store must do. `newStore` gives an empty one. */
export function windowStoreContract(newStore: () => Promise<WindowStore>, propertyRuns: number): void {
  let store: WindowStore;
  beforeEach(async () => {
    store = await newStore();
  });

  const put = (window: string, slotStartMs: number, entries: readonly Entry[]) =>
    store.putSegment({ window, slotStartMs, entries: unionOfEntries(entries), expiresMs: EXPIRES_MS });
  const putBoth = async (window: string, slotStartMs: number, mark: Mark) => {
    await store.putLatest({ window, slotStartMs, mark, expiresMs: EXPIRES_MS });
    await store.putEarliest({ window, slotStartMs, mark, expiresMs: EXPIRES_MS });
  };

  it('reads what was written, and nothing of other windows and slots', async () => {
    await put('a', 0, [entry(1, 9_999)]);
    await put('a', SLOT_MS, [entry(2, 10_000), entry(3, 19_999)]);
    await put('a', 2 * SLOT_MS, [entry(4, 20_000)]);
    await put('b', SLOT_MS, [entry(5, 10_000)]);
    const { items, complete } = await store.readSegments('a', SLOT_MS, SLOT_MS);
    expect(unionOfEntries(items)).toEqual([entry(2, 10_000), entry(3, 19_999)]);
    expect(complete).toBe(true);
    expect((await store.readSegments('c', 0, SLOT_MS)).items).toEqual([]);
  });

  it('keeps every version of an event: an addendum does not overwrite its original', async () => {
    await put('a', 0, [{ ...entry(1, 5), weight: 2.5 }]);
    await put('a', 0, [{ ...entry(1, 5), weight: 7 }]);
    await put('a', 0, [{ ...entry(1, 5), level: 3 }]);
    await put('a', 0, [{ ...entry(1, 5), steps: 5 }]);
    const { items } = await store.readSegments('a', 0, 0);
    expect(unionOfEntries(items)).toEqual([{ ...entry(1, 5), weight: 7, level: 3, steps: 5 }]);
  });

  it('keeps ids that are no UUIDs', async () => {
    const odd = ['not-a-uuid', '', '__proto__', 'ABCDEF01-0000-4000-8000-000000000001', 'é'.repeat(60)];
    const entries = odd.map((id, index) => ({ ...entry(0, index), id }));
    await put('a', 0, entries);
    expect(unionOfEntries((await store.readSegments('a', 0, 0)).items)).toEqual(unionOfEntries(entries));
  });

  it('keeps weights exactly', async () => {
    const weights = [0.1, 1, 2 ** 32, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE, 127, 128, 300];
    const entries = weights.map((weight, index) => ({ ...entry(index, index), weight }));
    await put('a', 0, entries);
    expect((await store.readSegments('a', 0, 0)).items.map(({ weight }) => weight)).toEqual(weights);
  });

  it('takes names of any length and letters, each its own', async () => {
    const windows = [
      'x'.repeat(5_000),
      `${'x'.repeat(5_000)}y`,
      'é'.repeat(200),
      '__proto__',
      'a#b',
      '\u0000\u202e',
      ' ',
    ];
    for (const [index, window] of windows.entries()) await put(window, 0, [entry(index, 1)]);
    for (const [index, window] of windows.entries()) {
      expect((await store.readSegments(window, 0, 0)).items).toEqual([entry(index, 1)]);
    }
  });

  it('says when there is more than a verdict may read, and gives the newest', async () => {
    const perSegment = 10_000;
    const segments = Math.ceil(READ_MAX_BYTES / (perSegment * 17)) + 2;
    for (let slot = 0; slot < segments; slot++) {
      const entries = Array.from({ length: perSegment }, (_, index) =>
        entry(slot * perSegment + index, slot * SLOT_MS),
      );
      await put('a', slot * SLOT_MS, entries);
    }
    const all = await store.readSegments('a', 0, segments * SLOT_MS);
    expect(all.complete).toBe(false);
    expect(Math.max(...all.items.map(({ timeMs }) => timeMs))).toBe((segments - 1) * SLOT_MS);
    expect(all.items.length).toBeGreaterThan(perSegment);
    const newest = await store.readSegments('a', (segments - 2) * SLOT_MS, segments * SLOT_MS);
    expect(newest).toMatchObject({ complete: true, items: { length: 2 * perSegment } });
  });

  it('tells long values apart by what follows their beginning', async () => {
    const long = 'v'.repeat(MARK_VALUE_MAX);
    for (const value of [`${long}1`, `${long}2`, `${long}2`, long, '', 'a#b']) await putBoth('a', 0, mark(1, 1, value));
    const { items } = await store.readMarks('a', 0, 0);
    expect(new Set(items.map(({ value }) => value)).size).toBe(5);
    expect(items.map(({ value }) => value)).toEqual(expect.arrayContaining([long, '', 'a#b']));
  });

  it('keeps the group of a long value', async () => {
    const long = 'v'.repeat(MARK_VALUE_MAX);
    for (const value of [`ec2:${long}1`, `ec2:${long}2`, `${long}3`, `${long}4`])
      await putBoth('a', 0, mark(1, 1, value));
    const groups = (await store.readMarks('a', 0, 0)).items.map(({ value }) => value.split(':')[0]);
    expect(groups.filter((group) => group === 'ec2')).toHaveLength(2);
    expect(new Set(groups).size).toBe(3);
  });

  it('widens one side with each kind of write', async () => {
    const at = (timeMs: number) => ({
      window: 'a',
      slotStartMs: 0,
      mark: mark(timeMs, timeMs, 'v'),
      expiresMs: EXPIRES_MS,
    });
    const times = async () => unionOfMarks((await store.readMarks('a', 0, 0)).items).map(({ timeMs }) => timeMs);
    await store.putLatest(at(5));
    expect(await times()).toEqual([5]);
    await store.putLatest(at(3));
    expect(await times()).toEqual([5]);
    await store.putEarliest(at(7));
    expect(await times()).toEqual([5]);
    await store.putEarliest(at(4));
    await store.putLatest(at(6));
    expect(await times()).toEqual([4, 6]);
  });

  it('widens both sides at once, or neither', async () => {
    const range = (fromMs: number, toMs: number) => ({
      ...{ window: 'a', slotStartMs: 0, mark: mark(fromMs, fromMs, 'v'), expiresMs: EXPIRES_MS },
      latest: point(mark(toMs, toMs, 'v')),
    });
    const times = async () => unionOfMarks((await store.readMarks('a', 0, 0)).items).map(({ timeMs }) => timeMs);
    await store.putRange(range(4, 6));
    expect(await times()).toEqual([4, 6]);
    await store.putRange(range(3, 5));
    expect(await times()).toEqual([4, 6]);
    await store.putRange(range(5, 7));
    expect(await times()).toEqual([4, 6]);
    await store.putRange(range(4, 7));
    expect(await times()).toEqual([4, 7]);
    await store.putRange(range(2, 8));
    expect(await times()).toEqual([2, 8]);
  });

  it('gives the union of all segments, whatever their order and repetition', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(segmentArb, { maxLength: 12 }), rangeArb, async (segments, [from, to]) => {
        store = await newStore();
        for (const { window, slotStartMs, entries } of segments) await put(window, slotStartMs, entries);
        for (const window of WINDOWS) {
          const { items, complete } = await store.readSegments(window, from, to);
          const expected = segments
            .filter((segment) => segment.window === window && segment.slotStartMs >= from && segment.slotStartMs <= to)
            .flatMap(({ entries }) => entries);
          expect(unionOfEntries(items)).toEqual(unionOfEntries(expected));
          expect(complete).toBe(true);
        }
      }),
      runs(propertyRuns),
    );
  });

  it('keeps the earliest and the latest of each value, slot and level, and says what it keeps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(markOpArb, { maxLength: 30 }), rangeArb, async (ops, [from, to]) => {
        store = await newStore();
        const model = new Map<string, { marks: [Mark, Mark]; window: string; slotStartMs: number }>();
        for (const { window, slotStartMs, mark, side, lastsMs } of ops) {
          const name = JSON.stringify([window, slotStartMs, mark.level, mark.value]);
          const last = side === 'both' ? { ...mark, timeMs: mark.timeMs + lastsMs } : mark;
          const known = model.get(name)?.marks ?? [mark, last];
          const [earliest, latest] = known;
          if (side === 'both' && !before(earliest, mark) && !before(last, latest)) known.splice(0, 2, mark, last);
          if (side === 'earliest' && before(mark, earliest)) known[0] = mark;
          if (side === 'latest' && before(latest, mark)) known[1] = mark;
          model.set(name, { marks: known, window, slotStartMs });
          const request = { window, slotStartMs, mark, expiresMs: EXPIRES_MS };
          const said = await {
            latest: () => store.putLatest(request),
            earliest: () => store.putEarliest(request),
            both: () => store.putRange({ ...request, latest: point(last) }),
          }[side]();
          if (said !== undefined) {
            expect(said).toEqual({ earliest: point(known[0]), latest: point(known[1]) });
          }
        }
        for (const window of WINDOWS) {
          const expected = [...model.values()]
            .filter((range) => range.window === window && range.slotStartMs >= from && range.slotStartMs <= to)
            .flatMap(({ marks }) => marks);
          expect(unionOfMarks((await store.readMarks(window, from, to)).items)).toEqual(unionOfMarks(expected));
        }
      }),
      runs(propertyRuns),
    );
  });
}

function entry(serial: number, timeMs: number): Entry {
  return { id: uuid(serial), timeMs, weight: 1, level: 0, steps: 0 };
}

function mark(serial: number, timeMs: number, value: string): Mark {
  return { id: uuid(serial), timeMs, value, level: 0 };
}

function point({ timeMs, id }: Mark) {
  return { timeMs, id };
}

function before(a: Mark, b: Mark): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id);
}

function uuid(serial: number): string {
  return `00000000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
}

const WINDOWS = ['rule#1#live#a', 'rule#1#live#ab', 'rule#1#test#a'];
const slotArb = fc.integer({ min: 0, max: 3 }).map((slot) => slot * SLOT_MS);
const rangeArb = fc.tuple(slotArb, slotArb).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const idArb = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map(uuid),
  fc.uuid(),
  fc.constantFrom('odd', 'ODD', 'o'.repeat(120)),
);
const segmentArb = fc.record({ window: fc.constantFrom(...WINDOWS), slotStartMs: slotArb }).chain((where) =>
  fc
    .array(
      fc.record({
        id: idArb,
        timeMs: fc
          .oneof(
            fc.integer({ min: 0, max: SLOT_MS - 1 }),
            fc.integer({ min: 0, max: 9 }).map((s) => s * 1_000),
          )
          .map((offset) => where.slotStartMs + offset),
        weight: fc.oneof(
          fc.constant(1),
          fc.integer({ min: 1, max: 1_000 }),
          fc.double({ min: 0.001, max: 1e9, noNaN: true }),
        ),
        level: fc.integer({ min: 0, max: 4 }),
        steps: fc.integer({ min: 0, max: 127 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((entries) => ({ ...where, entries: unionOfEntries(entries) })),
);
const markOpArb = fc.record({ window: fc.constantFrom(...WINDOWS), slotStartMs: slotArb }).chain((where) =>
  fc.record({
    window: fc.constant(where.window),
    slotStartMs: fc.constant(where.slotStartMs),
    side: fc.constantFrom('latest' as const, 'earliest' as const, 'both' as const),
    lastsMs: fc.integer({ min: 0, max: 4 }),
    mark: fc.record({
      id: idArb,
      timeMs: fc.integer({ min: 0, max: 5 }).map((offset) => where.slotStartMs + offset),
      value: fc.constantFrom('v', 'w', ''),
      level: fc.constantFrom(0, 3),
    }),
  }),
);
