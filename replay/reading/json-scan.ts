/** What a scan found from its start on. */
export type Scan =
  /** A whole value ends before `end`. */
  | { readonly kind: 'value'; readonly end: number }
  /** The outermost object holds, under one of the list keys, the array that opens at `at`. */
  | { readonly kind: 'list'; readonly at: number }
  /** The bytes end inside the value. */
  | { readonly kind: 'more' }
  /** No JSON can go on like this. */
  | { readonly kind: 'error'; readonly at: number; readonly expected: string };

export interface ScanOptions {
  /** No bytes will follow: a number at the very end is complete. */
  readonly final?: boolean;
  /** Stop at an array that the outermost object holds under one of these keys. */
  readonly listKeys?: ReadonlySet<string>;
  /** Start inside an object, behind one of its members, and look for its end. */
  readonly insideObject?: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const NUMBER_OR_WORD = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;
const SHORT_ESCAPES = new Set([...'"\\/bfnrt'].map((char) => char.charCodeAt(0)));

// What may come next.
const VALUE = 0;
const FIRST_ITEM = 1;
const FIRST_KEY = 2;
const KEY = 3;
const NEXT_COLON = 4;
const AFTER_VALUE = 5;

const EXPECTED = ['a value', 'a value or "]"', 'a key or "}"', 'a key', '":"'] as const;

/**
 * Finds the end of the JSON value that starts at `start`, or the first byte that cannot belong to JSON.
 *
 * As strict as `JSON.parse` (UTF-8 aside), in one pass and without recursion. `JSON.parse` is faster and comes first
 * everywhere; this is for what it cannot do: values one behind the other, values cut at the end of a chunk, and where
 * exactly a text is broken (`JSON.parse` names no position for some errors, and quotes the text).
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function scanValue(bytes: Buffer, start: number, options: ScanOptions = {}): Scan {
  const { final = false, listKeys, insideObject = false } = options;
  const open: number[] = insideObject ? [OPEN_OBJECT] : [];
  let next = insideObject ? AFTER_VALUE : VALUE;
  let listKeyAhead = false;
  let i = start;
  for (;;) {
    i = skipSpace(bytes, i);
    if (i >= bytes.length) return { kind: 'more' };
    const byte = bytes[i] as number;
    const inObject = open[open.length - 1] === OPEN_OBJECT;

    if (next === VALUE || next === FIRST_ITEM) {
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (listKeyAhead && byte === OPEN_ARRAY) return { kind: 'list', at: i };
        open.push(byte);
        next = byte === OPEN_OBJECT ? FIRST_KEY : FIRST_ITEM;
        i += 1;
        continue;
      }
      if (byte === CLOSE_ARRAY && next === FIRST_ITEM) {
        open.pop();
        i += 1;
      } else {
        const end = byte === QUOTE ? endOfString(bytes, i) : endOfScalar(bytes, i, final);
        if (end === MORE) return { kind: 'more' };
        if (end < 0) return { kind: 'error', at: errorAt(end), expected: scalarExpected(byte, next) };
        i = end;
      }
      next = AFTER_VALUE;
    } else if (next === FIRST_KEY || next === KEY) {
      if (byte === CLOSE_OBJECT && next === FIRST_KEY) {
        open.pop();
        i += 1;
        next = AFTER_VALUE;
      } else {
        if (byte !== QUOTE) return { kind: 'error', at: i, expected: EXPECTED[next] as string };
        const end = endOfString(bytes, i);
        if (end === MORE) return { kind: 'more' };
        if (end < 0) return { kind: 'error', at: errorAt(end), expected: 'a valid string' };
        listKeyAhead = open.length === 1 && listKeys?.has(bytes.toString('latin1', i + 1, end - 1)) === true;
        i = end;
        next = NEXT_COLON;
        continue;
      }
    } else if (next === NEXT_COLON) {
      if (byte !== COLON) return { kind: 'error', at: i, expected: EXPECTED[NEXT_COLON] };
      i += 1;
      next = VALUE;
      continue;
    } else if (byte === COMMA) {
      i += 1;
      next = inObject ? KEY : VALUE;
    } else if (byte === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
      open.pop();
      i += 1;
    } else {
      return { kind: 'error', at: i, expected: inObject ? '"," or "}"' : '"," or "]"' };
    }
    listKeyAhead = false;
    if (next === AFTER_VALUE && open.length === 0) return { kind: 'value', end: i };
  }
}

/** The first byte from `start` on that is not JSON white space. */
export function skipSpace(bytes: Buffer, start: number): number {
  let i = start;
  for (; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return i;
}

// The ends are numbers, so that the loops above allocate nothing: an end, MORE, or a position folded below MORE.
const MORE = -1;
const errorEnd = (at: number) => -2 - at;
const errorAt = (end: number) => -2 - end;

function endOfString(bytes: Buffer, start: number): number {
  for (let i = start + 1; i < bytes.length; i += 1) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) return i + 1;
    if (byte < 0x20) return errorEnd(i);
    if (byte !== BACKSLASH) continue;
    i += 1;
    if (i >= bytes.length) break;
    const escaped = bytes[i] as number;
    if (SHORT_ESCAPES.has(escaped)) continue;
    if (escaped !== 0x75) return errorEnd(i); // u
    for (let digits = 0; digits < 4; digits += 1) {
      i += 1;
      if (i >= bytes.length) return MORE;
      if (!isHexDigit(bytes[i] as number)) return errorEnd(i);
    }
  }
  return MORE;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

function endOfScalar(bytes: Buffer, start: number, final: boolean): number {
  let end = start;
  while (end < bytes.length && isScalarByte(bytes[end] as number)) end += 1;
  if (end === start) return errorEnd(start);
  if (end === bytes.length && !final) return MORE;
  return NUMBER_OR_WORD.test(bytes.toString('latin1', start, end)) ? end : errorEnd(start);
}

function isScalarByte(byte: number): boolean {
  const lower = byte | 0x20;
  const letter = lower >= 0x61 && lower <= 0x7a;
  return letter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

function scalarExpected(byte: number, next: number): string {
  return byte === QUOTE ? 'a valid string' : (EXPECTED[next] as string);
}
