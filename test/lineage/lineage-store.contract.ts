import type { Message } from '../../lambda/alerts/alert-store';
import {
  type LineageStore,
  type SessionOrigin,
  WAITING_MAX,
  type WaitingAlert,
} from '../../lambda/lineage/lineage-store';

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

  const waiting = (alertId: string): WaitingAlert => ({
    session: 'session-2',
    untilMs: own.timeMs + 1,
    message: {
      ...{
        group: `g-${alertId}`,
        bucketMs: 0,
        level: 3,
        multiple: 1,
        alertId,
        kind: 'window',
        rule: 'r',
        track: 'live',
      },
      ...{ account: '111122223333', region: 'eu-west-1', actor: 'a', headline: 'h', count: 12.5 },
      ...{ firstFiringMs: 1, lastFiringMs: 2, createdMs: 3, expiresMs: 4_000 },
    } as Message,
  });
  const ids = (found: readonly WaitingAlert[]) => found.map(({ message }) => message.alertId).sort();

  it('tells whoever notes a session which alerts wait for it, whole, each time, and nobody else', async () => {
    const store = await newStore();
    expect(await store.wait('session-1', waiting('a'))).toBeUndefined();
    expect(await store.wait('session-1', waiting('a'))).toBeUndefined();
    expect(await store.wait('session-1', waiting('b'))).toBeUndefined();
    expect(await store.find('session-1')).toBeUndefined();
    expect(await store.note({ ...own, session: 'session-3' })).toEqual([]);
    const found = await store.note(own);
    expect(ids(found)).toEqual(['a', 'b']);
    expect(found.find(({ message }) => message.alertId === 'a')).toEqual(waiting('a'));
    expect(ids(await store.note(own))).toEqual(['a', 'b']);
  });

  it('tells whoever would wait how the session began, when that is known', async () => {
    const store = await newStore();
    expect(await store.note(own)).toEqual([]);
    expect(await store.wait('session-1', waiting('a'))).toEqual(own.taker);
    expect(await store.find('session-1')).toEqual(own.taker);
  });

  it("lets the other account's record be noted again, and not after the caller's own", async () => {
    const store = await newStore();
    await store.wait('session-1', waiting('a'));
    expect(ids(await store.note(twin))).toEqual(['a']);
    expect(ids(await store.note(twin))).toEqual(['a']);
    expect(ids(await store.note(own))).toEqual(['a']);
    expect(await store.note(twin)).toEqual([]);
    expect(await store.find('session-1')).toEqual(own.taker);
  });

  it('lets only so many wait for one session', async () => {
    const store = await newStore();
    for (let serial = 0; serial < WAITING_MAX + 3; serial++) await store.wait('session-1', waiting(`a${serial}`));
    expect(await store.note(own)).toHaveLength(WAITING_MAX);
    expect(await store.wait('session-1', waiting('one more'))).toEqual(own.taker);
  });
}
