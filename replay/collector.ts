import { bucketOf, EVENT_IDS_MAX, firstSeenAlertId, type Raise, raisesOf } from '../lambda/alerts/alert';
import type { Evidence } from '../lambda/alerts/evidence';
import { harmless } from '../lambda/alerts/neutral';
import { type Settling, spokenForBy, type Told } from '../lambda/alerts/settle';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { levelOf, severityAt } from '../lambda/rules/severity';
import { SUPPRESSED } from '../lambda/rules/suppression';
import { PackedEntries } from '../lambda/windows/packed-entries';
import { slotOf } from '../lambda/windows/slots';
import {
  unionOfEntries,
  unionOfMarks,
  verdictOfEntries,
  verdictOfMarks,
  type WindowSpec,
} from '../lambda/windows/verdict';
import { type CollectedHit, defersEvidence, type Extract, isBefore, sampleSlot } from './extract';
import { FirstUses, type NewUse } from './first-uses';
import { PackedMarks } from './packed-marks';
import { headlineOf, type ReplayAlert } from './replay-alert';

/** An event that an alert may show; its evidence is here as JSON, or is to be found in the input again. */
export interface Sample {
  readonly rule: string;
  readonly timeMs: number;
  readonly id: string;
  readonly level: number;
  readonly steps: number;
  readonly json: string;
  /** Number of the input, as given to `add`. */
  readonly input: number;
}

/** What is known of one (rule, key, track): commutative, so that the order of arrival does not matter. */
interface KeyHistory {
  readonly entries: PackedEntries | undefined;
  readonly marks: PackedMarks | undefined;
  /** slot|level|steps → earliest event: alerts show these. */
  readonly samples: Map<string, Sample>;
  /** The latest settled bucket, for continuation. */
  settled: Settling | undefined;
}

interface RuleState {
  readonly active: ActiveRule;
  readonly tracks: Map<string, Map<string, KeyHistory>>;
  /** Of rules with a baseline. */
  readonly firstUses: FirstUses | undefined;
  /** Evidence is in the inputs: what alerts show is found among the entries themselves. */
  readonly isDeferred: boolean;
}

/** How far out of order events may come, in event time, and still be judged with everything around them. */
export const DEFAULT_LATENESS_MS = 24 * 60 * 60_000;

/** Retained items above which the oldest part is judged and forgotten. About 100 MB. */
const RETAINED_MAX = 1_500_000;

/**
 * Windows, baselines and alerts of a replay: takes hits in any order, then judges them in event-time order with the
 * same functions as the Lambda. What is retained is bounded: beyond it, everything older than the lateness is judged
 * and forgotten; an event that comes even later is counted in `late` and still judged, with what is left around it.
 */
export class Collector {
  private readonly states: readonly RuleState[];
  private readonly alerts = new Map<string, ReplayAlert>();
  /** Alerts with samples whose evidence is still in the inputs. */
  private readonly deferred = new Map<string, { readonly active: ActiveRule; readonly samples: readonly Sample[] }>();
  private readonly accountStartMs = new Map<string, number>();
  private retained = 0;
  private relieveAbove: number;
  private newestMs = Number.NEGATIVE_INFINITY;
  private judgedUntilMs = Number.NEGATIVE_INFINITY;
  /** Events that came more than the lateness after a newer one. */
  late = 0;

