import fc from 'fast-check';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { BURST, MS_PER_TOKEN, NEEDED, takeToken } from '../../lambda/alerts/pace';
import { StoreUnavailableError } from '../../lambda/errors';
import { runs } from '../property';
import { recording } from '../recording';

describe('the pace', () => {
  it('gives five at once, then one every two seconds', async () => {
    const store = new MemoryPaceStore();
    const takenMs: number[] = [];
    for (let nowMs = 0; nowMs <= 10_000; ) {
      const waitMs = await takeToken(store, NEEDED.critical, nowMs);
      if (waitMs === 0) takenMs.push(nowMs);
      else nowMs += waitMs;
    }
    expect(takenMs).toEqual([0, 0, 0, 0, 0, 2_000, 4_000, 6_000, 8_000, 10_000]);
  });

  it('keeps tokens back for what is critical', async () => {
    const store = new MemoryPaceStore();
    const taken = [];
    for (let index = 0; index < 4; index++) taken.push(await takeToken(store, NEEDED.other, 0));
    expect(taken).toEqual([0, 0, 1_000, 1_000]);
    for (let index = 0; index < 3; index++) expect(await takeToken(store, NEEDED.critical, 0)).toBe(0);
    expect(await takeToken(store, NEEDED.critical, 0)).toBe(2_000);
  });

  it('is never faster for clocks that disagree', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ stepMs: fc.nat(3_000), skewMs: fc.constantFrom(0, 2_000, -2_000) }), { maxLength: 60 }),
        async (moments) => {
          const store = new MemoryPaceStore();
          const takenMs: number[] = [];
          let nowMs = 100_000;
          for (const { stepMs, skewMs } of moments) {
            nowMs += stepMs;
            if ((await takeToken(store, NEEDED.critical, nowMs + skewMs)) === 0) takenMs.push(nowMs);
          }
          takenMs.forEach((startMs, first) => {
            takenMs.slice(first).forEach((endMs, more) => {
              // Two clocks 4 s apart are worth two tokens, once.
              expect(more + 1).toBeLessThanOrEqual(BURST + (endMs - startMs + 4_000) / MS_PER_TOKEN);
            });
          });
        },
      ),
      runs(300),
    );
  });

  it('tells a worker whose clock is behind to wait until it has caught up', async () => {
    const store = new MemoryPaceStore();
    for (let index = 0; index < 5; index++) await takeToken(store, NEEDED.critical, 10_000);
    expect(await takeToken(store, NEEDED.critical, 8_000)).toBe(4_000);
    expect(await takeToken(store, NEEDED.critical, 12_000)).toBe(0);
  });

  it('takes a token once, however many want the last one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 6, max: 10 }), async (s, workers) => {
        const target = new MemoryPaceStore();
        const store = new Proxy(target, {
          get: (_, name) => {
            const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>;
            return async (...parameters: unknown[]) => {
              await s.schedule(Promise.resolve());
              return Reflect.apply(method, target, parameters);
            };
          },
        });
        const waits = Promise.all(Array.from({ length: workers }, () => takeToken(store, NEEDED.critical, 0)));
        await s.waitFor(waits);
        expect((await waits).filter((waitMs) => waitMs === 0)).toHaveLength(BURST);
      }),
      runs(100),
    );
  });

  it('is slower, never faster, when an answer is lost', async () => {
    const { store, loseNext } = recording(new MemoryPaceStore());
    loseNext('replacePace');
    await expect(takeToken(store, NEEDED.critical, 0)).rejects.toThrow(StoreUnavailableError);
    for (let index = 0; index < 4; index++) expect(await takeToken(store, NEEDED.critical, 0)).toBe(0);
    expect(await takeToken(store, NEEDED.critical, 0)).toBe(2_000);
  });
});
