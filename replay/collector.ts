import { bucketOf, EVENT_IDS_MAX, firstSeenAlertId, type Raise, raisesOf } from '../lambda/alerts/alert';
import { type Evidence, inOrder } from '../lambda/alerts/evidence';
import { harmless } from '../lambda/alerts/neutral';
import { type Settling, spokenForBy, type Told } from '../lambda/alerts/settle';
import { BoundedMap } from '../lambda/bounded-map';
import { behindAmong } from '../lambda/lineage/behind';
import type { SessionOrigin } from '../lambda/lineage/lineage-store';
import type { Taker } from '../lambda/lineage/taker';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { levelOf, severityAt } from '../lambda/rules/severity';
import { SUPPRESSED } from '../lambda/rules/suppression';
import { slotOf } from '../lambda/windows/slots';
import {
  type Firing,
  unionOfEntries,
  unionOfMarks,
  verdictOfEntries,
  verdictOfMarks,
  type WindowSpec,
} from '../lambda/windows/verdict';
import { EvidenceMaker, type Sample } from './evidence-again';
import { defersEvidence, type Extract, isBefore } from './extract';
import { FirstUses, type NewUse } from './first-uses';
import type { Habits } from './habits';
import { headlineOf, type ReplayAlert } from './replay-alert';
import { HeldHits, type HitsOfKey, type Key } from './windows/held-hits';

interface RuleState {
  readonly active: ActiveRule;
  /** Of rules with a baseline. */
  readonly firstUses: FirstUses | undefined;
}

/** An alert, but for what its samples tell. */
type Judged = Omit<ReplayAlert, keyof ReturnType<typeof shownBy>>;

/** What an alert shows. */
interface Shown {
  readonly active: ActiveRule;
  readonly samples: readonly Sample[];
}

/** How far out of order events may come, in event time, and still be judged with everything around them. */
export const DEFAULT_LATENESS_MS = 24 * 60 * 60_000;

/** Retained items above which the oldest part is judged and forgotten: 60 MB of log. */
const RETAINED_MAX = 1_500_000;

/** Sessions whose beginning is remembered. About 100 MB. */
const ORIGINS_MAX = 200_000;

/**
 * Windows, baselines and alerts of a replay: takes hits in any order, then judges them in event-time order with the
 * same functions as the Lambda. What is retained is bounded: beyond it, everything older than the lateness is judged
 * and forgotten; an event that comes even later is counted in `late` and still judged, with what is left around it.
 */
export class Collector {
  private readonly states: readonly RuleState[];
  private readonly alerts = new Map<string, Judged>();
  /** Alert → what it shows. */
  private readonly samples = new Map<string, Shown>();
  private readonly accountStartMs = new Map<string, number>();
  /** How sessions began, by their tokens: of very many, those that began last in the order of the inputs. */
  private readonly origins = new BoundedMap<string, SessionOrigin>(ORIGINS_MAX);
  private readonly held: HeldHits;
  /** First uses that wait, in hits. */
  private waiting = 0;
  private relieveAbove: number;
  private newestMs = Number.NEGATIVE_INFINITY;
  private judgedUntilMs = Number.NEGATIVE_INFINITY;
  /** Events that came more than the lateness after a newer one. */
  late = 0;
  /** Keys are forgotten when they have been quiet for long. */
  private mostCertain = 0;

  constructor(
    private readonly rules: readonly ActiveRule[],
    private readonly latenessMs = DEFAULT_LATENESS_MS,
    private readonly retainedMax = RETAINED_MAX,
    /** As the extractors were told. */
    private readonly canReadAgain = false,
  ) {
    this.relieveAbove = retainedMax;
    this.states = rules.map((active) => {
      const { baseline } = active.rule;
      return {
        active,
        firstUses: baseline && new FirstUses(active, baseline),
      };
    });
    this.held = new HeldHits(rules);
  }

