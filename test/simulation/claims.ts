import { alertIdOf } from '../../lambda/alerts/alert';
import type { OracleFiring } from '../windows/oracle';
import type { Item } from './expressions';
import { type ExpectedUses, expectedFirstUses, nameOfUse, type StoredFacts, storedFacts } from './first-uses';
import { clustersOf, type ExpectedWindow, expectedWindows, type Judge, multipleOf, startOfBucket } from './oracle';
import type { Noise, PlannedEvent, PlannedRule } from './schedule';
import type { MessageLife, Published, World } from './world';

/** What came of a schedule, compared with what the product promises. */
export interface Outcome {
  readonly seed: number;
  readonly family: string;
  /** Ids of stored alerts, sorted. */
  readonly alertIds: readonly string[];
  /** Messages accepted by the topic, repetitions included. */
  readonly publishes: number;
  /** Repetitions of messages, all allowed for: a drain did not come to know that the first was accepted. */
  readonly duplicatePublishes: number;
  readonly crashes: number;
  readonly requests: number;
  /** Promised and not told. */
  readonly lost: readonly string[];
  /** Told and not so. */
  readonly false: readonly string[];
  /** Other promises that were broken: pace, order, repetitions, errors that are ours. */
  readonly broken: readonly string[];
}

interface StoredAlert {
  readonly alertId: string;
  readonly kind: string;
  readonly rule: string;
  readonly key: string;
  readonly track: string;
  readonly bucketMs: number;
  readonly quietMs: number;
  readonly firstFiringMs: number;
  readonly lastFiringMs: number;
  readonly level: number;
  readonly count: number;
}

/** A drain's own work and a stream's lag: what a critical message may wait beyond its turn. */
const CRITICAL_SLACK_MS = 10_000;

export async function outcomeOf(world: World): Promise<Outcome> {
  return new Examination(world, await storedFacts(world)).outcome();
}

class Examination {
  private readonly lost: string[] = [];
  private readonly untrue: string[] = [];
  private readonly broken: string[];
  private readonly alerts: readonly StoredAlert[];
  private readonly byId = new Map<string, StoredAlert>();
  /** Events of first-seen alerts. */
  private readonly eventOf = new Map<string, PlannedEvent>();
  private readonly messages: readonly MessageLife[];
  private readonly messagesOf = new Map<string, MessageLife[]>();
  private readonly publishesOf = new Map<string, Published[]>();

  constructor(
    private readonly world: World,
    private readonly facts: StoredFacts,
  ) {
    this.broken = [...world.broken];
    this.alerts = [...world.tables.table('alerts').items()].flatMap((item) => storedAlert(item) ?? []);
    for (const alert of this.alerts) {
      if (this.byId.has(alert.alertId)) this.broken.push(`two alerts are called ${alert.alertId}`);
      this.byId.set(alert.alertId, alert);
    }
    for (const item of world.tables.table('alerts').items()) {
      const alertId = /^first-seen#(.*)$/.exec(item['pk']?.S ?? '')?.[1];
      const evidence = item['evidence']?.S;
      if (alertId === undefined || evidence === undefined) continue;
      const { eventId } = JSON.parse(evidence) as { eventId: string };
      const event = world.schedule.events.find(({ id }) => id === eventId);
      if (event !== undefined) this.eventOf.set(alertId, event);
    }
    this.messages = [...world.messages.values()];
    for (const message of this.messages) push(this.messagesOf, message.alertId, message);
    for (const published of world.published) {
      if (published.topic !== 'alerts') continue;
      for (const alertId of published.alertIds) push(this.publishesOf, alertId, published);
    }
  }

  outcome(): Outcome {
    const { world } = this;
    const firstUses = expectedFirstUses(world, this.facts);
    this.lost.push(...firstUses.unlearned);
    const windows = expectedWindows(world.schedule, world.attempts, firstUses.usesAnythingNew);
    for (const window of windows) this.examineWindow(window);
    this.examineStrangers(windows);
    for (const expected of firstUses.uses) this.examineFirstUses(expected);
    this.examineStrangeFirstUses(firstUses.uses);
    this.examineMessages();
    const duplicatePublishes = this.examineRepetitions();
    this.examineDegraded(windows);
    this.examinePace();
    this.examineReturns();
    this.examineErrors();
    return {
      seed: world.schedule.seed,
      family: world.schedule.family,
      alertIds: [...this.byId.keys()].sort(),
      publishes: world.published.length,
      duplicatePublishes,
      crashes: world.crashes,
      requests: world.requests,
      lost: this.lost,
      false: this.untrue,
      broken: this.broken,
    };
  }

