import { activate } from '../../lambda/rules/active-rule';
import type { Hit } from '../../lambda/rules/dispatch';
import type { Window } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { MemoryWindowStore } from '../../lambda/windows/memory-window-store';
import { WindowWriter } from '../../lambda/windows/store-window';
import type { TouchedWindow } from '../../lambda/windows/touched-window';
import { eventAt } from '../events';
import { recording } from '../recording';
import { anyRule } from '../rules/any-rule';

const MINUTE = 60_000;

function touched(window: Window, hits: readonly { timeMs: number; id?: number; values?: string[]; level?: number }[]) {
  const active = activate(anyRule({ window }), DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('the rule is off');
  const name = 'rule#1#live#key';
  return {
    ...{ active, key: 'key', track: 'live', name },
    hits: hits.map(({ timeMs, id = timeMs, values = [], level = 0 }) => ({
      hit: { active, order: 0, keys: ['key'], weight: 1, level, steps: 0, values, teachesOnly: false } satisfies Hit,
      event: eventAt(timeMs, id),
      messageId: 'm',
    })),
  } satisfies TouchedWindow;
}

describe('writing what a batch brought', () => {
  it('takes one request per slot', async () => {
    const { store, calls } = recording(new MemoryWindowStore());
    const hits = Array.from({ length: 100 }, (_, index) => ({ timeMs: index * 6_000, id: index }));
    await new WindowWriter(store).write(touched(COUNT, hits), 0);
    expect(calls).toEqual(['putSegment', 'putSegment']); // ten minutes, slots of five
    expect((await store.readSegments('rule#1#live#key', 0, 10 * MINUTE)).items).toHaveLength(100);
  });

  it('keeps what it stores for 16 days after the event, or after now if that is later', async () => {
    const expiries: number[] = [];
    const store = new MemoryWindowStore();
    const spied = Object.assign(Object.create(store) as MemoryWindowStore, {
      putSegment: async ({ expiresMs }: { expiresMs: number }) => void expiries.push(expiresMs),
    });
    const day = 24 * 60 * MINUTE;
    await new WindowWriter(spied).write(touched(COUNT, [{ timeMs: 0 }]), 20 * day);
    await new WindowWriter(spied).write(touched(COUNT, [{ timeMs: 30 * day }]), 20 * day);
    expect(expiries[0]).toBe(36 * day);
    expect(expiries[1]).toBeGreaterThanOrEqual(46 * day);
  });

  it('takes one request for a value that is new, or later than before', async () => {
    const { store, calls } = recording(new MemoryWindowStore());
    const writer = new WindowWriter(store);
    await writer.write(touched(DISTINCT, [{ timeMs: 5, values: ['v'] }]), 0);
    await writer.write(touched(DISTINCT, [{ timeMs: 9, values: ['v'] }]), 0);
    expect(calls).toEqual(['putLatest', 'putLatest']);
  });

  it('spares the write of a mark that it knows to be stored', async () => {
    const { store, calls } = recording(new MemoryWindowStore());
    const writer = new WindowWriter(store);
    await writer.write(
      touched(
        DISTINCT,
        [5, 9].map((timeMs) => ({ timeMs, values: ['v'] })),
      ),
      0,
    );
    const before = calls.length;
    await writer.write(
      touched(
        DISTINCT,
        [5, 7, 9].map((timeMs) => ({ timeMs, values: ['v'] })),
      ),
      0,
    );
    expect(calls.length).toBe(before);
    await writer.write(touched(DISTINCT, [{ timeMs: 4, values: ['v'] }]), 0);
    expect(calls.slice(before)).toEqual(['putEarliest']);
    expect(await times(store)).toEqual([4, 9]);
  });

  it('knows nothing of a mark whose write failed', async () => {
    const { store, calls, failNext } = recording(new MemoryWindowStore());
    const writer = new WindowWriter(store);
    failNext('putLatest');
    await expect(writer.write(touched(DISTINCT, [{ timeMs: 5, values: ['v'] }]), 0)).rejects.toThrow('putLatest');
    await writer.write(touched(DISTINCT, [{ timeMs: 5, values: ['v'] }]), 0);
    expect(calls).toEqual(['putLatest', 'putLatest']);
    expect(await times(store)).toEqual([5]);
  });

  it('keeps levels apart: a severe event between two mild ones is not lost', async () => {
    const store = new MemoryWindowStore();
    const hits = [1, 2, 3].map((timeMs) => ({ timeMs, values: ['v'], level: timeMs === 2 ? 4 : 1 }));
    await new WindowWriter(store).write(touched(DISTINCT, hits), 0);
    const { items } = await store.readMarks('rule#1#live#key', 0, MINUTE);
    expect(items.map(({ timeMs, level }) => [timeMs, level]).sort()).toEqual([
      [1, 1],
      [2, 4],
      [3, 1],
    ]);
  });
});

async function times(store: MemoryWindowStore): Promise<number[]> {
  return (await store.readMarks('rule#1#live#key', 0, MINUTE)).items.map(({ timeMs }) => timeMs).sort((a, b) => a - b);
}

const WINDOWED = { per: () => 'key', withinMs: 10 * MINUTE, threshold: 3, unit: 'things' };
const COUNT: Window = { ...WINDOWED, kind: 'count' };
const DISTINCT: Window = { ...WINDOWED, kind: 'distinct', value: () => 'v' };
