import type { AlertStore, Message, MessageName, PendingMessage } from '../../lambda/alerts/alert-store';
import { frameOf } from '../../lambda/alerts/frame';
import { MemoryAlertStore, MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { BURST, MS_PER_TOKEN } from '../../lambda/alerts/pace';
import type { Notification } from '../../lambda/alerts/publisher';
import { frameData } from '../../lambda/config/frame-data';
import { resolveConfig } from '../../lambda/config/resolve';
import { StoreUnavailableError } from '../../lambda/errors';
import { drain, LEASE_MS } from '../../lambda/notify';
import { levelOf, type Severity } from '../../lambda/rules/severity';
import { TestLog, TestMetrics } from '../memory-ports';
import { Dice } from '../simulation/dice';
import { Scheduler } from '../simulation/scheduler';

const START_MS = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 60_000;
const RESERVE_MS = 15_000;
const DOORBELL_MS = 15_000;
/** Invocations of the function at the same time. */
const CONCURRENCY = 3;

const composer = messageComposer(frameOf(frameData(resolveConfig({}, [], START_MS), []), '0.0.0'), () => START_MS);

interface Storm {
  readonly seed: number;
  /** Messages, and when they are inserted: by chance within so long. */
  readonly severities: readonly (readonly [count: number, severity: Severity])[];
  readonly overMs: number;
  readonly shards: number;
  readonly streamWorks: boolean;
  /** How far behind the index that lists what waits may be. */
  readonly lagMs: number;
  /** Chance of each call to a store or topic to fail before, to lose its answer, or to take the whole function down. */
  readonly faults: number;
  readonly outage?: { readonly fromMs: number; readonly untilMs: number };
}

/** The real drain on a simulated table, topic, stream and clock. */
class World {
  readonly published: { readonly atMs: number; readonly told: Notification }[] = [];
  readonly insertedMs = new Map<string, number>();
  faults = 0;
  private readonly dice: Dice;
  private readonly scheduler: Scheduler;
  private readonly store = new MemoryAlertStore();
  private readonly pace = new MemoryPaceStore();
  private readonly listed: (PendingMessage & { readonly insertedMs: number; sentMs: number })[] = [];
  private readonly names = new Map<string, (typeof this.listed)[number]>();
  private unsent = 0;
  private toInsert = 0;
  private running = 0;

  constructor(private readonly storm: Storm) {
    this.dice = new Dice(`storm ${storm.seed}`);
    this.scheduler = new Scheduler(this.dice, START_MS);
  }

  async run(): Promise<this> {
    const shards = Array.from({ length: this.storm.shards }, (): PendingMessage[] => []);
    const busy = new Set<PendingMessage[]>();
    const deliver = (shard: PendingMessage[]): void => {
      if (busy.has(shard) || shard.length === 0) return;
      if (this.running >= CONCURRENCY) {
        this.scheduler.after(1_000, () => deliver(shard));
        return;
      }
      busy.add(shard);
      const rung = shard.splice(0, 100);
      this.invoke(DOORBELL_MS, rung, () => {
        busy.delete(shard);
        deliver(shard);
      });
    };
    let serial = 0;
    for (const [count, severity] of this.storm.severities) {
      this.toInsert += count;
      for (let index = 0; index < count; index++) {
        const id = `alert-${serial++}`;
        this.scheduler.at(START_MS + this.dice.whole(0, this.storm.overMs), () => {
          const message = this.insert(id, severity);
          const shard = shards[this.dice.whole(0, shards.length - 1)] as PendingMessage[];
          if (!this.storm.streamWorks) return;
          shard.push(message);
          this.scheduler.after(this.dice.whole(50, 500), () => deliver(shard));
        });
      }
    }
    const everyMinute = () => {
      if (this.running < CONCURRENCY) this.invoke(TIMEOUT_MS - RESERVE_MS, [], () => undefined);
      this.scheduler.after(MINUTE_MS, everyMinute);
    };
    this.scheduler.after(this.dice.whole(0, MINUTE_MS), everyMinute);
    await this.scheduler.run(() => this.toInsert === 0 && this.unsent === 0, 3_000_000);
    return this;
  }

  /** When an alert was told first. */
  toldMs(): Map<string, number> {
    const told = new Map<string, number>();
    for (const { atMs, told: notification } of this.published) {
      for (const id of notification.alertIds) if (!told.has(id)) told.set(id, atMs);
    }
    return told;
  }

  private insert(alertId: string, severity: Severity): PendingMessage {
    const nowMs = this.scheduler.nowMs;
    const message: Message = {
      ...{
        group: alertId,
        bucketMs: 0,
        level: levelOf(severity),
        multiple: 1,
        alertId,
        kind: 'window',
        rule: 'some-rule',
      },
      ...{
        track: 'live',
        account: '111122223333',
        region: 'us-east-1',
        actor: 'alice',
        headline: `alice did ${alertId}`,
      },
      ...{ count: 3, firstFiringMs: nowMs, lastFiringMs: nowMs, createdMs: nowMs, expiresMs: nowMs * 2 },
    };
    void this.store.insertMessage(message);
    const entry = { ...message, leasedUntilMs: 0, insertedMs: nowMs, sentMs: Number.POSITIVE_INFINITY };
    const after = this.listed.findIndex((other) => other.level < message.level);
    this.listed.splice(after < 0 ? this.listed.length : after, 0, entry);
    this.names.set(alertId, entry);
    this.insertedMs.set(alertId, nowMs);
    this.toInsert -= 1;
    this.unsent += 1;
    return entry;
  }

  private invoke(patienceMs: number, rung: readonly PendingMessage[], done: () => void): void {
    this.running += 1;
    const startMs = this.scheduler.nowMs;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.running -= 1;
      done();
    };
    this.scheduler.after(TIMEOUT_MS, end); // whatever it waits for
    const isDead = () => isOver;
    const ports = {
      alerts: this.slow(this.alerts(), isDead, end),
      pace: this.slow(this.pace, isDead, end),
      topic: this.slow(this.topic(), isDead, end),
      composer,
      clock: {
        nowMs: () => this.scheduler.nowMs,
        sleep: (ms: number) =>
          new Promise<void>((resolve) => {
            this.scheduler.after(ms, () => {
              if (isOver) return;
              resolve();
              this.scheduler.resumed();
            });
          }),
      },
      log: new TestLog(),
      metrics: new TestMetrics(),
    };
    drain(ports, startMs + patienceMs, rung).then(end, (error: unknown) => {
      throw error;
    });
  }

  private alerts(): AlertStore {
    const { store, listed, names, storm, scheduler } = this;
    return Object.assign(Object.create(store) as AlertStore, {
      // As it was a moment ago: lacks what is new, lists what is sent, knows no lease.
      listPending: async (limit: number) => {
        const asOfMs = scheduler.nowMs - this.dice.whole(0, storm.lagMs);
        const found: PendingMessage[] = [];
        for (const entry of listed) {
          if (found.length >= limit) break;
          if (entry.insertedMs <= asOfMs && entry.sentMs > asOfMs) found.push({ ...entry, leasedUntilMs: 0 });
        }
        return found;
      },
      markSent: async (name: MessageName, sentMs: number) => {
        await store.markSent(name, sentMs);
        const entry = names.get(name.group);
        if (entry === undefined || entry.sentMs !== Number.POSITIVE_INFINITY) return;
        entry.sentMs = scheduler.nowMs;
        this.unsent -= 1;
      },
    });
  }

  private topic() {
    return {
      publish: async (told: Notification) => {
        const sinceMs = this.scheduler.nowMs - START_MS;
        const { outage } = this.storm;
        if (outage && sinceMs >= outage.fromMs && sinceMs < outage.untilMs) throw new Error('503');
        this.published.push({ atMs: this.scheduler.nowMs, told });
      },
    };
  }

  /** A port whose calls take time, and go wrong as the storm says. */
  private slow<T extends object>(target: T, isDead: () => boolean, die: () => void): T {
    const { dice, scheduler, storm } = this;
    return new Proxy(target, {
      get: (_, name) => {
        const method = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>;
        return (...parameters: unknown[]) =>
          new Promise((resolve, reject) => {
            const fault = dice.chance(storm.faults) ? dice.whole(0, 2) : undefined;
            if (fault !== undefined) this.faults += 1;
            scheduler.after(dice.whole(2, 20), () => {
              if (isDead()) return;
              if (fault === 0) {
                reject(new StoreUnavailableError('no answer'));
                return scheduler.resumed();
              }
              const result = Reflect.apply(method, target, parameters);
              result.then(
                (value) => {
                  if (fault === 1) reject(new StoreUnavailableError('the answer was lost'));
                  else if (fault === undefined) resolve(value);
                  else die();
                },
                (error: unknown) => reject(error as Error),
              );
              scheduler.resumed();
            });
          });
      },
    });
  }
}