  /** Claims 1 to 3: every cluster told at its highest, nothing told that is not so, and the same alerts as the oracle. */
  private examineWindow(window: ExpectedWindow): void {
    const { rule, key, track, judges, owed } = window;
    const own = this.alerts.filter((alert) => alert.rule === rule.id && alert.key === key && alert.track === track);
    const name = `${rule.id} ${key} ${track}`;
    for (const alert of own) this.examineAlert(window, alert, name);
    const [only] = judges;
    if (judges.length === 1 && only !== undefined && this.world.schedule.family !== 'crowded') {
      const expected = new Set(only.owed.map(({ timeMs }) => startOfBucket(timeMs, only.quietMs)));
      const found = new Set(own.filter(({ kind }) => kind === 'window').map(({ bucketMs }) => bucketMs));
      for (const bucketMs of expected) {
        if (!found.has(bucketMs) && rule.kind !== 'distinct') this.lost.push(`${name}: no alert in bucket ${bucketMs}`);
      }
    }
    if (track !== 'live' && track !== 'test') {
      if (own.some(({ alertId }) => this.messagesOf.has(alertId))) this.untrue.push(`${name}: told on a silent track`);
      return;
    }
    for (const judge of judges) this.examineClusters(window, judge.owed, [judge], own, name);
    if (judges.length > 1) this.examineClusters(window, owed, judges, own, name);
  }

  /** An alert says nothing but what the oracle's firings say. */
  private examineAlert({ rule, judges }: ExpectedWindow, alert: StoredAlert, name: string): void {
    if (alert.kind === 'too-much') {
      if (this.world.schedule.family !== 'crowded') this.untrue.push(`${name}: too much to count, which it is not`);
      return;
    }
    const firings = judges
      .filter(({ quietMs }) => quietMs === alert.quietMs)
      .flatMap((judge) =>
        judge.allowed.map((firing) => ({ ...firing, multiple: multipleOf(rule, judge.tiers, firing.count) })),
      )
      .filter(({ timeMs }) => startOfBucket(timeMs, alert.quietMs) === alert.bucketMs);
    const what = `${name}: alert ${alert.alertId} in bucket ${alert.bucketMs}`;
    if (firings.length === 0) {
      this.untrue.push(`${what} has no firing`);
      return;
    }
    const times = firings.map(({ timeMs }) => timeMs);
    if (!times.includes(alert.firstFiringMs) || !times.includes(alert.lastFiringMs)) {
      this.untrue.push(`${what} fires from ${alert.firstFiringMs} to ${alert.lastFiringMs}, where nothing fires`);
    }
    const most = {
      count: Math.max(...firings.map(({ count }) => count)),
      level: Math.max(...firings.map(({ level }) => level)),
      multiple: Math.max(...firings.map(({ multiple }) => multiple)),
    };
    for (const said of [alert, ...(this.messagesOf.get(alert.alertId) ?? [])]) {
      if (said.count > most.count || said.level > most.level) {
        this.untrue.push(`${what} says ${said.count} at level ${said.level}, of ${most.count} at ${most.level}`);
      }
    }
    for (const { multiple } of this.messagesOf.get(alert.alertId) ?? []) {
      if (multiple > most.multiple) this.untrue.push(`${what} is told at ${multiple} times the threshold`);
    }
  }

