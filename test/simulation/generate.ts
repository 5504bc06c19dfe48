import { levelOf } from '../../lambda/rules/severity';
import { Dice } from './dice';
import {
  BENIGN_IP,
  type Delivery,
  FATES,
  type FaultPlan,
  type LatencyPlan,
  type Meaning,
  type Noise,
  type NotifyPlan,
  OTHER_IP,
  type Outage,
  type PlannedConfig,
  type PlannedEvent,
  type PlannedKind,
  type PlannedOverride,
  type PlannedRule,
  type PlannedSuppression,
  type PlannedTier,
  type QueuePlan,
  type Schedule,
  type Version,
} from './schedule';
import { REAL_LIMITS, type TableLimits } from './tables';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A midnight: a multiple of every period here but those that are no part of a day, and those are tried as well. */
const MIDNIGHT = Date.UTC(2026, 10, 18);

/** What a schedule is mainly about, and how often: each is there for something that the others seldom reach. */
export const FAMILIES = {
  /** Windows of every kind under faults: several workers on the same few keys. */
  windows: 32,
  /** The same with no faults but many workers at the same moment. */
  contention: 10,
  /** Events that are told again with more, and with less. */
  addenda: 5,
  /** Alerts that are soon told as high as they can be, after which little is read. */
  settled: 8,
  /** Values that several workers see first and last at the same moment. */
  marks: 5,
  /** Sequences whose order lies within a slot. */
  sequences: 5,
  /** Thresholds, window lengths and modes change while events come. */
  configuration: 11,
  /** Suppressions begin and end, rules run in shadow mode. */
  suppressions: 6,
  /** First uses. */
  baselines: 12,
  /** Partition keys that take few units a second. */
  scarce: 4,
  /** More stored than a verdict may read. */
  crowded: 2,
  /** A store or the topic is gone for an hour. */
  outages: 3,
  /** Records come up to a day late, and again after two weeks. */
  late: 3,
  /** Dozens of messages, some critical: pace and order. */
  pace: 1.5,
  /** Records of the queue for tests. */
  synthetic: 1,
  /** Hundreds of alerts, seldom thousands. */
  storm: 0.05,
} as const;

export type Family = keyof typeof FAMILIES;

/** The schedule of a seed; of a family, if one is named. */
export function scheduleOf(seed: number, family?: Family): Schedule {
  const dice = new Dice(`schedule ${seed}`);
  const drawn = dice.weighted(Object.entries(FAMILIES).map(([name, weight]) => [weight, name as Family] as const));
  return new Generator(seed, family ?? drawn, dice).schedule();
}

class Generator {
  private readonly startMs: number;
  private nextId = 0;

  constructor(
    private readonly seed: number,
    private readonly family: Family,
    private readonly dice: Dice,
  ) {
    // Sometimes beside every edge: quiet periods and slots that do not divide the day begin elsewhere.
    this.startMs =
      MIDNIGHT +
      dice.weighted([
        [3, 0],
        [1, dice.whole(0, 86_399) * SECOND],
      ]);
  }

  schedule(): Schedule {
    const { family } = this;
    if (family === 'storm' || family === 'pace') return this.storm();
    const rules = this.rules();
    const events = rules.flatMap((rule) => {
      if (family === 'marks') return this.markEvents(rule);
      const events = this.eventsFor(rule, rules);
      if (family === 'sequences') return [...events, ...this.barelyFilled(rule)];
      return family === 'settled' ? [...events, ...this.lateSurprise(rule)] : events;
    });
    const spreadMs = this.spreadMs();
    const deliveries = this.deliveries(events, spreadMs);
    const queue = this.queue();
    const busyMs = Math.max(...deliveries.map(({ atMs }) => atMs)) - this.startMs;
    return {
      seed: this.seed,
      family,
      startMs: this.startMs,
      rules,
      configs: this.configs(rules, events, family === 'late' ? MINUTE : busyMs),
      events,
      deliveries,
      queue,
      limits: this.limits(),
      latency: this.latency(),
      faults: this.faults(queue, family === 'late' ? MINUTE : busyMs),
      outages: family === 'outages' ? this.outages() : [],
      notify: this.notify(),
      // Deletion comes days late, or at once.
      expiryAtMs: family === 'late' ? [12, 15, 18, 40].map((days) => this.startMs + days * DAY) : [],
    };
  }