/** What holds in every storm. */
function expectGoverned({ published, insertedMs, faults }: World, toldMs: Map<string, number>): void {
  // Nothing is lost, and nothing is told twice but for what nobody could know.
  expect(toldMs.size).toBe(insertedMs.size);
  const told = published.flatMap(({ told: { alertIds } }) => alertIds);
  if (faults === 0) expect(told).toHaveLength(insertedMs.size);
  // A token is taken within 2 s before its message is published.
  published.forEach(({ atMs }, first) => {
    for (let last = first; last < Math.min(published.length, first + 40); last++) {
      const spanMs = (published[last]?.atMs ?? 0) - atMs;
      expect(last - first + 1).toBeLessThanOrEqual(BURST + (spanMs + 2_000) / MS_PER_TOKEN);
      if (spanMs < 1_000) expect(last - first + 1).toBeLessThan(8);
    }
  });
  // Digests list every alert that they stand for, and no critical one.
  for (const { told: notification } of published) {
    const { alertIds, text, attributes, data = '{}' } = notification;
    if (alertIds.length === 1) continue;
    expect(alertIds.length).toBeLessThanOrEqual(100);
    const missing = alertIds.filter((id) => !new RegExp(`\\b${id}\\b`).test(text) || !data.includes(`"${id}"`));
    expect(missing).toEqual([]);
    expect(attributes['severity']).not.toContain('critical');
  }
}

