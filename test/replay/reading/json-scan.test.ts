import * as fc from 'fast-check';
import { scanValue, skipSpace } from '../../../replay/reading/json-scan';

/** What the scan says of a text that should be one value: its end, `more`, or the position of the error. */
function verdict(text: string | Buffer): 'whole' | 'more' | number {
  const bytes = Buffer.from(text);
  const scan = scanValue(bytes, 0, { final: true });
  if (scan.kind === 'error') return scan.at;
  if (scan.kind !== 'value') return 'more';
  const rest = skipSpace(bytes, scan.end);
  return rest === bytes.length ? 'whole' : rest;
}

function parses(text: Buffer): boolean {
  try {
    JSON.parse(text.toString());
    return true;
  } catch {
    return false;
  }
}

describe('scanValue', () => {
  test.each([
    ['{"a":[1,2.5e-3,true,null,"x\\u00e9\\n"],"b":{}}', 'whole'],
    [' [ ] ', 'whole'],
    ['-0', 'whole'],
    ['"\\ud83d\\ude00"', 'whole'],
    ['', 'more'],
    ['{"a":', 'more'],
    ['["a', 'more'],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{a:1}', 1],
    ['{"a":01}', 5],
    ['[tru]', 1],
    ['"\\x"', 2],
    ['"\\u12g4"', 5],
    ['"a\nb"', 2],
    ['{"a":1]', 6],
    ['}', 0],
    ['\u00a01', 0],
    ['1 2', 2],
  ])('%s is %s', (text, expected) => {
    expect(verdict(text)).toBe(expected);
  });

  test('does not run out of stack however deep a value is', () => {
    const depth = 1_000_000;
    expect(verdict('['.repeat(depth) + ']'.repeat(depth))).toBe('whole');
  });

  test('a number at the end of the bytes may go on in the next ones', () => {
    expect(scanValue(Buffer.from('12'), 0)).toEqual({ kind: 'more' });
    expect(scanValue(Buffer.from('12 '), 0)).toEqual({ kind: 'value', end: 2 });
  });

  test('stops at a list of the outermost object only, and only under a list key', () => {
    const options = { final: true, listKeys: new Set(['Records']) };
    expect(scanValue(Buffer.from('{"a":{"Records":[1]},"Records" : [2]}'), 0, options)).toEqual({
      kind: 'list',
      at: '{"a":{"Records":[1]},"Records" : '.length,
    });
    expect(scanValue(Buffer.from('{"Records":7,"b":[1]}'), 0, options).kind).toBe('value');
    expect(scanValue(Buffer.from(',"Records":[1]}'), 0, { ...options, insideObject: true })).toEqual({
      kind: 'list',
      at: 11,
    });
    expect(scanValue(Buffer.from(',"b":[1]} {'), 0, { ...options, insideObject: true })).toEqual({
      kind: 'value',
      end: 9,
    });
  });

  test('accepts exactly what JSON.parse accepts, also after one byte was changed', () => {
    const json = fc.oneof(
      fc.json({ depthSize: 'medium' }),
      fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
    );
    fc.assert(
      fc.property(
        json,
        fc.nat(),
        fc.option(fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\u01eE.-')))),
        (text, at, byte) => {
          const bytes = Buffer.from(text);
          if (byte !== null) bytes[at % bytes.length] = byte;
          expect([bytes.toString(), verdict(bytes) === 'whole']).toEqual([bytes.toString(), parses(bytes)]);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('a beginning of a value is never an error', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        const bytes = Buffer.from(text);
        const scan = scanValue(bytes.subarray(0, cut % bytes.length), 0);
        expect(scan.kind).not.toBe('error');
      }),
      { numRuns: 1000 },
    );
  });
});