  private rules(): PlannedRule[] {
    const { dice, family } = this;
    const count =
      family === 'baselines'
        ? dice.whole(1, 2)
        : dice.weighted([
            [7, 1],
            [3, 2],
            [0.5, 3],
          ]);
    return Array.from({ length: count }, (_, index) => {
      if (family === 'baselines' && index === 0) {
        return dice.chance(0.25) ? this.windowOfFirstUses(index) : this.firstSeenRule(index);
      }
      if (family === 'marks') return this.windowRule('distinct', index);
      if (family === 'sequences') return this.windowRule('sequence', index);
      if (family === 'settled') {
        return this.windowRule(dice.pick(['sum', 'sum', 'sequence', 'sequence', 'single']), index);
      }
      if (family === 'addenda') return this.windowRule(dice.pick(['sum', 'sequence', 'count']), index);
      const kind = dice.weighted<PlannedKind>([
        [1, 'single'],
        [4, 'count'],
        [3, 'sum'],
        [3, 'distinct'],
        [family === 'crowded' ? 0 : 3, 'sequence'],
      ]);
      return this.windowRule(kind, index);
    });
  }

  private firstSeenRule(index: number): PlannedRule {
    const { dice } = this;
    return {
      id: `first-seen-${index}`,
      kind: 'first-seen',
      withinMs: 5 * MINUTE,
      quietMs: HOUR,
      tiers: [{ threshold: 1, level: dice.whole(1, 4) }],
      levelFromEvents: false,
      stepCounts: [],
      groups: 0,
      gated: false,
      mode: dice.chance(0.1) ? 'shadow' : 'live',
      learnDays: dice.pick([0, 0, 1]),
      expiryDays: 17,
      ownSubject: dice.chance(0.4),
    };
  }

  /** Counts only what is used for the first time. */
  private windowOfFirstUses(index: number): PlannedRule {
    const { ownSubject, learnDays, expiryDays } = this.firstSeenRule(index);
    return { ...this.windowRule('distinct', index), gated: true, ownSubject, learnDays, expiryDays };
  }

  private windowRule(kind: PlannedKind, index: number): PlannedRule {
    const { dice } = this;
    const withinMs = kind === 'single' ? 5 * MINUTE : this.withinMs();
    const quietMs =
      kind === 'single'
        ? dice.pick([5, 10, 60]) * MINUTE
        : dice.pick(this.family === 'settled' ? [2, 6, 12] : [1, 1, 2, 3]) * withinMs + dice.pick([0, 0, 1]) * SECOND;
    const levelFromEvents = dice.chance(this.family === 'settled' ? 0.7 : 0.2);
    const threshold =
      kind === 'single' || kind === 'sequence'
        ? 1
        : this.family === 'marks'
          ? dice.whole(3, 5)
          : dice.weighted([
              [2, 1],
              [4, 2],
              [4, 3],
              [2, 5],
            ]);
    return {
      id: `${kind}-${index}`,
      kind,
      withinMs,
      quietMs,
      tiers: this.tiers(kind, threshold, levelFromEvents),
      levelFromEvents,
      ...(levelFromEvents ? this.severityMost() : {}),
      stepCounts: kind === 'sequence' ? this.stepCounts() : [],
      groups: kind === 'distinct' && dice.chance(0.2) ? 2 : 0,
      gated: false,
      mode: dice.chance(this.family === 'suppressions' ? 0.2 : 0.03) ? 'shadow' : 'live',
      learnDays: 0,
      expiryDays: 0,
      ownSubject: false,
    };
  }

  private severityMost(): Pick<PlannedRule, 'severityMost'> {
    const { dice } = this;
    if (dice.chance(0.2)) return {};
    return { severityMost: dice.pick(['low', 'medium', 'high', 'same-for-key'] as const) };
  }

  private stepCounts(): number[] {
    const { dice, family } = this;
    if (family === 'sequences')
      return dice.pick([
        [1, 1, 1],
        [1, 1, 1],
        [1, 2, 1],
        [2, 1],
      ]);
    return dice.pick([
      [1, 1],
      [1, 1],
      [1, 2],
      [2, 1],
      [1, 1, 1],
    ]);
  }

