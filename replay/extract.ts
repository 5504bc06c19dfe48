import { evidenceOf } from '../lambda/alerts/evidence';
import { type Envelope, isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { TrailEvent } from '../lambda/intake/trail-event';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { createDispatcher, type FirstUses, type Hit } from '../lambda/rules/dispatch';
import { DAY, HOUR } from '../lambda/rules/rule';
import { SUPPRESSED, type Suppression, trackOf } from '../lambda/rules/suppression';
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
  /** A baseline beside the window: counts only if one of these is new. */
  readonly onlyIfNew?: FirstUses | undefined;
  readonly account: string;
  /** The earliest of its group, and so a candidate to be shown in an alert. */
  sampled: boolean;
  /** Evidence as JSON, parsed only for alerts; empty where it is not sampled, or is to be made when an alert needs it. */
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

/** Groups that an extractor remembers, about 200 bytes each. */
const EARLIEST_MAX = 50_000;

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
  private samples = new Map<string, Sample>();
  /** Earliest event of each group so far, over all extracts: a later one is not shown. */
  private readonly earliest = new Map<string, { readonly timeMs: number; readonly id: string }>();
  /** First use of each value in each hour so far, over all extracts. */
  private readonly firstUses = new Map<string, { readonly timeMs: number; readonly id: string }>();
  /** Hits of rules with a baseline. */
  private uses: Sample[] = [];
  /** Account → time of the earliest event so far: unlike `accounts`, never forgotten. */
  private readonly accountStartsMs = new Map<string, number>();
  private unreadable: { index: number; reason: string }[] = [];
  private ruleErrors: RuleError[] = [];

  /** For each rule: evidence is made when an alert needs it, by reading the input again. */
  private readonly isDeferred: readonly boolean[];

  /** @param canReadAgain when true, rules that look at every call leave their evidence for later: few of them fire */
  constructor(
    private readonly engine: Engine,
    private readonly span: Span = ALWAYS,
    canReadAgain = false,
  ) {
    this.isDeferred = engine.rules.map((active) => canReadAgain && defersEvidence(active));
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
    this.endAccount();
    for (const sample of this.uses) this.sampleUse(sample);
    // Evidence is dear and few events are shown: only the earliest of each slot gets any.
    for (const { hit, event, collected } of this.samples.values()) {
      collected.sampled = true;
      collected.evidence ||= JSON.stringify(evidenceOf(hit, event));
    }
    const timesMs = this.timesMs.slice(0, this.count);
    const { accounts, hits, unreadable, ruleErrors } = this;
    this.taken = 0;
    this.count = 0;
    this.accounts = new Map();
    this.hits = [];
    this.samples = new Map();
    this.uses = [];
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
    if (this.account !== undefined) {
      this.accounts.set(this.account, this.accountStartMs);
      const startMs = this.accountStartsMs.get(this.account) ?? this.accountStartMs;
      this.accountStartsMs.set(this.account, Math.min(startMs, this.accountStartMs));
    }
    this.account = undefined;
  }

  /**
   * A use within the learning time is never told, so it needs no evidence: that is most of what baselines look at. Half
   * of that time is left as a margin for files that go back to earlier days of the account.
   */
  private sampleUse(sample: Sample): void {
    const { hit, collected } = sample;
    const { rule } = hit.active;
    if (rule.baseline === undefined || collected.teachesOnly) return;
    const startMs = this.accountStartsMs.get(collected.account) ?? collected.timeMs;
    if (collected.timeMs < startMs + (rule.baseline.learnDays * DAY) / 2) return;
    const { subject, values } = hit.onlyIfNew ?? { subject: hit.keys[0] ?? '', values: hit.values };
    const slotMs = useSlotMs(hit.active, collected);
    const group = `${collected.rule}|${collected.track}|${slotOf(collected.timeMs, slotMs)}|${collected.denied}|${subject.length}|${subject}`;
    for (const value of values) this.addSample(`${group}|${value}`, sample);
  }

  private addSample(name: string, sample: Sample): void {
    const known = this.earliest.get(name) ?? this.samples.get(name)?.collected;
    if (known !== undefined && !isBefore(sample.collected, known)) return;
    if (this.earliest.size > EARLIEST_MAX) this.earliest.clear(); // forgetting costs evidence, not truth
    this.earliest.set(name, { timeMs: sample.collected.timeMs, id: sample.collected.id });
    this.samples.set(name, sample);
  }

  /**
   * Of uses that teach, the first in each hour says all: baselines keep last uses to the hour. Without this every call of
   * every key would go to the windows' owner. What this thread forgets costs time, not truth.
   */
  private isUsedThisHour({
    rule,
    timeMs,
    id,
    track,
    keys,
    values,
    denied,
    teachesOnly,
    onlyIfNew,
  }: CollectedHit): boolean {
    if (denied || (track !== 'live' && track !== 'shadow')) return false;
    const used = onlyIfNew ?? { subject: keys[0] ?? '', values };
    const group = `${rule}|${track}|${teachesOnly}|${slotOf(timeMs, HOUR)}|${used.subject.length}|${used.subject}`;
    let known = true;
    for (const value of used.values) {
      const name = `${group}|${value}`;
      const first = this.firstUses.get(name);
      if (first !== undefined && !isBefore({ timeMs, id }, first)) continue;
      known = false;
      if (this.firstUses.size > EARLIEST_MAX) this.firstUses.clear();
      this.firstUses.set(name, { timeMs, id });
    }
    return known;
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
      onlyIfNew: hit.onlyIfNew,
      account: event.account,
      sampled: false,
      evidence: '',
    };
    const { active } = hit;
    if (active.rule.baseline !== undefined && this.isUsedThisHour(collected)) return;
    this.hits.push(collected);
    const sample = { hit, event, collected };
    if (active.rule.baseline !== undefined) this.uses.push(sample);
    else if (!this.isDeferred[collected.rule]) {
      const slot = sampleSlot(active, event.timeMs, hit.level, hit.steps);
      for (const key of hit.keys) this.addSample(`${collected.rule}|${collected.track}|${slot}|${key}`, sample);
    }
  }
}

