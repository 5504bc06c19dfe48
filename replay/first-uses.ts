import type { FirstSeen } from '../lambda/alerts/alert';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { type Baseline, DAY, HOUR } from '../lambda/rules/rule';
import { SUPPRESSED } from '../lambda/rules/suppression';
import { isBefore, type Use, useSlotMs } from './extract';
import type { HabitsOfKind } from './habits';

/** A use of a value that the subject, or its account, did not know. */
export interface NewUse {
  readonly first: FirstSeen;
  readonly use: Use;
  /** The record as text; empty where the files go back by more than half of the learning time. */
  readonly text: string;
}

/** Uses of one value by one subject in one slot, of one kind: of these the first and the last say all. */
interface Uses {
  readonly slotMs: number;
  readonly track: string;
  readonly denied: boolean;
  readonly teachesOnly: boolean;
  first: Use;
  last: Use;
  text: string;
}

/** value → uses */
interface OfSubject {
  readonly subject: string;
  readonly values: Map<string, Uses[]>;
}

const NONE: readonly string[] = [];

/**
 * What one rule with a baseline has seen used, judged in event-time order as the live detector judges in the order of
 * arrival.
 */
export class FirstUses {
  private readonly waiting = new Map<string, OfSubject>();
  /** account or subject → value → time of the last use. */
  private readonly lastUsedMs = new Map<string, Map<string, number>>();
  private readonly subjectStartMs = new Map<string, number>();

  constructor(
    private readonly active: ActiveRule,
    private readonly baseline: Baseline,
  ) {}

  /** Takes a use; returns how many items more are retained. */
  add(use: Use): number {
    let added = 0;
    let ofSubject = this.waiting.get(use.subject);
    if (ofSubject === undefined) {
      ofSubject = { subject: use.subject, values: new Map() };
      this.waiting.set(use.subject, ofSubject);
    }
    // Many wait: the same text once, and no lists that are in the map.
    const kept = { ...use, subject: ofSubject.subject, values: NONE };
    for (const value of use.values) {
      const uses = ofSubject.values.get(value);
      if (uses === undefined) {
        ofSubject.values.set(value, [this.usesOf(kept)]);
        added += ITEMS;
      } else if (!joins(uses, kept, this.slotOf(kept))) {
        uses.push(this.usesOf(kept));
        added += ITEMS;
      }
    }
    return added;
  }

  /**
   * Judges all uses before `untilMs` and tells the new ones, in the order of their times.
   * @param startMsOf time of an account's first event: its learning began then
   */
  judge(untilMs: number, startMsOf: (account: string) => number | undefined, tell: (found: NewUse) => void): void {
    for (const { value, use, text } of this.takeBefore(untilMs)) {
      const first = this.judgeUse(value, use, startMsOf(use.account) ?? use.timeMs);
      if (first !== undefined) tell({ first, use, text });
    }
  }

  /** What was learned from all that was judged. */
  habits(): HabitsOfKind {
    return { baseline: this.baseline, lastUsedMs: this.lastUsedMs, subjects: this.subjectStartMs };
  }

  /** Items that wait to be judged, as `add` counts them. */
  retained(): number {
    let count = 0;
    for (const { values } of this.waiting.values()) for (const uses of values.values()) count += uses.length * ITEMS;
    return count;
  }

  private slotOf(use: Use): number {
    return Math.floor(use.timeMs / useSlotMs(this.active, use));
  }

  private usesOf(use: Use): Uses {
    const { track, denied, teachesOnly, text } = use;
    return { slotMs: this.slotOf(use), track, denied, teachesOnly, first: use, last: use, text };
  }

  private takeBefore(untilMs: number) {
    const due: { value: string; use: Use; text: string }[] = [];
    for (const [subject, { values }] of this.waiting) {
      for (const [value, all] of values) {
        const later: Uses[] = [];
        for (const uses of all) {
          const { first, last, text } = uses;
          if (first.timeMs >= untilMs) {
            later.push(uses);
            continue;
          }
          due.push({ value, use: first, text });
          if (last === first) continue;
          if (last.timeMs < untilMs) due.push({ value, use: last, text: last.text || text });
          else later.push({ ...uses, first: last, text: last.text || text });
        }
        if (later.length === 0) values.delete(value);
        else values.set(value, later);
      }
      if (values.size === 0) this.waiting.delete(subject);
    }
    return due.sort((a, b) => (isBefore(a.use, b.use) ? -1 : isBefore(b.use, a.use) ? 1 : a.value < b.value ? -1 : 1));
  }

  private judgeUse(value: string, use: Use, startMs: number): FirstSeen | undefined {
    const { id, timeMs, track, subject, account, denied, teachesOnly } = use;
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

/** Takes the use into those of its slot and kind, if there are any. */
function joins(all: readonly Uses[], use: Use, slotMs: number): boolean {
  for (let index = all.length - 1; index >= 0; index--) {
    const uses = all[index] as Uses;
    if (
      uses.slotMs !== slotMs ||
      uses.denied !== use.denied ||
      uses.teachesOnly !== use.teachesOnly ||
      uses.track !== use.track
    ) {
      continue;
    }
    if (isBefore(use, uses.first)) {
      uses.first = use;
      if (use.text !== '') uses.text = use.text;
    } else if (isBefore(uses.last, use)) uses.last = use;
    if (uses.text === '') uses.text = use.text;
    return true;
  }
  return false;
}
