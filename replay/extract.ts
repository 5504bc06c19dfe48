import { type Envelope, isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { TrailEvent } from '../lambda/intake/trail-event';
import type { SessionOrigin } from '../lambda/lineage/lineage-store';
import { sessionOriginOf } from '../lambda/lineage/session-origin';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { createDispatcher, type FirstUses, type Hit } from '../lambda/rules/dispatch';
import { DAY, HOUR } from '../lambda/rules/rule';
import { SUPPRESSED, type Suppression, trackOf } from '../lambda/rules/suppression';
import { slotOf } from '../lambda/windows/slots';
import { recordText } from './evidence-again';
import { type WindowHits, WindowHitsBuilder } from './windows/window-hits';

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

/** A use that a rule with a baseline looks at: what it needs of the hit. Plain data: crosses threads. */
export interface Use {
  /** Index in the engine's rules. */
  readonly rule: number;
  readonly id: string;
  readonly timeMs: number;
  /** `live`, `shadow`, or a suppression's id with its prefix. */
  readonly track: string;
  readonly subject: string;
  readonly values: readonly string[];
  readonly level: number;
  /** The window beside the baseline, if there is one: the use counts in it if one of the values is new. */
  readonly counts: Pick<Hit, 'keys' | 'weight' | 'steps' | 'values'> | undefined;
  /** Calls that did not succeed are judged against a baseline and never learned. */
  readonly denied: boolean;
  /** The values become known, and nothing is said. */
  readonly teachesOnly: boolean;
  readonly account: string;
  /** The record, see `recordText`, where an alert may show it; else empty. */
  text: string;
}

/** What an extractor made of the records since the last one. Plain data: crosses threads. */
export interface Extract {
  /** Events within the span. */
  readonly events: number;
  /** Their times, in the order they came. */
  readonly timesMs: Float64Array;
  /** Account → time of its earliest event. */
  readonly accounts: ReadonlyMap<string, number>;
  /** Hits of rules that count in windows. */
  readonly hits: WindowHits;
  /** Hits of rules with a baseline. */
  readonly uses: readonly Use[];
  /** Who took roles; absent: nobody. */
  readonly origins?: readonly SessionOrigin[];
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

/** Keys, slots and values that an extractor remembers, about 200 bytes each. Forgetting costs time, not truth. */
const REMEMBERED_MAX = 50_000;

/** Turns raw records into hits: intake, dispatch, tracks. */
export class Extractor {
  /** One for each of the engine's rules. */
  private readonly memories: readonly RuleMemory[];
  private readonly dispatcher;
  private taken = 0;
  private timesMs = new Float64Array(512);
  private count = 0;
  private account: string | undefined;
  private accountStartMs = 0;
  private accounts = new Map<string, number>();
  /** Account → time of the earliest event so far: unlike `accounts`, never forgotten. */
  private readonly accountStartsMs = new Map<string, number>();
  private readonly hits = new WindowHitsBuilder();
  private uses: UseOfEvent[] = [];
  private origins: SessionOrigin[] = [];
  /** Events that came since the last flush and that alerts may show. */
  private fresh: Earliest[] = [];
  private readonly names = new Map<string, Name>();
  private lastName = nobody();
  private remembered = 0;
  private unreadable: { index: number; reason: string }[] = [];
  private ruleErrors: RuleError[] = [];

  /** @param canReadAgain when true, rules that count leave for later what their alerts show: few of them fire */
  constructor(
    private readonly engine: Engine,
    private readonly span: Span = ALWAYS,
    canReadAgain = false,
  ) {
    this.memories = engine.rules.map(
      (active, index) =>
        new RuleMemory(index, active.rule.baseline !== undefined, canReadAgain && defersEvidence(active)),
    );
    this.dispatcher = createDispatcher(
      engine.rules,
      (rule, error, { id }) =>
        this.ruleErrors.push({ rule, error: error instanceof Error ? error.message : String(error), eventId: id }),
      (active, event, uses, teachesOnly) => this.isUsedThisHour(active, event, uses, teachesOnly),
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
    if (event.service === 'sts.amazonaws.com') this.addOrigin(event);
    for (const hit of this.dispatcher.hits(event)) {
      const memory = this.memories[hit.order] as RuleMemory;
      const track = trackOf(this.engine.suppressions, hit.active, event);
      if (memory.hasBaseline) this.addUse(memory, track, hit, event, envelope);
      else this.addToWindow(memory, track, hit, event, envelope);
    }
  }

  /** What came since the last call. */
  flush(): Extract {
    this.endAccount();
    this.addTexts();
    const timesMs = this.timesMs.slice(0, this.count);
    const { accounts, unreadable, ruleErrors, origins } = this;
    const uses = this.uses.map(({ use }) => use);
    this.taken = 0;
    this.count = 0;
    this.accounts = new Map();
    this.fresh = [];
    this.uses = [];
    this.origins = [];
    this.unreadable = [];
    this.ruleErrors = [];
    const hits = this.hits.take();
    if (this.remembered + this.hits.tabled > REMEMBERED_MAX) this.forget();
    return {
      ...{ events: timesMs.length, timesMs, accounts, hits, uses, unreadable, ruleErrors },
      ...(origins.length === 0 ? {} : { origins }),
    };
  }

  private forget(): void {
    for (const memory of this.memories) memory.earliestUses.clear();
    this.names.clear();
    this.lastName = nobody();
    this.hits.forget();
    this.remembered = 0;
  }

  private addOrigin(event: TrailEvent): void {
    const origin = sessionOriginOf(event);
    if (origin !== undefined) this.origins.push(origin);
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

  private addToWindow(
    memory: RuleMemory,
    track: string,
    hit: Hit,
    event: TrailEvent,
    envelope: Envelope | undefined,
  ): void {
    const { active, level, steps, values } = hit;
    const { id, timeMs } = event;
    for (const key of hit.keys) {
      const known = this.keyOf(memory, track, key);
      let row: number;
      if (active.window?.kind !== 'distinct') row = this.hits.add(known.group, id, timeMs, level, steps, hit.weight);
      else {
        row = this.hits.add(known.group, id, timeMs, level, steps, this.hits.indexOf(values[0] as string));
        for (let index = 1; index < values.length; index++) {
          this.hits.add(known.group, id, timeMs, level, steps, this.hits.indexOf(values[index] as string));
        }
      }
      if (known.earliest === undefined) continue;
      const slot = sampleSlot(active, timeMs, level, steps);
      this.keepEarliest(known.earliest, slot, { event, envelope, row });
    }
  }

  private keyOf(memory: RuleMemory, track: string, key: string): KnownKey {
    const name = this.nameOf(key);
    let known = name.keys;
    while (known !== undefined && (known.memory !== memory || known.track !== track)) known = known.next;
    if (known === undefined) {
      const group = this.hits.addGroup({ rule: memory.rule, track, key: name.text });
      const earliest = memory.isDeferred ? undefined : new Map<number, Earliest>();
      known = { memory, track, group, earliest, next: name.keys };
      name.keys = known;
      this.remembered++;
    }
    return known;
  }

  /** Rules that ask about one event mostly name the same: the actor. */
  private nameOf(text: string): Name {
    if (text === this.lastName.text) return this.lastName;
    let name = this.names.get(text);
    if (name === undefined) {
      name = { text, keys: undefined, uses: undefined };
      this.names.set(text, name);
      this.remembered++;
    }
    this.lastName = name;
    return name;
  }

  /** Few events are shown: only the earliest of each slot. */
  private keepEarliest<Slot>(slots: Map<Slot, Earliest>, slot: Slot, source: Source): void {
    const { timeMs, id } = source.event;
    let earliest = slots.get(slot);
    if (earliest === undefined) {
      earliest = { timeMs, id, source: undefined };
      slots.set(slot, earliest);
      this.remembered++;
    } else if (!isBefore(source.event, earliest)) return;
    if (earliest.source === undefined) this.fresh.push(earliest);
    earliest.timeMs = timeMs;
    earliest.id = id;
    earliest.source = source;
  }

  private addUse(memory: RuleMemory, track: string, hit: Hit, event: TrailEvent, envelope: Envelope | undefined): void {
    const { subject, values } = hit.onlyIfNew ?? { subject: hit.keys[0] ?? '', values: hit.values };
    const use: Use = {
      rule: memory.rule,
      id: event.id,
      timeMs: event.timeMs,
      track,
      subject,
      values,
      level: hit.level,
      counts: hit.onlyIfNew && { keys: hit.keys, weight: hit.weight, steps: hit.steps, values: hit.values },
      denied: event.outcome !== 'succeeded',
      teachesOnly: hit.teachesOnly,
      account: event.account,
      text: '',
    };
    this.uses.push({ use, memory, active: hit.active, event, envelope });
  }

  /**
   * Of uses that teach, the first in each hour says all: baselines keep last uses to the hour. Without this every call of
   * every key would go to the windows' owner.
   */
  private isUsedThisHour(
    active: ActiveRule,
    event: TrailEvent,
    { subject, values }: FirstUses,
    teachesOnly: boolean,
  ): boolean {
    if (event.outcome !== 'succeeded') return false;
    if (this.engine.suppressions.length > 0 && trackOf(this.engine.suppressions, active, event) !== active.mode) {
      return false;
    }
    const { timeMs, id } = event;
    const name = this.nameOf(subject);
    let uses = name.uses;
    while (uses !== undefined && (uses.active !== active || uses.teachesOnly !== teachesOnly)) uses = uses.next;
    if (uses === undefined) {
      uses = { active, teachesOnly, values: new Map(), next: name.uses };
      name.uses = uses;
      this.remembered++;
    }
    const hour = Math.floor(timeMs / HOUR);
    const use = { hour, timeMs: timeMs - hour * HOUR, id };
    let isUsed = true;
    for (const value of values) {
      const first = uses.values.get(value);
      if (first !== undefined && first.hour === hour && !isBefore(use, first)) continue;
      isUsed = false;
      if (first === undefined) this.remembered++;
      uses.values.set(value, use);
    }
    return isUsed;
  }

  /** Makes the texts of what alerts may show, each once. */
  private addTexts(): void {
    for (const used of this.uses) this.considerUse(used);
    let last: TrailEvent | undefined;
    let text = '';
    let index = -1;
    for (const earliest of this.fresh) {
      const { event, envelope, row, use } = earliest.source as Source;
      earliest.source = undefined;
      if (event !== last) {
        last = event;
        text = recordText(event.record, envelope);
        index = -1;
      }
      if (use !== undefined) use.text = text;
      if (row === undefined) continue;
      if (index < 0) index = this.hits.addText(text);
      this.hits.show(row, index);
    }
  }

  /**
   * A use within the learning time is never told, so it needs no evidence: that is most of what baselines look at. Half
   * of that time is left as a margin for files that go back to earlier days of the account.
   */
  private considerUse({ use, memory, active, event, envelope }: UseOfEvent): void {
    const { baseline } = active.rule;
    if (baseline === undefined || use.teachesOnly) return;
    const startMs = this.accountStartsMs.get(use.account) ?? use.timeMs;
    if (use.timeMs < startMs + (baseline.learnDays * DAY) / 2) return;
    const slot = slotOf(use.timeMs, useSlotMs(active, use));
    const group = `${use.track}|${slot}|${use.denied}|${use.subject.length}|${use.subject}`;
    for (const value of use.values) {
      this.keepEarliest(memory.earliestUses, `${group}|${value}`, { event, envelope, use });
    }
  }
}

interface UseOfEvent {
  readonly use: Use;
  readonly memory: RuleMemory;
  readonly active: ActiveRule;
  readonly event: TrailEvent;
  readonly envelope: Envelope | undefined;
}

/** The earliest event of a slot so far, over all flushes: a later one is not shown. */
interface Earliest {
  timeMs: number;
  id: string;
  /** Set while it came since the last flush. */
  source: Source | undefined;
}

/** An event, and the row or the use by which an alert shows it. */
interface Source {
  readonly event: TrailEvent;
  readonly envelope: Envelope | undefined;
  readonly row?: number;
  readonly use?: Use;
}

/** What an extractor remembers of a text that rules name: the key of a window, or the subject of a baseline. */
interface Name {
  readonly text: string;
  /** The first of a list: few rules share a key. */
  keys: KnownKey | undefined;
  uses: KnownUses | undefined;
}

/** A name to begin with, that hardly any rule gives; one that does finds nothing under it. */
function nobody(): Name {
  return { text: '\0', keys: undefined, uses: undefined };
}

/** A key of a rule's window. */
interface KnownKey {
  readonly memory: RuleMemory;
  readonly track: string;
  /** Its index among the groups of the hits. */
  readonly group: number;
  /** Of rules that defer what alerts show, undefined. */
  readonly earliest: Map<number, Earliest> | undefined;
  readonly next: KnownKey | undefined;
}

/** Value → the earliest use of the last hour that saw one. Uses that may be told and the others are kept apart. */
interface KnownUses {
  readonly active: ActiveRule;
  readonly teachesOnly: boolean;
  readonly values: Map<string, UseOfHour>;
  readonly next: KnownUses | undefined;
}

interface UseOfHour {
  /** Since the epoch. */
  readonly hour: number;
  /** Since the hour began: small numbers are read without a step aside. */
  readonly timeMs: number;
  readonly id: string;
}

/** What an extractor remembers of a rule. */
class RuleMemory {
  readonly earliestUses = new Map<string, Earliest>();

  constructor(
    /** Index in the engine's rules. */
    readonly rule: number,
    readonly hasBaseline: boolean,
    /** What alerts show is found in the input when an alert needs it. */
    readonly isDeferred: boolean,
  ) {}
}

/**
 * Rules that count: many events are hits, and few hits are ever shown. What their alerts show is found among the entries,
 * and its record by reading the input again.
 */
export function defersEvidence({ rule, window }: ActiveRule): boolean {
  return (
    window !== undefined && window.kind !== 'sequence' && window.tiers[0].threshold > 1 && rule.baseline === undefined
  );
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
export function useSlotMs({ slotMs, window }: ActiveRule, { denied, track }: Use): number {
  return window !== undefined && (denied || track.startsWith(SUPPRESSED)) ? slotMs : DAY;
}

/** Slot of what an alert may show: one for each slot of the window, level (below 8) and set of steps (19 bits). */
export function sampleSlot({ slotMs }: ActiveRule, timeMs: number, level: number, steps: number): number {
  return Math.floor(timeMs / slotMs) * 2 ** 22 + steps * 8 + level;
}

/** Order of events: time, then id. */
export function isBefore(a: { timeMs: number; id: string }, b: { timeMs: number; id: string }): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id);
}
