import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import type { ParsedInput } from '../../../replay/reading/parse-records';
import { readInput } from '../../../replay/reading/read-input';
import {
  anyEncoding,
  anyRecord,
  anyShape,
  envelope,
  SHAPES,
  sampleRecord,
  sampleRecords,
  written,
} from './written-records';

const STDIN = { name: 'standard input', path: '-' };
const text = JSON.stringify;

/** All parts of an input. */
async function partsOf(parts: AsyncIterable<ParsedInput>): Promise<ParsedInput[]> {
  const read: ParsedInput[] = [];
  for await (const part of parts) read.push(part);
  return read;
}

function joined(parts: readonly ParsedInput[]) {
  return {
    records: parts.flatMap((part) => part.records),
    problems: parts.flatMap((part) => part.problems),
    readBytes: parts.reduce((sum, part) => sum + part.readBytes, 0),
    textBytes: parts.reduce((sum, part) => sum + part.textBytes, 0),
  };
}

async function readStdin(chunks: Iterable<Buffer> | AsyncIterable<Buffer>) {
  return joined(await partsOf(readInput(STDIN, { stdin: Readable.from(chunks) })));
}

/** The bytes cut at the given places (modulo the length). */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [...sorted, bytes.length].map((end, i) => bytes.subarray(sorted[i - 1] ?? 0, end)).filter((c) => c.length > 0);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailhound-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Buffer | string) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { name, path };
}