  constructor(
    rules: readonly ActiveRule[],
    private readonly latenessMs = DEFAULT_LATENESS_MS,
    private readonly retainedMax = RETAINED_MAX,
    /** Whether the extractors leave the evidence of some rules for later. */
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
   * @param input number of the input that they came from, by which deferred evidence is asked for
   */
  add({ timesMs, accounts, hits }: Extract, input = 0): void {
    for (const [account, timeMs] of accounts) {
      const startMs = this.accountStartMs.get(account);
      if (startMs === undefined || timeMs < startMs) this.accountStartMs.set(account, timeMs);
    }
    for (const timeMs of timesMs) {
      if (timeMs > this.newestMs) this.newestMs = timeMs;
      else if (timeMs < this.newestMs - this.latenessMs) this.late++;
    }
    for (const hit of hits) {
      const state = this.states[hit.rule] as RuleState;
      if (state.firstUses !== undefined) this.retained += state.firstUses.add(hit);
      else for (const key of hit.keys) this.addToWindow(state, key, hit, input);
    }
    if (this.retained > this.relieveAbove) {
      this.judge(this.newestMs - this.latenessMs);
      // What is younger than the lateness can't be judged yet: looking at it again for each file would never end.
      this.relieveAbove = Math.max(this.retainedMax, this.retained * 1.25);
    }
  }

  /** Judges everything. Samples whose evidence was deferred, and that alerts show: for `finish`. */
  wanted(): Sample[] {
    this.judge(Number.POSITIVE_INFINITY);
    return [...this.deferred.values()].flatMap(({ samples }) => samples.filter(({ json }) => json === ''));
  }

  /**
   * Judges everything and returns all alerts by time of their first firing, then id.
   * @param found evidence of the samples that `wanted` named, as far as it was found
   */
  finish(found: ReadonlyMap<Sample, Evidence> = new Map()): ReplayAlert[] {
    this.judge(Number.POSITIVE_INFINITY);
    for (const [alertId, { active, samples }] of this.deferred) {
      const alert = this.alerts.get(alertId) as ReplayAlert;
      const evidence = samples.flatMap((sample) => evidenceIn(sample) ?? found.get(sample) ?? []);
      this.alerts.set(alertId, { ...alert, ...shownBy(active, evidence, alert.count) });
    }
    this.deferred.clear();
    return [...this.alerts.values()].sort(
      (a, b) => a.firstFiringMs - b.firstFiringMs || (a.alertId < b.alertId ? -1 : 1),
    );
  }

  private addToWindow(state: RuleState, key: string, hit: CollectedHit, input: number): void {
    const { active, isDeferred } = state;
    let keys = state.tracks.get(hit.track);
    if (keys === undefined) {
      keys = new Map();
      state.tracks.set(hit.track, keys);
    }
    let history = keys.get(key);
    if (history === undefined) {
      const distinct = active.window?.kind === 'distinct';
      history = {
        entries: distinct ? undefined : new PackedEntries(active.window?.kind === 'sum', isDeferred),
        marks: distinct ? new PackedMarks(active.slotMs, isDeferred) : undefined,
        samples: new Map(),
        settled: undefined,
      };
      keys.set(key, history);
    }
    if (history.entries !== undefined) {
      history.entries.add(hit.id, hit.timeMs, hit.weight, hit.level, hit.steps, input);
      this.retained++;
    }
    if (history.marks !== undefined) {
      const held = history.marks.length;
      for (const value of hit.values) history.marks.add(hit.id, hit.timeMs, value, hit.level, input);
      this.retained += history.marks.length - held;
    }
    if (hit.sampled) {
      const name = sampleSlot(active, hit.timeMs, hit.level, hit.steps);
      this.addSample(history.samples, name, hit, active.rule.id, input);
    }
  }

  private addSample(
    samples: KeyHistory['samples'],
    name: string,
    hit: CollectedHit,
    rule: string,
    input: number,
  ): void {
    const known = samples.get(name);
    if (known === undefined) this.retained += 8;
    else if (!isBefore(hit, known)) return;
    const { timeMs, id, level, steps, evidence } = hit;
    samples.set(name, { rule, timeMs, id, level, steps, json: evidence, input });
  }

  /** Judges all that happened before `untilMs`; buckets that reach beyond it wait. */
  private judge(untilMs: number): void {
    if (untilMs <= this.judgedUntilMs) return;
    for (const state of this.states) {
      this.judgeFirstUses(state, untilMs);
      for (const [track, keys] of state.tracks) {
        for (const [key, history] of keys) {
          this.judgeKey(state, track, key, history, untilMs);
          const settledMs = history.settled?.lastFiringMs ?? Number.NEGATIVE_INFINITY;
          const isEmpty = (history.entries?.length ?? 0) + (history.marks?.length ?? 0) + history.samples.size === 0;
          if (isEmpty && settledMs < untilMs - 2 * state.active.quietMs) keys.delete(key);
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
    const samples = samplesOf(candidatesFor(state, history), raise, active);
    const told = this.tell(active, track, raise, history.settled);
    history.settled = told.settling;
    if (samples.some(({ json }) => json === '')) this.deferred.set(raise.alertId, { active, samples });
    const evidence = samples.flatMap((sample) => evidenceIn(sample) ?? []);
    this.alerts.set(raise.alertId, this.alertOf(active, track, raise, eventIds, evidence, told.continues));
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
    evidence: readonly Evidence[],
    continues: string | null,
  ): ReplayAlert {
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
      ...shownBy(active, evidence, raise.count),
    };
  }

  /** New uses are told, or count in the rule's window. */
  private judgeFirstUses(state: RuleState, untilMs: number): void {
    const { active, firstUses } = state;
    firstUses?.judge(
      untilMs,
      (account) => this.accountStartMs.get(account),
      (found) => {
        if (active.window === undefined) this.raiseFirstUse(active, found);
        else
          for (const key of found.hit.keys)
            this.addToWindow(state, key, { ...found.hit, sampled: found.evidence !== '', evidence: found.evidence }, 0);
      },
    );
  }

  private raiseFirstUse(active: ActiveRule, { use, hit, evidence }: NewUse): void {
    const { id, timeMs, track, subject } = use;
    const alertId = firstSeenAlertId(active, use);
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
      level: active.constantLevel ?? hit.level,
      multiple: 1,
    };
    const samples = evidence === '' ? [] : [JSON.parse(evidence) as Evidence];
    this.alerts.set(alertId, this.alertOf(active, track, raise, [id], samples, null));
  }

  private countRetained(): number {
    let count = 0;
    for (const { tracks, firstUses } of this.states) {
      for (const keys of tracks.values()) {
        for (const { entries, marks, samples } of keys.values()) {
          count += (entries?.length ?? 0) + (marks?.length ?? 0) + samples.size * 8;
        }
      }
      count += firstUses?.retained() ?? 0;
    }
    return count;
  }
}

/** An alert that is judged again with other events around it: it only grows. */
function widened(alert: ReplayAlert, raise: Raise, eventIds: readonly string[]): ReplayAlert {
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

/** Of each slot of a key, level and set of steps the earliest event. */
function candidatesFor({ active, isDeferred }: RuleState, { entries, marks, samples }: KeyHistory): readonly Sample[] {
  if (!isDeferred) return [...samples.values()];
  const earliest = (entries ?? marks)?.earliest(active.slotMs) ?? [];
  return earliest.map(({ origin, ...rest }) => ({ ...rest, rule: active.rule.id, json: '', input: origin }));
}

/** Samples of the windows that an alert's firings looked at; the one that leads the alert comes first. At most 5. */
function samplesOf(candidates: readonly Sample[], raise: Raise, active: ActiveRule): Sample[] {
  const withinMs = active.window?.withinMs ?? 0;
  const ofAlert = candidates
    .filter(({ timeMs }) => timeMs > raise.firstFiringMs - withinMs && timeMs <= raise.lastFiringMs)
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

function evidenceIn({ json }: Sample): Evidence | undefined {
  return json === '' ? undefined : (JSON.parse(json) as Evidence);
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