  private withinMs(): number {
    const { dice, family } = this;
    if (family === 'sequences') return dice.pick([12, 20, 30, 60, 300, 600]) * SECOND;
    if (family === 'marks') return dice.whole(3, 8) * SECOND;
    return dice.weighted([
      [6, dice.whole(2, 12) * SECOND],
      [2, dice.pick([5, 6, 10, 15, 60]) * MINUTE],
      [1, dice.pick([2, 3, 24]) * HOUR],
    ]);
  }

  private tiers(kind: PlannedKind, threshold: number, fromEvents: boolean): [PlannedTier, ...PlannedTier[]] {
    const { dice } = this;
    const tiers: [PlannedTier, ...PlannedTier[]] = [
      {
        threshold,
        level: dice.weighted([
          [1, 0],
          [8, 1],
          [8, 2],
          [3, 4],
        ]),
      },
    ];
    if (kind === 'single' || kind === 'sequence' || fromEvents || dice.chance(0.5)) return tiers;
    tiers.push({ threshold: threshold + dice.whole(1, 3), level: 3 });
    if (dice.chance(0.3)) tiers.push({ threshold: threshold + dice.whole(4, 7), level: 4 });
    return tiers;
  }

  /** Events around a rule's thresholds, some of which mean something to the other rules too. */
  private eventsFor(rule: PlannedRule, rules: readonly PlannedRule[]): PlannedEvent[] {
    const { dice } = this;
    const keys = ['a', 'a', 'b', 'c'].slice(0, dice.whole(1, this.family === 'settled' ? 2 : 4));
    const times = rule.kind === 'first-seen' ? this.firstSeenTimes(rule) : this.times(rule);
    return times.map((timeMs) => {
      const others = rules.filter((other) => other !== rule && !isAboutFirstUses(other) && dice.chance(0.2));
      const concerned = [rule, ...others];
      const first = this.version(concerned, keys);
      const versions: [Version, ...Version[]] = [first];
      const more = this.family === 'addenda' ? 0.5 : 0.1;
      if (rule.kind !== 'first-seen' && !rule.gated)
        while (versions.length < 3 && dice.chance(more)) versions.push(this.version(concerned, keys));
      return {
        id: this.id(),
        timeMs,
        sourceIp: this.family === 'suppressions' && dice.chance(0.4) ? BENIGN_IP : OTHER_IP,
        denied: rule.kind === 'first-seen' && dice.chance(0.2),
        versions,
      };
    });
  }

  /**
   * A value at both ends of a slot, seen at the same moment by different workers, and the other values just before or
   * just after the slot: some window needs the first of the slot's marks, and another the last.
   */
  private markEvents(rule: PlannedRule): PlannedEvent[] {
    const { dice } = this;
    const [{ threshold }] = rule.tiers;
    const slotMs = (Math.ceil(this.startMs / rule.withinMs) - 2) * rule.withinMs;
    const lastMs = rule.withinMs - SECOND;
    const isBefore = dice.chance(0.5);
    const others = Array.from({ length: threshold - 1 }, (_, index): [number, string] => [
      slotMs + (isBefore ? -SECOND : rule.withinMs) - dice.pick([0, 0, SECOND]) * (isBefore ? 1 : -1),
      `v${index + 2}`,
    ]);
    const extra = Array.from({ length: dice.whole(0, 3) }, (): [number, string] => [
      slotMs + dice.whole(-2, 2) * lastMs,
      `v${dice.whole(1, threshold)}`,
    ]);
    const within: [number, string][] = dice.chance(0.5)
      ? [
          [slotMs + SECOND, 'v1'],
          [slotMs + lastMs - SECOND, 'v1'],
        ]
      : [];
    const uses: [number, string][] = [[slotMs, 'v1'], [slotMs + lastMs, 'v1'], ...others, ...extra, ...within];
    return uses.map(([timeMs, value]) => ({
      id: this.id(),
      timeMs,
      sourceIp: OTHER_IP,
      denied: false,
      versions: [{ [rule.id]: { ...this.meaning(rule, ['a']), keys: ['a'], values: [value] } }],
    }));
  }

