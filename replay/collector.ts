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
import { type Beside, ENTRY_WORDS, PackedEntries, readMoment, readUuid } from '../lambda/windows/packed-entries';
import { slotOf } from '../lambda/windows/slots';
import {
  unionOfEntries,
  unionOfMarks,
  verdictOfEntries,
  verdictOfMarks,
  type WindowSpec,
} from '../lambda/windows/verdict';
import { EvidenceMaker, type Sample } from './evidence-again';
import { defersEvidence, type Extract, isBefore, sampleSlot } from './extract';
import { FirstUses, type NewUse } from './first-uses';
import type { Habits } from './habits';
import { PackedMarks } from './packed-marks';
import { headlineOf, type ReplayAlert } from './replay-alert';
import { type HitGroup, ROW_WORDS, type WindowHits } from './window-hits';

/** What is known of one (rule, key, track): commutative, so that the order of arrival does not matter. */
interface KeyHistory {
  readonly entries: PackedEntries | undefined;
  readonly marks: PackedMarks | undefined;
  /** `sampleSlot` → earliest event: alerts show these. */
  readonly samples: Map<number, Sample>;
  /** The latest settled bucket, for continuation. */
  settled: Settling | undefined;
}

interface RuleState {
  readonly active: ActiveRule;
  readonly tracks: Map<string, Map<string, KeyHistory>>;
  /** Of rules with a baseline. */
  readonly firstUses: FirstUses | undefined;
  /** What alerts show is found among the entries themselves, and their records in the inputs. */
  readonly isDeferred: boolean;
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

/** Retained items above which the oldest part is judged and forgotten. About 100 MB. */
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
  /** Table of groups → their histories. */
  private histories = new WeakMap<readonly HitGroup[], (KeyHistory | undefined)[]>();
  private retained = 0;
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
    canReadAgain = false,
  ) {
    this.relieveAbove = retainedMax;
    this.states = rules.map((active) => {
      const { baseline } = active.rule;
      return {
        active,
        tracks: new Map(),
        firstUses: baseline && new FirstUses(active, baseline),
        isDeferred: canReadAgain && defersEvidence(active),
      };
    });
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
    this.addHits(hits, input);
    for (const use of uses) this.retained += (this.states[use.rule] as RuleState).firstUses?.add(use) ?? 0;
    if (this.retained > this.relieveAbove) {
      this.judge(this.newestMs - this.latenessMs);
      // What is younger than the lateness can't be judged yet: looking at it again for each file would never end.
      this.relieveAbove = Math.max(this.retainedMax, this.retained * 1.25);
    }
  }

  /** Alerts that there will be at least, told without judging: of rules that one event is enough for, one for each key. */
  certain(): number {
    let keys = 0;
    for (const { active, tracks } of this.states) {
      const isEnough = active.window?.kind === 'count' && active.window.tiers[0].threshold === 1;
      if (isEnough && active.constantLevel !== 0) keys += tracks.get('live')?.size ?? 0;
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

  private addHits({ groups, rows, amounts, values, oddIds, shown, texts }: WindowHits, input: number): void {
    const histories = this.historiesOf(groups);
    const historyIn = (group: number): KeyHistory => {
      const { rule, track, key } = groups[group] as HitGroup;
      const history = historyOf(this.states[rule] as RuleState, track, key);
      histories[group] = history;
      return history;
    };
    for (let row = 0; row < amounts.length; row++) {
      const offset = row * ROW_WORDS;
      const group = rows[offset + ENTRY_WORDS] as number;
      const history = histories[group] ?? historyIn(group);
      const { entries, marks } = history;
      const amount = amounts[row] as number;
      const oddId = oddIds.get(row);
      const held = lengthOf(history);
      if (oddId !== undefined) {
        const { timeMs, level, steps } = readMoment(rows, offset);
        entries?.add(oddId, timeMs, amount, level, steps, input);
        marks?.add(oddId, timeMs, values[amount] as string, level, input);
      } else {
        entries?.addPacked(rows, offset, amount, input);
        marks?.addPacked(rows, offset, values[amount] as string, input);
      }
      this.retained += lengthOf(history) - held;
    }
    for (const [row, text] of shown) {
      const offset = row * ROW_WORDS;
      const group = rows[offset + ENTRY_WORDS] as number;
      const history = histories[group] as KeyHistory;
      const { active } = this.states[(groups[group] as HitGroup).rule] as RuleState;
      const id = oddIds.get(row) ?? readUuid(rows, offset);
      this.addSample(active, history, { id, ...readMoment(rows, offset) }, texts[text] as string, input);
    }
  }

  /** The histories of an extractor's groups, by the groups' indices, as far as they are known. */
  private historiesOf(groups: readonly HitGroup[]): (KeyHistory | undefined)[] {
    let histories = this.histories.get(groups);
    if (histories === undefined) {
      histories = new Array<KeyHistory | undefined>(groups.length).fill(undefined);
      this.histories.set(groups, histories);
    }
    return histories;
  }

  private addSample(
    active: ActiveRule,
    { samples }: KeyHistory,
    { id, timeMs, level, steps }: Pick<Sample, 'id' | 'timeMs' | 'level' | 'steps'>,
    text: string,
    input: number,
  ): void {
    const slot = sampleSlot(active, timeMs, level, steps);
    const known = samples.get(slot);
    if (known === undefined) this.retained += ITEMS_OF_SAMPLE;
    else if (!isBefore({ timeMs, id }, known)) return;
    samples.set(slot, { rule: active.rule.id, timeMs, id, level, steps, text, input });
  }

  /** Judges all that happened before `untilMs`; buckets that reach beyond it wait. */
  private judge(untilMs: number): void {
    if (untilMs <= this.judgedUntilMs) return;
    this.histories = new WeakMap(); // keys go
    for (const state of this.states) {
      this.judgeFirstUses(state, untilMs);
      for (const [track, keys] of state.tracks) {
        for (const [key, history] of keys) {
          this.judgeKey(state, track, key, history, untilMs);
          if (untilMs === Number.POSITIVE_INFINITY) {
            keys.delete(key); // nothing comes after the end: room for alerts
            continue;
          }
          const settledMs = history.settled?.lastFiringMs ?? Number.NEGATIVE_INFINITY;
          if (lengthOf(history) + history.samples.size === 0 && settledMs < untilMs - 2 * state.active.quietMs)
            keys.delete(key);
        }
      }
    }
    this.judgedUntilMs = untilMs;
    this.retained = this.countRetained();
  }

  private judgeKey(state: RuleState, track: string, key: string, history: KeyHistory, untilMs: number): void {
    const { active } = state;
    const { window, quietMs } = active;
    if (window === undefined) return;
    const endMs = untilMs === Number.POSITIVE_INFINITY ? untilMs : bucketOf(untilMs, quietMs);
    const worth = mayFire(window, history);
    const entries = worth && history.entries ? unionOfEntries(history.entries.between(-1, endMs - 1)) : [];
    const marks = worth && history.marks ? unionOfMarks(history.marks.before(endMs)) : [];
    const items: readonly { id: string; timeMs: number }[] = history.entries === undefined ? marks : entries;
    // What was judged before and is still here is judged again: the same alerts come out, and late events join them.
    const firings = history.entries === undefined ? verdictOfMarks(window, marks) : verdictOfEntries(window, entries);
    const raises = raisesOf(active, key, track, firings, (index) => (items[index] as { timeMs: number }).timeMs);
    for (const raise of raises) {
      const ids = new Set<string>();
      for (const [from, to] of raise.ranges) {
        for (let index = from; index < to && ids.size < EVENT_IDS_MAX; index++)
          ids.add((items[index] as { id: string }).id);
      }
      this.settle(state, track, history, raise, [...ids]);
    }
    if (endMs === Number.POSITIVE_INFINITY) return;
    // A silence reaches back to the last event, however long ago.
    const keepFromMs = window.kind === 'silence' ? (entries.at(-1)?.timeMs ?? endMs) : endMs - window.withinMs + 1;
    // By whole slots: what an alert shows of a slot is its earliest event, however much was forgotten before.
    forget(history, slotOf(keepFromMs, active.slotMs));
  }

  private settle(state: RuleState, track: string, history: KeyHistory, raise: Raise, eventIds: string[]): void {
    const { active } = state;
    const known = this.alerts.get(raise.alertId);
    if (known !== undefined) {
      this.alerts.set(raise.alertId, widened(known, raise, eventIds));
      return;
    }
    const told = this.tell(active, track, raise, history.settled);
    history.settled = told.settling;
    this.samples.set(raise.alertId, { active, samples: samplesOf(state, history, raise) });
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
      const history = historyOf(state, use.track, key);
      const held = lengthOf(history);
      history.entries?.add(id, timeMs, weight, level, steps);
      for (const value of values) history.marks?.add(id, timeMs, value, level);
      this.retained += lengthOf(history) - held;
      if (text !== '') this.addSample(state.active, history, { id, timeMs, level, steps }, text, 0);
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

  private countRetained(): number {
    let count = 0;
    for (const { tracks, firstUses } of this.states) {
      for (const keys of tracks.values()) {
        for (const history of keys.values()) count += lengthOf(history) + history.samples.size * ITEMS_OF_SAMPLE;
      }
      count += firstUses?.retained() ?? 0;
    }
    return count;
  }
}

/** What a sample weighs beside the entries of windows. */
const ITEMS_OF_SAMPLE = 16;

function historyOf({ active, tracks, isDeferred }: RuleState, track: string, key: string): KeyHistory {
  let keys = tracks.get(track);
  if (keys === undefined) {
    keys = new Map();
    tracks.set(track, keys);
  }
  let history = keys.get(key);
  if (history === undefined) {
    const isDistinct = active.window?.kind === 'distinct';
    history = {
      entries: isDistinct ? undefined : new PackedEntries(besideEntries(active, isDeferred)),
      marks: isDistinct ? new PackedMarks(active.slotMs, isDeferred) : undefined,
      samples: isDeferred ? NO_SAMPLES : new Map(),
      settled: undefined,
    };
    keys.set(key, history);
  }
  return history;
}

/** Of the many keys that have none. Nothing is ever put into it. */
const NO_SAMPLES: KeyHistory['samples'] = new Map();

function besideEntries({ window }: ActiveRule, origins: boolean): Beside {
  return window?.kind === 'sum' ? { weights: 'any', origins } : { origins };
}

function lengthOf({ entries, marks }: KeyHistory): number {
  return entries?.length ?? marks?.length ?? 0;
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

/** False when there is too little for any firing: most keys, and then nothing needs to be unpacked and sorted. */
function mayFire(window: WindowSpec, { entries, marks }: KeyHistory): boolean {
  const least = window.kind === 'sequence' ? sum(window.stepCounts) : window.tiers[0].threshold;
  if (window.kind === 'silence') return true;
  return (marks ?? entries)?.mayHold(least, window.withinMs) === true;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function forget(history: KeyHistory, beforeMs: number): void {
  history.entries?.forget(beforeMs - 1);
  history.marks?.forget(beforeMs - 1);
  for (const [name, sample] of history.samples) if (sample.timeMs < beforeMs) history.samples.delete(name);
}

/**
 * What an alert shows, out of the windows that its firings looked at: of each slot, level and set of steps the earliest
 * event. The one that leads the alert comes first. At most 5.
 */
function samplesOf({ active, isDeferred }: RuleState, history: KeyHistory, raise: Raise): Sample[] {
  const fromMs = raise.firstFiringMs - (active.window?.withinMs ?? 0) + 1;
  const toMs = raise.lastFiringMs;
  const candidates = isDeferred
    ? samplesIn(active, history, slotOf(fromMs, active.slotMs), toMs)
    : [...history.samples.values()];
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

function samplesIn({ rule, slotMs }: ActiveRule, history: KeyHistory, fromMs: number, toMs: number): Sample[] {
  const earliest = (history.entries ?? history.marks)?.earliest(slotMs, fromMs, toMs) ?? [];
  return earliest.map(({ id, timeMs, level, steps, origin }) => {
    return { rule: rule.id, id, timeMs, level, steps, text: '', input: origin };
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