  private examineClusters(
    { rule, judges: all }: ExpectedWindow,
    owed: ExpectedWindow['owed'],
    judges: ExpectedWindow['judges'],
    own: readonly StoredAlert[],
    name: string,
  ): void {
    const isCrowded = this.world.schedule.family === 'crowded';
    const smallest = Math.min(...judges.map(({ quietMs }) => quietMs));
    for (const cluster of clustersOf(owed, smallest)) {
      const level = Math.max(...cluster.map((firing) => firing.level));
      if (level === 0) continue;
      const multiple = Math.min(...judges.map((judge) => multipleToTell(rule, judge, cluster)));
      // What is told of the cluster: by alerts of the judge's own cluster around it.
      const told = judges.flatMap(({ quietMs }) => {
        // After a change the laxer numbers hold: their alerts stand, and speak for what joins them.
        const laxest = all.filter((judge) => judge.quietMs === quietMs).flatMap(({ allowed }) => allowed);
        const inOrder = laxest.sort((a, b) => a.timeMs - b.timeMs);
        const around = clustersOf(inOrder, quietMs).filter((wider) =>
          wider.some(({ timeMs }) => cluster.some((firing) => firing.timeMs === timeMs)),
        );
        const buckets = new Set(around.flat().map(({ timeMs }) => startOfBucket(timeMs, quietMs)));
        // "Too much to count" is said of the events' buckets, of which one may lie before its firing's; and one that
        // is said of a bucket speaks for its neighbours.
        const near = new Set([...buckets].flatMap((start) => [-2, -1, 0, 1].map((step) => start + step * quietMs)));
        return own
          .filter((alert) => alert.quietMs === quietMs)
          .filter(({ kind, bucketMs }) => buckets.has(bucketMs) || (kind === 'too-much' && near.has(bucketMs)))
          .flatMap(({ alertId, kind }) => (this.messagesOf.get(alertId) ?? []).map((message) => ({ ...message, kind })))
          .filter(({ sentMs }) => sentMs !== undefined);
      });
      const from = cluster[0]?.timeMs;
      if (told.length === 0) this.lost.push(`${name}: nothing is told of the cluster at ${from}`);
      // Where each event decides the level, nobody knows that of the events that could not be read.
      else if (isCrowded && rule.levelFromEvents && told.some(({ kind }) => kind === 'too-much')) continue;
      else if (!told.some((message) => message.level >= level)) {
        this.lost.push(`${name}: level ${level} of the cluster at ${from} is not told`);
      } else if (!isCrowded && !told.some((message) => message.multiple >= multiple)) {
        this.lost.push(`${name}: ${multiple} times the threshold is not told of the cluster at ${from}`);
      }
    }
  }

  /** Alerts of windows that nothing touched. */
  private examineStrangers(windows: readonly ExpectedWindow[]): void {
    const known = new Set(windows.map(({ rule, key, track }) => JSON.stringify([rule.id, key, track])));
    for (const { rule, key, track, kind, alertId } of this.alerts) {
      if (kind !== 'first-seen' && !known.has(JSON.stringify([rule, key, track]))) {
        this.untrue.push(`alert ${alertId} of ${rule} ${key} ${track}, where nothing happened`);
      }
    }
  }

  /** Section 3 of the model: of the uses of a value exactly the one that is stored as the first is told. */
  private examineFirstUses({ rule, subject, of, least, most, name }: ExpectedUses): void {
    const own = this.alerts.filter(
      (alert) => alert.rule === rule.id && alert.key === subject && this.useOf(alert, rule) === of,
    );
    if (own.length < least) this.lost.push(`${name}: ${own.length} alerts of ${least} first uses`);
    if (own.length > most) this.untrue.push(`${name}: ${own.length} alerts of at most ${most} first uses`);
    const speaking = own.filter(({ track, level }) => (track === 'live' || track === 'test') && level > 0);
    const told = own.filter(({ alertId }) => this.messagesOf.has(alertId));
    // A refused use was new when it was judged, and its record came again when the value was known: it may stay untold.
    if (told.length < Math.min(least, speaking.length)) {
      this.lost.push(`${name}: ${told.length} messages of ${least} first uses`);
    }
    if (told.some((alert) => !speaking.includes(alert))) this.untrue.push(`${name}: told on a silent track`);
  }

  private examineStrangeFirstUses(expected: readonly ExpectedUses[]): void {
    const known = new Set(expected.map(({ rule, subject, of }) => JSON.stringify([rule.id, subject, of])));
    for (const alert of this.alerts) {
      if (alert.kind !== 'first-seen') continue;
      const rule = this.world.schedule.rules.find(({ id }) => id === alert.rule);
      const of = rule === undefined ? undefined : this.useOf(alert, rule);
      if (!known.has(JSON.stringify([alert.rule, alert.key, of]))) {
        this.untrue.push(`${alert.rule} ${alert.key}: ${alert.alertId} is of no first use`);
      }
    }
  }

  /** Which event an alert of a first use is about, by its evidence; of a refused one, only the period. */
  private useOf(alert: StoredAlert, rule: PlannedRule): string | undefined {
    const event = this.eventOf.get(alert.alertId);
    return event === undefined ? undefined : nameOfUse(event, rule);
  }

