import { slotLengthMs } from '../../lambda/windows/slots';
import { Dice } from './dice';
import { scheduleOf } from './generate';
import { isKept, runSchedule } from './run';
import type { Delivery, PlannedConfig, PlannedOverride, PlannedRule, Schedule } from './schedule';

/** Many schedules to a test; seconds each, on a machine that does other things as well minutes. */
jest.setTimeout(300_000);

const HOUR = 60 * 60_000;

/** Seeds of schedules without distinct windows: these may have fewer alerts where more is known at once. */
const SEEDS = Array.from({ length: 30 }, (_, index) => 1_000 + index).filter((seed) =>
  scheduleOf(seed, 'windows').rules.every(({ kind }) => kind !== 'distinct'),
);

const FIRST: PlannedConfig = { fromMs: 0, overrides: {}, suppressions: [] };

/** The schedule with nothing but its records: no faults, no changes. */
function plain(seed: number): Schedule {
  const schedule = scheduleOf(seed, 'windows');
  const { strike: _, ...faults } = schedule.faults;
  const calm = { ...faults, crash: 0, refuse: 0, lose: 0, repeat: 0, stall: 0, recycle: 0, redeliver: 0 };
  const configs: Schedule['configs'] = [FIRST];
  const deliveries = schedule.deliveries.filter(({ kind }) => kind === 'event');
  return { ...schedule, configs, deliveries, faults: calm, queue: { ...schedule.queue, twice: 0 } };
}

async function run(schedule: Schedule) {
  const outcome = await runSchedule(schedule);
  expect([...outcome.lost, ...outcome.false, ...outcome.broken]).toEqual([]);
  expect(isKept(outcome)).toBe(true);
  return outcome;
}

function lastMs({ deliveries }: Schedule): number {
  return Math.max(...deliveries.map(({ atMs }) => atMs));
}

describe.each([
  [
    'permuted',
    (schedule: Schedule, dice: Dice): Schedule => {
      const times = dice.shuffled(schedule.deliveries.map(({ atMs }) => atMs));
      const deliveries = schedule.deliveries.map(
        (delivery, index): Delivery => ({ ...delivery, atMs: times[index] ?? delivery.atMs }),
      );
      return { ...schedule, deliveries };
    },
  ],
  [
    're-batched, over other workers',
    (schedule: Schedule, dice: Dice): Schedule => {
      const { queue } = schedule;
      const batchMax = dice.pick([1, 2, 7, 200]);
      return {
        ...schedule,
        seed: schedule.seed + 1,
        queue: { ...queue, batchMax, workers: dice.whole(1, 10), rebatching: 0.5 },
      };
    },
  ],
  [
    'repeated, each record up to three times',
    (schedule: Schedule, dice: Dice): Schedule => {
      const again = [...schedule.deliveries, ...schedule.deliveries].filter(() => dice.chance(0.7));
      const deliveries = again.map((one): Delivery => ({ ...one, atMs: one.atMs + dice.whole(0, 2_000) }));
      return { ...schedule, deliveries: [...schedule.deliveries, ...deliveries] };
    },
  ],
  [
    'at one moment or over an hour',
    (schedule: Schedule, dice: Dice): Schedule => {
      const spreadMs = dice.pick([0, HOUR]);
      const deliveries = schedule.deliveries.map(
        (one): Delivery => ({ ...one, atMs: schedule.startMs + Math.floor(dice.next() * spreadMs) }),
      );
      return { ...schedule, deliveries };
    },
  ],
])('the same records, %s', (_, changed) => {
  it('make the same alerts', async () => {
    let alerts = 0;
    for (const seed of SEEDS) {
      const schedule = plain(seed);
      const { alertIds } = await run(schedule);
      const other = await run(changed(schedule, new Dice(`changed ${seed}`)));
      expect({ seed, alertIds: other.alertIds }).toEqual({ seed, alertIds });
      alerts += alertIds.length;
    }
    expect(alerts).toBeGreaterThan(SEEDS.length);
  });
});

