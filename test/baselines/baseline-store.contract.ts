import fc from 'fast-check';
import type { BaselineStore, Fact, FactName } from '../../lambda/baselines/baseline-store';
import { runs } from '../property';

const EXPIRY_MS = 100;

/** What every baseline store must do. `newStore` gives an empty one. */
export function baselineStoreContract(newStore: () => Promise<BaselineStore>, propertyRuns: number): void {
  let store: BaselineStore;
  beforeEach(async () => {
    store = await newStore();
  });

  it('keeps the first use, and only the first', async () => {
    expect(await store.find(NAME)).toBeUndefined();
    expect(await store.insert(NAME, { id: 'first', timeMs: 1_000 }, EXPIRY_MS)).toBe(true);
    expect(await store.insert(NAME, { id: 'second', timeMs: 1_001 }, EXPIRY_MS)).toBe(false);
    expect(await store.insert(NAME, { id: 'earlier', timeMs: 900 }, EXPIRY_MS)).toBe(false);
    expect(await store.find(NAME)).toEqual({ firstId: 'first', lastUsedMs: 1_000 });
  });

  it('refuses a repetition of the first use: the caller finds its own id', async () => {
    await store.insert(NAME, { id: 'first', timeMs: 1_000 }, EXPIRY_MS);
    expect(await store.insert(NAME, { id: 'first', timeMs: 1_000 }, EXPIRY_MS)).toBe(false);
    expect(await store.find(NAME)).toEqual({ firstId: 'first', lastUsedMs: 1_000 });
  });

  it('begins anew only when unused for longer than the expiry', async () => {
    await store.insert(NAME, { id: 'first', timeMs: 1_000 }, EXPIRY_MS);
    expect(await store.insert(NAME, { id: 'at the edge', timeMs: 1_100 }, EXPIRY_MS)).toBe(false);
    expect(await store.insert(NAME, { id: 'beyond', timeMs: 1_101 }, EXPIRY_MS)).toBe(true);
    expect(await store.find(NAME)).toEqual({ firstId: 'beyond', lastUsedMs: 1_101 });
  });

  it('raises the last use and never lowers it', async () => {
    await store.insert(NAME, { id: 'first', timeMs: 1_000 }, EXPIRY_MS);
    await store.touch(NAME, 1_050, EXPIRY_MS);
    await store.touch(NAME, 1_020, EXPIRY_MS);
    expect(await store.find(NAME)).toEqual({ firstId: 'first', lastUsedMs: 1_050 });
  });

  it('does not make a fact of a touch', async () => {
    await store.touch(NAME, 1_000, EXPIRY_MS);
    expect(await store.find(NAME)).toBeUndefined();
  });

  it('tells names apart by each of their parts, however long and odd', async () => {
    const long = 'x'.repeat(3_000);
    const names: FactName[] = [
      NAME,
      { ...NAME, kind: 'region' },
      { ...NAME, subject: 'b' },
      { ...NAME, value: 'w' },
      { ...NAME, subject: long },
      { ...NAME, subject: `${long}y` },
      { ...NAME, value: long },
      { ...NAME, value: `${long}y` },
      { ...NAME, value: '' },
      { ...NAME, value: '__proto__' },
    ];
    for (const [index, name] of names.entries()) {
      expect(await store.insert(name, { id: `id ${index}`, timeMs: index }, EXPIRY_MS)).toBe(true);
    }
    for (const [index, name] of names.entries()) {
      expect(await store.find(name)).toEqual({ firstId: `id ${index}`, lastUsedMs: index });
    }
  });

  it('starts learning once per learner and kind', async () => {
    expect(await store.startLearning('account', ['image', 'ttl'], 500)).toEqual(entries({ image: 500, ttl: 500 }));
    expect(await store.startLearning('account', ['image'], 400)).toEqual(entries({ image: 500 }));
    expect(await store.startLearning('account', ['region', 'image'], 900)).toEqual(
      entries({ region: 900, image: 500 }),
    );
    expect(await store.startLearning('other', ['image'], 700)).toEqual(entries({ image: 700 }));
    expect(await store.startLearning('other', [], 700)).toEqual(new Map());
    expect(await store.findLearning('account', 'region')).toBe(900);
    expect(await store.findLearning('other', 'region')).toBeUndefined();
    expect(await store.findLearning('nobody', 'image')).toBeUndefined();
    await store.startLearning('epoch', ['image'], 0);
    expect(await store.findLearning('epoch', 'image')).toBe(0);
  });

  it('lets learning begin earlier, and never later', async () => {
    await store.startLearning('account', ['image'], 500);
    await store.learnSince('account', entries({ image: 400, region: 600 }));
    expect(await store.startLearning('account', ['image', 'region'], 700)).toEqual(
      entries({ image: 400, region: 600 }),
    );
    await store.learnSince('account', entries({ image: 450 }));
    expect(await store.findLearning('account', 'image')).toBe(400);
    await store.learnSince('nobody', entries({}));
    expect(await store.findLearning('nobody', 'image')).toBeUndefined();
  });

  it('answers any sequence of operations as the definition does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operationArb, { maxLength: 25 }), async (operations) => {
        store = await newStore();
        const model = new Map<string, Fact>();
        for (const { name, kind, id, timeMs } of operations) {
          const key = JSON.stringify(name);
          const known = model.get(key);
          if (kind === 'insert') {
            const isNew = known === undefined || known.lastUsedMs < timeMs - EXPIRY_MS;
            if (isNew) model.set(key, { firstId: id, lastUsedMs: timeMs });
            expect(await store.insert(name, { id, timeMs }, EXPIRY_MS)).toBe(isNew);
          } else if (kind === 'touch') {
            if (known !== undefined) model.set(key, { ...known, lastUsedMs: Math.max(known.lastUsedMs, timeMs) });
            await store.touch(name, timeMs, EXPIRY_MS);
          }
          expect(await store.find(name)).toEqual(model.get(key));
        }
      }),
      runs(propertyRuns),
    );
  });
}

const NAME: FactName = { kind: 'image', subject: 'a', value: 'v' };

function entries(starts: Record<string, number>): Map<string, number> {
  return new Map(Object.entries(starts));
}

const operationArb = fc.record({
  kind: fc.constantFrom('insert' as const, 'touch' as const, 'find' as const),
  name: fc.constantFrom(NAME, { ...NAME, value: 'w' }),
  id: fc.constantFrom('a', 'b', 'c'),
  timeMs: fc.integer({ min: 0, max: 40 }).map((step) => step * 10),
});