  /**
   * Enough for an alert that is told as high as these events can raise it; later an event that could raise it higher
   * and does not fire; and then one that earns little itself, and with which it does.
   */
  private lateSurprise(rule: PlannedRule): PlannedEvent[] {
    const { dice } = this;
    const { kind, stepCounts, withinMs, tiers } = rule;
    if (kind !== 'sum' && kind !== 'sequence') return [];
    const [{ threshold }] = tiers;
    const lastStep = stepCounts.length - 1;
    const steps = stepCounts.flatMap((count, step) => Array.from({ length: count }, () => step));
    const laterMs = Math.floor((withinMs * dice.pick([1, 2, 3])) / SECOND) * SECOND;
    const originMs = this.startMs - laterMs - dice.whole(1, 20) * SECOND;
    const one = (timeMs: number, level: number, what: Pick<Meaning, 'weight' | 'steps'>): PlannedEvent => ({
      id: this.id(),
      timeMs,
      sourceIp: OTHER_IP,
      denied: false,
      versions: [
        {
          [rule.id]: {
            keys: ['a'],
            ...what,
            ...(!rule.levelFromEvents
              ? {}
              : {
                  level: rule.severityMost === 'same-for-key' ? this.level(rule, ['a']) : this.levelUpTo(rule, level),
                }),
          },
        },
      ],
    });
    if (kind === 'sum') {
      return [
        one(originMs, 1, { weight: threshold * 100 }),
        one(originMs + laterMs, 4, { weight: threshold / 2 }),
        one(originMs + laterMs + SECOND, 1, { weight: threshold / 2 }),
      ];
    }
    return [
      ...steps.map((step) => one(originMs, 1, { steps: 1 << step })),
      ...steps.map((step) => one(originMs + laterMs, step === lastStep ? 1 : 4, { steps: 1 << step })),
    ];
  }

  /** As many events as the sequence asks for and no more, those of a step within one second, far from all others. */
  private barelyFilled(rule: PlannedRule): PlannedEvent[] {
    const { dice } = this;
    if (dice.chance(0.6)) return [];
    const originMs = Math.floor((this.startMs - 10 * rule.withinMs - rule.quietMs) / SECOND) * SECOND;
    return rule.stepCounts.flatMap((count, step) =>
      Array.from({ length: count }, () => ({
        id: this.id(),
        timeMs: originMs + step * SECOND,
        sourceIp: OTHER_IP,
        denied: false,
        versions: [{ [rule.id]: { ...this.meaning(rule, ['a']), keys: ['a'], steps: 1 << step } }] as const,
      })),
    );
  }

  /** Whole units near the lengths that matter, so that edges are common. */
  private times({ kind, withinMs, quietMs, tiers }: PlannedRule): number[] {
    const { dice } = this;
    const unitMs =
      withinMs < 5 * MINUTE || this.family === 'sequences'
        ? SECOND * Math.max(1, Math.round(withinMs / 60_000))
        : dice.pick([withinMs, withinMs / 2, withinMs / 4, quietMs].filter((ms) => ms > 0));
    const spanMs = dice.pick([1, 2, 3, 4]) * (this.family === 'sequences' ? withinMs : quietMs);
    const needed = kind === 'sequence' ? 2 : tiers[0].threshold;
    const density = dice.pick([0.5, 1, 1.5]) * needed * (spanMs / withinMs);
    // Mostly few: what goes wrong with many goes wrong with few as well, and more schedules find it sooner.
    const most = this.family === 'crowded' ? 30 : dice.pick(this.family === 'settled' ? [7, 12, 24] : [5, 7, 12]);
    const count =
      this.family === 'sequences' ? dice.whole(5, 12) : Math.max(needed, Math.min(most, Math.ceil(density)));
    // The serving host's clock may be ahead of the queue's.
    const aheadMs = dice.chance(0.05) ? dice.whole(1, 14 * 60) * SECOND : 0;
    const originMs = this.startMs - spanMs + aheadMs - dice.pick([0, 1]) * SECOND;
    const times = Array.from({ length: count }, () => {
      const jitter = dice.weighted([
        [6, 0],
        [1, 1],
        [1, -1],
        [unitMs > 10 * SECOND ? 1 : 0, dice.pick([5, -5, 6, -6])],
      ]);
      return originMs + dice.whole(0, Math.max(1, Math.round(spanMs / unitMs))) * unitMs + jitter * SECOND;
    });
    // A dense burst now and then: multiples of the threshold.
    if (tiers[0].threshold <= 2 && kind !== 'sequence' && dice.chance(0.08)) {
      const burst = dice.whole(8, 12) * tiers[0].threshold;
      const atMs = dice.pick(times);
      for (let index = 0; index < burst; index++) times.push(atMs + dice.whole(0, 1) * SECOND);
    }
    // More in one second than a sequence asks for.
    if (this.family === 'sequences' && dice.chance(0.4)) {
      const atMs = dice.pick(times);
      for (let more = dice.whole(3, 7); more > 0; more--) times.push(atMs);
    }
    // As many as make the highest multiple of a rule of which each event fires.
    if (this.family === 'settled' && kind === 'single' && dice.chance(0.3)) {
      const atMs = dice.pick(times);
      for (let index = 0; index < 100; index++) times.push(atMs + dice.whole(0, 9) * SECOND);
    }
    return times.map((timeMs) => Math.floor(timeMs / SECOND) * SECOND);
  }

