import { evidenceOf } from '../lambda/alerts/evidence';
import { type Envelope, isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { TrailEvent } from '../lambda/intake/trail-event';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { createDispatcher, type Hit } from '../lambda/rules/dispatch';
import { DAY } from '../lambda/rules/rule';
import { type Suppression, trackOf } from '../lambda/rules/suppression';
import { slotOf } from '../lambda/windows/slots';

/** What the engine needs to know: the same for every worker. */
export interface Engine {
  readonly rules: readonly ActiveRule[];
  readonly suppressions: readonly Suppression[];
}

/** Only events in [fromMs, toMs) are looked at. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const ALWAYS: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** One hit of a rule on an event, reduced to what windows, baselines and alerts need. Plain data: crosses threads. */
export interface CollectedHit {
  /** Index in the engine's rules. */
  readonly rule: number;
  readonly id: string;
  readonly timeMs: number;
  /** `live`, `shadow`, or a suppression's id with its prefix. */
  readonly track: string;
  readonly keys: readonly string[];
  readonly weight: number;
  readonly level: number;
  readonly steps: number;
  readonly values: readonly string[];
  /** Calls that did not succeed are judged against a baseline and never learned. */
  readonly denied: boolean;
  /** Baseline: the values become known, and nothing is said. */
  readonly teachesOnly: boolean;
  readonly account: string;
  /** Evidence as JSON, parsed only for alerts; empty where an earlier hit of the extract stands for this one. */
  evidence: string;
}

/** What an extractor made of the records since the last one. Plain data: crosses threads. */
export interface Extract {
  /** Events within the span. */
  readonly events: number;
  /** Their times, in the order they came. */
  readonly timesMs: Float64Array;
  /** Account → time of its earliest event. */
  readonly accounts: ReadonlyMap<string, number>;
  readonly hits: readonly CollectedHit[];
  /** Records that are no events: position among the records taken since the last extract, and why. */
  readonly unreadable: readonly { readonly index: number; readonly reason: string }[];
  /** Rules whose code threw. */
  readonly ruleErrors: readonly RuleError[];
}

export interface RuleError {
  readonly rule: string;
  readonly error: string;
  readonly eventId: string;
}

/** Turns raw records into hits: intake, dispatch, tracks, evidence. */
export class Extractor {
  private readonly indexOf: ReadonlyMap<ActiveRule, number>;
  private readonly dispatcher;
  private taken = 0;
  private timesMs = new Float64Array(512);
  private count = 0;
  private account: string | undefined;
  private accountStartMs = 0;
  private accounts = new Map<string, number>();
  private hits: CollectedHit[] = [];
  private samples = new Map<string, { hit: Hit; event: TrailEvent; collected: CollectedHit }>();
  private unreadable: { index: number; reason: string }[] = [];
  private ruleErrors: RuleError[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly span: Span = ALWAYS,
  ) {
    this.indexOf = new Map(engine.rules.map((active, index) => [active, index]));
    this.dispatcher = createDispatcher(engine.rules, (rule, error, event) =>
      this.ruleErrors.push({ rule, error: error instanceof Error ? error.message : String(error), eventId: event.id }),
    );
  }

  take(record: unknown, envelope?: Envelope): void {
    const index = this.taken++;
    const event = toTrailEvent(record, envelope);
    if (isUnreadable(event)) {
      this.unreadable.push({ index, reason: event.unreadable });
      return;
    }
    if (event.timeMs < this.span.fromMs || event.timeMs >= this.span.toMs) return;
    if (this.count === this.timesMs.length) this.timesMs = grown(this.timesMs);
    this.timesMs[this.count++] = event.timeMs;
    // A delivery file is of one account: mostly the one before.
    if (event.account !== this.account) this.startAccount(event);
    else if (event.timeMs < this.accountStartMs) this.accountStartMs = event.timeMs;
    for (const hit of this.dispatcher.hits(event)) this.collect(hit, event);
  }

  /** What came since the last call. */
  flush(): Extract {
    // Evidence is dear and few events are shown: only the earliest of each slot gets any.
    for (const { hit, event, collected } of this.samples.values()) {
      collected.evidence ||= JSON.stringify(evidenceOf(hit, event));
    }
    this.endAccount();
    const timesMs = this.timesMs.slice(0, this.count);
    const { accounts, hits, unreadable, ruleErrors } = this;
    this.taken = 0;
    this.count = 0;
    this.accounts = new Map();
    this.hits = [];
    this.samples = new Map();
    this.unreadable = [];
    this.ruleErrors = [];
    return { events: timesMs.length, timesMs, accounts, hits, unreadable, ruleErrors };
  }

  private startAccount(event: TrailEvent): void {
    this.endAccount();
    this.account = event.account;
    this.accountStartMs = this.accounts.get(event.account) ?? event.timeMs;
    if (event.timeMs < this.accountStartMs) this.accountStartMs = event.timeMs;
  }

  private endAccount(): void {
    if (this.account !== undefined) this.accounts.set(this.account, this.accountStartMs);
    this.account = undefined;
  }

  private collect(hit: Hit, event: TrailEvent): void {
    const collected: CollectedHit = {
      rule: this.indexOf.get(hit.active) as number,
      id: event.id,
      timeMs: event.timeMs,
      track: trackOf(this.engine.suppressions, hit.active, event),
      keys: hit.keys,
      weight: hit.weight,
      level: hit.level,
      steps: hit.steps,
      values: hit.values,
      denied: event.outcome !== 'succeeded',
      teachesOnly: hit.teachesOnly,
      account: event.account,
      evidence: '',
    };
    this.hits.push(collected);
    for (const name of sampleNames(collected, hit.active)) {
      const known = this.samples.get(name);
      if (known === undefined || isBefore(collected, known.collected))
        this.samples.set(name, { hit, event, collected });
    }
  }
}

function grown(times: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(times.length * 2);
  larger.set(times);
  return larger;
}

/** Groups of hits of which the earliest may be shown in an alert. */
function sampleNames(
  { rule, track, keys, timeMs, level, steps, values, denied, teachesOnly }: CollectedHit,
  active: ActiveRule,
): string[] {
  if (active.window === undefined) {
    if (teachesOnly) return []; // never shown
    const day = slotOf(timeMs, DAY);
    return values.map((value) => JSON.stringify([rule, track, keys[0], value, day, denied]));
  }
  return keys.map((key) => `${rule}|${track}|${sampleSlot(active, timeMs, level, steps)}|${key}`);
}

/** Slot of an alert's sample: one for each slot of the window, level and set of steps. */
export function sampleSlot({ slotMs }: ActiveRule, timeMs: number, level: number, steps: number): string {
  return `${slotOf(timeMs, slotMs)}|${level}|${steps}`;
}

/** Order of events: time, then id. */
export function isBefore(a: { timeMs: number; id: string }, b: { timeMs: number; id: string }): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id);
}
