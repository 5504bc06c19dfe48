import { excerpt, type ProblemDetails, type ProblemLog } from './input-problem';
import { type Scan, scanValue, skipSpace } from './json-scan';
import { LIST_KEYS, type RecordCollector, SUPPORTED } from './record-shapes';

/**
 * The longest single JSON value that is read, other than lists, which are read item by item.
 *
 * CloudTrail's own records end at 256 KB; a page of an export around them can be larger.
 */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/** Bytes that may be read a second time to tell a broken line from a broken document; bounds hostile input. */
const MAX_REREAD_BYTES = 16 * 1024 * 1024;

// Where reading goes on behind something broken: at a line that starts an object, or at the next delivery file.
const RESTARTS = ['\n{', '{"Records":['];
const RESTART_BYTES = Math.max(...RESTARTS.map((restart) => restart.length));

const LF = 0x0a;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const NEED_MORE = -1;
const NOWHERE = Number.POSITIVE_INFINITY;

/** What to do about a text that ends too early. */
export const TRUNCATED = 'Fetch it again: it was cut, or is still being written.';

/**
 * Reads JSON text that comes in pieces cut anywhere: JSON Lines, documents one behind the other (what `zcat *.json.gz`
 * and `jq` write), and documents of any size whose records are in a list, without holding more than one value.
 *
 * Behind something broken it goes on at the next line or file, and reports what lies between.
 */
export class RecordReader {
  private pending: Buffer = Buffer.alloc(0);
  /** Line of the first pending byte, and how many bytes of that line came before it. */
  private line = 1;
  private bytesBefore = 0;
  private sawText = false;
  /** The list whose items are being read, and what ends it: an array of its own, or a member of an object. */
  private list: 'none' | 'array' | 'member' = 'none';
  /** What the list expects next; `object` is the rest of the object behind a list. */
  private expect: 'item-or-end' | 'item' | 'comma-or-end' | 'object' = 'item-or-end';
  private itemsInList = 0;
  /** Looking for a place to go on behind something broken. */
  private skipping = false;
  /** Something was broken: loose commas and brackets are what is left of it. */
  private salvaging = false;
  private rereadBytes = 0;
  /** End of the last line that turned out not to be one value; -1: none. */
  private mixedLineEnd = -1;
  private readonly lineEnds = new Finder('\n');
  private readonly restarts = RESTARTS.map((restart) => new Finder(restart));

  constructor(
    private readonly collector: RecordCollector,
    private readonly log: ProblemLog,
  ) {}

  /** Takes the next piece of text and hands on every value that is complete. */
  push(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    this.drain(false);
    if (this.pending.length > MAX_VALUE_BYTES) this.giveUpOnValue();
  }

  /**
   * Says that no text will follow.
   * @param cut the text is known to be cut and this is reported elsewhere.
   */
  end(cut = false): void {
    this.drain(true);
    const unfinished = this.list !== 'none' || this.pending.length > 0;
    if (unfinished && !cut && !this.skipping) {
      this.report(this.pending.length, 'it ends in the middle of a value', 'unknown', TRUNCATED);
    }
    if (!this.sawText && !cut) {
      this.log.add({ reason: 'it is empty', fix: TRUNCATED, recordsLost: 'unknown' });
    }
  }

  private drain(final: boolean): void {
    this.mixedLineEnd = -1;
    for (const finder of [this.lineEnds, ...this.restarts]) finder.search(this.pending);
    let at = 0;
    for (;;) {
      if (this.skipping) at = this.restartFrom(at);
      if (this.skipping) break;
      at = this.skipBetween(at);
      if (at >= this.pending.length) break;
      if (!final && this.mayStartMark(at)) break;
      this.sawText = true;
      const next = this.list === 'none' ? this.readTop(at, final) : this.readList(at, final);
      if (next === NEED_MORE) break;
      at = next;
    }
    this.discard(at);
  }

  private skipBetween(start: number): number {
    let at = skipSpace(this.pending, start);
    while (this.list === 'none' && at < this.pending.length) {
      const byte = this.pending[at];
      const loose = byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
      if (this.salvaging && loose) at += 1;
      else if (this.pending.subarray(at, at + 3).equals(BYTE_ORDER_MARK)) at += 3;
      else break;
      at = skipSpace(this.pending, at);
    }
    return at;
  }

