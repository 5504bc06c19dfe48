import { isAscii } from 'node:buffer';
import { visible } from '../../lambda/alerts/neutral';
import { type Content, contentOf, type TextEncoding } from './byte-source';
import { gunzipWhole } from './gunzip';
import { type InputProblem, ProblemLog, unreadable } from './input-problem';
import { RecordReader, TRUNCATED } from './record-reader';
import { type EventBridgeEnvelope, RecordCollector } from './record-shapes';

/** An input, or a part of it, as raw CloudTrail records and what was wrong on the way to them. */
export interface ParsedInput {
  /** CloudTrail records as delivered, in the input's order. Objects; nothing in them has been checked. */
  readonly records: unknown[];
  /**
   * `envelopes[i]` is the EventBridge envelope of `records[i]`. Absent when no record had one. Beside the records and
   * not around them, so that plain records cost nothing.
   */
  readonly envelopes?: readonly (EventBridgeEnvelope | undefined)[];
  readonly problems: InputProblem[];
  /** Bytes taken from the input for this, as stored. */
  readonly readBytes: number;
  /** The same, decompressed. */
  readonly textBytes: number;
}

export interface ParseOptions {
  /** Refuse what decompresses to more bytes than this; default 256 MB. */
  readonly maxTextBytes?: number;
}

/** A gzip file may decompress to this much in memory; `readInput` reads larger ones piece by piece. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/** Text that is read bit by bit goes in pieces of this size. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Reads the records of one file in memory, whatever its shape: gzip or not (by its bytes, not its name), UTF-8 or
 * UTF-16, a delivery file, an array, JSON Lines, EventBridge events, LookupEvents pages, or several of them in a row.
 *
 * Never throws for what the bytes hold. What can be read of a broken file is returned, with a problem for the rest.
 * @param name stands in the problems.
 */
export function parseRecords(bytes: Buffer, name: string, options: ParseOptions = {}): ParsedInput {
  const { maxTextBytes = MAX_TEXT_BYTES } = options;
  const records: unknown[] = [];
  const envelopes: (EventBridgeEnvelope | undefined)[] = [];
  const problems: InputProblem[] = [];
  let textBytes = 0;
  const parts = parseParts(bytes, name, maxTextBytes);
  let next = parts.next();
  for (; next.done !== true; next = parts.next()) {
    const part = next.value;
    for (const [index, envelope] of part.envelopes?.entries() ?? []) envelopes[records.length + index] = envelope;
    for (const record of part.records) records.push(record);
    problems.push(...part.problems);
    textBytes += part.textBytes;
  }
  if (next.value === 'too-big') {
    const parsing = new Parsing(name);
    const reason = `it decompresses to more than ${Math.floor(maxTextBytes / 1024 / 1024)} MB`;
    parsing.log.add({
      reason,
      fix: 'Read it as a stream: gunzip -c FILE | trailhound replay -',
      recordsLost: 'unknown',
    });
    return parsing.take(bytes.length, 0);
  }
  const found = { records, problems, readBytes: bytes.length, textBytes };
  if (envelopes.length === 0) return found;
  envelopes.length = records.length;
  return { ...found, envelopes };
}

/**
 * {@link parseRecords}, some records at a time: what is parsed and let go at once is cheap to collect.
 * @returns `'too-big'`, and no part before, when the text is longer than `maxTextBytes`
 */
export function* parseParts(
  bytes: Buffer,
  name: string,
  maxTextBytes: number,
): Generator<ParsedInput, 'read' | 'too-big'> {
  const parsing = new Parsing(name);
  let text = bytes;
  let content = contentOf(bytes);
  if (content.kind === 'gzip') {
    const gunzipped = gunzipWhole(bytes, maxTextBytes);
    if (gunzipped === 'too-big') return 'too-big';
    text = gunzipped.text;
    if (gunzipped.damage !== undefined) parsing.cutShort(gunzipped.damage);
    content = contentOf(text);
  }
  let readBytes = bytes.length;
  let textBytes = text.length;
  if (content.kind !== 'text') parsing.refuse(content);
  else if (content.encoding !== 'utf-8') parsing.addText(text, content.encoding);
  else {
    for (const partBytes of parsing.addDelivery(text)) {
      yield parsing.take(readBytes, partBytes);
      readBytes = 0;
      textBytes -= partBytes;
    }
  }
  parsing.finish();
  yield parsing.take(readBytes, textBytes);
  return 'read';
}

const DELIVERY = Buffer.from('{"Records":[{');
const DELIVERY_END = Buffer.from(']}');
const RECORD_START = ',{"eventVersion":';
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Of a delivery file, some thirty records: their values and text stay in the processor's cache. */
const DELIVERY_PART_BYTES = 32 * 1024;

const TWICE = { what: 'compressed with gzip twice', fix: 'Decompress it: gunzip -c FILE | trailhound replay -' };

