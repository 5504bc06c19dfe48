import { type Evidence, evidenceOf } from '../lambda/alerts/evidence';
import { isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import { createDispatcher } from '../lambda/rules/dispatch';
import type { Sample } from './collector';
import { type Engine, isBefore } from './extract';
import type { Input } from './inputs';
import { readInput } from './read-input';

/**
 * Evidence of samples that alerts show, out of the inputs that they came from, which are read again. What is no longer
 * there is left out: the alert stands without it.
 */
export async function evidenceAgain(
  { rules }: Engine,
  inputs: readonly Input[],
  wanted: readonly Sample[],
): Promise<ReadonlyMap<Sample, Evidence>> {
  const found = new Map<Sample, Evidence>();
  const dispatcher = createDispatcher(rules, () => undefined);
  for (const [number, samples] of groupBy(wanted, (sample) => sample.input)) {
    const byId = groupBy(samples, (sample) => sample.id);
    for await (const { records, envelopes } of readInput(inputs[number] as Input)) {
      for (const [index, record] of records.entries()) {
        const event = toTrailEvent(record, envelopes?.[index]);
        if (isUnreadable(event)) continue;
        const ofEvent = byId.get(event.id);
        if (ofEvent === undefined) continue;
        const hits = dispatcher.hits(event);
        for (const sample of ofEvent) {
          const hit = hits.find(({ active }) => active.rule.id === sample.rule);
          if (hit === undefined || isBefore(event, sample) || isBefore(sample, event)) continue;
          found.set(sample, evidenceOf(hit, event));
        }
      }
    }
  }
  return found;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