  /** Whether the pending bytes end in the first bytes of a byte order mark. */
  private mayStartMark(at: number): boolean {
    const left = this.pending.length - at;
    return left < BYTE_ORDER_MARK.length && this.pending.subarray(at).equals(BYTE_ORDER_MARK.subarray(0, left));
  }

  /** Reads one value that stands by itself. */
  private readTop(at: number, final: boolean): number {
    const lineEnd = this.endOfLine(at, final);
    if (lineEnd !== NEED_MORE && lineEnd !== this.mixedLineEnd) {
      if (this.readLine(at, lineEnd)) return lineEnd;
      this.mixedLineEnd = lineEnd;
    }
    if (this.pending[at] === OPEN_ARRAY) return this.enterList('array', at);
    const scan = scanValue(this.pending, at, { final, listKeys: LIST_KEYS });
    if (scan.kind === 'list') return this.enterList('member', scan.at);
    if (scan.kind === 'value') {
      const value = this.parse(at, scan.end);
      if (value !== undefined) this.collector.add(value, () => this.position(at));
      return scan.end;
    }
    if (scan.kind === 'more' && !final) return NEED_MORE;
    return this.recoverLine(at, scan) ?? this.recover(at, scan);
  }

  /** The fast way: a line that is one value. */
  private readLine(at: number, lineEnd: number): boolean {
    const first = this.pending[at];
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return false;
    if (lineEnd - at === 1) return false; // a pretty-printed document's first line
    const value = this.tryParse(at, lineEnd);
    if (value === undefined) return false;
    this.collector.add(value, () => this.position(at));
    return true;
  }

  /** Whether the line is one object. */
  private isWholeLine(start: number): boolean {
    const lineEnd = this.pending.indexOf(LF, start);
    const line = this.pending.subarray(start, lineEnd < 0 ? this.pending.length : lineEnd);
    this.rereadBytes += line.length;
    const scan = scanValue(line, 0);
    return line[0] === OPEN_OBJECT && scan.kind === 'value' && skipSpace(line, scan.end) === line.length;
  }

  private enterList(kind: 'array' | 'member', openAt: number): number {
    this.list = kind;
    this.expect = 'item-or-end';
    this.itemsInList = 0;
    return openAt + 1;
  }

  /** Reads the next item of a list, or what stands between and behind items. */
  private readList(at: number, final: boolean): number {
    if (this.expect === 'object') return this.readRestOfObject(at, final);
    const byte = this.pending[at];
    if (byte === CLOSE_ARRAY && this.expect !== 'item') {
      if (this.list === 'array') this.list = 'none';
      else this.expect = 'object';
      return at + 1;
    }
    if (this.expect === 'comma-or-end') {
      // What stands here may be whole, and only the list around it broken: reading may go on with it.
      if (byte !== COMMA) return this.recover(at - 2, { kind: 'error', at, expected: '"," or "]"' });
      this.expect = 'item';
      return at + 1;
    }
    const scan = scanValue(this.pending, at, { final });
    if (scan.kind === 'value') {
      const item = this.parse(at, scan.end);
      if (item !== undefined) this.collector.addItem(item, () => this.position(at));
      this.itemsInList += 1;
      this.expect = 'comma-or-end';
      return scan.end;
    }
    return this.recover(at, scan);
  }

  private readRestOfObject(at: number, final: boolean): number {
    const scan = scanValue(this.pending, at, { final, listKeys: LIST_KEYS, insideObject: true });
    if (scan.kind === 'list') return this.enterList('member', scan.at);
    if (scan.kind !== 'value') return this.recover(at - 2, scan);
    this.list = 'none';
    return scan.end;
  }

  /** A line that is no JSON, when the next line is: only the one line is lost. */
  private recoverLine(at: number, scan: Scan): number | undefined {
    const brokenAt = scan.kind === 'error' ? scan.at : this.pending.length;
    const lineEnd = this.lineEnds.next(at);
    if (lineEnd === NOWHERE || this.rereadBytes > MAX_REREAD_BYTES || !this.isWholeLine(lineEnd + 1)) return undefined;
    this.rereadBytes += Math.max(0, brokenAt - lineEnd);
    const expected = scan.kind === 'error' && scan.at <= lineEnd ? scan.expected : 'the rest of the value';
    this.reportBroken(Math.min(brokenAt, lineEnd), expected, 1);
    return lineEnd;
  }

