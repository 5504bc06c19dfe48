import { Random } from '../../bench/random';
import { evidenceOf } from '../../lambda/alerts/evidence';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { messageComposer } from '../../lambda/alerts/message-composer';
import { createDetector } from '../../lambda/detect';
import { receive } from '../../lambda/intake/receive';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { drain } from '../../lambda/notify';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import { createDispatcher, type Hit } from '../../lambda/rules/dispatch';
import { EXAMPLES } from '../../lambda/rules/examples';
import { HOUR } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { Collector } from '../../replay/collector';
import { Extractor } from '../../replay/extract';
import { csv, jsonLines } from '../../replay/formats/data';
import { email } from '../../replay/formats/email';
import { html } from '../../replay/formats/html';
import { table } from '../../replay/formats/table';
import { SHOWN_RECORD_MAX, shownRecord } from '../../replay/shown-record';
import { frame } from '../../test/alerts/told-alerts';
import { uuid } from '../../test/events';
import { memoryPorts, TestPublisher } from '../../test/memory-ports';
import { type Json, mutated } from '../mutate';
import { dangersInLog, dangersInNotification, dangersInReplay } from './outputs';

export interface FuzzOptions {
  readonly seed: number;
  readonly mutations: number;
  /** Real records beside the examples; mutated alone, and mixed into the examples. */
  readonly records: readonly Json[];
  /** Of how many batches one goes also through windows, alerts, messages and replay: all when absent. */
  readonly everyNth?: number;
  /** Stops early when this time is over. */
  readonly untilMs?: number;
}

export interface FuzzResult {
  readonly mutations: number;
  /** Those that are events after all. */
  readonly events: number;
  /** Records that went through everything. */
  readonly full: number;
  readonly hits: number;
  readonly messages: number;
  readonly alerts: number;
  /** The longest that one event took, in milliseconds, on the best of several tries. */
  readonly slowestMs: number;
  /** Each kind once, with what brought it about. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly what: string;
  /** The body that did it, or the first of a batch that did. */
  readonly body: string;
  readonly times: number;
}

/** Nobody waits longer for one event. */
const SLOW_MS = 50;
/** How often what took long is tried again, and what took too long: other programs do not get in the way of all. */
const RETRIES = 4;
const RETRIES_MAX = 40;
const BATCH = 400;
const PROBLEMS_MAX = 60;
/** All events of examples and of real records lie before. */
const NOW_MS = Date.parse('2026-12-31T00:00:00Z');
const TIMELINE_MAX = 60;

const rules = RULES.flatMap((rule) => activate(rule, DEFAULT_SETTINGS, { mode: 'live' }) ?? []);
const rulesById = new Map(RULES.map((rule) => [rule.id, rule]));
const english = frame();
const composer = messageComposer(english, () => NOW_MS);
const natural = prototypes();

