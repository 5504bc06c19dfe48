import { evidenceOf } from '../lambda/alerts/evidence';
import { type Envelope, isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { TrailEvent } from '../lambda/intake/trail-event';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { createDispatcher } from '../lambda/rules/dispatch';
import { SUPPRESSED, type Suppression, suppressionOf } from '../lambda/rules/suppression';
import type { CollectedHit } from './collector';

/** What the engine needs to know: the same for every worker. */
export interface Engine {
  readonly rules: readonly ActiveRule[];
  readonly suppressions: readonly Suppression[];
}

/** Where an extractor puts what it finds. */
export interface Sink {
  /** Every event, hit or not. */
  arrived(event: TrailEvent): void;
  hit(ruleIndex: number, hit: CollectedHit): void;
  /** A record that is no event; `index` is its position in the input. */
  unreadable(reason: string, index: number): void;
  ruleError(ruleId: string, error: unknown, event: TrailEvent): void;
}

/** Only events in [fromMs, toMs) are looked at. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const ALWAYS: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** Turns raw records into hits: intake, dispatch, tracks, evidence. */
export function createExtractor({ rules, suppressions }: Engine, sink: Sink, span: Span = ALWAYS) {
  const indexOf = new Map(rules.map((active, index) => [active, index]));
  const dispatcher = createDispatcher(rules, (ruleId, error, event) => sink.ruleError(ruleId, error, event));
  return (record: unknown, index: number, envelope?: Envelope): void => {
    const event = toTrailEvent(record, envelope);
    if (isUnreadable(event)) {
      sink.unreadable(event.unreadable, index);
      return;
    }
    if (event.timeMs < span.fromMs || event.timeMs >= span.toMs) return;
    sink.arrived(event);
    for (const hit of dispatcher.hits(event)) {
      const suppression = suppressions.length === 0 ? undefined : suppressionOf(suppressions, hit.active.rule, event);
      sink.hit(indexOf.get(hit.active) as number, {
        id: event.id,
        timeMs: event.timeMs,
        track: suppression === undefined ? hit.active.mode : SUPPRESSED + suppression.id,
        keys: hit.keys,
        weight: hit.weight,
        level: hit.level,
        steps: hit.steps,
        values: hit.values,
        denied: event.outcome !== 'succeeded',
        account: event.account,
        evidence: JSON.stringify(evidenceOf(hit, event)),
      });
    }
  };
}
