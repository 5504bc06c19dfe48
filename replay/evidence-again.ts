import { type Evidence, evidenceOf } from '../lambda/alerts/evidence';
import { type Envelope, isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { TrailEvent } from '../lambda/intake/trail-event';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { createDispatcher } from '../lambda/rules/dispatch';
import { groupBy } from './group-by';
import { findRecords } from './reading/find-records';
import type { Input } from './reading/inputs';
import { readInput } from './reading/read-input';

/**
 * An event that an alert shows. Evidence is dear and few events are shown: it is made when all alerts are known, out of
 * the record, which is here as text or is found in its input again.
 */
export interface Sample {
  readonly rule: string;
  readonly timeMs: number;
  readonly id: string;
  readonly level: number;
  readonly steps: number;
  /** As `recordText` makes it; empty where the record is in the input. */
  readonly text: string;
  /** Number of the input. */
  readonly input: number;
}

/** A record as text, with the envelope that it came in, if any. */
export function recordText(record: unknown, envelope: Envelope | undefined): string {
  return JSON.stringify(envelope === undefined ? record : [record, envelope]);
}

/** Evidence of samples out of their records. */
export class EvidenceMaker {
  readonly found = new Map<Sample, Evidence>();
  private readonly dispatcher;

  constructor(rules: readonly ActiveRule[]) {
    this.dispatcher = createDispatcher(rules, () => undefined);
  }

  addTexts(samples: readonly Sample[]): void {
    for (const [text, ofText] of groupBy(samples, (sample) => sample.text)) {
      if (text === '') continue;
      const parsed: unknown = JSON.parse(text);
      const [record, envelope] = Array.isArray(parsed) ? parsed : [parsed];
      const event = toTrailEvent(record, envelope as Envelope | undefined);
      if (!isUnreadable(event)) this.add(event, ofText);
    }
  }

  /** Reads the samples' input again. What is no longer there is left out: the alert stands without it. */
  async addFromInput(input: Input, samples: readonly Sample[]): Promise<void> {
    const byId = groupBy(samples, (sample) => sample.id);
    for (const record of findRecords(input.path, byId.keys()).values()) this.addRecord(record, undefined, byId);
    if (samples.every((sample) => this.found.has(sample))) return;
    for await (const { records, envelopes } of readInput(input)) {
      for (const [index, record] of records.entries()) this.addRecord(record, envelopes?.[index], byId);
    }
  }

  private addRecord(
    record: unknown,
    envelope: Envelope | undefined,
    byId: ReadonlyMap<string, readonly Sample[]>,
  ): void {
    const event = toTrailEvent(record, envelope);
    if (isUnreadable(event)) return;
    const ofEvent = byId.get(event.id)?.filter(({ timeMs }) => timeMs === event.timeMs) ?? [];
    if (ofEvent.length > 0) this.add(event, ofEvent);
  }

  private add(event: TrailEvent, samples: readonly Sample[]): void {
    const hits = this.dispatcher.hits(event);
    for (const sample of samples) {
      const hit = hits.find(({ active }) => active.rule.id === sample.rule);
      if (hit !== undefined) this.found.set(sample, evidenceOf(hit, event));
    }
  }
}