/** Longest wait of a critical message that was not due to critical ones before it, in milliseconds. */
function longestCriticalWaitMs(
  { insertedMs }: World,
  toldMs: Map<string, number>,
  critical: ReadonlySet<string>,
): number {
  const waits = [...critical].map((id) => ({ fromMs: insertedMs.get(id) ?? 0, toMs: toldMs.get(id) ?? 0 }));
  return Math.max(
    ...waits.map(({ fromMs, toMs }) => {
      const ahead = waits.filter((other) => other.toMs > fromMs && other.toMs <= toMs).length - 1;
      return toMs - fromMs - ahead * MS_PER_TOKEN;
    }),
  );
}

const STORM: Storm = {
  ...{
    seed: 1,
    severities: [
      [9_900, 'medium'],
      [80, 'high'],
      [20, 'critical'],
    ],
    overMs: MINUTE_MS,
  },
  ...{ shards: 4, streamWorks: true, lagMs: 1_000, faults: 0 },
};
/** Alerts are numbered in the order of `severities`. */
const CRITICAL = new Set(Array.from({ length: 20 }, (_, index) => `alert-${9_980 + index}`));

describe('ten thousand alerts in a minute', () => {
  it.each([
    ['rung by four shards', {}, 3_000, 6],
    ['with a stream that is broken', { streamWorks: false }, 63_000, 7],
  ])(
    '%s: at the pace of a mailbox, critical ones first, none lost',
    async (_what, others, waitMs, minutes) => {
      const world = await new World({ ...STORM, ...others }).run();
      const toldMs = world.toldMs();
      expectGoverned(world, toldMs);
      expect(longestCriticalWaitMs(world, toldMs, CRITICAL)).toBeLessThan(waitMs);
      expect((Math.max(...toldMs.values()) - START_MS) / MINUTE_MS).toBeLessThan(minutes);
      expect(world.published.length).toBeLessThan(160);
    },
    120_000,
  );
});

describe('whatever goes wrong', () => {
  const random = (seed: number): Storm => {
    const dice = new Dice(`plan ${seed}`);
    return {
      seed,
      severities: [
        [dice.whole(0, 200), 'medium'],
        [dice.whole(0, 30), 'high'],
        [dice.whole(1, 20), 'critical'],
        [dice.whole(0, 100), 'low'],
      ],
      overMs: dice.whole(1, 5 * MINUTE_MS),
      shards: dice.whole(1, 5),
      streamWorks: dice.chance(0.7),
      lagMs: dice.whole(0, 3_000),
      faults: dice.chance(0.5) ? 0 : dice.whole(1, 30) / 1_000,
      ...(dice.chance(0.3)
        ? { outage: { fromMs: dice.whole(0, MINUTE_MS), untilMs: dice.whole(1, 70) * MINUTE_MS } }
        : {}),
    };
  };

  it.each(Array.from({ length: 30 }, (_, index) => index + 1))(
    'keeps pace, order and every alert (seed %i)',
    async (seed) => {
      const storm = random(seed);
      const world = await new World(storm).run();
      const toldMs = world.toldMs();
      expectGoverned(world, toldMs);
      const told = world.published.flatMap(({ told: { alertIds } }) => alertIds).length;
      // A lost answer of a publish tells again a whole digest, a crash as well.
      expect(told - toldMs.size).toBeLessThanOrEqual(world.faults * 100);
      if (storm.outage !== undefined || storm.faults > 0) return;
      const others = storm.severities[0]?.[0] ?? 0;
      const first = others + (storm.severities[1]?.[0] ?? 0);
      const critical = new Set(
        Array.from({ length: storm.severities[2]?.[0] ?? 0 }, (_, index) => `alert-${first + index}`),
      );
      expect(longestCriticalWaitMs(world, toldMs, critical)).toBeLessThan(storm.streamWorks ? 6_000 : 66_000);
    },
  );

  it('sends the most severe first when the topic is back after an hour', async () => {
    const outage = { fromMs: 0, untilMs: 60 * MINUTE_MS };
    const world = await new World({
      ...STORM,
      severities: [
        [40, 'low'],
        [12, 'critical'],
        [20, 'high'],
      ],
      outage,
    }).run();
    const toldMs = world.toldMs();
    expectGoverned(world, toldMs);
    const last = (from: number, to: number) =>
      Math.max(
        ...[...toldMs].filter(([id]) => Number(id.slice(6)) >= from && Number(id.slice(6)) < to).map(([, ms]) => ms),
      );
    expect(last(40, 52)).toBeLessThanOrEqual(last(0, 40));
    expect(last(0, 72) - START_MS - outage.untilMs).toBeLessThan(MINUTE_MS + LEASE_MS + 60_000);
  });
});