  /** Every message is published, and before it is marked as sent; nothing else is. */
  private examineMessages(): void {
    for (const message of this.messages) {
      const { alertId, insertedMs, sentMs, marks } = message;
      const [first] = marks;
      const published = (this.publishesOf.get(alertId) ?? []).filter(({ atMs }) => atMs >= insertedMs);
      if (published.length === 0) this.lost.push(`a message of ${alertId} was never published`);
      else if (sentMs === undefined) this.lost.push(`a message of ${alertId} is still pending`);
      else if (!published.some(({ by, atMs }) => by === first?.by && atMs <= sentMs)) {
        this.broken.push(`a message of ${alertId} was marked as sent by ${first?.by}, who did not publish it before`);
      }
    }
    for (const [alertId, published] of this.publishesOf) {
      const messages = this.messagesOf.get(alertId) ?? [];
      if (messages.length === 0 || !this.byId.has(alertId))
        this.untrue.push(`${alertId} was published and is not stored`);
      if (published.length < messages.length) {
        this.lost.push(`${alertId} has ${messages.length} messages and was published ${published.length} times`);
      }
    }
  }

  /** Claim 4. Returns how many repetitions there were. */
  private examineRepetitions(): number {
    let repetitions = 0;
    for (const [alertId, published] of this.publishesOf) {
      const messages = this.messagesOf.get(alertId) ?? [];
      // A repeat needs an acceptance that its drain did not know of, or did not bring to the table.
      let unrecorded = 0;
      for (const one of new Set(published)) {
        const told = one.alertIds.filter((id) => id === alertId).length;
        const marked = messages.filter(
          ({ marks }) => one.known && marks.some(({ by, atMs }) => by === one.by && atMs >= one.atMs),
        );
        unrecorded += Math.max(0, told - marked.length);
      }
      const repeated = published.length - messages.length;
      if (repeated > unrecorded) {
        this.broken.push(
          `${alertId}: ${published.length} publishes of ${messages.length} messages, ${unrecorded} of them unrecorded`,
        );
      }
      repetitions += Math.max(0, repeated);
    }
    return repetitions;
  }

  /** Degraded publishes are of critical alerts of single events, which follow with the same id. */
  private examineDegraded(windows: readonly ExpectedWindow[]): void {
    const { published, schedule } = this.world;
    const degraded = published.filter(({ topic }) => topic === 'ops');
    const critical = new Set(degraded.length === 0 ? [] : windows.flatMap(criticalIds));
    for (const { alertIds } of degraded) {
      for (const alertId of alertIds) {
        if (!critical.has(alertId)) this.untrue.push(`${alertId} was told in haste and is no critical single event`);
        // When the record comes again it may be of another track, if the configuration changed meanwhile.
        else if (!this.byId.has(alertId) && schedule.configs.length === 1) {
          this.untrue.push(`${alertId} was told in haste and is not stored`);
        }
      }
    }
    const gone = schedule.outages.find(({ of, how }) => of === 'alerts' && how === 'refuse');
    if (gone === undefined || schedule.outages.some(({ of }) => of !== 'alerts')) return;
    const urgent = windows.some(
      ({ rule, track, owed }) => rule.kind === 'single' && track === 'live' && owed.some(({ level }) => level === 4),
    );
    const early = schedule.deliveries.some(({ atMs }) => atMs > gone.fromMs);
    if (urgent && early && degraded.length === 0 && this.messages.every(({ insertedMs }) => insertedMs > gone.toMs)) {
      this.lost.push('a critical alert waited an hour for the alerts table');
    }
  }

  /** One every 2 seconds, 5 at once, counted over all drains; critical messages first, and alone. */
  private examinePace(): void {
    const { schedule, published, crashes } = this.world;
    const { concurrency, skewMs, streamWorks, streamDelayMs } = schedule.notify;
    const paced = published.filter(({ topic, isRepeat }) => topic === 'alerts' && !isRepeat);
    // Between taking its token and being accepted a publish may be overtaken by those of other drains.
    const slack = concurrency + crashes + 1;
    for (let first = 0; first < paced.length; first++) {
      const last = first + 5 + slack + 2;
      const [a, b] = [paced[first], paced[last]];
      if (a === undefined || b === undefined) break;
      const allowed = 5 + slack + (b.atMs - a.atMs + 2 * skewMs) / 2_000;
      if (last - first + 1 > allowed) {
        this.broken.push(`${last - first + 1} publishes in ${b.atMs - a.atMs} ms`);
        break;
      }
    }
    for (const { alertIds } of paced) {
      if (alertIds.length > 100) this.broken.push(`a digest of ${alertIds.length} alerts`);
      if (alertIds.length > 1 && alertIds.some((alertId) => this.isCritical(alertId))) {
        this.broken.push('a critical alert is in a digest');
      }
    }
    const isCalm = crashes === 0 && schedule.outages.length === 0 && schedule.faults.refuse === 0;
    if (!isCalm || (schedule.family !== 'pace' && schedule.family !== 'storm')) return;
    const critical = this.messages.filter(({ level }) => level === 4);
    for (const message of critical) {
      const { sentMs = 0, insertedMs } = message;
      const ahead = critical.filter((other) => (other.sentMs ?? 0) > insertedMs && other.insertedMs < sentMs).length;
      const wakeMs = streamWorks === 1 ? streamDelayMs : 60_000;
      const allowedMs = ahead * 2_000 + schedule.limits.lagMaxMs + wakeMs + 2 * skewMs + CRITICAL_SLACK_MS;
      if (sentMs - insertedMs > allowedMs) {
        this.broken.push(`a critical message waited ${sentMs - insertedMs} ms, with ${ahead} of its kind`);
      }
    }
  }

