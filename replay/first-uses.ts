import type { FirstSeen } from '../lambda/alerts/alert';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { type Baseline, DAY, HOUR } from '../lambda/rules/rule';
import { SUPPRESSED } from '../lambda/rules/suppression';
import { type CollectedHit, isBefore, useSlotMs } from './extract';

/** A use of a value that the subject, or its account, did not know. */
export interface NewUse {
  readonly use: FirstSeen;
  readonly hit: CollectedHit;
  /** Evidence as JSON; empty where the files go back by more than half of the learning time. */
  readonly evidence: string;
}

/** Uses of one value by one subject in one slot, of one kind: of these the first and the last say all. */
interface Uses {
  readonly slotMs: number;
  readonly track: string;
  readonly denied: boolean;
  readonly teachesOnly: boolean;
  first: CollectedHit;
  last: CollectedHit;
  evidence: string;
}

/**
 * What one rule with a baseline has seen used, judged in event-time order as the live detector judges in the order of
 * arrival.
 */
export class FirstUses {
  /** subject → value → uses. */
  private readonly waiting = new Map<string, Map<string, Uses[]>>();
  /** account or subject → value → time of the last use. */
  private readonly lastUsedMs = new Map<string, Map<string, number>>();
  private readonly subjectStartMs = new Map<string, number>();

  constructor(
    private readonly active: ActiveRule,
    private readonly baseline: Baseline,
  ) {}

  /** Takes a hit; returns how many items more are retained. */
  add(hit: CollectedHit): number {
    let added = 0;
    const { subjects, values } =
      hit.onlyIfNew === undefined
        ? { subjects: hit.keys, values: hit.values }
        : { subjects: [hit.onlyIfNew.subject], values: hit.onlyIfNew.values };
    for (const subject of subjects) {
      let ofSubject = this.waiting.get(subject);
      if (ofSubject === undefined) {
        ofSubject = new Map();
        this.waiting.set(subject, ofSubject);
      }
      for (const value of values) {
        const uses = ofSubject.get(value);
        if (uses === undefined) {
          ofSubject.set(value, [this.usesOf(hit)]);
          added += ITEMS;
        } else if (!joins(uses, hit, this.slotOf(hit))) {
          uses.push(this.usesOf(hit));
          added += ITEMS;
        }
      }
    }
    return added;
  }

  /**
   * Judges all uses before `untilMs` and tells the new ones, in the order of their times.
   * @param startMsOf time of an account's first event: its learning began then
   */
  judge(untilMs: number, startMsOf: (account: string) => number | undefined, tell: (found: NewUse) => void): void {
    for (const { subject, value, hit, evidence } of this.takeBefore(untilMs)) {
      const use = this.judgeUse(subject, value, hit, startMsOf(hit.account) ?? hit.timeMs);
      if (use !== undefined) tell({ use, hit, evidence });
    }
  }

  /** Items that wait to be judged, as `add` counts them. */
  retained(): number {
    let count = 0;
    for (const values of this.waiting.values()) for (const uses of values.values()) count += uses.length * ITEMS;
    return count;
  }

  private slotOf(hit: CollectedHit): number {
    return Math.floor(hit.timeMs / useSlotMs(this.active, hit));
  }

  private usesOf(hit: CollectedHit): Uses {
    const { track, denied, teachesOnly, evidence } = hit;
    return { slotMs: this.slotOf(hit), track, denied, teachesOnly, first: hit, last: hit, evidence };
  }

  private takeBefore(untilMs: number) {
    const due: { subject: string; value: string; hit: CollectedHit; evidence: string }[] = [];
    for (const [subject, values] of this.waiting) {
      for (const [value, all] of values) {
        const later: Uses[] = [];
        for (const uses of all) {
          const { first, last, evidence } = uses;
          if (first.timeMs >= untilMs) {
            later.push(uses);
            continue;
          }
          due.push({ subject, value, hit: first, evidence });
          if (last === first) continue;
          if (last.timeMs < untilMs) due.push({ subject, value, hit: last, evidence: last.evidence || evidence });
          else later.push({ ...uses, first: last, evidence: last.evidence || evidence });
        }
        if (later.length === 0) values.delete(value);
        else values.set(value, later);
      }
      if (values.size === 0) this.waiting.delete(subject);
    }
    return due.sort((a, b) => (isBefore(a.hit, b.hit) ? -1 : isBefore(b.hit, a.hit) ? 1 : a.value < b.value ? -1 : 1));
  }

  private judgeUse(subject: string, value: string, hit: CollectedHit, startMs: number): FirstSeen | undefined {
    const { id, timeMs, track, account, denied, teachesOnly } = hit;
    const unlearned = denied ? 'denied' : track.startsWith(SUPPRESSED) ? 'suppressed' : undefined;
    const learnMs = this.baseline.learnDays * DAY;
    const ofAccount = `account ${account}`;
    const ofSubject = this.baseline.subject === undefined ? ofAccount : `subject ${subject}`;
    // A subject in its first days is judged by what its account knows, and teaches both.
    const isYoung = ofSubject !== ofAccount && this.isYoung(subject, timeMs, learnMs, unlearned === undefined);
    const usedMs = this.lastUsedMs.get(isYoung ? ofAccount : ofSubject)?.get(value);
    const isNew = usedMs === undefined || usedMs < timeMs - this.baseline.expiryDays * DAY;
    if (unlearned === undefined) {
      this.learn(ofSubject, value, timeMs);
      // What older subjects do keeps alive what the account knows, and adds nothing to it.
      if (isYoung || this.lastUsedMs.get(ofAccount)?.has(value)) this.learn(ofAccount, value, timeMs);
    }
    const isLearning = timeMs < startMs + learnMs;
    return isNew && !isLearning && !teachesOnly ? { id, timeMs, subject, value, track, unlearned } : undefined;
  }

  private learn(owner: string, value: string, timeMs: number): void {
    let values = this.lastUsedMs.get(owner);
    if (values === undefined) {
      values = new Map();
      this.lastUsedMs.set(owner, values);
    }
    // To the hour: of the uses within one, only the first is sure to come here.
    const usedMs = Math.floor(timeMs / HOUR) * HOUR;
    values.set(value, Math.max(values.get(value) ?? usedMs, usedMs));
  }

  /** Whether a subject's own learning is not over; a use that teaches begins it. */
  private isYoung(subject: string, timeMs: number, learnMs: number, teaches: boolean): boolean {
    const startMs = this.subjectStartMs.get(subject) ?? (teaches ? timeMs : undefined);
    if (startMs === undefined) return true;
    this.subjectStartMs.set(subject, startMs);
    return timeMs < startMs + learnMs;
  }
}

/** What one record of uses weighs beside the entries of windows. */
const ITEMS = 8;

/** Takes the hit into the uses of its slot and kind, if there are any. */
function joins(all: readonly Uses[], hit: CollectedHit, slotMs: number): boolean {
  for (let index = all.length - 1; index >= 0; index--) {
    const uses = all[index] as Uses;
    if (
      uses.slotMs !== slotMs ||
      uses.denied !== hit.denied ||
      uses.teachesOnly !== hit.teachesOnly ||
      uses.track !== hit.track
    ) {
      continue;
    }
    if (isBefore(hit, uses.first)) {
      uses.first = hit;
      if (hit.evidence !== '') uses.evidence = hit.evidence;
    } else if (isBefore(uses.last, hit)) uses.last = hit;
    if (uses.evidence === '') uses.evidence = hit.evidence;
    return true;
  }
  return false;
}
