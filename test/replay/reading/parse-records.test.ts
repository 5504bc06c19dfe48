import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { parseParts, parseRecords } from '../../../replay/reading/parse-records';
import {
  anyEncoding,
  anyRecord,
  anyShape,
  envelope,
  lookupEvent,
  SHAPES,
  sampleRecord,
  sampleRecords,
  written,
} from './written-records';

const parse = (text: string | Buffer) => parseRecords(Buffer.from(text), 'trail.json');
const text = JSON.stringify;

describe('a delivery file in parts', () => {
  /** As CloudTrail writes them: eventVersion first. */
  const padded = (count: number, change: (record: Record<string, unknown>, index: number) => unknown = (one) => one) =>
    sampleRecords(count).map((record, index) =>
      change({ eventVersion: '1.11', ...(record as object), userAgent: 'agent '.repeat(200) }, index),
    );
  const partsOf = (bytes: Buffer) => [...parseParts(bytes, 'trail.json', 64 * 1024 * 1024)];
  const delivery = (records: unknown) => Buffer.from(text({ Records: records }));

  test('comes a few records at a time, each once and in order', () => {
    const bytes = delivery(padded(200));
    const parts = partsOf(gzipSync(bytes));
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.flatMap(({ records }) => records)).toEqual(padded(200));
    expect(parts.flatMap(({ problems }) => problems)).toEqual([]);
    expect(parts.reduce((sum, { textBytes }) => sum + textBytes, 0)).toBe(bytes.length);
    expect(parts.map(({ readBytes }) => readBytes)).toEqual([gzipSync(bytes).length, ...parts.slice(1).map(() => 0)]);
  });

  test('is read as it is when other letters than ASCII are in it', () => {
    const records = padded(120, (record, index) => ({ ...record, errorMessage: index === 70 ? 'Größe ☃ 🂡' : 'size' }));
    expect(parse(text({ Records: records })).records).toEqual(records);
  });

  test.each([
    ['a list in a record looks like a list of records', { requestParameters: [1, { eventVersion: '1' }] }],
    ['a record holds another file', { requestParameters: { Records: [{ eventVersion: '1' }, { eventVersion: '2' }] } }],
    ['an item is no record', undefined],
  ])('is read once when %s', (_, odd) => {
    // In all of them, so that every cut falls into one.
    const records = padded(90, (record) => ({ eventVersion: '1', ...odd, ...record }));
    const items: unknown[] = odd === undefined ? records.flatMap((one, at) => (at === 70 ? [one, 7] : [one])) : records;
    const { records: read, problems } = parse(text({ Records: items }));
    expect(read).toEqual(records);
    expect(problems).toMatchObject(odd === undefined ? [{ recordsLost: 1 }] : []);
  });

  test('gives what stands before and behind something broken, each record once', () => {
    const whole = text({ Records: padded(90) });
    const brokenAt = whole.indexOf('"eventID"', 60_000);
    const { records, problems } = parse(`${whole.slice(0, brokenAt)}!${whole.slice(brokenAt)}`);
    const { records: before } = parse(`${whole.slice(0, whole.lastIndexOf(',{"eventVersion"', brokenAt))}]}`);
    expect(records).toEqual(before);
    expect(before.length).toBeGreaterThan(30);
    expect(problems).toMatchObject([{ recordsLost: 'unknown' }]);
  });

  test('leaves the bytes as they are', () => {
    const bytes = delivery(padded(90));
    const before = Buffer.from(bytes);
    parse(bytes);
    partsOf(bytes);
    expect(bytes.equals(before)).toBe(true);
  });

  test('cut anywhere or changed anywhere, is read as a reader of single values reads it', () => {
    const bytes = delivery(padded(80));
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.constantFrom(...Buffer.from('{}[],:"x\\ 1')) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const { at, to } of changes) changed[at] = to;
        // White space in front: then it is not as CloudTrail writes it, and is parsed in one piece.
        const { records } = parse(Buffer.concat([Buffer.from(' '), changed]));
        expect(text(parse(changed).records)).toBe(text(records));
      }),
      { numRuns: 200 },
    );
  });
});