  /**
   * Takes what an extractor made of some records. The order of calls decides only what counts as late.
   * @param input number of the input that they came from, by which records are asked for
   */
  add({ timesMs, accounts, hits, uses, origins = [] }: Extract, input = 0): void {
    for (const origin of origins) {
      // The caller's own account knows more of the caller than the role's account does.
      if (origin.own || this.origins.get(origin.session) === undefined) this.origins.set(origin.session, origin);
    }
    for (const [account, timeMs] of accounts) {
      const startMs = this.accountStartMs.get(account);
      if (startMs === undefined || timeMs < startMs) this.accountStartMs.set(account, timeMs);
    }
    for (const timeMs of timesMs) {
      if (timeMs > this.newestMs) this.newestMs = timeMs;
      else if (timeMs < this.newestMs - this.latenessMs) this.late++;
    }
    this.held.add(hits, input);
    for (const use of uses) this.waiting += (this.states[use.rule] as RuleState).firstUses?.add(use) ?? 0;
    if (this.held.weight + this.waiting > this.relieveAbove) {
      this.judge(this.newestMs - this.latenessMs);
      // What is younger than the lateness can't be judged yet: looking at it again for each file would never end.
      this.relieveAbove = Math.max(this.retainedMax, (this.held.weight + this.waiting) * 1.25);
    }
  }

  /** Alerts that there will be at least, told without judging: of rules that one event is enough for, one for each key. */
  certain(): number {
    let keys = 0;
    for (const active of this.rules) {
      const { window, constantLevel } = active;
      const isEnough = window?.kind === 'count' && window.tiers[0].threshold === 1;
      if (isEnough && constantLevel !== 0) keys += this.held.keysIn(active, 'live');
    }
    this.mostCertain = Math.max(this.mostCertain, keys);
    return this.mostCertain;
  }

  /** Judges everything. What alerts show and is still in the inputs: for `EvidenceMaker`. */
  wanted(): Sample[] {
    this.judge(Number.POSITIVE_INFINITY);
    return [...this.samples.values()].flatMap(({ samples }) => samples.filter(({ text }) => text === ''));
  }

  /**
   * Judges everything and returns all alerts by time of their first firing, then id.
   * @param evidence has found what `wanted` names, as far as it is there
   */
  finish(evidence = new EvidenceMaker(this.rules)): ReplayAlert[] {
    this.judge(Number.POSITIVE_INFINITY);
    evidence.addTexts([...this.samples.values()].flatMap(({ samples }) => samples));
    const finished = [...this.alerts.values()].map((alert): ReplayAlert => {
      const { active, samples } = this.samples.get(alert.alertId) as Shown;
      const shown = samples.flatMap((sample) => evidence.found.get(sample) ?? []);
      return { ...alert, ...shownBy(active, shown, alert.count), ...this.behind(shown) };
    });
    return finished.sort((a, b) => a.firstFiringMs - b.firstFiringMs || (a.alertId < b.alertId ? -1 : 1));
  }

  /** Who took the role, where the files tell it: of what services begin by themselves, none does. */
  private behind(shown: readonly Evidence[]): Pick<ReplayAlert, 'behind'> {
    const takers = { get: (session: string): Taker | undefined => this.origins.get(session)?.taker };
    const behind = behindAmong(takers, inOrder(shown)[0]);
    return behind === undefined || behind.takers.length === 0 ? {} : { behind };
  }

  /** What the rules with a baseline have learned; of everything when `finish` was called. */
  habits(): Habits {
    return {
      accounts: this.accountStartMs,
      kinds: this.states.flatMap(({ firstUses }) => firstUses?.habits() ?? []),
    };
  }

  /** Judges all that happened before `untilMs`; buckets that reach beyond it wait. */
  private judge(untilMs: number): void {
    if (untilMs <= this.judgedUntilMs) return;
    for (const state of this.states) this.judgeFirstUses(state, untilMs);
    this.held.judge((key, hits) => {
      const { active } = key;
      const endMs = untilMs === Number.POSITIVE_INFINITY ? untilMs : bucketOf(untilMs, active.quietMs);
      this.judgeKey(key, hits, endMs);
      // Nothing comes after the end: room for alerts.
      return endMs === Number.POSITIVE_INFINITY ? undefined : keptFrom(key, hits, untilMs, endMs);
    });
    this.judgedUntilMs = untilMs;
    this.waiting = this.states.reduce((total, { firstUses }) => total + (firstUses?.retained() ?? 0), 0);
  }

  private judgeKey(key: Key, all: HitsOfKey, endMs: number): void {
    const { active, track, text } = key;
    const { window } = active;
    const hits = window && mayFire(window, all);
    if (window === undefined || hits === undefined) return;
    const { items, firings } = judged(window, hits, endMs);
    const raises = raisesOf(active, text, track, firings, (index) => (items[index] as Judgeable).timeMs);
    for (const raise of raises) {
      const ids = new Set<string>();
      for (const [from, to] of raise.ranges) {
        for (let index = from; index < to && ids.size < EVENT_IDS_MAX; index++) ids.add((items[index] as Judgeable).id);
      }
      this.settle(key, all, raise, [...ids]);
    }
  }

