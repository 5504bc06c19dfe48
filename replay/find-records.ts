import { readFileSync, statSync } from 'node:fs';
import { gunzipWhole } from './gunzip';

/** Larger files are not searched. CloudTrail's own are far below. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

const FIRST = Buffer.from('{"Records":[{"eventVersion":');
const BEGIN = '{"eventVersion":';
const END = ']}';

/**
 * The records with these event ids in one delivery file, without parsing its other records. Finds them only where the
 * file is as CloudTrail writes it and the id stands in it once, so that nothing else can be taken for the record; what is
 * not found may still be there.
 */
export function findRecords(path: string, ids: Iterable<string>): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const text = textOf(path);
  if (text === undefined || !text.subarray(0, FIRST.length).equals(FIRST)) return found;
  for (const id of ids) {
    const at = text.indexOf(id);
    if (at < 0 || text.indexOf(id, at + 1) >= 0) continue;
    const next = text.indexOf(`,${BEGIN}`, at);
    const slice = text.toString('utf8', text.lastIndexOf(BEGIN, at), next < 0 ? text.lastIndexOf(END) : next);
    try {
      found.set(id, JSON.parse(slice));
    } catch {
      // Not as CloudTrail writes it: whoever parses the whole file will know.
    }
  }
  return found;
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