describe('standard input', () => {
  test('any records in any shape, encoding and pieces come back equal', async () => {
    const property = fc.asyncProperty(
      fc.array(anyRecord, { minLength: 1, maxLength: 6 }),
      anyShape,
      anyEncoding,
      fc.array(fc.nat(), { maxLength: 8 }),
      async (records, shape, encoding, cuts) => {
        const bytes = written(records, shape, encoding);
        const { records: read, problems, readBytes } = await readStdin(cutAt(bytes, cuts));
        expect(problems).toEqual([]);
        expect(text(read)).toBe(text(records));
        expect(readBytes).toBe(bytes.length);
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  test.each(Object.keys(SHAPES))('comes byte by byte: %s', async (shape) => {
    const records = sampleRecords(3);
    const bytes = written(records, shape, 'plain');
    expect(await readStdin([...bytes].map((byte) => Buffer.from([byte])))).toMatchObject({ records, problems: [] });
  });

  test('one byte cut or changed anywhere: never an exception; the same records, or a problem, for gzip', async () => {
    const property = fc.asyncProperty(
      fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
      anyShape,
      fc.constantFrom('gzip', 'plain'),
      fc.nat(),
      fc.option(fc.integer({ min: 1, max: 255 })),
      async (records, shape, encoding, n, flip) => {
        const stored = Buffer.from(written(records, shape, encoding));
        const at = n % stored.length;
        if (flip !== null) stored[at] = (stored[at] as number) ^ flip;
        const { records: read, problems } = await readStdin([flip === null ? stored.subarray(0, at) : stored]);
        if (encoding === 'gzip' && problems.length === 0) expect(text(read)).toBe(text(records));
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  test('records come before the input has ended, in parts with their envelopes', async () => {
    const line = Buffer.from(`${text(envelope(sampleRecord(1, { requestParameters: 'x'.repeat(100_000) })))}\n`);
    let pulled = 0;
    function* endless() {
      for (; pulled < 10_000; pulled += 1) yield line;
    }
    for await (const part of readInput(STDIN, { stdin: Readable.from(endless()) })) {
      expect(part.records.length).toBeGreaterThan(50);
      expect(part.envelopes).toHaveLength(part.records.length);
      expect(part.textBytes).toBeGreaterThanOrEqual(8 * 1024 * 1024);
      break;
    }
    expect(pulled).toBeLessThan(500);
  });

  test('a document of any length is read item by item', async () => {
    const record = sampleRecord(1, { requestParameters: 'x'.repeat(200_000) });
    function* document() {
      yield Buffer.from('{"note":1,"Records":[');
      for (let n = 0; n < 600; n += 1) yield Buffer.from(`${n === 0 ? '' : ','}${text(record)}`);
      yield Buffer.from(']}');
    }
    let count = 0;
    let parts = 0;
    for await (const part of readInput(STDIN, { stdin: Readable.from(document()) })) {
      expect(part.problems).toEqual([]);
      expect(part.records.length).toBeLessThan(60);
      count += part.records.length;
      parts += 1;
    }
    expect(count).toBe(600);
    expect(parts).toBeGreaterThan(10);
  });

  test('a single value longer than the limit is given up, and reading goes on behind it', async () => {
    function* tooLong() {
      yield Buffer.from(`${text(sampleRecord(1))}\n{"eventVersion":"`);
      for (let n = 0; n < 70; n += 1) yield Buffer.alloc(1024 * 1024, 'x');
      yield Buffer.from(`"}\n${text(sampleRecord(2))}\n`);
    }
    const { records, problems } = await readStdin(tooLong());
    expect(records).toEqual([sampleRecord(1), sampleRecord(2)]);
    expect(problems).toEqual([
      {
        file: 'standard input',
        position: 'line 2, column 1',
        reason: 'a single JSON value is longer than 64 MB',
        fix: expect.any(String),
        recordsLost: 'unknown',
      },
    ]);
  });

  test('counts lines and columns across pieces', async () => {
    const lines = `${text(sampleRecord(1))}\n\n${text(sampleRecord(2))}\n  {"a" 1}\n${text(sampleRecord(3))}\n`;
    for (const size of [1, 7, 100, 10_000]) {
      const bytes = Buffer.from(lines);
      const chunks = cutAt(
        bytes,
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => i * size),
      );
      const { records, problems } = await readStdin(chunks);
      expect(records).toHaveLength(3);
      expect(problems).toMatchObject([{ position: 'line 4, column 8', recordsLost: 1 }]);
    }
  });

  test('a stream that fails half-way is read that far', async () => {
    async function* failing() {
      yield Buffer.from(`${text(sampleRecord(1))}\n${text(sampleRecord(2)).slice(0, 50)}`);
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    }
    expect(await readStdin(failing())).toMatchObject({
      records: [sampleRecord(1)],
      problems: [{ reason: 'it cannot be read: EIO: i/o error, read', recordsLost: 'unknown' }],
    });
  });

  test('truncated gzip gives its whole records and one problem', async () => {
    const records = Array.from({ length: 2000 }, (_, n) => sampleRecord(n, { requestID: `${Math.sin(n)}` }));
    const stored = written(records, 'a delivery file', 'gzip');
    const half = stored.subarray(0, stored.length >> 1);
    const { records: read, problems } = await readStdin(cutAt(half, [100, 5000, 20_000]));
    expect(read.length).toBeGreaterThan(800);
    expect(read).toEqual(records.slice(0, read.length));
    expect(problems).toMatchObject([
      { reason: `truncated gzip after ${half.length} bytes; ${read.length} records recovered` },
    ]);
  });

  test('zeros behind gzip data are padding, other bytes are damage', async () => {
    const stored = written(sampleRecords(3), 'JSON Lines', 'gzip');
    expect(await readStdin([stored, Buffer.alloc(100_000), Buffer.alloc(100_000)])).toMatchObject({
      records: sampleRecords(3),
      problems: [],
    });
    expect(await readStdin([stored, Buffer.from('tail')])).toMatchObject({
      records: sampleRecords(3),
      problems: [{ reason: expect.stringMatching(/^corrupt gzip/) }],
    });
  });

  test('nothing at all, and nothing to read, are problems', async () => {
    expect((await readStdin([])).problems).toMatchObject([{ reason: 'it is empty' }]);
    expect((await readStdin([Buffer.from('PK\x03\x04')])).problems).toMatchObject([{ reason: 'it is a zip archive' }]);
    expect((await readStdin([gzipSync(gzipSync('x'))])).problems).toMatchObject([
      { reason: 'it is compressed with gzip twice' },
    ]);
  });

  test('an input that is refused is let go', async () => {
    const stdin = Readable.from([Buffer.from('PK\x03\x04'.padEnd(500)), Buffer.from('more')]);
    await partsOf(readInput(STDIN, { stdin }));
    expect(stdin.destroyed).toBe(true);
  });
});

describe('files', () => {
  test('an ordinary file comes in one part', async () => {
    const parts = await partsOf(readInput(file('a.json.gz', written(sampleRecords(3), 'a delivery file', 'gzip'))));
    expect(parts).toMatchObject([{ records: sampleRecords(3), problems: [] }]);
  });

  test('a large file, and one that decompresses to a large text, come in parts', async () => {
    const line = `${text(sampleRecord(1, { requestParameters: 'x'.repeat(1_000_000) }))}\n`;
    const plain = file('large.jsonl', line.repeat(20));
    const zipped = file('large.jsonl.gz', gzipSync(line.repeat(80), { level: 1 }));
    for (const [input, count] of [
      [plain, 20],
      [zipped, 80],
    ] as const) {
      const parts = await partsOf(readInput(input));
      expect(parts.length).toBeGreaterThan(2);
      const { records, problems, textBytes } = joined(parts);
      expect([records.length, problems, textBytes]).toEqual([count, [], line.length * count]);
    }
  });

  test('a file that has gone, or is a folder, is a problem', async () => {
    const gone = await partsOf(readInput({ name: 'gone', path: join(folder, 'gone') }));
    expect(gone).toMatchObject([{ records: [], problems: [{ file: 'gone', reason: 'it does not exist' }] }]);
    const { problems } = joined(await partsOf(readInput({ name: 'folder', path: folder })));
    expect(problems).toMatchObject([{ reason: expect.stringMatching(/^it cannot be read: EISDIR/) }]);
  });
});
