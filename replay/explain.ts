import { type Evidence, evidenceOf } from '../lambda/alerts/evidence';
import { harmless } from '../lambda/alerts/neutral';
import { isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { ActiveRule } from '../lambda/rules/active-rule';
import { createDispatcher, type Hit } from '../lambda/rules/dispatch';
import type { Input } from './reading/inputs';
import { readInput } from './reading/read-input';
import type { ReplayAlert } from './replay-alert';
import type { Supply } from './supply';

/** An event that an alert counted, and what it was to the rule. */
export interface CountedEvent {
  readonly evidence: Evidence;
  /** What it added to a sum; 1 otherwise. */
  readonly weight: number;
  /** Distinct values or first uses that it brought; harmless. */
  readonly values: readonly string[];
  /** Names of the steps of a sequence that it fits. */
  readonly steps: readonly string[];
}

/**
 * The events that an alert counted, by time, out of the inputs read again. What the alert does not name (it names at most
 * 1,000), and what is no longer there, is left out.
 */
export async function countedEvents(
  alert: ReplayAlert,
  active: ActiveRule,
  inputs: readonly Input[],
  supply?: Supply,
): Promise<CountedEvent[]> {
  const wanted = new Set(alert.eventIds);
  const dispatcher = createDispatcher([active], () => undefined);
  const found = new Map<string, CountedEvent>();
  supply?.announce([...inputs.keys()]);
  for (const [number, input] of inputs.entries()) {
    const arrival = await supply?.ready(number);
    if (arrival !== undefined && arrival !== 'ready') continue;
    for await (const { records, envelopes } of readInput(input)) {
      for (const [index, record] of records.entries()) {
        const event = toTrailEvent(record, envelopes?.[index]);
        if (isUnreadable(event) || !wanted.has(event.id) || found.has(event.id)) continue;
        const [hit] = dispatcher.hits(event);
        if (hit !== undefined) found.set(event.id, counted(hit, evidenceOf(hit, event)));
      }
      if (found.size === wanted.size) return inOrder(found);
    }
    supply?.done(number);
  }
  return inOrder(found);
}

function counted(hit: Hit, evidence: Evidence): CountedEvent {
  const { window } = hit.active.rule;
  const steps = window?.kind === 'sequence' ? window.steps.filter((_, index) => hit.steps & (1 << index)) : [];
  const values = hit.values.length > 0 ? hit.values : (hit.onlyIfNew?.values ?? []);
  return {
    evidence,
    weight: hit.weight,
    values: values.map((value) => harmless(value, 200)),
    steps: steps.map(({ name }) => name),
  };
}

function inOrder(found: ReadonlyMap<string, CountedEvent>): CountedEvent[] {
  return [...found.values()].sort(
    ({ evidence: a }, { evidence: b }) => a.timeMs - b.timeMs || (a.eventId < b.eventId ? -1 : 1),
  );
}