  private firstSeenTimes({ learnDays, expiryDays }: PlannedRule): number[] {
    const { dice } = this;
    const count = dice.whole(2, 14);
    const farMs = learnDays === 0 ? HOUR : 2 * DAY;
    return Array.from({ length: count }, () => {
      const edgeMs = dice.pick([0, learnDays, dice.chance(0.1) ? expiryDays : 0]) * DAY;
      return this.startMs - edgeMs - dice.pick([0, 1, dice.whole(0, farMs / SECOND)]) * SECOND;
    });
  }

  private version(rules: readonly PlannedRule[], keys: readonly string[]): Version {
    return Object.fromEntries(rules.map((rule) => [rule.id, this.meaning(rule, keys)]));
  }

  private meaning(rule: PlannedRule, keys: readonly string[]): Meaning {
    const { dice } = this;
    const { kind, tiers, stepCounts, levelFromEvents, severityMost, gated } = rule;
    const own = [dice.pick(keys)];
    // Keys of which each has a level of its own do not share events.
    const mayShare = kind !== 'first-seen' && !gated && severityMost !== 'same-for-key';
    if (mayShare && dice.chance(0.15)) own.push(dice.pick(keys));
    const meaning = {
      keys: own,
      ...(levelFromEvents ? { level: this.level(rule, own) } : {}),
      ...(kind !== 'first-seen' && !gated && dice.chance(0.02) ? { throws: true } : {}),
    };
    switch (kind) {
      case 'sum': {
        const weight = dice.weighted<number | undefined>([
          // At once as many times the threshold as is ever told.
          [this.family === 'settled' ? 2 : 0, tiers[0].threshold * 100],
          [8, dice.whole(1, Math.max(1, tiers[0].threshold - 1))],
          [2, dice.whole(1, 8) / 4],
          [0.5, 0],
          [0.3, -dice.whole(1, 3)],
          [0.3, Number.NaN],
          [0.3, undefined],
          [0.2, tiers[0].threshold * 10],
        ]);
        return weight === undefined ? meaning : { ...meaning, weight };
      }
      case 'distinct':
        return { ...meaning, values: this.values(tiers[0].threshold + (gated ? 6 : 2), 0.2) };
      case 'first-seen':
        return { ...meaning, values: this.values(3, 0.15), ...(dice.chance(0.1) ? { teachesOnly: true } : {}) };
      case 'sequence': {
        // Mostly the middle: the first and the last of them say little about the order.
        const isMiddle = this.family === 'sequences' && dice.chance(0.5);
        const step = 1 << (isMiddle ? 1 : dice.whole(0, stepCounts.length - 1));
        const more = dice.chance(0.2) ? 1 << dice.whole(0, stepCounts.length - 1) : 0;
        return { ...meaning, steps: dice.chance(0.05) ? 0 : step | more };
      }
      default:
        return meaning;
    }
  }

  private level(rule: PlannedRule, [key = '']: readonly string[]): number {
    const isSame = rule.severityMost === 'same-for-key';
    const dice = isSame ? new Dice(`level ${this.seed} ${rule.id} ${key}`) : this.dice;
    const level = dice.weighted([
      [1, 0],
      [this.family === 'settled' ? 12 : 3, 1],
      [3, 2],
      [2, 3],
      [1, 4],
    ]);
    return isSame ? level : this.levelUpTo(rule, level);
  }

  /** The level, or what the rule says that its events earn at most. */
  private levelUpTo({ severityMost }: PlannedRule, level: number): number {
    if (severityMost === undefined || severityMost === 'same-for-key') return level;
    return Math.min(level, levelOf(severityMost));
  }

  private values(different: number, twoOfThem: number): string[] {
    const { dice } = this;
    const value = () => `${dice.chance(0.01) ? LONG : dice.pick(['v', 'v', 'w:'])}${dice.whole(1, different)}`;
    return dice.chance(twoOfThem) ? [...new Set([value(), value()])] : [value()];
  }

