import type { PaceStore } from '../../lambda/alerts/pace';

/** What every pace store must do. */
export function paceStoreContract(newStore: () => Promise<PaceStore>): void {
  it('changes the bucket only for who knows it', async () => {
    const store = await newStore();
    const first = { tokens: 4, refilledMs: 1_000 };
    const second = { tokens: 3.1234567890123457, refilledMs: 2_000.5 };
    expect(await store.readPace()).toBeUndefined();
    expect(await store.replacePace(first, second)).toBe(false);
    expect(await store.replacePace(undefined, first)).toBe(true);
    expect(await store.replacePace(undefined, second)).toBe(false);
    expect(await store.replacePace({ ...first, tokens: 5 }, second)).toBe(false);
    expect(await store.replacePace({ ...first, refilledMs: 999 }, second)).toBe(false);
    expect(await store.readPace()).toEqual(first);
    expect(await store.replacePace(first, second)).toBe(true);
    expect(await store.readPace()).toEqual(second);
  });
}
