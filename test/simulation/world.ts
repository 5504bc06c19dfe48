import {
  type DynamoDBClient,
  InternalServerError,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import type { AlertStore } from '../../lambda/alerts/alert-store';
import type { PaceStore } from '../../lambda/alerts/pace';
import type { Notification, Publisher } from '../../lambda/alerts/publisher';
import type { BaselineStore } from '../../lambda/baselines/baseline-store';
import { createDetector, type Detector } from '../../lambda/detect';
import type { Clock, Log, LogFields, MetricName, Metrics } from '../../lambda/ports';
import type { Rule } from '../../lambda/rules/rule';
import type { WindowStore } from '../../lambda/windows/window-store';
import { Dice } from './dice';
import type { Item } from './expressions';
import { activeRules, ruleOf, suppressionsOf } from './planned-rules';
import { bodyOf } from './records';
import type { Delivery, Fate, Outage, PlannedConfig, Schedule } from './schedule';
import { Scheduler } from './scheduler';
import { clientOf, MisuseError, SimulatedTable, SimulatedTables } from './tables';

/** What the code under test is made of; a mutation replaces a part. */
export interface Parts {
  windows(client: DynamoDBClient, table: string, worker: WorkerFacts): WindowStore;
  baselines(client: DynamoDBClient, table: string, worker: WorkerFacts): BaselineStore;
  alerts(client: DynamoDBClient, table: string, worker: WorkerFacts): AlertStore;
  pace(client: DynamoDBClient, table: string, worker: WorkerFacts): PaceStore;
  notifier(ports: NotifierPorts): Notifier;
  /** What the tables get to see of a command. */
  command(command: object): object;
  /** Other tables that are asked what the simulated ones are asked; the simulated ones answer by themselves when absent. */
  readonly twin?: TableTwin;
}

/** Real tables beside simulated ones. Nothing else happens in the world until they have answered. */
export interface TableTwin {
  /**
   * What the code under test is answered.
   * @param simulated what the simulated tables answered, or how they refused; they have changed already
   * @throws {MisuseError} the two differ
   */
  answer(command: object, simulated: { readonly result: object } | { readonly error: Error }): Promise<object>;
  /** Deletes items, past their time to live, that the simulated table has deleted. */
  expire(table: string, keys: readonly Item[]): Promise<void>;
  /**
   * All is over, and these are the simulated table's items.
   * @throws {MisuseError} the twin holds others
   */
  end(table: string, items: readonly Item[]): Promise<void>;
}

/** What a part may know of the worker that it is made for. */
export interface WorkerFacts {
  /** Grows with every invocation of the worker. */
  readonly invocation: () => number;
  readonly topic: Publisher;
  readonly rules: ReturnType<typeof activeRules>;
}

/** Functions' limits, as deployed. */
const TIMEOUT_MS = 60_000;
/** Time that the functions leave to themselves before their timeout. */
const DETECT_MARGIN_MS = 10_000;
const NOTIFY_MARGIN_MS = 15_000;
/** How long a drain waits for its turn that the stream rang for. */
const DOORBELL_MS = 15_000;
const STREAM_BATCH_MAX = 100;
/** Beyond it SQS moves a record to the dead-letter queue. */
const RECEIVES_MAX = 100;

/** The SDK's own attempts, with pauses between them, where it is told to slow down. */
const SDK_ATTEMPTS = 4;

const TABLES = ['windows', 'baselines', 'alerts'] as const;

const STEPS_MAX = 3_000_000;
/** Whatever is not told by then never will be. */
const PATIENCE_MS = 30 * 24 * 60 * 60_000;

export interface NotifierPorts {
  readonly alerts: AlertStore;
  readonly pace: PaceStore;
  readonly topic: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Notifier {
  /** @param rung images of new messages that the stream brought */
  drain(deadlineMs: number, rung: readonly Item[]): Promise<unknown>;
}

const NEVER = new Promise<never>(() => {});

/** One execution environment: its caches live as long as it does, and it does one thing at a time. */
class Environment {
  dead = false;
  busy = false;
  invocation = 0;
  readonly flights = new Set<Flight>();

  constructor(
    readonly name: string,
    readonly config: number,
    readonly skewMs: number,
  ) {}
}

/** A request under way. */
interface Flight {
  /** Reaches the service although its sender is dead. */
  survives: boolean;
}

interface Message {
  readonly id: string;
  readonly delivery: Delivery;
  readonly body: string;
  visibleAtMs: number;
  receives: number;
}

/** One time that a worker had a record. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly config: number;
  acknowledged: boolean;
}

export interface Published {
  readonly topic: 'alerts' | 'ops';
  readonly atMs: number;
  readonly alertIds: readonly string[];
  readonly attributes: Notification['attributes'];
  readonly by: string;
  /** The publisher got the answer. */
  known: boolean;
  /** The SDK's own repetition of the one before. */
  readonly isRepeat: boolean;
}

/** The life of a message item, as the table saw it. */
export interface MessageLife {
  readonly alertId: string;
  readonly rule: string;
  readonly level: number;
  readonly multiple: number;
  readonly track: string;
  readonly kind: string;
  readonly count: number;
  readonly insertedMs: number;
  sentMs?: number;
  /** Requests that marked it as sent. */
  readonly marks: { readonly by: string; readonly atMs: number }[];
}

export class World {
  readonly scheduler: Scheduler;
  readonly tables: SimulatedTables;
  readonly attempts: Attempt[] = [];
  readonly published: Published[] = [];
  readonly messages = new Map<string, MessageLife>();
  readonly counts = new Map<MetricName, number>();
  /** What must never happen, whatever the world does. */
  readonly broken: string[] = [];
  readonly deadLetters: Delivery[] = [];
  crashes = 0;
  requests = 0;
  invocations = 0;

  private readonly dice: Dice;
  private readonly rules: readonly Rule[];
  private readonly activeByConfig: WorkerFacts['rules'][] = [];
  private readonly queue: Message[] = [];
  private readonly idle: { readonly environment: Environment; readonly detector: Detector }[] = [];
  private notifiers = 0;
  private workers = 0;
  private serial = 0;
  private toCome = 0;
  private flights = 0;
  private unsent = 0;
  private readonly rung: Item[] = [];

  constructor(
    readonly schedule: Schedule,
    private readonly parts: Parts,
    private readonly trace?: (line: string) => void,
  ) {
    this.dice = new Dice(`world ${schedule.seed}`);
    this.scheduler = new Scheduler(this.dice, schedule.startMs);
    this.rules = schedule.rules.map(ruleOf);
    this.tables = new SimulatedTables(
      (name) =>
        new SimulatedTable(
          schedule.limits,
          () => this.scheduler.nowMs,
          () => this.dice.next(),
          name === 'alerts' ? (before, after) => this.seeAlertItem(before, after) : undefined,
        ),
    );
  }

  /** Lets it all happen, until every record is done and every message is told. */
  async run(): Promise<void> {
    const { schedule, scheduler } = this;
    this.toCome = schedule.deliveries.length;
    for (const delivery of schedule.deliveries) scheduler.at(delivery.atMs, () => this.deliver(delivery));
    for (const config of schedule.configs) {
      if (config.fromMs > 0) scheduler.at(config.fromMs, () => this.say(`deploys ${JSON.stringify(config)}`));
    }
    for (const atMs of schedule.expiryAtMs) {
      this.toCome++;
      scheduler.at(atMs, () => {
        this.toCome--;
        this.say('items past their time to live are deleted');
        for (const name of TABLES) {
          const gone = this.tables.table(name).expire(() => this.dice.chance(0.9));
          if (this.parts.twin !== undefined) scheduler.hold(this.parts.twin.expire(name, gone));
        }
      });
    }
    await scheduler.run(() => this.isOver(), STEPS_MAX);
    for (const name of TABLES) await this.parts.twin?.end(name, [...this.tables.table(name).items()]);
  }

  /** What keeps it from being over, for the failure's text. */
  state(): string {
    const { toCome, workers, notifiers, flights, unsent } = this;
    return JSON.stringify({
      toCome,
      queued: this.queue.length,
      workers,
      idle: this.idle.length,
      notifiers,
      flights,
      unsent,
    });
  }

  private isOver(): boolean {
    if (this.broken.length > 0) return true;
    return (
      this.toCome === 0 &&
      this.queue.length === 0 &&
      this.workers === this.idle.length &&
      this.notifiers === 0 &&
      this.rung.length === 0 &&
      this.flights === 0 &&
      this.unsent === 0
    );
  }

  // ── The queue and its workers ────────────────────────────────────────────────────────────────────────────────────

  private deliver(delivery: Delivery): void {
    this.toCome--;
    const id = `m${this.serial++}`;
    const body = bodyOf(this.schedule, delivery);
    this.queue.push({ id, delivery, body, visibleAtMs: this.scheduler.nowMs, receives: 0 });
    this.pollSoon();
  }

  private pollPlanned = 0;

  /** Pollers look again a moment later: so that batches differ. */
  private pollSoon(): void {
    if (this.pollPlanned >= 3) return;
    this.pollPlanned++;
    this.scheduler.after(this.dice.whole(0, this.dice.pick([1, 5, 50])), () => {
      this.pollPlanned--;
      this.poll();
    });
  }

  private poll(): void {
    const { queue, dice, schedule } = this;
    const nowMs = this.scheduler.nowMs;
    while (this.workers - this.idle.length < schedule.queue.workers) {
      const visible = queue.filter((message) => message.visibleAtMs <= nowMs);
      if (visible.length === 0) return;
      const mixed = queue.length > 300 ? visible : dice.shuffled(visible);
      const most = schedule.queue.batchMax;
      const batch = mixed.slice(0, dice.chance(schedule.queue.rebatching) ? dice.whole(1, most) : most);
      for (const message of batch) this.take(message, nowMs);
      if (schedule.queue.twice > 0) {
        const again = queue.filter((message) => !batch.includes(message) && message.visibleAtMs > nowMs);
        for (const message of dice.some(again, schedule.queue.twice)) {
          if (batch.length >= most) break;
          batch.push(message);
        }
      }
      this.invokeDetector(batch.filter(({ receives }) => receives <= RECEIVES_MAX));
    }
  }

  private take(message: Message, nowMs: number): void {
    message.receives++;
    message.visibleAtMs = nowMs + this.schedule.queue.visibilityMs;
    this.scheduler.at(message.visibleAtMs, () => this.pollSoon());
    if (message.receives <= RECEIVES_MAX) return;
    this.deadLetters.push(message.delivery);
    this.queue.splice(this.queue.indexOf(message), 1);
  }

  private invokeDetector(batch: readonly Message[]): void {
    if (batch.length === 0) return;
    const worker = this.worker();
    const { environment, detector } = worker;
    const attempts = batch.map(
      ({ delivery }): Attempt => ({ delivery, config: environment.config, acknowledged: false }),
    );
    this.attempts.push(...attempts);
    this.invoke(environment, `batch of ${batch.map(({ id }) => id).join(' ')}`, async (deadlineMs) => {
      const records = batch.map(({ id, body }) => ({ messageId: id, body }));
      const { synthetic } = this.schedule.queue;
      return detector.handle({
        records,
        deadlineMs: deadlineMs - DETECT_MARGIN_MS,
        ...(synthetic ? { synthetic } : {}),
      });
    }).then(
      (result) => {
        const failed = new Set(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        this.say(`${environment.name} ends${failed.size > 0 ? `, returns ${[...failed].join(' ')}` : ''}`);
        batch.forEach((message, index) => {
          if (failed.has(message.id)) return;
          (attempts[index] as Attempt).acknowledged = true;
          if (this.isTroubled() && this.dice.chance(this.schedule.faults.redeliver)) return;
          const at = this.queue.indexOf(message);
          if (at >= 0) this.queue.splice(at, 1);
        });
        if (this.dice.chance(this.schedule.faults.recycle))
          this.workers--; // a cold one will take its place
        else this.idle.push(worker);
        this.pollSoon();
      },
      (error: unknown) => this.fail(`detect rejected: ${String(error)}`),
    );
  }

  /** A warm worker of the configuration that is deployed, or a cold one. Shortly after a deployment old ones go on. */
  private worker() {
    const { idle, dice, schedule } = this;
    const current = this.deployed();
    while (idle.length > 0) {
      const [worker] = idle.splice(dice.whole(0, idle.length - 1), 1);
      if (worker === undefined) break;
      const { config } = worker.environment;
      const deployedMs = (schedule.configs[current] as PlannedConfig).fromMs;
      if (config === current || (this.scheduler.nowMs < deployedMs + 5_000 && dice.chance(0.5))) return worker;
      this.workers--;
    }
    this.workers++;
    const environment = this.environment('detect', current);
    const config = schedule.configs[current] as PlannedConfig;
    const rules = this.activeRules(current);
    const facts = { invocation: () => environment.invocation, topic: this.topic(environment, 'alerts'), rules };
    const client = this.client(environment);
    const detector = createDetector({
      rules,
      suppressions: suppressionsOf(config),
      windows: this.parts.windows(client, 'windows', facts),
      baselines: this.parts.baselines(client, 'baselines', facts),
      alerts: this.parts.alerts(client, 'alerts', facts),
      ops: this.topic(environment, 'ops'),
      clock: this.clock(environment),
      ...this.observers(environment),
    });
    return { environment, detector };
  }

  private activeRules(config: number): WorkerFacts['rules'] {
    const rules =
      this.activeByConfig[config] ?? activeRules(this.rules, this.schedule.configs[config] as PlannedConfig);
    this.activeByConfig[config] = rules;
    return rules;
  }

  private deployed(): number {
    let current = 0;
    this.schedule.configs.forEach(({ fromMs }, index) => {
      if (fromMs <= this.scheduler.nowMs) current = index;
    });
    return current;
  }

  // ── Telling ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The alerts table's stream, and our own look at what becomes of messages. */
  private seeAlertItem(before: Item | undefined, after: Item | undefined): void {
    const wasPending = before?.['pending'] !== undefined;
    const isPending = after?.['pending'] !== undefined;
    const item = after ?? before;
    if (item === undefined) return;
    const name = `${item['pk']?.S} ${item['sk']?.S}`;
    if (after?.['sentMs'] !== undefined) {
      this.messages.get(name)?.marks.push({ by: this.acting, atMs: this.scheduler.nowMs });
    }
    if (wasPending === isPending) return;
    if (!wasPending) {
      this.unsent++;
      this.messages.set(name, lifeOf(item, this.scheduler.nowMs));
      if (this.unsent === 1) this.tickAtNextMinute();
      if (this.dice.chance(this.schedule.notify.streamWorks)) this.ring(item);
      return;
    }
    this.unsent--;
    const life = this.messages.get(name);
    if (life !== undefined && after !== undefined) life.sentMs = this.scheduler.nowMs;
  }

  /** What a stream's event source does: records of one moment come in one batch, and wait until the function takes it. */
  private ring(image: Item): void {
    this.rung.push(image);
    if (this.rung.length === 1) this.callFromStream(this.dice.whole(1, this.schedule.notify.streamDelayMs));
  }

  private callFromStream(afterMs: number): void {
    this.scheduler.after(afterMs, () => {
      if (this.startDrain(this.rung.slice(0, STREAM_BATCH_MAX), DOORBELL_MS)) this.rung.splice(0, STREAM_BATCH_MAX);
      if (this.rung.length > 0) this.callFromStream(1_000);
    });
  }

  private tickPlanned = false;

  private tickAtNextMinute(): void {
    if (this.tickPlanned) return;
    this.tickPlanned = true;
    const { nowMs } = this.scheduler;
    this.scheduler.at(Math.floor(nowMs / 60_000 + 1) * 60_000, () => {
      this.tickPlanned = false;
      if (this.unsent === 0) return;
      if (nowMs > this.schedule.startMs + PATIENCE_MS) this.fail('messages are still pending after many days');
      this.startDrain([], TIMEOUT_MS);
      this.tickAtNextMinute();
    });
  }

  /** False if as many drains are running as may. */
  private startDrain(rung: readonly Item[], patienceMs: number): boolean {
    if (this.notifiers >= this.schedule.notify.concurrency) return false;
    this.notifiers++;
    const environment = this.environment('notify', 0);
    const client = this.client(environment);
    const facts = { invocation: () => environment.invocation, topic: this.topic(environment, 'alerts'), rules: [] };
    const notifier = this.parts.notifier({
      alerts: this.parts.alerts(client, 'alerts', facts),
      pace: this.parts.pace(client, 'alerts', facts),
      topic: this.topic(environment, 'alerts'),
      clock: this.clock(environment),
      ...this.observers(environment),
    });
    this.invoke(environment, 'drain', (endMs) =>
      notifier.drain(Math.min(endMs - NOTIFY_MARGIN_MS, endMs - TIMEOUT_MS + patienceMs), rung),
    ).then(
      () => {
        this.say(`${environment.name} ends`);
        this.notifiers--;
      },
      (error: unknown) => {
        // A drain that fails is tried again by whoever started it, or at the next minute.
        this.say(`${environment.name} fails: ${String(error)}`);
        this.notifiers--;
      },
    );
    return true;
  }

  // ── Workers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private environment(name: string, config: number): Environment {
    const { skewMs } = this.schedule.notify;
    return new Environment(`${name}${this.serial++}`, config, this.dice.whole(-skewMs, skewMs));
  }

  private async invoke<T>(
    environment: Environment,
    what: string,
    work: (deadlineMs: number) => Promise<T>,
  ): Promise<T> {
    const invocation = ++environment.invocation;
    environment.busy = true;
    this.invocations++;
    this.say(`${environment.name} begins: ${what}`);
    const endMs = this.scheduler.nowMs + TIMEOUT_MS;
    this.scheduler.at(endMs, () => {
      if (!environment.busy || environment.invocation !== invocation) return;
      this.say(`${environment.name} runs out of time`);
      this.kill(environment);
    });
    this.scheduler.resumed();
    try {
      return await work(endMs + environment.skewMs);
    } finally {
      environment.busy = false;
    }
  }

  /** The worker is gone in the middle of its work. What it has asked for may or may not arrive. */
  private kill(environment: Environment): void {
    if (environment.dead || !environment.busy) return;
    this.crashes++;
    this.say(`${environment.name} dies`);
    environment.dead = true;
    environment.busy = false;
    for (const flight of environment.flights) flight.survives = this.dice.chance(0.5);
    if (environment.name.startsWith('notify')) this.notifiers--;
    else this.workers--;
    this.pollSoon();
  }

  private clock(environment: Environment): Clock {
    return {
      nowMs: () => this.scheduler.nowMs + environment.skewMs,
      sleep: (ms) => {
        if (environment.dead) return NEVER;
        return new Promise((resolve) => {
          this.scheduler.after(ms, () => {
            if (environment.dead) return;
            resolve();
            this.scheduler.resumed();
          });
        });
      },
    };
  }

  private observers({ name }: Environment) {
    const write = (level: string) => (message: string, fields?: LogFields) => {
      if (this.trace !== undefined)
        this.say(`${name} ${level}: ${message} ${fields === undefined ? '' : inspect(fields)}`);
    };
    return {
      log: { info: write('info'), warn: write('warn'), error: write('error') },
      metrics: {
        count: (metric: MetricName, value: number) => {
          this.counts.set(metric, (this.counts.get(metric) ?? 0) + value);
        },
      },
    };
  }

  private client(environment: Environment): DynamoDBClient {
    return clientOf((sent) => {
      const command = this.parts.command(sent);
      const { TableName } = (command as { input: { TableName?: string } }).input;
      return this.request(environment, (TableName ?? '') as Outage['of'], () => this.execute(command), command);
    });
  }

  private execute(command: object): object | Promise<object> {
    const { twin } = this.parts;
    if (twin === undefined) return this.tables.execute(command);
    try {
      return twin.answer(command, { result: this.tables.execute(command) });
    } catch (error) {
      if (!(error instanceof Error) || error instanceof MisuseError) throw error;
      // A refusal for lack of capacity is a trouble of this world, in front of the tables.
      if (error instanceof ProvisionedThroughputExceededException) throw error;
      return twin.answer(command, { error });
    }
  }

  private topic(environment: Environment, topic: Published['topic']): Publisher {
    return {
      publish: async ({ alertIds, attributes, subject }) => {
        const by = labelOf(environment);
        await this.request(
          environment,
          'topic',
          (isRepeat) => {
            const published = { topic, atMs: this.scheduler.nowMs, alertIds, attributes, by, known: false, isRepeat };
            this.published.push(published);
            return published;
          },
          { subject, alertIds },
          (published) => {
            published.known = true;
          },
        );
      },
    };
  }

  // ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Who is acting at this moment of a request's arrival. */
  private acting = '';

  /** A request's way to a service and back, with all that may happen to it. */
  private request<T extends object>(
    environment: Environment,
    to: Outage['of'],
    perform: (isRepeat: boolean) => T | Promise<T>,
    what: object,
    onAnswer?: (answer: T) => void,
  ): Promise<T> {
    if (environment.dead) return NEVER;
    const { scheduler } = this;
    const fate = this.fate();
    if (fate === 'crash before') {
      this.kill(environment);
      return NEVER;
    }
    const by = labelOf(environment);
    const said = this.trace === undefined ? '' : `${by} ${describe(what)}`;
    if (fate !== 'pass') this.say(`${said} (fate: ${fate})`);
    return new Promise((resolve, reject) => {
      const flight: Flight = { survives: true };
      environment.flights.add(flight);
      this.flights++;
      const answer = (afterMs: number, settle: () => void) => {
        scheduler.after(afterMs, () => {
          this.flights--;
          environment.flights.delete(flight);
          if (environment.dead) return;
          settle();
          scheduler.resumed();
        });
      };
      const fails = (error: Error, afterMs: number) => {
        this.say(`${said} → ${error.name}`);
        answer(afterMs, () => reject(error));
      };
      if (fate === 'crash under way') scheduler.after(this.latencyMs(), () => this.kill(environment));
      const arrive = (attempt: number) => {
        if (environment.dead && !flight.survives) {
          this.flights--;
          return;
        }
        const outage = this.outageOf(to);
        if (outage?.how === 'refuse') return fails(new InternalServerError(SIMULATED), 1);
        if (outage?.how === 'hang') return fails(timeout(), 3_000);
        if (fate === 'refuse') return fails(new ProvisionedThroughputExceededException(SIMULATED), this.latencyMs());
        const performed = (result: T) => {
          this.say(`${said} → ${this.trace === undefined ? '' : inspect(result)}`);
          if (outage?.how === 'mute' || fate === 'lose') return fails(timeout(), 3_000);
          if (fate === 'crash after') {
            this.flights--;
            return this.kill(environment);
          }
          answer(this.latencyMs() + (fate === 'stall' ? this.stallMs() : 0), () => {
            onAnswer?.(result);
            resolve(result);
          });
        };
        const refused = (error: unknown) => {
          if (error instanceof MisuseError || !(error instanceof Error)) return this.fail(String(error));
          if (error instanceof ProvisionedThroughputExceededException && attempt < SDK_ATTEMPTS) {
            scheduler.after(this.dice.whole(1, 100 * 2 ** attempt), () => arrive(attempt + 1));
            return;
          }
          fails(error, this.latencyMs());
        };
        this.acting = by;
        this.perform(
          () => perform(false),
          (result) => {
            if (fate !== 'repeat') return performed(result);
            // The first answer is lost on its way, the second one tells of a world that the first request changed.
            this.say(`${said} → ok, not heard, sent again`);
            this.perform(() => perform(true), performed, refused);
          },
          refused,
        );
      };
      const delayMs = fate === 'stall' && this.dice.chance(0.5) ? this.stallMs() : 0;
      scheduler.after(this.latencyMs() + delayMs, () => arrive(1));
    });
  }

  /** Goes on with what something answers: at once, or while the world stands still until it has. */
  private perform<T>(
    ask: () => T | Promise<T>,
    performed: (result: T) => void,
    refused: (error: unknown) => void,
  ): void {
    let result: T | Promise<T>;
    try {
      result = ask();
    } catch (error) {
      refused(error);
      return;
    }
    if (result instanceof Promise) this.scheduler.hold(result.then(performed, refused));
    else performed(result);
  }

  private fate(): Fate | 'pass' {
    const ordinal = ++this.requests;
    const { faults } = this.schedule;
    if (faults.strike?.request === ordinal) return faults.strike.fate;
    if (!this.isTroubled()) return 'pass';
    const { crash, refuse, lose, repeat, stall } = faults;
    const trouble = crash + refuse + lose + repeat + stall;
    if (!this.dice.chance(trouble)) return 'pass';
    return this.dice.weighted<Fate>([
      [crash / 3, 'crash before'],
      [crash / 3, 'crash under way'],
      [crash / 3, 'crash after'],
      [refuse, 'refuse'],
      [lose, 'lose'],
      [repeat, 'repeat'],
      [stall, 'stall'],
    ]);
  }

  private isTroubled(): boolean {
    return this.scheduler.nowMs < this.schedule.faults.untilMs;
  }

  private outageOf(of: Outage['of']): Outage | undefined {
    const { outages } = this.schedule;
    if (outages.length === 0) return undefined;
    const { nowMs } = this.scheduler;
    return outages.find((outage) => outage.of === of && outage.fromMs <= nowMs && nowMs < outage.toMs);
  }

  private latencyMs(): number {
    const { kind, maxMs } = this.schedule.latency;
    if (kind === 'lockstep') return 1;
    if (kind === 'long-tail' && this.dice.chance(0.1)) return maxMs * this.dice.whole(1, 50);
    return this.dice.whole(0, maxMs);
  }

  private stallMs(): number {
    return this.dice.whole(1, 20) * 1_000;
  }

  private fail(why: string): void {
    this.broken.push(why);
    this.say(`BROKEN: ${why}`);
  }

  private say(line: string): void {
    this.trace?.(`${new Date(this.scheduler.nowMs).toISOString()} ${line}`);
  }
}

const SIMULATED = { message: 'simulated', $metadata: {} };

function timeout(): Error {
  return Object.assign(new Error('simulated'), { name: 'TimeoutError' });
}

function labelOf({ name, invocation }: Environment): string {
  return `${name}/${invocation}`;
}

function lifeOf(item: Item, insertedMs: number): MessageLife {
  const text = (name: string) => item[name]?.S ?? '';
  const number = (name: string) => Number(item[name]?.N);
  return {
    ...{ alertId: text('alertId'), rule: text('rule'), track: text('track'), kind: text('kind') },
    ...{ level: number('level'), multiple: number('multiple'), count: number('count'), insertedMs, marks: [] },
  };
}

/** A command or an answer in one line, for traces. */
function describe(what: object): string {
  const { input } = what as { input?: { TableName?: string; Key?: Item; Item?: Item; UpdateExpression?: string } };
  if (input === undefined) return `publish ${inspect(what)}`;
  const { TableName, ...rest } = input;
  return `${TableName} ${what.constructor.name.replace('Command', '')} ${inspect(rest)}`;
}

function inspect(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Error) return `${part.name}: ${part.message}`;
    if (typeof part !== 'object' || part === null) return part;
    const { S, N, B } = part as { S?: string; N?: string; B?: Uint8Array };
    return S ?? (N === undefined ? (B === undefined ? part : Buffer.from(B).toString('hex')) : Number(N));
  });
}