  /** Reports what is broken in the value at `start`, and looks for a place to go on. */
  private recover(start: number, scan: Scan): number {
    if (scan.kind !== 'error') return NEED_MORE;
    this.reportBroken(scan.at, scan.expected, 'unknown');
    this.list = 'none';
    this.skipping = true;
    // A file that was cut inside a string swallows the first bytes of the one behind it.
    return Math.max(0, start + 1, scan.at - RESTART_BYTES);
  }

  private reportBroken(at: number, expected: string, recordsLost: number | 'unknown'): void {
    this.salvaging = true;
    const fix = this.collector.total === 0 ? SUPPORTED : undefined;
    this.report(at, () => `invalid JSON: expected ${expected}, found ${excerpt(this.pending, at)}`, recordsLost, fix);
  }

  /** The next place where reading can go on, or, while there is none, the few bytes that could be its beginning. */
  private restartFrom(from: number): number {
    const found = Math.min(...this.restarts.map((restart) => restart.next(from)));
    this.skipping = found === NOWHERE;
    return this.skipping ? Math.max(from, this.pending.length - RESTART_BYTES + 1) : found;
  }

  private giveUpOnValue(): void {
    this.sawText = true;
    const reason = `a single JSON value is longer than ${MAX_VALUE_BYTES / 1024 / 1024} MB`;
    this.report(0, reason, 'unknown', 'CloudTrail records end at 256 KB: check what the file is.');
    this.salvaging = true;
    this.skipping = true;
    this.list = 'none';
    this.discard(this.pending.length);
  }

  private endOfLine(at: number, final: boolean): number {
    const end = this.lineEnds.next(at);
    if (end !== NOWHERE) return end;
    return final ? this.pending.length : NEED_MORE;
  }

  private tryParse(start: number, end: number): unknown {
    try {
      return JSON.parse(this.pending.toString('utf8', start, end));
    } catch {
      return undefined;
    }
  }

  /** Parses what the scan found whole; only a value longer than a string can be (512 MB) does not come through. */
  private parse(start: number, end: number): unknown {
    const value = this.tryParse(start, end);
    if (value === undefined) this.report(start, `a JSON value of ${end - start} bytes cannot be read`, 'unknown');
    return value;
  }

  private report(at: number, reason: ProblemDetails['reason'], recordsLost: number | 'unknown', fix?: string): void {
    this.log.add({ position: () => this.position(at), reason, recordsLost, fix });
  }

  private position(at: number): string {
    let line = this.line;
    let lineStart = -this.bytesBefore;
    for (let i = this.pending.indexOf(LF); i >= 0 && i < at; i = this.pending.indexOf(LF, i + 1)) {
      line += 1;
      lineStart = i + 1;
    }
    const place = `line ${line}, column ${at - lineStart + 1}`;
    return this.list === 'none' ? place : `record ${this.itemsInList + 1}, ${place}`;
  }

  private discard(end: number): void {
    this.bytesBefore += end;
    for (let i = this.pending.indexOf(LF); i >= 0 && i < end; i = this.pending.indexOf(LF, i + 1)) {
      this.line += 1;
      this.bytesBefore = end - i - 1;
    }
    this.pending = this.pending.subarray(end);
  }
}

/** Finds the next place of a text, for positions that only grow, and looks at each byte once however often it is asked. */
class Finder {
  private bytes: Buffer = Buffer.alloc(0);
  private found = -1;

  constructor(private readonly text: string) {}

  search(bytes: Buffer): void {
    this.bytes = bytes;
    this.found = -1;
  }

  /** The first place at `from` or behind, or {@link NOWHERE}. */
  next(from: number): number {
    if (this.found >= from) return this.found;
    const found = this.bytes.indexOf(this.text, from, 'latin1');
    this.found = found < 0 ? NOWHERE : found;
    return this.found;
  }
}
