import { frameOf } from '../../lambda/alerts/frame';
import { MemoryAlertStore, MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import type { Notification } from '../../lambda/alerts/publisher';
import { MemoryBaselineStore } from '../../lambda/baselines/memory-baseline-store';
import { frameData } from '../../lambda/config/frame-data';
import { type HeartbeatData, heartbeatData } from '../../lambda/config/heartbeat-data';
import type { Manifest } from '../../lambda/config/manifest';
import { type ResolvedConfig, resolveConfig } from '../../lambda/config/resolve';
import { createDetector, type Detector } from '../../lambda/detect';
import { createHeartbeat } from '../../lambda/heartbeat';
import { CANARY_TAG, type CanaryKind, type Round } from '../../lambda/heartbeat/canaries';
import type { FoundAlarm, FoundFunction, FoundRule, FoundTable, Subscription } from '../../lambda/heartbeat/integrity';
import { MemoryHeartbeatStore } from '../../lambda/heartbeat/memory-heartbeat-store';
import { Sightings } from '../../lambda/heartbeat/sightings';
import type { Counts, Surroundings } from '../../lambda/heartbeat/surroundings';
import type { Trail } from '../../lambda/heartbeat/trails';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { feedPatterns } from '../../lambda/rules/feeds';
import { forwardingPatterns } from '../../lambda/rules/forwarding';
import { HEARTBEAT_RULES } from '../../lambda/rules/heartbeat/heartbeat-rules';
import { MINUTE, type SampleRecord } from '../../lambda/rules/rule';
import { ACCOUNT, call, isoTime, role } from '../../lambda/rules/sample';
import { MemoryWindowStore } from '../../lambda/windows/memory-window-store';
import { delivered } from '../events';
import { TestClock, TestLog, TestMetrics, TestPublisher } from '../memory-ports';
import { recording } from '../recording';

/** Only those that judge CloudTrail itself: what the others do is not the heartbeat's, and a fortnight has many beats. */
const SHIPPED = RULES.filter(({ id }) => id.startsWith('cloudtrail-'));

export const MEMBER = '444455556666';
const HOME = 'eu-west-1';
const REGIONS = ['us-east-1', HOME, 'ap-southeast-2'];
const BUS = 'trailhound-hub';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Trailhound-Hub-HeartbeatRole-EXAMPLE`;
const WITH_READS = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
const TOPICS = {
  alerts: `arn:aws:sns:${HOME}:${ACCOUNT}:Trailhound-Hub-Alerts`,
  ops: `arn:aws:sns:${HOME}:${ACCOUNT}:Trailhound-Hub-Ops`,
};

type Question = keyof Surroundings;

/** What was told, by whom, and when. */
interface Told {
  readonly atMs: number;
  readonly way: 'ops' | 'alerts';
  readonly notification: Notification;
}

/**
 * An account in which everything is right until a scenario changes something: the trail, the rules and what AWS answers
 * are made up; the heartbeat, the detector and the notifier are the product's own, and the canaries run through all.
 */
export class World {
  readonly clock: TestClock;
  readonly config: ResolvedConfig;
  readonly told: Told[] = [];
  readonly alerts = recording(new MemoryAlertStore());
  readonly memory = recording(new MemoryHeartbeatStore());
  readonly ops = new TestPublisher();
  readonly metrics = new TestMetrics();
  readonly log = new TestLog();
  manifest: Manifest;
  private readonly data: HeartbeatData;

  trails: Trail[] = [trail()];
  readonly rules = new Map<string, Map<string, FoundRule>>();
  readonly mappings = new Map([
    ['id-priority', 'Enabled'],
    ['id-bulk', 'Enabled'],
    ['id-bell', 'Enabled'],
  ]);
  readonly functions = new Map<string, FoundFunction>(
    ['fn-priority', 'fn-bulk', 'fn-notify'].map((name) => [name, { state: 'Active', reservedConcurrency: undefined }]),
  );
  readonly tables = new Map<string, FoundTable>(
    ['windows', 'baselines', 'alerts'].map((name) => [
      name,
      { status: 'ACTIVE', isProtected: true, hasStream: name === 'alerts' },
    ]),
  );
  readonly subscriptions: { alerts: Subscription[]; ops: Subscription[] } = {
    alerts: [mail('security@example.com')],
    ops: [mail('ops@example.com')],
  };
  readonly alarms = new Map<string, FoundAlarm>(
    ['alarm-priority', 'alarm-bulk', 'alarm-heartbeat'].map((name) => [
      name,
      { isOn: true, tellsOps: true, isRinging: false, sinceMs: undefined },
    ]),
  );
  readonly undelivered = new Map<string, number>();
  /** How long CloudTrail takes from a call to EventBridge; Infinity: the event never comes. */
  delayMs: (region: string, kind: CanaryKind | undefined) => number = () => 40_000;
  /** How long CloudTrail takes until its history has a call. */
  historyMs: (region: string) => number = () => 5 * MINUTE;
  /** What fails, and how; undefined where AWS answers. */
  failing: (question: Question, region: string) => string | undefined = () => undefined;
  /** Whether the notifier runs. */
  notifies = true;
  /** How far the detector's clock is from ours. */
  detectorSkewMs = 0;

  private readonly queue: { readonly atMs: number; readonly record: SampleRecord; readonly kind?: CanaryKind }[] = [];
  private readonly calls: {
    readonly region: string;
    readonly kind: CanaryKind;
    readonly nonce: string;
    atMs: number;
  }[] = [];
  private readonly detector: Detector;
  private heartbeat: ReturnType<typeof createHeartbeat>;
  private readonly notify: () => Promise<void>;
  private readonly startMs: number;
  private serial = 0;

  constructor(startMs: number, config: object = {}) {
    this.startMs = startMs;
    this.clock = new TestClock(startMs);
    this.config = resolveConfig(
      { email: 'security@example.com', opsEmail: 'ops@example.com', regions: REGIONS, ...config },
      SHIPPED,
      startMs,
    );
    this.data = heartbeatData(this.config, SHIPPED);
    this.manifest = manifestOf(this.config);
    this.deployRules();
    const { clock, log, metrics } = this;
    const skewed = { nowMs: () => clock.timeMs + this.detectorSkewMs, sleep: async () => undefined };
    this.detector = createDetector({
      rules: this.config.rules,
      suppressions: [],
      windows: new MemoryWindowStore(),
      baselines: new MemoryBaselineStore(),
      alerts: this.alerts.store,
      ops: this.ops,
      sightings: new Sightings({ store: this.memory.store, heartbeatRole: ROLE, clock: skewed, log, metrics }),
      ...{ clock: skewed, log, metrics },
    });
    const frame = frameOf(frameData(this.config, [...SHIPPED, ...HEARTBEAT_RULES]), '0.0.0');
    const topic = { publish: async (notification: Notification) => this.tell('alerts', notification) };
    const pace = new MemoryPaceStore();
    const notifier = { nowMs: () => clock.timeMs, sleep: async () => undefined };
    const composer = messageComposer(frame, notifier.nowMs);
    this.notify = async () => {
      await drain({ alerts: this.alerts.store, pace, composer, topic, clock: notifier, log, metrics }, clock.timeMs);
    };
    this.heartbeat = this.fresh();
  }

  /** A function that just started: it remembers nothing but what is stored. */
  restart(): void {
    this.heartbeat = this.fresh();
  }

  private fresh(): ReturnType<typeof createHeartbeat> {
    const { clock, log, metrics } = this;
    return createHeartbeat({
      ...{ config: this.data, clock, log, metrics },
      store: this.memory.store,
      alerts: this.alerts.store,
      ops: {
        publish: async (notification) => {
          await this.ops.publish(notification);
          this.tell('ops', notification);
        },
      },
      random: () => {
        this.serial += 1;
        return this.serial.toString(16).padStart(16, '0');
      },
      measured: ({ latencyMs }) => void this.latenciesMs.push(latencyMs),
    });
  }
  readonly latenciesMs: number[] = [];

  /** Lets the minutes pass, one by one: what is due arrives, the notifier runs, every fifth minute the heart beats. */
  async run(minutes: number, beats: (minute: number) => boolean = (minute) => minute % 5 === 0): Promise<void> {
    for (let minute = 0; minute < minutes; minute++) {
      await this.deliver();
      const passed = Math.round((this.clock.timeMs - this.startMs) / MINUTE);
      if (beats(passed)) await this.beat();
      if (this.notifies) await this.notify();
      this.clock.timeMs += MINUTE;
    }
  }

  beat(): Promise<void> {
    return this.heartbeat.beat(this.manifest, this.surroundings());
  }

  /** Somebody does something in an account. */
  act(account: string, region: string, name = 'CreateTags'): void {
    this.serial += 1;
    this.enqueue(region, undefined, {
      ...call('ec2.amazonaws.com', name, { awsRegion: region, recipientAccountId: account }),
      eventID: `00000000-0000-4000-9000-${this.serial.toString(16).padStart(12, '0')}`,
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/bob`, accountId: account, userName: 'bob' },
    });
  }

  /** Takes regions in or out, as a deployment does. */
  deployRegions(regions: readonly string[]): void {
    this.manifest = { ...this.manifest, regions };
    this.deployRules();
  }

  rule(place: string, name: string, change: Partial<FoundRule> | undefined): void {
    const rules = this.rules.get(place);
    const rule = rules?.get(name);
    if (rules === undefined || rule === undefined) throw new Error(`no rule ${name} in ${place}`);
    if (change === undefined) rules.delete(name);
    else rules.set(name, { ...rule, ...change });
  }

  private deployRules(): void {
    this.rules.clear();
    const of = (state: string, pattern: unknown, target: string): FoundRule => ({
      ...{ state, pattern: JSON.stringify(pattern), targets: [target] },
    });
    for (const region of this.manifest.regions) {
      const rules = forwardingPatterns(SHIPPED).map(({ id, pattern, reads }): [string, FoundRule] => {
        const target = `arn:aws:events:${HOME}:${ACCOUNT}:event-bus/${BUS}`;
        return [`trailhound-${id}`, of(reads ? WITH_READS : 'ENABLED', pattern, target)];
      });
      this.rules.set(region, new Map(rules));
    }
    const hub = feedPatterns(SHIPPED).map(({ id, side, pattern }): [string, FoundRule] => {
      const { arn } = side === 'writes' ? this.manifest.queues.priority : this.manifest.queues.bulk;
      return [`Hub-${id}`, of(side === 'reads' ? WITH_READS : 'ENABLED', pattern, arn)];
    });
    const jewels = Object.entries(this.manifest.jewels).map(([id, { pattern }]): [string, FoundRule] => [
      `Hub-${id}`,
      of('ENABLED', pattern, TOPICS.ops),
    ]);
    this.rules.set(BUS, new Map([...hub, ...jewels]));
  }

  /** Whether EventBridge and the detectors let a canary through, by the state of rules, mappings and functions. */
  private passes(region: string, kind: CanaryKind | undefined): boolean {
    const isOn = (rule: FoundRule | undefined, reads: boolean) =>
      rule !== undefined && (reads ? rule.state === WITH_READS : rule.state !== 'DISABLED') && rule.targets.length > 0;
    const forwarder = kind === 'read' ? 'trailhound-NamedReads' : 'trailhound-Writes';
    const derived = kind === 'read' ? 'Hub-ReadsSucceededSts' : 'Hub-WritesSucceededSqs';
    const way = kind === 'read' ? 'bulk' : 'priority';
    return (
      this.trails.some(({ isLogging }) => isLogging) &&
      isOn(this.rules.get(region)?.get(forwarder), kind === 'read') &&
      (kind === undefined || isOn(this.rules.get(BUS)?.get(derived), kind === 'read')) &&
      this.mappings.get(`id-${way}`) === 'Enabled' &&
      this.functions.get(`fn-${way}`)?.reservedConcurrency !== 0
    );
  }

  private enqueue(region: string, kind: CanaryKind | undefined, record: SampleRecord): void {
    const delayMs = this.delayMs(region, kind);
    if (!Number.isFinite(delayMs) || !this.passes(region, kind)) return;
    const one = { atMs: this.clock.timeMs + delayMs, record: { ...record, eventTime: this.isoNow() } };
    this.queue.push(kind === undefined ? one : { ...one, kind });
  }

  private isoNow(): string {
    return isoTime(Math.floor(this.clock.timeMs / 1_000) * 1_000);
  }

  private async deliver(): Promise<void> {
    const due = this.queue.filter(({ atMs }) => atMs <= this.clock.timeMs);
    if (due.length === 0) return;
    const later = this.queue.filter(({ atMs }) => atMs > this.clock.timeMs);
    this.queue.splice(0, this.queue.length, ...later);
    await this.detector.handle({
      records: due.map(({ record }) => delivered(record, undefined, { account: record['recipientAccountId'] })),
    });
  }

  private tell(way: Told['way'], notification: Notification): void {
    this.told.push({ atMs: this.clock.timeMs, way, notification });
  }

  private surroundings(): Surroundings {
    const answer = <T>(question: Question, region: string, value: () => T): Promise<T> => {
      const failure = this.failing(question, region);
      if (failure === undefined) return Promise.resolve(value());
      return Promise.reject(Object.assign(new Error(`${question} in ${region}`), { name: failure }));
    };
    return {
      trails: (region) => answer('trails', region, () => this.trails),
      rules: (region, bus) => answer('rules', region, () => this.rules.get(bus ?? region) ?? new Map()),
      mapping: (id) => answer('mapping', HOME, () => this.mappings.get(id)),
      lambda: (name) => answer('lambda', HOME, () => this.functions.get(name)),
      table: (name) => answer('table', HOME, () => this.tables.get(name)),
      waiting: (region, url) =>
        answer('waiting', region, () => (url.includes('undelivered') ? (this.undelivered.get(region) ?? 0) : 0)),
      subscriptions: (arn) =>
        answer('subscriptions', HOME, () => (arn === TOPICS.ops ? this.subscriptions.ops : this.subscriptions.alerts)),
      alarms: () => answer('alarms', HOME, () => this.alarms),
      sendCanary: (region, kind, nonce) => answer('sendCanary', region, () => this.canary(region, kind, nonce)),
      isInHistory: (region, kind, round) => answer('isInHistory', region, () => this.hasInHistory(region, kind, round)),
      counts: () => answer('counts', HOME, (): Counts => ({ records: 12_345, live: 3, shadow: 2, suppressed: 1 })),
    };
  }

  private canary(region: string, kind: CanaryKind, nonce: string): void {
    this.calls.push({ region, kind, nonce, atMs: this.clock.timeMs });
    if (this.calls.length > 1_000) this.calls.splice(0, 500);
    const identity = role('Trailhound-Hub-HeartbeatRole-EXAMPLE', 'Trailhound-Hub-Heartbeat');
    const common = { awsRegion: region, userIdentity: identity, eventID: `${nonce}-${region}-${kind}` };
    const record =
      kind === 'write'
        ? call('sqs.amazonaws.com', 'TagQueue', {
            ...{ ...common, readOnly: false },
            requestParameters: {
              queueUrl: `https://sqs.${region}.amazonaws.com/${ACCOUNT}/trailhound-undelivered`,
              tags: { [CANARY_TAG]: nonce },
            },
          })
        : call('sts.amazonaws.com', 'GetCallerIdentity', {
            ...{ ...common, readOnly: true },
            userAgent: `aws-sdk-js/3.1 ua/2.1 os/linux lang/js md/nodejs#24 api/sts#3.1 ${CANARY_TAG}/${nonce}`,
          });
    this.enqueue(region, kind, record);
  }

  private hasInHistory(region: string, kind: CanaryKind, { nonce }: Round): boolean {
    const made = this.calls.find((one) => one.nonce === nonce && one.region === region && one.kind === kind);
    return made !== undefined && this.clock.timeMs - made.atMs >= this.historyMs(region);
  }
}