describe('shapes', () => {
  test.each(Object.keys(SHAPES))('reads %s', (shape) => {
    const records = sampleRecords(5);
    const { records: read, problems } = parse(written(records, shape, 'plain'));
    expect(read).toEqual(records);
    expect(problems).toEqual([]);
  });

  test('any records in any shape and encoding come back equal', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 7 }),
        anyShape,
        anyEncoding,
        (records, shape, encoding) => {
          const { records: read, problems } = parse(written(records, shape, encoding));
          expect(problems).toEqual([]);
          // As text: toEqual looks past own properties named __proto__.
          expect(text(read)).toBe(text(records));
          expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('reads a single record, and a single envelope', () => {
    expect(parse(text(sampleRecord(1))).records).toEqual([sampleRecord(1)]);
    expect(parse(text(envelope(sampleRecord(1)))).records).toEqual([sampleRecord(1)]);
  });

  test('keeps what EventBridge wrote around a record, beside the record of the same index', () => {
    const values = [
      sampleRecord(1),
      envelope(sampleRecord(2), { 'replay-name': 'last-week', account: 7 }),
      sampleRecord(3),
    ];
    const { records, envelopes } = parse(text(values));
    expect(records).toEqual(sampleRecords(4).slice(1));
    expect(envelopes).toHaveLength(3);
    expect(envelopes?.[0]).toBeUndefined();
    expect(envelopes?.[1]).toEqual({
      detailType: 'AWS API Call via CloudTrail',
      id: '06e856f8-0000-4000-8000-000000000000',
      source: 'aws.ec2',
      region: 'eu-west-1',
      time: '2026-03-01T12:00:30Z',
      replayName: 'last-week',
    });
    expect(parse(text(sampleRecords(3)))).not.toHaveProperty('envelopes');
  });

  test('keeps an envelope whose detail is no CloudTrail record: its detail type says what it is', () => {
    const value = envelope({ anomaly: 'x' }, { 'detail-type': 'Sign-in Anomaly Alert', source: 'aws.signin' });
    expect(parse(text(value))).toMatchObject({
      records: [{ anomaly: 'x' }],
      envelopes: [{ detailType: 'Sign-in Anomaly Alert' }],
      problems: [],
    });
  });

  test('reads records longer than CloudTrail delivers to EventBridge', () => {
    const long = sampleRecord(1, { requestParameters: 'x'.repeat(300 * 1024) });
    expect(parse(SHAPES['JSON Lines']?.([long, long]) ?? '').records).toEqual([long, long]);
  });

  test('an empty list of records is no problem', () => {
    expect(parse('{"Records":[]}')).toMatchObject({ records: [], problems: [] });
    expect(parse(' [ ] ')).toMatchObject({ records: [], problems: [] });
  });

  test('reads an SNS notification in an SQS message', () => {
    const body = text({ Type: 'Notification', Message: text(envelope(sampleRecord(1))) });
    expect(parse(text({ Messages: [{ Body: body }] })).records).toEqual([sampleRecord(1)]);
  });

  test('counts bytes as stored and as text', () => {
    const whole = text({ Records: sampleRecords(9) });
    const stored = gzipSync(whole);
    expect(parse(stored)).toMatchObject({ readBytes: stored.length, textBytes: Buffer.byteLength(whole) });
  });
});

