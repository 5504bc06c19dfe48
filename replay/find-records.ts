import { readFileSync, statSync } from 'node:fs';
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
    try {
      found.set(id, JSON.parse(first));
    } catch {
      // Not as CloudTrail writes it: whoever parses the whole file will know.
    }
  }
  return found;
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

function textOf(path: string): Buffer | undefined {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return undefined;
    const gunzipped = gunzipWhole(readFileSync(path), MAX_TEXT_BYTES);
    return gunzipped === 'too-big' || gunzipped.damage !== undefined ? undefined : gunzipped.text;
  } catch {
    return undefined;
  }
}