  /** AWS's event ids are UUIDs; nothing depends on it. */
  private id(): string {
    const serial = this.nextId++;
    const text = ((this.seed * 4_096 + serial) % 2 ** 48).toString(16).padStart(12, '0');
    const odd = this.seed % 23 === 0;
    return odd ? `Event/${serial}` : `00000000-0000-4000-${(0x8000 + serial).toString(16)}-${text}`;
  }

  /** How long it takes until all records were sent the first time. */
  private spreadMs(): number {
    const { dice, family } = this;
    if (family === 'contention') return dice.pick([0, 20]);
    if (family === 'marks') return dice.pick([20, 60, 200]);
    if (family === 'settled') return dice.pick([200, 5_000]);
    if (family === 'configuration') return dice.pick([200, 5_000, 60_000]);
    return dice.weighted([
      [4, 50],
      [3, 1_000],
      [1, 30_000],
      [1, 10 * MINUTE],
    ]);
  }

  private deliveries(events: readonly PlannedEvent[], spreadMs: number): Delivery[] {
    const { dice, startMs, family } = this;
    const inOrder = dice.chance(family === 'settled' ? 0.7 : 0.3);
    const duplicates = dice.pick([0, 0, 0.1, 0.3]);
    const deliveries: Delivery[] = [];
    const all = events.flatMap((event, index) => event.versions.map((_, version) => ({ event: index, version })));
    const waves = family === 'marks' ? dice.pick([1, 2, 2]) : all.length; // one after the other, or all of a wave at once
    const mixed = inOrder
      ? [...all].sort((a, b) => (events[a.event] as PlannedEvent).timeMs - (events[b.event] as PlannedEvent).timeMs)
      : dice.shuffled(all);
    mixed.forEach((one, index) => {
      const place = family === 'marks' ? Math.floor((index * waves) / mixed.length) : index + dice.next();
      const atMs = startMs + Math.floor((spreadMs * place) / waves);
      deliveries.push({ atMs, kind: 'event', ...one });
      while (dice.chance(duplicates)) {
        deliveries.push({ atMs: startMs + dice.whole(0, spreadMs + 100), kind: 'event', ...one });
      }
      if (family !== 'late') return;
      if (dice.chance(0.3)) {
        deliveries[deliveries.length - 1] = { atMs: atMs + dice.whole(1, 24 * 60) * MINUTE, kind: 'event', ...one };
      }
      // As after a redrive of the dead-letter queue: what was never done, and what was.
      if (dice.chance(0.1)) {
        deliveries[deliveries.length - 1] = { atMs: atMs + dice.whole(13, 14) * DAY, kind: 'event', ...one };
      }
      if (dice.chance(0.1)) deliveries.push({ atMs: atMs + dice.whole(13, 14) * DAY, kind: 'event', ...one });
    });
    while (dice.chance(0.15)) {
      const noise = dice.pick<Noise>(NOISES);
      deliveries.push({
        atMs: startMs + dice.whole(0, spreadMs),
        kind: 'noise',
        noise,
        event: dice.whole(0, events.length - 1),
      });
    }
    return deliveries;
  }

  private configs(
    rules: readonly PlannedRule[],
    events: readonly PlannedEvent[],
    busyMs: number,
  ): [PlannedConfig, ...PlannedConfig[]] {
    const { dice, family, startMs } = this;
    const suppressions = family === 'suppressions' ? this.suppressions(rules, events) : [];
    const first: PlannedConfig = {
      fromMs: 0,
      overrides: {},
      suppressions: suppressions.filter(() => dice.chance(0.6)),
    };
    const configs: [PlannedConfig, ...PlannedConfig[]] = [first];
    if (family !== 'configuration' && family !== 'suppressions') {
      // A deployment that changes nothing must change nothing.
      if (dice.chance(0.1)) configs.push({ ...first, fromMs: startMs + dice.whole(0, busyMs) });
      return configs;
    }
    const changes = dice.whole(1, 3);
    for (let change = 0; change < changes; change++) {
      const overrides = Object.fromEntries(rules.map((rule) => [rule.id, this.override(rule)]));
      configs.push({
        fromMs: startMs + dice.whole(0, busyMs),
        // The last one is as the first: a change and its undoing.
        overrides: family === 'suppressions' || (change === changes - 1 && dice.chance(0.5)) ? {} : overrides,
        suppressions: suppressions.filter(() => dice.chance(0.6)),
      });
    }
    configs.sort((a, b) => a.fromMs - b.fromMs);
    return configs;
  }

