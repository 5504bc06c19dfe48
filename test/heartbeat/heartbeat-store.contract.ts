import { nonceOf } from '../../lambda/heartbeat/canaries';
import type { HeartbeatStore } from '../../lambda/heartbeat/heartbeat-store';
import { FIRST_STATE } from '../../lambda/heartbeat/state';

const T = Date.parse('2026-03-10T10:00:00Z');
const nonce = (atMs: number, serial = 0) => nonceOf(atMs, serial.toString(16).padStart(16, '0'));

/** What every store of the heartbeat keeps to. */
export function heartbeatStoreContract(create: () => Promise<HeartbeatStore>): void {
  let store: HeartbeatStore;
  beforeEach(async () => {
    store = await create();
  });

  it('gives back the state that was stored last, with its revision', async () => {
    expect(await store.readState()).toBeUndefined();
    expect(await store.replaceState({ ...FIRST_STATE, ranMs: 1 }, 0)).toBe(true);
    const next = { ...FIRST_STATE, ranMs: 2, habits: { 'account 111122223333': HABIT } };
    expect(await store.replaceState(next, 1)).toBe(true);
    expect(await store.readState()).toEqual({ state: JSON.parse(JSON.stringify(next)), revision: 2 });
  });

  it('lets one of two runs replace a state', async () => {
    expect(await store.replaceState({ ...FIRST_STATE, ranMs: 1 }, 0)).toBe(true);
    expect(await store.replaceState({ ...FIRST_STATE, ranMs: 9 }, 0)).toBe(false);
    expect(await store.replaceState({ ...FIRST_STATE, ranMs: 9 }, 2)).toBe(false);
    expect((await store.readState())?.state.ranMs).toBe(1);
  });

  it('keeps a state of thousands of places', async () => {
    const places = Array.from({ length: 3_000 }, (_, index) => `account 111122223333 in region-${index}`);
    const habits = Object.fromEntries(places.map((place, index) => [place, { ...HABIT, lastMs: T + index * 977 }]));
    await store.replaceState({ ...FIRST_STATE, habits }, 0);
    expect(Object.keys((await store.readState())?.state.habits ?? {})).toHaveLength(3_000);
  });

  it('lists sightings from a nonce on; the first of each counts', async () => {
    const sighting = { nonce: nonce(T), region: 'eu-west-1', kind: 'write', seenMs: T + 40_000 } as const;
    await store.sight(sighting);
    await store.sight({ ...sighting, seenMs: T + 99_000 });
    await store.sight({ ...sighting, kind: 'read' });
    await store.sight({ ...sighting, nonce: nonce(T - 300_000) });
    const found = await store.sightings(nonce(T));
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining([sighting, { ...sighting, kind: 'read' }]));
    expect(await store.sightings(nonce(T - 300_000))).toHaveLength(3);
  });

  it('keeps the latest time of every account, region and feed', async () => {
    const seen = { account: '111122223333', region: 'eu-west-1', feed: 'writes', seenMs: T };
    await store.see(seen);
    await store.see({ ...seen, seenMs: T + 60_000 });
    await store.see({ ...seen, seenMs: T + 30_000 });
    await store.see({ ...seen, feed: 'reads' });
    const found = await store.lastSeen();
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { ...seen, seenMs: T + 60_000 },
        { ...seen, feed: 'reads' },
      ]),
    );
  });
}

const HABIT = { sinceMs: T, lastMs: T, longestMs: 60_000, longestBeforeMs: 0, fortnight: 1_466 };