/** One input on its way from text to records: whole or in pieces. */
export class Parsing {
  readonly log: ProblemLog;
  readonly collector: RecordCollector;
  readonly reader: RecordReader;
  /** The text is known to end too early, so that its broken end is no news. */
  private cut = false;
  private damage: string | undefined;

  constructor(name: string) {
    this.log = new ProblemLog(visible(name));
    this.collector = new RecordCollector(this.log);
    this.reader = new RecordReader(this.collector, this.log);
  }

  /** Takes the whole text. */
  addText(text: Buffer, encoding: TextEncoding): void {
    if (encoding === 'utf-8' && this.addDocument(text)) return;
    const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
    for (let at = 0; at < text.length; at += CHUNK_BYTES) {
      const piece = text.subarray(at, at + CHUNK_BYTES);
      this.reader.push(decoder === undefined ? piece : Buffer.from(decoder.decode(piece, { stream: true })));
    }
    if (decoder !== undefined) this.reader.push(Buffer.from(decoder.decode()));
    this.endText();
  }

  /**
   * Takes the whole text, in UTF-8, some records at a time if it is a delivery file as CloudTrail writes it.
   *
   * The list is cut in front of `{"eventVersion":`. If all pieces are JSON by themselves, then they are the list's items
   * and nothing else. The first that is not ends this: then the text is read again in one piece, without what was taken.
   * @returns bytes of each piece but the last; before the next, what came out is to be taken
   */
  *addDelivery(text: Buffer): Generator<number> {
    if (!text.subarray(0, DELIVERY.length).equals(DELIVERY) || !text.subarray(-2).equals(DELIVERY_END)) {
      this.addText(text, 'utf-8');
      return;
    }
    const encoding = isAscii(text) ? 'latin1' : 'utf8'; // the same for ASCII, and much faster
    const end = text.length - DELIVERY_END.length;
    let start = DELIVERY.length - 2;
    while (start < end) {
      const cut = text.indexOf(RECORD_START, start + DELIVERY_PART_BYTES);
      const stop = cut < 0 ? end : cut;
      if (!this.addItems(text, start, stop, encoding)) {
        this.collector.startAgain();
        this.addText(text, 'utf-8');
        return;
      }
      if (stop < end) yield stop - start;
      start = stop;
    }
  }

  /** Notes that decompression ended early, and why. */
  cutShort(damage: string): void {
    this.cut = true;
    this.damage = damage;
  }

  /** Reports that the input cannot be read, or not to its end. */
  fail(error: unknown): void {
    this.cut = true;
    this.log.add(unreadable(error));
  }

  /** Reports that the input is no text. */
  refuse(content: Exclude<Content, { kind: 'text' }>): void {
    this.cut = true;
    const { what, fix } = content.kind === 'gzip' ? TWICE : content;
    this.log.add({ reason: `it is ${what}`, fix, recordsLost: 'unknown' });
  }

  /** Ends a text that went to the reader in pieces. */
  endText(): void {
    this.reader.end(this.cut);
  }

  /** Reports what only the end shows. */
  finish(): void {
    this.collector.finish();
    if (this.damage !== undefined) {
      const reason = `${this.damage}; ${this.collector.total} records recovered`;
      this.log.add({ reason, fix: TRUNCATED, recordsLost: 'unknown' });
    }
    this.log.finish();
  }

  /** What came out since the last call. */
  take(readBytes: number, textBytes: number): ParsedInput {
    return { ...this.collector.take(), problems: this.log.take(), readBytes, textBytes };
  }

  /** The hot path: the items of a list between `[` or `,` at `start` and `,` or `]` at `stop`. False: they are none. */
  private addItems(text: Buffer, start: number, stop: number, encoding: 'latin1' | 'utf8'): boolean {
    const before = text[start] as number;
    const behind = text[stop] as number;
    text[start] = OPEN_ARRAY;
    text[stop] = CLOSE_ARRAY;
    try {
      return this.collector.addRecords(JSON.parse(text.toString(encoding, start, stop + 1)));
    } catch {
      return false;
    } finally {
      text[start] = before;
      text[stop] = behind;
    }
  }

  /** A text that is one JSON document. */
  private addDocument(text: Buffer): boolean {
    if (text.length > MAX_TEXT_BYTES || startsAsLines(text)) return false;
    let document: unknown;
    try {
      document = JSON.parse(text.toString('utf8', text[0] === 0xef ? 3 : 0)); // a byte order mark
    } catch {
      return false;
    }
    this.collector.add(document, () => '');
    return true;
  }
}

/** Whether an object ends with the first line and another starts: never so in one document. */
function startsAsLines(text: Buffer): boolean {
  const lineEnd = text.indexOf('\n');
  return lineEnd > 0 && text[0] === 0x7b && text[lineEnd - 1] === 0x7d && text[lineEnd + 1] === 0x7b;
}
