import * as fc from 'fast-check';
import { type ParsedInput, Parsing, parseRecords } from '../../../replay/reading/parse-records';
import { anyRecord, anyShape, SHAPES, sampleRecords, written } from './written-records';

/** The text read in pieces of the given lengths, over and over. */
function inPieces(bytes: Buffer, lengths: readonly number[]): ParsedInput {
  const parsing = new Parsing('trail.json');
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const end = at + (lengths[i % lengths.length] as number);
    parsing.reader.push(bytes.subarray(at, end));
    at = end;
  }
  parsing.endText();
  parsing.finish();
  return parsing.take(0, 0);
}

test.each(Object.keys(SHAPES))('a text may be cut anywhere: %s', (shape) => {
  const records = sampleRecords(3);
  for (const length of [1, 2, 3, 50, 1000]) {
    expect(inPieces(written(records, shape, 'plain'), [length])).toMatchObject({ records, problems: [] });
  }
});

test('a text in pieces gives what the whole text gives, or both are a problem, whatever was done to it', () => {
  const insertion = fc.constantFrom(
    '\n',
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    '\\',
    '{"Records":[',
    '\n{',
    '1',
    '\ufeff',
  );
  const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 40 }), fc.option(insertion)), { maxLength: 4 });
  const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
      anyShape,
      edits,
      lengths,
      (records, shape, changes, cuts) => {
        let whole = written(records, shape, 'plain').toString();
        for (const [n, length, inserted] of changes) {
          const at = n % (whole.length + 1);
          whole = whole.slice(0, at) + (inserted ?? '') + whole.slice(inserted === null ? at + length : at);
        }
        const bytes = Buffer.from(whole);
        const expected = parseRecords(bytes, 'trail.json');
        const read = inPieces(bytes, cuts);
        expect([whole, read.problems.length > 0]).toEqual([whole, expected.problems.length > 0]);
        if (read.problems.length === 0) expect(JSON.stringify(read.records)).toBe(JSON.stringify(expected.records));
      },
    ),
    { numRuns: 3000 },
  );
});