function trail(fields: Partial<Trail> = {}): Trail {
  return {
    arn: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/org-trail`,
    name: 'org-trail',
    homeRegion: 'us-east-1',
    isMultiRegion: true,
    isOrganization: false,
    isLogging: true,
    selectors: { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] },
    latestDeliveryMs: undefined,
    latestDeliveryError: undefined,
    ...fields,
  };
}

export function mail(endpoint: string, isConfirmed = true): Subscription {
  return {
    arn: isConfirmed ? `arn:aws:sns:${HOME}:${ACCOUNT}:Trailhound:${endpoint}` : undefined,
    protocol: 'email',
    endpoint,
  };
}

function manifestOf(config: ResolvedConfig): Manifest {
  const queue = (name: string) => ({
    url: `https://sqs.${HOME}.amazonaws.com/${ACCOUNT}/${name}`,
    arn: `arn:aws:sqs:${HOME}:${ACCOUNT}:${name}`,
  });
  const arnOf = (id: string) => `arn:aws:events:${HOME}:${ACCOUNT}:rule/${BUS}/Hub-${id}`;
  return {
    account: ACCOUNT,
    region: HOME,
    regions: config.regions ?? REGIONS,
    version: '0.0.0',
    configHash: config.configHash,
    bus: BUS,
    rules: Object.fromEntries(feedPatterns(SHIPPED).map(({ id }) => [id, arnOf(id)])),
    jewels: { TrailStopped: { arn: arnOf('TrailStopped'), pattern: { detail: { eventName: ['StopLogging'] } } } },
    functions: { priority: 'fn-priority', bulk: 'fn-bulk', notify: 'fn-notify' },
    mappings: { priority: 'id-priority', bulk: 'id-bulk', bell: 'id-bell' },
    queues: {
      priority: queue('priority'),
      bulk: queue('bulk'),
      priorityFailed: queue('priority-failed'),
      bulkFailed: queue('bulk-failed'),
    },
    tables: { windows: 'windows', baselines: 'baselines', alerts: 'alerts' },
    topics: TOPICS,
    alarms: { PriorityWaiting: 'alarm-priority', BulkWaiting: 'alarm-bulk', HeartbeatSilent: 'alarm-heartbeat' },
  };
}