/**
 * Mutated records through everything that reads them: intake, rules, windows, alerts, messages, and the outputs of a
 * replay. What must hold: nothing throws, no rule throws, nothing takes long, nothing that a record says gets into a
 * prototype or acts in an output, and a record that is no event is set aside while the others of its batch are handled.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, mutations, records, everyNth = 1, untilMs = Number.POSITIVE_INFINITY } = options;
  const run = new Fuzz(new Random(seed), records, everyNth);
  while (run.mutations < mutations && Date.now() < untilMs) await run.batch(Math.min(BATCH, mutations - run.mutations));
  return run.result();
}

class Fuzz {
  mutations = 0;
  private batches = 0;
  private full = 0;
  private serial = 0;
  private events = 0;
  private hits = 0;
  private messages = 0;
  private alerts = 0;
  private slowestMs = 0;
  private readonly problems = new Map<string, { body: string; times: number }>();
  private readonly timelines: readonly (readonly Json[])[];
  private readonly others: readonly Json[];
  private readonly dispatcher;
  private body = '';

  constructor(
    private readonly random: Random,
    records: readonly Json[],
    private readonly everyNth: number,
  ) {
    const examples = Object.values(EXAMPLES).flatMap((of) => of().fires.map(({ timeline }) => timeline as Json[]));
    this.timelines = examples.filter((timeline) => timeline.length <= TIMELINE_MAX);
    this.others = [...records, ...this.timelines.flatMap((timeline) => timeline.slice(0, 2))];
    this.dispatcher = createDispatcher(rules, (rule, error) => this.problem(`the rule ${rule} throws: ${say(error)}`));
  }

  result(): FuzzResult {
    const { mutations, events, full, hits, messages, alerts, slowestMs } = this;
    const problems = [...this.problems].map(([what, where]) => ({ what, ...where }));
    return { mutations, events, full, hits, messages, alerts, slowestMs, problems };
  }

  async batch(size: number): Promise<void> {
    const bodies = this.bodies(size);
    for (const body of bodies) this.one(body);
    if (this.batches++ % this.everyNth === 0) await this.together(bodies);
    if (prototypes() !== natural) this.problem('a prototype was changed');
  }

  /** The batch through all the rest. */
  private async together(bodies: readonly string[]): Promise<void> {
    this.full += bodies.length;
    this.body = bodies[0] ?? '';
    const readable = bodies.filter((body) => 'event' in this.receive(body)).length;
    await this.live(bodies, readable);
    this.replayed(bodies);
  }

  /** Single records, and timelines that make a rule fire, with something changed in most of their records. */
  private bodies(size: number): string[] {
    const { random } = this;
    const bodies: string[] = [];
    const until = this.mutations + size;
    while (this.mutations < until) {
      const timeline = random.below(2) === 0 ? [random.pick(this.others)] : random.pick(this.timelines);
      const change = random.below(4) > 0;
      for (const record of timeline) {
        if (this.mutations >= until) break;
        const own = { ...(record as { [name: string]: Json }), eventID: uuid(this.serial++) };
        const changed = change || timeline.length === 1 || random.below(3) === 0;
        if (changed) this.mutations += 1;
        bodies.push(this.enveloped(changed ? mutated(own, this.others, random) : own));
      }
    }
    return bodies;
  }

  private enveloped(detail: Json): string {
    const { random } = this;
    const account = (detail as { recipientAccountId?: Json } | null)?.recipientAccountId ?? '111122223333';
    const envelope: Json = {
      version: '0',
      'detail-type': 'AWS API Call via CloudTrail',
      account,
      region: 'us-east-1',
      detail,
    };
    const body = JSON.stringify(random.below(100) === 0 ? mutated(envelope, this.others, random) : envelope);
    return random.below(200) === 0 ? body.slice(0, random.below(body.length)) : body;
  }

  /** Through intake, rules and the text of their hits: the work of one event, timed. */
  private one(body: string): void {
    this.body = body;
    try {
      let tookMs = this.timed(body, true);
      // Something else may have had the processor: only what is slow every time is slow.
      for (let retry = 0; tookMs > SLOW_MS / 5 && retry < (tookMs > SLOW_MS ? RETRIES_MAX : RETRIES); retry++)
        tookMs = Math.min(tookMs, this.timed(body, false));
      this.slowestMs = Math.max(this.slowestMs, tookMs);
      if (tookMs > SLOW_MS) this.problem(`one event takes more than ${SLOW_MS} ms`);
    } catch (error) {
      this.problem(`one event: ${say(error)}`);
    }
  }

  private timed(body: string, counts: boolean): number {
    const startedMs = performance.now();
    const received = this.receive(body);
    if (!('event' in received)) return performance.now() - startedMs;
    const hits = this.dispatcher.hits(received.event);
    // Evidence is the same for all rules but for what each says itself.
    hits.forEach((hit, index) => {
      if (index === 0) evidenceOf(hit, received.event);
      else hit.active.rule.headline(received.event, hit.active.settings);
      hit.active.rule.resources?.(received.event);
    });
    const tookMs = performance.now() - startedMs;
    if (counts) {
      this.events += 1;
      this.hits += hits.length;
      for (const hit of hits) this.named(hit, received.event, body);
    }
    return tookMs;
  }

  /** What the program calls what is not there is no word for people, nor part of a key. */
  private named({ active, keys, values, onlyIfNew }: Hit, event: TrailEvent, body: string): void {
    const { rule, settings } = active;
    const said = {
      headline: [rule.headline(event, settings)],
      resources: rule.resources?.(event) ?? [],
      key: [...keys, onlyIfNew?.subject ?? ''],
      values: [...values, ...(onlyIfNew?.values ?? [])],
    };
    for (const word of ['undefined', 'null', 'NaN', '[object']) {
      if (body.includes(word)) continue;
      for (const [where, texts] of Object.entries(said)) {
        if (texts.some((text) => text.includes(word))) this.problem(`the ${where} of ${rule.id} has "${word}"`);
      }
    }
  }

  private receive(body: string) {
    return receive({ messageId: 'm', body }, NOW_MS);
  }

  /** Deployed: detect, then notify. */
  private async live(bodies: readonly string[], readable: number): Promise<void> {
    const ports = memoryPorts(NOW_MS);
    const topic = new TestPublisher();
    try {
      const records = bodies.map((body, index) => ({ messageId: `m${index}`, body }));
      const { batchItemFailures } = await createDetector({ ...ports, rules, suppressions: [] }).handle({ records });
      if (batchItemFailures.length > 0) this.problem('records are returned to the queue');
      const { metrics, log } = ports;
      const handled = metrics.total('MalformedEvents') + metrics.total('IgnoredEvents') + readable;
      if (handled !== bodies.length) this.problem('a record is neither handled nor set aside');
      for (const name of ['RuleErrors', 'UnexpectedErrors']) {
        if (metrics.total(name) === 0) continue;
        const line = log.lines.find(({ level }) => level === 'error');
        this.problem(`${name}: ${line?.message} ${say(line?.fields?.['error'])}`);
      }
      await drain({ ...ports, topic, pace: new MemoryPaceStore(), composer }, NOW_MS + 24 * HOUR);
      if (metrics.total('UnexpectedErrors') > 0) this.problem('a message could not be composed');
      for (const told of topic.published) {
        this.messages += 1;
        for (const danger of dangersInNotification(told)) this.problem(`message: ${danger}`);
      }
      for (const line of log.lines) for (const danger of dangersInLog(line)) this.problem(`log: ${danger}`);
    } catch (error) {
      this.problem(`live: ${say(error)}`);
    }
  }

  /** The command line over the same records. */
  private replayed(bodies: readonly string[]): void {
    try {
      const extractor = new Extractor({ rules, suppressions: [] });
      const collector = new Collector(rules);
      const texts = new Map<string, string>();
      for (const body of bodies) {
        const envelope = parsed(body);
        extractor.take(envelope?.detail, envelope);
        if (envelope?.detail === undefined || envelope.detail === null) continue;
        const { eventID } = envelope.detail as { eventID?: unknown };
        const shown = shownRecord(envelope.detail);
        if (shown.length > SHOWN_RECORD_MAX) this.problem('replay: a shown record is too long');
        if (typeof eventID === 'string') texts.set(eventID, shown);
      }
      const extract = extractor.flush();
      for (const { rule, error } of extract.ruleErrors) this.problem(`replay: the rule ${rule} throws: ${error}`);
      collector.add(extract);
      const alerts = collector.finish();
      this.alerts += alerts.length;
      const result = {
        ...{ alerts, inputs: 1, events: extract.events, unreadable: extract.unreadable.length },
        ...{ firstEventMs: undefined, lastEventMs: undefined, late: 0 },
        ...{ problems: [], ruleErrors: [], interrupted: false },
      };
      const dangers = dangersInReplay({
        alerts: alerts.length,
        jsonl: jsonLines(alerts),
        csv: csv(alerts),
        email: email(alerts, english),
        terminal: table(alerts, result, { colours: false, rules: rulesById }),
        page: html(alerts, result, english, { texts, leftOut: new Set() }),
      });
      for (const danger of dangers) this.problem(`replay: ${danger}`);
    } catch (error) {
      this.problem(`replay: ${say(error)}`);
    }
  }

  private problem(what: string): void {
    const known = this.problems.get(what);
    if (known !== undefined) known.times += 1;
    else if (this.problems.size < PROBLEMS_MAX) this.problems.set(what, { body: this.body.slice(0, 3_000), times: 1 });
  }
}

function parsed(
  body: string,
): { readonly detail?: unknown; readonly account?: unknown; readonly region?: unknown } | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What is common to all objects: names of the prototypes' fields. */
function prototypes(): string {
  return [Object.prototype, Array.prototype, String.prototype, Function.prototype]
    .map((prototype) => Object.getOwnPropertyNames(prototype).join())
    .join(';');
}

function say(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ').slice(0, 300)
    : String(error);
}
