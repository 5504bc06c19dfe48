import type { Extract, Extractor } from './extract';
import type { InputProblem } from './reading/input-problem';
import type { Input } from './reading/inputs';
import { readInput } from './reading/read-input';

/** What was read of an input, or of a part of it: plain data, so that it can come from a worker thread. */
export interface Scan {
  readonly extract: Extract;
  readonly problems: readonly InputProblem[];
  readonly readBytes: number;
  readonly records: number;
}

/** Problems with single records that are told one by one, for each input; the rest are summed up. */
const RECORD_PROBLEMS_MAX = 20;

/** Records after which a scan is handed on, though the input goes on. */
const SCAN_RECORDS = 4_096;

/**
 * Reads an input and finds the hits in it, part by part. Never throws for what the input holds.
 * @param extractor for one input after the other: making it costs more than reading a small file
 */
export async function* scan(extractor: Extractor, input: Pick<Input, 'name' | 'path'>): AsyncGenerator<Scan> {
  let before = 0;
  let told = 0;
  let taken = 0;
  let bytes = 0;
  let found: InputProblem[] = [];
  const flush = (): Scan => {
    const extract = extractor.flush();
    const problems = found;
    let untold = 0;
    for (const { index, reason } of extract.unreadable) {
      if (told < RECORD_PROBLEMS_MAX) {
        problems.push({ file: input.name, position: `record ${before + index + 1}`, reason, recordsLost: 1 });
        told++;
      } else untold++;
    }
    if (untold > 0) problems.push({ file: input.name, reason: 'more records like these', recordsLost: untold });
    const scan = { extract, problems, readBytes: bytes, records: taken };
    before += taken;
    taken = 0;
    bytes = 0;
    found = [];
    return scan;
  };
  for await (const { records, envelopes, problems, readBytes } of readInput(input)) {
    for (let index = 0; index < records.length; index++) {
      extractor.take(records[index], envelopes?.[index]);
      records[index] = undefined; // what is held until the part ends is copied about by the garbage collector
    }
    found.push(...problems);
    taken += records.length;
    bytes += readBytes;
    if (taken >= SCAN_RECORDS) yield flush();
  }
  yield flush();
}
