import fc from 'fast-check';
import { MemoryAlertStore } from '../../lambda/alerts/memory-alert-store';
import { type Raising, raiseAlert } from '../../lambda/alerts/raise-alert';
import { samplesOf } from '../../lambda/alerts/samples';
import { StoreUnavailableError } from '../../lambda/errors';
import { activate } from '../../lambda/rules/active-rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { eventAt } from '../events';
import { runs } from '../property';
import { recording } from '../recording';
import { anyRule } from '../rules/any-rule';

const QUIET_MS = 3_600_000;
const NOW_MS = 1_700_000_000_000;

const active = activate(anyRule({ headline: ({ id }) => `event ${id}` }), DEFAULT_SETTINGS);

/** An alert whose firings are those of the events at these times. */
function raising(timesMs: readonly number[], fields: Partial<Raising> & { levels?: readonly number[] } = {}): Raising {
  const { levels = [], ...others } = fields;
  if (active === undefined) throw new Error('the rule is off');
  const bucketMs = Math.floor((timesMs[0] ?? 0) / QUIET_MS) * QUIET_MS;
  const hits = timesMs.map((timeMs, index) => ({
    hit: {
      active,
      order: 0,
      keys: ['k'],
      weight: 1,
      level: levels[index] ?? 0,
      steps: 0,
      values: [],
      teachesOnly: false,
    },
    event: eventAt(timeMs, timeMs),
    messageId: 'm',
  }));
  return {
    ...{ rule: 'rule', key: 'k', track: 'live', kind: 'window', group: 'g', bucketMs, quietMs: QUIET_MS },
    alertId: `alert ${bucketMs}`,
    firstFiringMs: Math.min(...timesMs),
    lastFiringMs: Math.max(...timesMs),
    firstEventMs: Math.min(...timesMs),
    ...{ count: timesMs.length, level: 2, multiple: 1 },
    samples: samplesOf(hits, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    ...others,
  };
}

describe('raising an alert', () => {
  it('stores the alert with its evidence, and one message', async () => {
    const store = new MemoryAlertStore();
    const { inserted } = await raiseAlert(store, raising([1_000, 2_000]), NOW_MS);
    expect(inserted).toBe(true);
    const [found] = await store.readAlerts('g', 0, 0);
    expect(found?.alert).toMatchObject({ firstFiringMs: 1_000, lastFiringMs: 2_000, count: 2, level: 2, revision: 1 });
    expect(found?.messages).toEqual([{ group: 'g', bucketMs: 0, level: 2, multiple: 1 }]);
    expect(await store.readEvidence({ group: 'g', bucketMs: 0 })).toHaveLength(1);
    expect(await store.listPending(10)).toMatchObject([{ headline: expect.stringContaining('event '), count: 2 }]);
  });

  it('changes nothing when it says nothing new', async () => {
    const { store, calls } = recording(new MemoryAlertStore());
    await raiseAlert(store, raising([1_000, 2_000]), NOW_MS);
    calls.length = 0;
    const { inserted } = await raiseAlert(store, raising([1_500]), NOW_MS);
    expect(inserted).toBe(false);
    expect(calls).toEqual(['readAlerts']);
  });

  it('only widens and rises', async () => {
    const store = new MemoryAlertStore();
    await raiseAlert(store, raising([5_000], { count: 9, level: 3, multiple: 10 }), NOW_MS);
    await raiseAlert(store, raising([7_000], { count: 2, level: 1, multiple: 1 }), NOW_MS + 5);
    await raiseAlert(store, raising([3_000], { count: 4, level: 2, multiple: 1 }), NOW_MS + 9);
    expect((await store.readAlerts('g', 0, 0))[0]?.alert).toMatchObject({
      ...{ firstFiringMs: 3_000, lastFiringMs: 7_000, firstEventMs: 3_000, count: 9, level: 3, multiple: 10 },
      createdMs: NOW_MS,
    });
  });

  it('tells again when the tier or the multiple rises', async () => {
    const store = new MemoryAlertStore();
    await raiseAlert(store, raising([1_000]), NOW_MS);
    await raiseAlert(store, raising([2_000], { level: 3 }), NOW_MS);
    await raiseAlert(store, raising([3_000], { multiple: 10 }), NOW_MS);
    await raiseAlert(store, raising([4_000], { level: 3, multiple: 10 }), NOW_MS);
    expect((await store.listPending(9)).map(({ level, multiple }) => [level, multiple])).toEqual([
      [3, 1],
      [3, 10],
      [2, 1],
    ]);
  });

  it('lets a close neighbour speak for it, and not one exactly a quiet period away', async () => {
    const close = new MemoryAlertStore();
    await raiseAlert(close, raising([3_599_000]), NOW_MS);
    await raiseAlert(close, raising([3_600_000]), NOW_MS);
    expect(await close.listPending(9)).toHaveLength(1);
    const apart = new MemoryAlertStore();
    await raiseAlert(apart, raising([1_000]), NOW_MS);
    await raiseAlert(apart, raising([3_601_000]), NOW_MS);
    expect(await apart.listPending(9)).toHaveLength(2);
    const almost = new MemoryAlertStore();
    await raiseAlert(almost, raising([1_000]), NOW_MS);
    await raiseAlert(almost, raising([3_600_999]), NOW_MS);
    expect(await almost.listPending(9)).toHaveLength(1);
  });

  it('counts alerts that are not told, and tells nobody', async () => {
    const store = new MemoryAlertStore();
    for (const track of ['shadow', 'suppressed:known'])
      await raiseAlert(store, raising([1], { track, group: track }), 0);
    await raiseAlert(store, raising([1], { level: 0, group: 'info' }), 0);
    await raiseAlert(store, raising([1], { track: 'test', group: 'test' }), 0);
    expect((await store.listPending(9)).map(({ group }) => group)).toEqual(['test']);
    expect(store.everything()).toHaveLength(4);
  });

  it('keeps a count that no number of DynamoDB could hold', async () => {
    const store = new MemoryAlertStore();
    await raiseAlert(store, raising([1], { count: Number.POSITIVE_INFINITY }), NOW_MS);
    expect((await store.readAlerts('g', 0, 0))[0]?.alert.count).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('keeps the most severe evidence, whoever comes first', async () => {
    const store = new MemoryAlertStore();
    await raiseAlert(store, raising([1_000, 2_000], { levels: [1, 1] }), NOW_MS);
    await raiseAlert(store, raising([3_000], { levels: [4], level: 4 }), NOW_MS);
    await raiseAlert(store, raising([4_000], { levels: [4], level: 4 }), NOW_MS);
    const evidence = await store.readEvidence({ group: 'g', bucketMs: 0 });
    expect(evidence.map(({ level, timeMs }) => [level, timeMs])).toEqual([
      [1, 1_000],
      [4, 3_000],
    ]);
  });

  it('makes good what a crash, a failure or a lost answer left undone, at every step', async () => {
    const steps = ['readAlerts', 'insertEvidence', 'insertAlert', 'insertMessage'] as const;
    for (const step of steps) {
      for (const how of ['failNext', 'loseNext'] as const) {
        const target = new MemoryAlertStore();
        const recorded = recording(target);
        recorded[how](step);
        await expect(raiseAlert(recorded.store, raising([1_000]), NOW_MS)).rejects.toThrow(StoreUnavailableError);
        await raiseAlert(recorded.store, raising([1_000]), NOW_MS);
        expect(await target.listPending(9)).toHaveLength(1);
        expect(await target.readEvidence({ group: 'g', bucketMs: 0 })).toHaveLength(1);
      }
    }
  });

  it('loses nothing to others who raise the same alerts at once', async () => {
    const raisingArb = fc.record({
      // Ten seconds in each of three hours: neighbours that are close and neighbours that are not.
      timeMs: fc.tuple(fc.nat(2), fc.nat(9)).map(([hour, offset]) => hour * QUIET_MS + offset * 400_000),
      level: fc.integer({ min: 1, max: 4 }),
      multiple: fc.constantFrom(1, 10, 100),
      count: fc.integer({ min: 1, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(raisingArb, { minLength: 1, maxLength: 8 }), async (s, raisings) => {
        const target = new MemoryAlertStore();
        const store = new Proxy(target, {
          get: (_, name) => {
            const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>;
            // Both before and after: the others may act while a request or its answer is on its way.
            return async (...parameters: unknown[]) => {
              await s.schedule(Promise.resolve(), `${String(name)} begins`);
              const result: unknown = await Reflect.apply(method, target, parameters);
              await s.schedule(Promise.resolve(), `${String(name)} ends`);
              return result;
            };
          },
        });
        const all = raisings.map(({ timeMs, level, multiple, count }) =>
          raiseAlert(store, raising([timeMs], { level, multiple, count, levels: [level] }), NOW_MS),
        );
        await s.waitFor(Promise.all(all));
        const stored = target.everything();
        for (const { timeMs, level, multiple, count } of raisings) {
          const own = stored.find(({ alert }) => alert.bucketMs === Math.floor(timeMs / QUIET_MS) * QUIET_MS);
          expect(own?.alert.firstFiringMs).toBeLessThanOrEqual(timeMs);
          expect(own?.alert.lastFiringMs).toBeGreaterThanOrEqual(timeMs);
          expect(own?.alert.level).toBeGreaterThanOrEqual(level);
          expect(own?.alert.multiple).toBeGreaterThanOrEqual(multiple);
          expect(own?.alert.count).toBeGreaterThanOrEqual(count);
        }
        for (const { alert } of stored) {
          const close = stored.filter((other) => gap(alert, other.alert) < QUIET_MS);
          const told = close.flatMap(({ messages }) => messages);
          expect(Math.max(...told.map(({ level }) => level))).toBeGreaterThanOrEqual(alert.level);
          expect(Math.max(...told.map(({ multiple }) => multiple))).toBeGreaterThanOrEqual(alert.multiple);
          const evidence = await target.readEvidence(alert);
          expect(Math.max(...evidence.map(({ level }) => level))).toBe(alert.level);
        }
      }),
      runs(300),
    );
  });

  it('gives up when others are faster again and again', async () => {
    const target = new MemoryAlertStore();
    await raiseAlert(target, raising([5]), NOW_MS);
    const store = Object.assign(Object.create(target) as MemoryAlertStore, { replaceAlert: async () => false });
    await expect(raiseAlert(store, raising([9]), NOW_MS)).rejects.toThrow(StoreUnavailableError);
  });
});

interface Range {
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
}

function gap(a: Range, b: Range): number {
  return Math.max(a.firstFiringMs, b.firstFiringMs) - Math.min(a.lastFiringMs, b.lastFiringMs);
}