/** An event that may be shown in an alert. */
interface Sample {
  readonly hit: Hit;
  readonly event: TrailEvent;
  readonly collected: CollectedHit;
}

/** Calls that a rule may name and still be about little. */
const FEW_CALLS = 50;

/**
 * Counting rules that look at every call, or at very many: most events are hits, and few hits are ever shown. Their
 * evidence is made when an alert needs it, by reading the input again.
 */
export function defersEvidence({ rule, window }: ActiveRule): boolean {
  const counts = window !== undefined && window.kind !== 'sequence' && window.tiers[0].threshold > 1;
  if (!counts || rule.baseline !== undefined) return false;
  const named = rule.match.reduce((sum, { calls }) => sum + (calls?.length ?? 0), 0);
  return named > FEW_CALLS || rule.match.some(({ calls, feed }) => calls === undefined && feed !== 'errors');
}

function grown(times: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(times.length * 2);
  larger.set(times);
  return larger;
}

/**
 * Of uses of one value within so many milliseconds, the first and the last say all: gaps of days stay visible. What is
 * never learned is new each time, so where first uses count in a window, these are kept for each of its slots.
 */
export function useSlotMs({ slotMs, window }: ActiveRule, { denied, track }: CollectedHit): number {
  return window !== undefined && (denied || track.startsWith(SUPPRESSED)) ? slotMs : DAY;
}

/** Slot of an alert's sample: one for each slot of the window, level and set of steps. */
export function sampleSlot({ slotMs }: ActiveRule, timeMs: number, level: number, steps: number): string {
  return `${slotOf(timeMs, slotMs)}|${level}|${steps}`;
}

/** Order of events: time, then id. */
export function isBefore(a: { timeMs: number; id: string }, b: { timeMs: number; id: string }): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id);
}
