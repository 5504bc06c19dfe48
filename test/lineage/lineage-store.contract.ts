import type { LineageStore, SessionOrigin } from '../../lambda/lineage/lineage-store';

/** What every lineage store must do. `newStore` gives an empty one. */
export function lineageStoreContract(newStore: () => Promise<LineageStore>): void {
  const own: SessionOrigin = {
    session: 'session-1',
    taker: { actor: 'arn:aws:iam::111122223333:role/Deploy', accessKeyId: 'ASIA…AAAA', session: 'session-0' },
    timeMs: Date.parse('2026-03-10T10:00:00Z'),
    own: true,
  };
  const twin: SessionOrigin = {
    ...own,
    taker: { actor: '444455556666/AROAX:work', sourceIdentity: 'alice' },
    own: false,
  };

  it('knows nothing of a session that nobody noted', async () => {
    const store = await newStore();
    await store.note(own);
    expect(await store.find('session-2')).toBeUndefined();
  });

  it('keeps all that it was told, and repeats change nothing', async () => {
    const store = await newStore();
    await store.note(own);
    await store.note(own);
    expect(await store.find('session-1')).toEqual(own.taker);
  });

  it.each([
    ['first', [own, twin]],
    ['last', [twin, own]],
    ['in between', [twin, own, twin]],
  ])("prefers what the caller's own account recorded, and mixes nothing in: %s", async (_when, origins) => {
    const store = await newStore();
    for (const origin of origins) await store.note(origin);
    expect(await store.find('session-1')).toEqual(own.taker);
  });

  it("keeps the other account's record where there is no other", async () => {
    const store = await newStore();
    await store.note(twin);
    expect(await store.find('session-1')).toEqual(twin.taker);
  });
}