it('an archive that is run again, an hour and two weeks later, adds no alert and no message', async () => {
  let published = 0;
  for (const seed of SEEDS) {
    const schedule = plain(seed);
    const once = await run(schedule);
    const later = [HOUR, 14 * 24 * HOUR].flatMap((afterMs) =>
      schedule.deliveries.map((one): Delivery => ({ ...one, atMs: one.atMs + afterMs })),
    );
    const again = await run({ ...schedule, deliveries: [...schedule.deliveries, ...later] });
    expect({ seed, alertIds: again.alertIds }).toEqual({ seed, alertIds: once.alertIds });
    published += again.publishes;
    expect(again.duplicatePublishes).toBe(0);
  }
  expect(published).toBeGreaterThan(SEEDS.length / 4);
});

/** One configuration throughout. */
function always(schedule: Schedule, overrides: PlannedConfig['overrides']): Schedule {
  return { ...schedule, configs: [{ ...FIRST, overrides }] };
}

/** As shipped, otherwise, and as shipped again. */
function forAWhile(schedule: Schedule, overrides: PlannedConfig['overrides']): Schedule {
  const third = Math.ceil((lastMs(schedule) - schedule.startMs) / 3);
  return {
    ...schedule,
    configs: [
      FIRST,
      { ...FIRST, fromMs: schedule.startMs + third, overrides },
      { ...FIRST, fromMs: schedule.startMs + 2 * third },
    ],
  };
}

/**
 * A window of another length within the limits of what keeps the alerts' identity: the configuration refuses less than
 * a slot, and a window longer than the quiet period lengthens that.
 */
function windowOf({ withinMs, quietMs }: PlannedRule, factor: number): PlannedOverride {
  const changedMs = Math.round((withinMs * factor) / 1_000) * 1_000;
  return { withinMs: Math.min(quietMs, Math.max(slotLengthMs(withinMs), changedMs)) };
}

describe.each([
  ['a higher threshold', ({ tiers }: PlannedRule): PlannedOverride => ({ threshold: tiers[0].threshold + 2 })],
  [
    'a lower threshold',
    ({ tiers }: PlannedRule): PlannedOverride => ({ threshold: Math.max(1, tiers[0].threshold - 1) }),
  ],
  ['a longer window', (rule: PlannedRule): PlannedOverride => windowOf(rule, 1.5)],
  ['a shorter window', (rule: PlannedRule): PlannedOverride => windowOf(rule, 0.5)],
  ['another mode', (): PlannedOverride => ({ mode: 'shadow' })],
])('%s, for a while', (_, overrideOf) => {
  it('leaves alone what it does not concern', async () => {
    let shared = 0;
    let differing = 0;
    for (const seed of SEEDS) {
      const schedule = plain(seed);
      const overrides = Object.fromEntries(
        schedule.rules
          .filter(({ kind }) => kind !== 'single' && kind !== 'sequence')
          .map((rule) => [rule.id, overrideOf(rule)]),
      );
      const shipped = new Set((await run(schedule)).alertIds);
      const changed = new Set((await run(always(schedule, overrides))).alertIds);
      const between = (await run(forAWhile(schedule, overrides))).alertIds;
      // What both would tell is told; what neither would tell is not.
      for (const alertId of shipped) if (changed.has(alertId)) expect(between).toContain(alertId);
      for (const alertId of between) expect(shipped.has(alertId) || changed.has(alertId)).toBe(true);
      shared += between.length;
      differing += [...shipped].filter((id) => !changed.has(id)).length;
      differing += [...changed].filter((id) => !shipped.has(id)).length;
    }
    expect(shared).toBeGreaterThan(SEEDS.length);
    // A change that makes no difference would prove nothing.
    expect(differing).toBeGreaterThan(0);
  });
});