  private override({ kind, tiers, withinMs }: PlannedRule): PlannedOverride {
    const { dice } = this;
    const slotMs = withinMs > HOUR ? HOUR : Math.min(withinMs, 5 * MINUTE);
    const counts = kind === 'count' || kind === 'sum' || kind === 'distinct';
    return {
      ...(counts && dice.chance(0.5) ? { threshold: Math.max(1, tiers[0].threshold + dice.whole(-2, 2)) } : {}),
      // Never shorter than the slot: the configuration refuses that.
      ...(kind !== 'single' && dice.chance(0.3)
        ? { withinMs: Math.max(slotMs, Math.round((withinMs * dice.pick([0.5, 1.5, 2])) / SECOND) * SECOND) }
        : {}),
      ...(dice.chance(0.25) ? { mode: dice.pick(['shadow', 'live', 'off'] as const) } : {}),
    };
  }

  private suppressions(rules: readonly PlannedRule[], events: readonly PlannedEvent[]): PlannedSuppression[] {
    const { dice } = this;
    return Array.from({ length: dice.whole(1, 2) }, (_, index) => ({
      id: `known-${index}`,
      rules: dice.chance(0.5) ? ['*'] : [dice.pick(rules).id],
      sourceIp: BENIGN_IP,
      // Ends in the midst of things, by the time of the events.
      ...(dice.chance(0.6) ? { expiresMs: dice.pick(events).timeMs } : {}),
    }));
  }

  private queue(): QueuePlan {
    const { dice, family } = this;
    return {
      workers:
        family === 'marks'
          ? 10
          : family === 'contention'
            ? dice.whole(3, 10)
            : family === 'settled'
              ? dice.whole(1, 3)
              : dice.whole(2, 6),
      batchMax:
        family === 'marks'
          ? dice.pick([1, 2])
          : family === 'addenda' || (family === 'settled' && dice.chance(0.7))
            ? dice.whole(1, 3)
            : dice.weighted([
                [1, 1],
                [3, 3],
                [5, 10],
                [3, 200],
              ]),
      visibilityMs: family === 'outages' ? 365 * SECOND : dice.pick([5, 65, 365]) * SECOND,
      rebatching: dice.pick([0, 0.3, 0.8]),
      twice: dice.pick([0, 0, 0.05, 0.2]),
      synthetic: family === 'synthetic',
    };
  }

  private limits(): TableLimits {
    const { dice, family } = this;
    const lagMaxMs = dice.weighted([
      [2, 0],
      [3, 200],
      [2, 3_000],
      [1, 30_000],
    ]);
    if (family === 'scarce') {
      return { ...REAL_LIMITS, lagMaxMs, readUnits: dice.pick([8, 20, 60]), writeUnits: dice.pick([10, 30]) };
    }
    if (family === 'crowded') return { ...REAL_LIMITS, lagMaxMs, pageBytes: dice.pick([400, 1_000, 2_500]) };
    return { ...REAL_LIMITS, lagMaxMs };
  }

  private latency(): LatencyPlan {
    const { dice } = this;
    return {
      kind: this.family === 'marks' ? 'lockstep' : dice.pick(['lockstep', 'even', 'even', 'long-tail']),
      maxMs: dice.pick([1, 5, 20]),
    };
  }

  private faults(queue: QueuePlan, busyMs: number): FaultPlan {
    const { dice, family, startMs } = this;
    const calm = family === 'contention' || family === 'marks';
    const rate = (rates: readonly number[]) => (calm ? 0 : dice.pick(rates));
    // Long enough for several rounds of redelivery.
    const untilMs = startMs + busyMs + dice.whole(1, 4) * queue.visibilityMs;
    const strike = !calm && dice.chance(0.2) ? { strike: { request: dice.whole(1, 60), fate: dice.pick(FATES) } } : {};
    return {
      untilMs,
      crash: rate([0, 0, 0.01, 0.04]),
      refuse: rate([0, 0, 0.02, 0.1]),
      lose: rate([0, 0, 0.02, 0.1]),
      repeat: rate([0, 0.02, 0.1]),
      stall: rate([0, 0, 0.03]),
      recycle: dice.pick([0, 0.1, 0.5]),
      redeliver: dice.pick([0, 0, 0.1, 0.3]),
      ...strike,
    };
  }