  private settle(key: Key, hits: HitsOfKey, raise: Raise, eventIds: string[]): void {
    const { track, active } = key;
    const known = this.alerts.get(raise.alertId);
    if (known !== undefined) {
      this.alerts.set(raise.alertId, widened(known, raise, eventIds));
      return;
    }
    const told = this.tell(active, track, raise, key.settled);
    key.settled = told.settling;
    const isDeferred = this.canReadAgain && defersEvidence(active);
    this.samples.set(raise.alertId, { active, samples: samplesOf(key, isDeferred ? hits : undefined, raise) });
    this.alerts.set(raise.alertId, this.alertOf(active, track, raise, eventIds, told.continues));
  }

  /** Whether the alert has a message, and which alert speaks for it if not. */
  private tell(
    active: ActiveRule,
    track: string,
    raise: Raise,
    before: Settling | undefined,
  ): { settling: Settling; continues: string | null } {
    const { alertId, firstFiringMs, lastFiringMs, level, multiple } = raise;
    const own = { alertId, firstFiringMs, lastFiringMs, level, multiple, messages: [] as Told[] };
    if (track !== 'live' || level === 0) return { settling: own, continues: null };
    const isNeighbour =
      before !== undefined && bucketOf(before.lastFiringMs, raise.quietMs) === raise.bucketMs - raise.quietMs;
    const speaker = spokenForBy(own, isNeighbour ? [before] : [], active.quietMs);
    if (speaker === undefined) own.messages.push({ level, multiple });
    return { settling: own, continues: speaker ?? null };
  }

  private alertOf(
    active: ActiveRule,
    track: string,
    raise: Omit<Raise, 'ranges' | 'bucketMs' | 'quietMs'>,
    eventIds: readonly string[],
    continues: string | null,
  ): Judged {
    return {
      alertId: raise.alertId,
      rule: active.rule.id,
      severity: severityAt(raise.level),
      mode: active.mode,
      suppressed: track.startsWith(SUPPRESSED) ? track.slice(SUPPRESSED.length) : null,
      firstEventMs: raise.firstEventMs,
      firstFiringMs: raise.firstFiringMs,
      lastFiringMs: raise.lastFiringMs,
      count: raise.count,
      key: harmless(raise.key, 200),
      multiple: raise.multiple,
      eventIds,
      continues,
    };
  }

  /** New uses are told, or count in the rule's window. */
  private judgeFirstUses(state: RuleState, untilMs: number): void {
    state.firstUses?.judge(
      untilMs,
      (account) => this.accountStartMs.get(account),
      (found) => {
        if (state.active.window === undefined) this.raiseFirstUse(state.active, found);
        else this.addFirstUse(state, found);
      },
    );
  }

  private addFirstUse(state: RuleState, { use, text }: NewUse): void {
    const { id, timeMs, level, counts } = use;
    if (counts === undefined) return;
    const { keys, weight, steps, values } = counts;
    for (const key of keys) {
      this.held.addOne(state.active, use.track, key, { id, timeMs, level, steps, weight, values }, text);
    }
  }

  private raiseFirstUse(active: ActiveRule, { first, use, text }: NewUse): void {
    const { id, timeMs, track, subject } = first;
    const alertId = firstSeenAlertId(active, first);
    if (this.alerts.has(alertId)) return;
    const raise = {
      alertId,
      rule: active.rule.id,
      key: subject,
      track,
      firstFiringMs: timeMs,
      lastFiringMs: timeMs,
      firstEventMs: timeMs,
      count: 1,
      level: active.constantLevel ?? use.level,
      multiple: 1,
    };
    const sample = { rule: active.rule.id, timeMs, id, level: use.level, steps: 0, text, input: 0 };
    this.samples.set(alertId, { active, samples: text === '' ? [] : [sample] });
    this.alerts.set(alertId, this.alertOf(active, track, raise, [id], null));
  }
}

/** An alert that is judged again with other events around it: it only grows. */
function widened(alert: Judged, raise: Raise, eventIds: readonly string[]): Judged {
  return {
    ...alert,
    severity: severityAt(Math.max(levelOf(alert.severity), raise.level)),
    firstEventMs: Math.min(alert.firstEventMs, raise.firstEventMs),
    firstFiringMs: Math.min(alert.firstFiringMs, raise.firstFiringMs),
    lastFiringMs: Math.max(alert.lastFiringMs, raise.lastFiringMs),
    count: Math.max(alert.count, raise.count),
    multiple: Math.max(alert.multiple, raise.multiple),
    eventIds: [...new Set([...alert.eventIds, ...eventIds])].slice(0, EVENT_IDS_MAX),
  };
}

