import { readFileSync, statSync } from 'node:fs';
import { field } from '../../lambda/intake/fields';
import { gunzipWhole } from './gunzip';

/** Larger files are not searched. CloudTrail's own are far below. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** An id that stands in more places is none of CloudTrail's: "e" would stand everywhere. */
const DELIVERIES_MAX = 4;

const FIRST = Buffer.from('{"Records":[{"eventVersion":');
const BEGIN = '{"eventVersion":';
const END = ']}';

/**
 * The records with these event ids in one delivery file, without parsing its other records. Finds them only where the
 * file is as CloudTrail writes it and the id stands in it once (or in records that are the same to the letter, as when one
 * is delivered twice), so that nothing else can be taken for the record; what is not found may still be there.
 */
export function findRecords(path: string, ids: Iterable<string>): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const text = textOf(path);
  if (text === undefined || !text.subarray(0, FIRST.length).equals(FIRST)) return found;
  for (const id of ids) {
    const places = placesOf(text, id);
    if (places.length > DELIVERIES_MAX) continue;
    const [first, ...others] = places.map((at) => recordAround(text, at));
    if (first === undefined || others.some((other) => other !== first)) continue;
    const record = parsed(first);
    // Not as CloudTrail writes it: whoever parses the whole file will know.
    if (record !== undefined) found.set(id, record);
  }
  return found;
}

/** What a file has of the wanted records. */
export interface RecordsAmong {
  readonly found: ReadonlyMap<string, unknown>;
  /** The file may hold more of them: it is not as CloudTrail writes it, or something in it was not clear. */
  readonly unsure: boolean;
}

const ID = Buffer.from('"eventID":"');
/** Longer ids are none of CloudTrail's. */
const ID_MAX = 64;

/**
 * The same for more ids than could be looked for one after the other: reads the text once, whatever is wanted. The name
 * of the field cannot stand within a text, where its quotes would be escaped; an id that is none of the record's own is
 * seen once the record is parsed.
 */
export function recordsAmong(path: string, wanted: { has(id: string): boolean }): RecordsAmong {
  const found = new Map<string, unknown>();
  const text = textOf(path);
  if (text === undefined || !text.subarray(0, FIRST.length).equals(FIRST)) return { found, unsure: true };
  let unsure = false;
  for (let at = text.indexOf(ID); at >= 0; at = text.indexOf(ID, at + 1)) {
    const from = at + ID.length;
    const length = text.subarray(from, from + ID_MAX).indexOf('"');
    const id = text.toString('latin1', from, from + Math.max(0, length));
    if (!wanted.has(id) || found.has(id)) continue;
    const record = parsed(recordAround(text, at));
    if (field(record, 'eventID') === id) found.set(id, record);
    else unsure = true;
  }
  return { found, unsure };
}

/** Where the id stands; one more than `DELIVERIES_MAX` at most. */
function placesOf(text: Buffer, id: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(id); at >= 0 && places.length <= DELIVERIES_MAX; at = text.indexOf(id, at + 1)) {
    places.push(at);
  }
  return places;
}

function recordAround(text: Buffer, at: number): string {
  const next = text.indexOf(`,${BEGIN}`, at);
  return text.toString('utf8', text.lastIndexOf(BEGIN, at), next < 0 ? text.lastIndexOf(END) : next);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(path: string): Buffer | undefined {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return undefined;
    const gunzipped = gunzipWhole(readFileSync(path), MAX_TEXT_BYTES);
    return gunzipped === 'too-big' || gunzipped.damage !== undefined ? undefined : gunzipped.text;
  } catch {
    return undefined;
  }
}