describe('what holds no records', () => {
  test.each([
    [
      '{"sourceRepo":"a","commit":"b","files":[{"file":"c"}],"d":1}',
      'an object with the keys "sourceRepo", "commit", "files"',
    ],
    ['[{"eventID":"e","eventName":"StopLogging","row":"S1"}]', 'an object with the keys "eventID", "eventName", "row"'],
    ['{"configurationItems":[]}', 'an object with the keys "configurationItems"'],
    ['{"digestS3Object":"x"}', 'a digest file, which holds hashes of log files'],
    ['{}', 'an empty object'],
    ['"hello"', 'something with no JSON in the string'],
    ['17', 'a number'],
    ['null', 'null'],
    ['{"a\\u001b[31m\\u202e":1}', 'an object with the keys "a\ufffd[31m\ufffd"'],
  ])('%s', (json, what) => {
    const { records, problems } = parse(json);
    expect(records).toEqual([]);
    expect(problems).toEqual([
      {
        file: 'trail.json',
        reason: `valid JSON, but no CloudTrail records in it: ${what}`,
        fix: expect.stringContaining('CloudTrail delivered'),
        recordsLost: 0,
      },
    ]);
  });

  test('says so once for many values', () => {
    expect(parse('[{"a":1},{"b":2}]').problems).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/no CloudTrail records in it: the first is .*"a"/) }),
    ]);
  });

  test('counts other values among records, and says where the first is', () => {
    expect(parse(`${text(sampleRecord(1))}\n{"a":1}\n{"b":1}\n`)).toMatchObject({
      records: [sampleRecord(1)],
      problems: [{ position: 'line 2, column 1', reason: expect.stringContaining('2 JSON values'), recordsLost: 2 }],
    });
  });

  test.each(['', ' \r\n\t', '\ufeff'])('an empty text is a problem: %j', (empty) => {
    for (const bytes of [Buffer.from(empty), gzipSync(empty)]) {
      expect(parse(bytes).problems).toEqual([
        { file: 'trail.json', reason: 'it is empty', fix: expect.any(String), recordsLost: 'unknown' },
      ]);
    }
  });

  test.each([
    [Buffer.from('PK\x03\x04rest'), 'a zip archive'],
    [Buffer.from('28b52ffd0458', 'hex'), 'compressed with zstd'],
    [Buffer.from('BZh91AY&SY'), 'compressed with bzip2'],
    [Buffer.from('fd377a585a0000', 'hex'), 'compressed with xz'],
    [Buffer.from('PAR1xxxx'), 'an Apache Parquet file'],
    [gzipSync(`trail/${'\0'.repeat(251)}ustar`), 'a tar archive'],
    [gzipSync(gzipSync('{}')), 'compressed with gzip twice'],
  ])('names other formats and what to do', (bytes, what) => {
    expect(parse(bytes).problems).toEqual([
      { file: 'trail.json', reason: `it is ${what}`, fix: expect.any(String), recordsLost: 'unknown' },
    ]);
  });

  test('text that is no JSON is one problem, however many lines it has', () => {
    const { problems } = parse('time,event\n1,RunInstances\n2,StopLogging\n'.repeat(50));
    expect(problems).toEqual([
      {
        file: 'trail.json',
        position: 'line 1, column 1',
        reason: 'invalid JSON: expected a value, found "time,event"',
        fix: expect.any(String),
        recordsLost: 'unknown',
      },
    ]);
  });
});

