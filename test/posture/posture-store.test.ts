import fc from 'fast-check';
import { DynamoPostureStore } from '../../lambda/posture/dynamo-posture-store';
import { MemoryPostureStore, type PostureStore } from '../../lambda/posture/posture-store';
import type { CheckState } from '../../lambda/posture/state';
import { type LocalTables, startTables } from '../dynalite';
import { runs } from '../property';

// Over HTTP, beside other tests: seconds on an idle machine.
jest.setTimeout(120_000);

const ACCOUNT = '111122223333';

function state(revision: number, names: readonly string[] = ['ana']): CheckState {
  return {
    revision,
    judgedMs: 1_780_000_000_000 + revision,
    open: names.map((name) => ({
      resource: name,
      region: 'global',
      severity: 'high',
      detail: `${name} é`,
      sinceMs: 7,
    })),
    unknown: revision % 2 === 0 ? ['needs iam:GetAccountSummary'] : [],
  };
}

function postureStoreContract(fresh: () => Promise<PostureStore>, times: number): void {
  it('gives back what was written last, by account and check', async () => {
    const store = await fresh();
    expect(await store.read(ACCOUNT, 'a')).toBeUndefined();
    expect(await store.write(ACCOUNT, 'a', state(1))).toBe(true);
    expect(await store.write(ACCOUNT, 'b', state(1, []))).toBe(true);
    expect(await store.write(ACCOUNT, 'a', state(2, ['ben', 'eva']))).toBe(true);
    expect(await store.read(ACCOUNT, 'a')).toEqual(state(2, ['ben', 'eva']));
    expect(await store.read(ACCOUNT, 'b')).toEqual(state(1, []));
    expect(await store.read('444455556666', 'a')).toBeUndefined();
  });

  it('refuses whoever did not see the state before, and leaves that whole', async () => {
    const store = await fresh();
    expect(await store.write(ACCOUNT, 'a', state(2))).toBe(false);
    expect(await store.write(ACCOUNT, 'a', state(1))).toBe(true);
    expect(await store.write(ACCOUNT, 'a', state(1, ['other']))).toBe(false);
    expect(await store.read(ACCOUNT, 'a')).toEqual(state(1));
  });

  it('of several at once exactly one writes, and what is read is one of theirs', async () => {
    const store = await fresh();
    await store.write(ACCOUNT, 'a', state(1));
    const mine = ['x', 'y', 'z'].map((name) => state(2, [name]));
    const done = await Promise.all(mine.map((one) => store.write(ACCOUNT, 'a', one)));
    expect(done.filter((isMine) => isMine)).toHaveLength(1);
    expect(await store.read(ACCOUNT, 'a')).toEqual(mine[done.indexOf(true)]);
  });

  it('keeps thousands of findings with names that do not compress', async () => {
    const store = await fresh();
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed.toString(36);
    };
    const names = Array.from({ length: 9_000 }, () => Array.from({ length: 12 }, random).join(''));
    expect(await store.write(ACCOUNT, 'a', state(1, names))).toBe(true);
    expect(await store.read(ACCOUNT, 'a')).toEqual(state(1, names));
  });

  it('behaves as a map with revisions, whatever is written in whatever order', async () => {
    const writes = fc.array(fc.record({ check: fc.constantFrom('a', 'b'), revision: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(writes, async (some) => {
        const store = await fresh();
        const model = new Map<string, CheckState>();
        for (const { check, revision } of some) {
          const fits = (model.get(check)?.revision ?? 0) === revision - 1;
          expect(await store.write(ACCOUNT, check, state(revision, [check]))).toBe(fits);
          if (fits) model.set(check, state(revision, [check]));
          expect(await store.read(ACCOUNT, check)).toEqual(model.get(check));
        }
      }),
      runs(times),
    );
  });
}

describe('MemoryPostureStore', () => postureStoreContract(async () => new MemoryPostureStore(), 100));

describe('DynamoPostureStore', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.close());

  postureStoreContract(async () => new DynamoPostureStore(tables.client, await tables.create()), 10);
});