  private outages(): Outage[] {
    const { dice, startMs } = this;
    const all = ['windows', 'baselines', 'alerts', 'topic'] as const;
    const broken = dice.chance(0.2) ? [...all] : dice.some(all, 0.4);
    if (broken.length === 0) broken.push(dice.pick(all));
    const fromMs = startMs + dice.whole(-50, 2_000);
    return broken.map((of) => ({
      of,
      fromMs,
      toMs: fromMs + HOUR + dice.whole(0, 60) * SECOND,
      how: dice.pick(['refuse', 'hang', 'mute'] as const),
    }));
  }

  private notify(): NotifyPlan {
    const { dice } = this;
    return {
      concurrency: dice.whole(2, 3),
      streamWorks: dice.weighted([
        [4, 1],
        [1, 0.5],
        [1, 0],
      ]),
      streamDelayMs: dice.pick([100, 500, 2_000]),
      skewMs: dice.pick([0, 0, 500, 2_000]),
    };
  }

  /** One event, one alert, one message each: what comes of it is for the pace and the order. */
  private storm(): Schedule {
    const { dice, family, startMs } = this;
    const large = family === 'storm';
    const count = large
      ? dice.weighted([
          [60, dice.whole(150, 400)],
          [3, 2_000],
          [1, 10_000],
        ])
      : dice.whole(8, 60);
    const rules: PlannedRule[] = [this.stormRule('single-0', dice.whole(1, 3)), this.stormRule('single-1', 4)];
    const criticals = dice.whole(1, large ? 6 : 12);
    const spreadMs = dice.pick([0, 2, 30, 120]) * SECOND;
    const events = Array.from({ length: count + criticals }, (_, index): PlannedEvent => {
      const rule = index < count ? 'single-0' : 'single-1';
      return {
        id: this.id(),
        timeMs: startMs - dice.whole(0, 60) * SECOND,
        sourceIp: OTHER_IP,
        denied: false,
        versions: [{ [rule]: { keys: [`key ${index}`] } }],
      };
    });
    const deliveries = events.map((_, event): Delivery => {
      const critical = event >= count;
      const atMs = startMs + (critical ? dice.whole(0, spreadMs + 60 * SECOND) : dice.whole(0, spreadMs));
      return { atMs, kind: 'event', event, version: 0 };
    });
    const troubled = !large && dice.chance(0.3);
    return {
      seed: this.seed,
      family,
      startMs,
      rules,
      configs: [{ fromMs: 0, overrides: {}, suppressions: [] }],
      events,
      deliveries,
      queue: {
        workers: dice.whole(2, 9),
        batchMax: large ? 200 : 10,
        visibilityMs: 365 * SECOND,
        rebatching: 0,
        twice: 0,
        synthetic: false,
      },
      limits: { ...REAL_LIMITS, lagMaxMs: dice.pick([0, 200, 2_000]) },
      latency: { kind: 'even', maxMs: dice.pick([5, 20]) },
      faults: {
        ...{
          untilMs: startMs + 5 * MINUTE,
          crash: 0,
          refuse: 0,
          lose: 0,
          repeat: 0,
          stall: 0,
          recycle: 0,
          redeliver: 0,
        },
        ...(troubled ? { crash: 0.01, refuse: 0.03, lose: 0.03 } : {}),
      },
      outages: [],
      notify: this.notify(),
      expiryAtMs: [],
    };
  }

  private stormRule(id: string, level: number): PlannedRule {
    return {
      ...{ id, kind: 'single', withinMs: 5 * MINUTE, quietMs: HOUR, tiers: [{ threshold: 1, level }] },
      ...{
        levelFromEvents: false,
        stepCounts: [],
        groups: 0,
        gated: false,
        mode: 'live',
        learnDays: 0,
        expiryDays: 0,
        ownSubject: false,
      },
    };
  }
}

/** Longer than a key may be. */
const LONG = 'long '.repeat(60);

function isAboutFirstUses({ kind, gated }: PlannedRule): boolean {
  return kind === 'first-seen' || gated;
}

const NOISES: readonly Noise[] = ['foreign-account', 'archive-replay', 'future', 'not-json', 'no-detail', 'no-time'];