/** What judging looks at of an entry or a mark. */
interface Judgeable {
  readonly id: string;
  readonly timeMs: number;
}

/** What was judged before and is still here is judged again: the same alerts come out, and late events join them. */
function judged(
  window: WindowSpec,
  hits: HitsOfKey,
  endMs: number,
): { items: readonly Judgeable[]; firings: readonly Firing[] } {
  if (window.kind === 'distinct') {
    const items = unionOfMarks(hits.marks(endMs));
    return { items, firings: verdictOfMarks(window, items) };
  }
  const items = unionOfEntries(hits.entries(endMs));
  return { items, firings: verdictOfEntries(window, items) };
}

/** The hits that may fire: of most keys none, and then nothing needs to be unpacked and sorted. */
function mayFire(window: WindowSpec, hits: HitsOfKey): HitsOfKey | undefined {
  if (window.kind === 'silence') return hits;
  return hits.around(window.kind === 'sequence' ? sum(window.stepCounts) : window.tiers[0].threshold, window.withinMs);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The time from which on a key's hits are needed when all before `endMs` is judged; undefined when the key may go. */
function keptFrom(
  { active, samples, settled }: Key,
  hits: HitsOfKey,
  untilMs: number,
  endMs: number,
): number | undefined {
  const { window, quietMs, slotMs } = active;
  if (window === undefined) return undefined;
  // A silence reaches back to the last event, however long ago.
  const fromMs = window.kind === 'silence' ? (hits.lastBefore(endMs) ?? endMs) : endMs - window.withinMs + 1;
  // By whole slots: what an alert shows of a slot is its earliest event, however much was forgotten before.
  const slotFromMs = slotOf(fromMs, slotMs);
  const isEmpty =
    !hits.reaches(slotFromMs) && ![...(samples?.values() ?? [])].some(({ timeMs }) => timeMs >= slotFromMs);
  return isEmpty && (settled?.lastFiringMs ?? Number.NEGATIVE_INFINITY) < untilMs - 2 * quietMs
    ? undefined
    : slotFromMs;
}

/**
 * What an alert shows, out of the windows that its firings looked at: of each slot, level and set of steps the earliest
 * event. The one that leads the alert comes first. At most 5.
 * @param hits of the key, among which samples are found where none were kept
 */
function samplesOf({ active, samples }: Key, hits: HitsOfKey | undefined, raise: Raise): Sample[] {
  const fromMs = raise.firstFiringMs - (active.window?.withinMs ?? 0) + 1;
  const toMs = raise.lastFiringMs;
  const candidates =
    hits === undefined ? [...(samples?.values() ?? [])] : samplesIn(active, hits, slotOf(fromMs, active.slotMs), toMs);
  const ofAlert = candidates
    .filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs)
    .sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const lead = leadOf(ofAlert);
  if (lead === undefined) return [];
  const others = new Map<number, Sample>();
  for (const sample of ofAlert) {
    const kind = sample.steps * 8 + sample.level;
    if (sample !== lead && !others.has(kind)) others.set(kind, sample);
  }
  return [lead, ...others.values()].slice(0, 5);
}

/** The most severe; of a sequence, one that fits the last step; then the earliest. */
function leadOf(samples: readonly Sample[]): Sample | undefined {
  let lead = samples[0];
  for (const sample of samples) {
    if (
      lead !== undefined &&
      (sample.level > lead.level || (sample.level === lead.level && sample.steps > lead.steps))
    ) {
      lead = sample;
    }
  }
  return lead;
}

function samplesIn({ rule }: ActiveRule, hits: HitsOfKey, fromMs: number, toMs: number): Sample[] {
  return hits.earliest(fromMs, toMs).map(({ id, timeMs, level, steps, input }) => {
    return { rule: rule.id, id, timeMs, level, steps, text: '', input };
  });
}

/** What an alert shows of its samples. */
function shownBy(active: ActiveRule, evidence: readonly Evidence[], count: number) {
  const [lead] = evidence;
  return {
    actor: lead?.actor ?? 'unknown',
    account: lead?.account ?? 'unknown',
    region: lead?.region ?? 'unknown',
    headline: headlineOf(active, lead, count),
    evidence,
  };
}