  /** All messages of the alert are critical: those of an alert that rose from a lower level may have been told before. */
  private isCritical(alertId: string): boolean {
    return (this.messagesOf.get(alertId) ?? []).every(({ level }) => level === 4);
  }

  /** Where nothing goes wrong no record comes again, whatever the others of its batch are. */
  private examineReturns(): void {
    const { schedule, attempts, counts } = this.world;
    const { crash, refuse, lose, stall, strike } = schedule.faults;
    // Answers that take seconds, one after the other, take a worker's time away.
    const isCalm = crash + refuse + lose + stall === 0 && strike === undefined && schedule.outages.length === 0;
    const returned = attempts.filter(({ acknowledged }) => !acknowledged).length;
    if (isCalm && schedule.family !== 'scarce' && returned > 0) this.broken.push(`${returned} records were returned`);
    const unreadable = attempts.filter(({ delivery }) => delivery.kind === 'noise' && isUnreadable(delivery.noise));
    const counted = counts.get('MalformedEvents') ?? 0;
    if (unreadable.length !== counted) this.broken.push(`${counted} unreadable records of ${unreadable.length}`);
  }

  private examineErrors(): void {
    const { counts, deadLetters, schedule, attempts } = this.world;
    const unexpected = counts.get('UnexpectedErrors') ?? 0;
    if (unexpected > 0) this.broken.push(`${unexpected} unexpected errors`);
    if (deadLetters.length > 0) this.lost.push(`${deadLetters.length} records went to the dead-letter queue`);
    const sent = attempts.filter(({ acknowledged }) => acknowledged).map(({ delivery }) => delivery);
    if (new Set(sent).size < new Set(schedule.deliveries).size) this.lost.push('a record was never acknowledged');
  }
}

function isUnreadable(noise: Noise): boolean {
  return noise === 'not-json' || noise === 'no-detail' || noise === 'no-time';
}

/** Ids of the live alerts that are of a critical single event, where there is too much to read around it too. */
function criticalIds({ rule, key, track, judges }: ExpectedWindow): string[] {
  if (rule.kind !== 'single' || track !== 'live') return [];
  return judges.flatMap(({ allowed, quietMs }) =>
    allowed
      .filter(({ level }) => level === 4)
      .map(({ timeMs }) => startOfBucket(timeMs, quietMs))
      .flatMap((bucketMs) => [
        alertIdOf(rule.id, 1, key, track, bucketMs, quietMs),
        alertIdOf(rule.id, 1, key, track, bucketMs, quietMs, 'too-much'),
      ]),
  );
}

/** The most that alerts of the cluster reach; those of nothing but informational events are not told. */
function multipleToTell(rule: PlannedRule, { tiers, quietMs }: Judge, cluster: readonly OracleFiring[]): number {
  const buckets = new Map<number, OracleFiring[]>();
  for (const firing of cluster) push(buckets, startOfBucket(firing.timeMs, quietMs), firing);
  const told = [...buckets.values()].filter((firings) => firings.some(({ level }) => level > 0)).flat();
  return Math.max(1, ...told.map(({ count }) => multipleOf(rule, tiers, count)));
}

function storedAlert(item: Item): StoredAlert | undefined {
  const text = (name: string) => item[name]?.S ?? '';
  const number = (name: string) => Number(item[name]?.N);
  if (item['revision'] === undefined) return undefined;
  return {
    ...{ alertId: text('alertId'), kind: text('kind'), rule: text('rule'), key: text('key'), track: text('track') },
    ...{ bucketMs: Number(text('sk').split('#')[1]), quietMs: number('quietMs') },
    ...{ firstFiringMs: number('firstFiringMs'), lastFiringMs: number('lastFiringMs') },
    ...{ level: number('level'), count: number('count') },
  };
}

function push<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