describe('broken records', () => {
  test('an item that is no object is named by its index', () => {
    const { records, problems } = parse(text({ Records: [sampleRecord(1), 5, null, sampleRecord(2), true] }));
    expect(records).toEqual([sampleRecord(1), sampleRecord(2)]);
    expect(problems).toEqual([
      { file: 'trail.json', position: 'record 2', reason: 'a record is a number, not an object', recordsLost: 1 },
      { file: 'trail.json', position: 'record 3', reason: 'a record is null, not an object', recordsLost: 1 },
      { file: 'trail.json', position: 'record 5', reason: 'a record is a boolean, not an object', recordsLost: 1 },
    ]);
  });

  test('a CloudTrailEvent that does not parse is lost alone', () => {
    const events = [
      lookupEvent(sampleRecord(1)),
      { CloudTrailEvent: '{"a" 1}' },
      { CloudTrailEvent: '{"a":' },
      { CloudTrailEvent: '{} {}' },
    ];
    expect(parse(text({ Events: events }))).toMatchObject({
      records: [sampleRecord(1)],
      problems: [
        { position: 'record 2', reason: 'CloudTrailEvent does not parse: expected ":" at byte 6', recordsLost: 1 },
        { position: 'record 3', reason: 'CloudTrailEvent does not parse: it ends in the middle, after 5 bytes' },
        { position: 'record 4', reason: 'CloudTrailEvent does not parse: it goes on behind its end' },
      ],
    });
  });

  test('a broken line is lost alone, whatever it holds', () => {
    const broken = fc.constantFrom(
      '{"a":',
      '{"eventVersion":"1',
      'Loading credentials ...',
      '{"a" 1}',
      '"abc',
      '}',
      '{"a":[{',
      '\u0000',
      '{"a":"\\x"}',
      '{{}',
      ':',
    );
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 2, maxLength: 6 }), broken, fc.nat(), (records, line, n) => {
        const at = n % records.length;
        const lines = records.map((record) => text(record));
        lines.splice(at, 0, line);
        const { records: read, problems } = parse(lines.join('\n'));
        expect(text(read)).toBe(text(records));
        expect(problems).toEqual([
          expect.objectContaining({ position: expect.stringMatching(`^line ${at + 1}, `), recordsLost: 1 }),
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test('says where and what in a document, without the secrets around it', () => {
    const broken = `{"Records":[\n${text(sampleRecord(1))},\n  {"eventVersion":"1.11" "sessionToken":"IQoJb3JpZ2luX2VjEXAMPLE1234"}\n]}`;
    const { records, problems } = parse(broken);
    expect(records).toEqual([sampleRecord(1)]);
    expect(problems).toEqual([
      {
        file: 'trail.json',
        position: 'record 2, line 3, column 26',
        reason: 'invalid JSON: expected "," or "}", found ""sessionToken":"IQoJ"',
        recordsLost: 'unknown',
      },
    ]);
    expect(parse(broken.replace('1" "sessionToken":"', '1",')).problems[0]?.reason).toBe(
      'invalid JSON: expected a key, found "****"',
    );
  });

  test('excerpts and names do not steer a terminal', () => {
    const { problems } = parseRecords(Buffer.from('\u001b]0;x\u0007\u202e'), 'a\u001b[2Jb', {});
    expect(text(problems)).not.toMatch(/\\u001b|\\u0007|\u202e/);
    expect(problems[0]?.file).toBe('a\ufffd[2Jb');
  });

  test('what stands behind a broken file in a row of files is read', () => {
    const file = (n: number) => text({ Records: [sampleRecord(n), sampleRecord(n + 1)] });
    for (const cut of [1, 2, 3, 30, 200]) {
      const { records, problems } = parse(`${file(1)}${file(3).slice(0, -cut)}${file(5)}`);
      expect(records).toEqual(expect.arrayContaining([1, 2, 3, 5, 6].map((n) => sampleRecord(n))));
      expect(problems.length).toBeGreaterThan(0);
    }
  });

  test('a truncated document keeps its whole records', () => {
    const whole = text({ Records: sampleRecords(3) });
    expect(parse(whole.slice(0, -20))).toMatchObject({
      records: sampleRecords(2),
      problems: [{ reason: 'it ends in the middle of a value', recordsLost: 'unknown' }],
    });
  });

  test('many broken lines make a few messages', () => {
    // Each of these took minutes, or a gigabyte, in some way of going on behind what is broken.
    const hostile = [
      '{"a":[\n'.repeat(10_000),
      '{"b" 1}\n'.repeat(10_000),
      ',\n{"a":[\n{"b":1}\n'.repeat(5_000),
      '{"Records":{'.repeat(10_000),
      '[1 '.repeat(10_000),
      '{"Records":[]}{"a" 1}'.repeat(5_000),
      '"\\'.repeat(10_000),
      '1\n2 '.repeat(10_000),
    ];
    for (const lines of [...hostile, hostile.toReversed().join('\n'), hostile.join(`\n${text(sampleRecord(1))}\n`)]) {
      const { problems } = parse(lines);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.length).toBeLessThanOrEqual(22);
      expect(text(problems).length).toBeLessThan(10_000);
    }
    const { problems } = parse('{"b" 1}\n'.repeat(50_000));
    expect(problems.at(-1)).toEqual({
      file: 'trail.json',
      reason: '49980 more problems in this input',
      recordsLost: 'unknown',
    });
  });

  test('lists and strings wrapped without end are refused, not followed', () => {
    const lists = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(parse(lists).problems).toMatchObject([{ reason: expect.stringContaining('wrapped more than') }]);
    let nested = text(sampleRecord(1));
    for (let i = 0; i < 12; i += 1) nested = text(nested);
    expect(parse(nested).problems).toMatchObject([{ reason: expect.stringContaining('wrapped more than') }]);
  });
});

describe('damaged gzip', () => {
  const documents = ['a delivery file', 'JSON Lines'];

  test.each(documents)('a truncated file keeps its whole records: %s', (shape) => {
    const records = Array.from({ length: 400 }, (_, n) => sampleRecord(n, { requestID: `${Math.sin(n)}` }));
    const stored = written(records, shape, 'gzip');
    const { records: read, problems } = parse(stored.subarray(0, stored.length / 2));
    expect(read.length).toBeGreaterThan(100);
    expect(read).toEqual(records.slice(0, read.length));
    expect(problems).toEqual([
      {
        file: 'trail.json',
        reason: `truncated gzip after ${Math.floor(stored.length / 2)} bytes; ${read.length} records recovered`,
        fix: expect.any(String),
        recordsLost: 'unknown',
      },
    ]);
  });

  test('a file with a wrong checksum is read, and the damage told', () => {
    const stored = written(sampleRecords(3), 'a delivery file', 'gzip');
    stored.writeUInt32LE(1, stored.length - 8);
    expect(parse(stored)).toMatchObject({
      records: sampleRecords(3),
      problems: [{ reason: expect.stringMatching(/^corrupt gzip \(incorrect data check\) .*; 3 records recovered$/) }],
    });
  });

  test('what follows the gzip data is told, zeros excepted', () => {
    const stored = written(sampleRecords(3), 'a delivery file', 'gzip');
    expect(parse(Buffer.concat([stored, Buffer.alloc(512)]))).toMatchObject({
      records: sampleRecords(3),
      problems: [],
    });
    expect(parse(Buffer.concat([stored, Buffer.from('tail')]))).toMatchObject({
      records: sampleRecords(3),
      problems: [{ reason: expect.stringMatching(/^corrupt gzip/) }],
    });
  });

  test('a file that decompresses to more than the limit is refused with a remedy', () => {
    const bomb = gzipSync(Buffer.alloc(5 * 1024 * 1024, ' '));
    expect(parseRecords(bomb, 'bomb.gz', { maxTextBytes: 4 * 1024 * 1024 })).toMatchObject({
      records: [],
      problems: [{ reason: 'it decompresses to more than 4 MB', fix: expect.stringContaining('gunzip -c') }],
    });
    expect(parseRecords(bomb.subarray(0, -9), 'bomb.gz', { maxTextBytes: 4 * 1024 * 1024 }).problems).toHaveLength(1);
  });

  test('small damaged files that claim to be long take no room for it', () => {
    const claims = Buffer.concat([gzipSync(Buffer.from('{"Records":[]}')).subarray(0, -9), Buffer.alloc(4, 0xff)]);
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 50; n += 1) parseRecords(claims, 'claims.gz');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('one byte cut or changed anywhere: the same records, or a problem', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
        anyShape,
        fc.nat(),
        fc.option(fc.integer({ min: 1, max: 255 })),
        (records, shape, n, flip) => {
          let stored = Buffer.from(written(records, shape, 'gzip'));
          const at = n % stored.length;
          if (flip === null) stored = stored.subarray(0, at);
          else stored[at] = (stored[at] as number) ^ flip;
          const { records: read, problems } = parse(stored);
          if (problems.length === 0) expect(text(read)).toBe(text(records));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('damaged text', () => {
  test('one byte changed anywhere: a problem, or exactly what the text now says', () => {
    const shapes = fc.constantFrom('a delivery file', 'an array', 'JSON Lines');
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\\n ')));
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
        shapes,
        fc.nat(),
        byte,
        (records, shape, n, to) => {
          const bytes = Buffer.from(written(records, shape, 'plain'));
          bytes[n % bytes.length] = to;
          const parsed = parse(bytes);
          // Outside of strings a line end is white space like any other, in JSON Lines too.
          if (to === 0x0a) bytes[n % bytes.length] = 0x20;
          if (parsed.problems.length === 0) {
            expect(text(parsed.records)).toBe(text(strictly(bytes.toString(), shape)));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('cut anywhere: whole records from the beginning, and a problem unless the text could end there', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), anyShape, fc.nat(), (records, shape, n) => {
        const bytes = written(records, shape, 'plain');
        const { records: read, problems } = parse(bytes.subarray(0, n % bytes.length));
        expect(text(read)).toBe(text(records.slice(0, read.length)));
        const mayEnd = !['a delivery file', 'an array', 'a LookupEvents page'].includes(shape);
        expect(problems.length > 0 || mayEnd || read.length === records.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('any bytes at all: never an exception', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('', '1f8b0800', 'fffe', 'feff', 'efbbbf'),
        (bytes, head) => {
          const { problems, records } = parse(Buffer.concat([Buffer.from(head, 'hex'), bytes]));
          expect(records).toEqual([]);
          expect(problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  /** The records that strict parsers find. */
  function strictly(whole: string, shape: string): unknown {
    if (shape === 'an array') return JSON.parse(whole);
    if (shape === 'a delivery file') return JSON.parse(whole).Records;
    // A line end turned into a space leaves two values on a line.
    const lines = whole
      .replaceAll('} {"eventVersion"', '}\n{"eventVersion"')
      .trimEnd()
      .split(/\s*\n\s*/);
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }
});

const corpus = join(__dirname, '../../../../shared/corpus');
(existsSync(corpus) ? describe : describe.skip)('real files', () => {
  test('every delivery file gives the records that JSON.parse gives', () => {
    const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.json.gz'),
    );
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const bytes = readFileSync(join(corpus, file));
      const { records, problems } = parseRecords(bytes, file);
      expect([file, problems]).toEqual([file, []]);
      expect(records).toEqual(JSON.parse(gunzipSync(bytes).toString()).Records);
    }
  });
});
