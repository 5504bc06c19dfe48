import { inOrder } from '../lambda/alerts/evidence';
import { isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import { levelOf } from '../lambda/rules/severity';
import { recordsAmong } from './reading/find-records';
import type { Input } from './reading/inputs';
import { readInput } from './reading/read-input';
import { hasMessage, type ReplayAlert } from './replay-alert';
import { shownRecord } from './shown-record';

/** Records that a report shows beside its alerts. */
export interface RawRecords {
  /** Event id → record, as `shownRecord` makes it. */
  readonly texts: ReadonlyMap<string, string>;
  /** Ids of events that are shown without their record, because the report has enough of them. */
  readonly leftOut: ReadonlySet<string>;
}

export const NO_RECORDS: RawRecords = { texts: new Map(), leftOut: new Set() };

/** Events of one alert with their records. */
export const EVENTS_MAX = 4;

/** What a report holds of records, at most: so many, and so many characters. */
const RECORDS_MAX = 8_000;
const CHARACTERS_MAX = 16_000_000;

/**
 * The events whose records an alert is shown with: the one that leads it, the first and the last that it counted, then
 * its other samples. At most `EVENTS_MAX`.
 */
export function shownEvents({ evidence, eventIds }: Pick<ReplayAlert, 'evidence' | 'eventIds'>): string[] {
  const [lead, ...others] = inOrder(evidence).map(({ eventId }) => eventId);
  const ids = [lead, eventIds[0], eventIds.at(-1), ...others].filter((id) => id !== undefined);
  return [...new Set(ids)].slice(0, EVENTS_MAX);
}

/**
 * Finds the records of what alerts show in the files again, those of the most severe alerts first: a rule needs them once
 * at most, so replay does not keep them. What is no longer there, and what came by standard input, is not found.
 */
export async function rawRecords(
  alerts: readonly ReplayAlert[],
  inputs: readonly Pick<Input, 'name' | 'path' | 'sizeBytes'>[],
): Promise<RawRecords> {
  const rank = (alert: ReplayAlert) => levelOf(alert.severity) + (hasMessage(alert) ? 10 : 0);
  const ids = [...new Set([...alerts].sort((a, b) => rank(b) - rank(a)).flatMap(shownEvents))];
  const leftOut = new Set(ids.splice(RECORDS_MAX));
  const missing = new Set(ids);
  const found = new Map<string, string>();
  for (const input of inputs) {
    if (missing.size === 0) break;
    if (input.path === '-' || input.sizeBytes === 0) continue; // a stream is read once
    for await (const [id, record] of recordsIn(input, missing)) {
      found.set(id, shownRecord(record));
      missing.delete(id);
    }
  }
  const texts = new Map<string, string>();
  let room = CHARACTERS_MAX;
  for (const id of ids) {
    const text = found.get(id);
    if (text === undefined) continue;
    room -= text.length;
    if (room >= 0) texts.set(id, text);
    else leftOut.add(id);
  }
  return { texts, leftOut };
}

async function* recordsIn(
  input: Pick<Input, 'name' | 'path'>,
  wanted: ReadonlySet<string>,
): AsyncGenerator<readonly [id: string, record: unknown]> {
  const { found, unsure } = recordsAmong(input.path, wanted);
  yield* found;
  if (!unsure) return;
  for await (const { records, envelopes } of readInput(input)) {
    for (const [index, record] of records.entries()) {
      const event = toTrailEvent(record, envelopes?.[index]);
      if (!isUnreadable(event) && wanted.has(event.id)) yield [event.id, record];
    }
  }
}
