import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputProblem } from '../../../replay/reading/input-problem';
import { awsObjectStore } from '../../../replay/s3/aws-object-store';
import { Downloads } from '../../../replay/s3/downloads';
import { FolderError, ObjectFolder } from '../../../replay/s3/object-folder';
import type { ObjectStore, StoredObject } from '../../../replay/s3/object-store';
import { S3Server } from './s3-server';
import { withCredentials } from './with-credentials';

withCredentials();

const server = new S3Server();
let store: ObjectStore;
let parent: string;
let folder: ObjectFolder;
let stop: AbortController;
const refused: InputProblem[] = [];

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  process.env['AWS_ENDPOINT_URL'] = server.url;
  server.objects.clear();
  server.requests.length = 0;
  server.trouble = () => undefined;
  server.latencyMs = () => 0;
  store = awsObjectStore({ connections: 8, usesPaths: true, silenceMs: 300 });
  parent = mkdtempSync(join(tmpdir(), 'trailhound-downloads-'));
  folder = ObjectFolder.temporary(1e9);
  stop = new AbortController();
  refused.length = 0;
});
afterEach(() => {
  stop.abort();
  folder.close();
  store.close();
  rmSync(parent, { recursive: true });
});

/** Puts an object and returns what a listing tells of it. */
function stored(key: string, body: string | Buffer): StoredObject {
  server.put(key, body);
  const { etag, modifiedMs } = server.objects.get(key) as { etag: string; modifiedMs: number };
  return { bucket: 'logs', key, sizeBytes: Buffer.byteLength(body), etag, modifiedMs };
}

interface Limits {
  readonly atOnce?: number;
  readonly aheadBytes?: number;
}

function downloads(objects: readonly (StoredObject | undefined)[], { atOnce = 4, aheadBytes = 1e9 }: Limits = {}) {
  return new Downloads({
    store,
    folder,
    objects,
    atOnce,
    aheadBytes,
    signal: stop.signal,
    onRefused: (problem) => refused.push(problem),
    sleep: async () => undefined,
  });
}

const contentOf = (object: StoredObject) => readFileSync(folder.pathOf(object), 'utf8');

/** Resolves when so many objects have been asked for, and for a moment no more. */
async function settled(objects: number): Promise<void> {
  for (let before = -1; before !== server.requests.length || server.count('get') < objects; ) {
    before = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('downloads', () => {
  test('every object is at its path when it is ready; local files always are', async () => {
    const objects = ['a', 'b'].map((key) => stored(key, `content of ${key}`));
    const supply = downloads([objects[0], undefined, objects[1]]);
    supply.announce([0, 1, 2]);
    expect(await Promise.all([0, 1, 2].map((input) => supply.ready(input)))).toEqual(['ready', 'ready', 'ready']);
    expect(objects.map(contentOf)).toEqual(['content of a', 'content of b']);
    expect(supply.counts).toEqual({ fetched: 2, fetchedBytes: 24, kept: 0, keptBytes: 0 });
  });

  test('an empty object is ready, too', async () => {
    const empty = stored('empty', '');
    expect(await downloads([empty]).ready(0)).toBe('ready');
    expect(contentOf(empty)).toBe('');
  });

  test('so many run ahead at once, and so many bytes, whoever is slow to read them', async () => {
    const objects = Array.from({ length: 20 }, (_, index) => stored(`n${index}`, 'x'.repeat(100)));
    server.latencyMs = () => 20;
    let open = 0;
    let most = 0;
    const counting: ObjectStore = {
      ...store,
      read: async (...asked) => {
        open += 1;
        most = Math.max(most, open);
        const body = await store.read(...asked);
        return (async function* () {
          yield* body;
          open -= 1;
        })();
      },
    };
    const supply = new Downloads({
      ...{ store: counting, folder, objects, atOnce: 3, aheadBytes: 550, signal: stop.signal },
      onRefused: () => undefined,
      sleep: async () => undefined,
    });
    supply.announce(objects.map((_, index) => index));
    await settled(6);
    expect({ most, begun: server.count('get') }).toEqual({ most: 3, begun: 6 });
    for (let input = 0; input < objects.length; input++) {
      expect(await supply.ready(input)).toBe('ready');
      supply.done(input);
    }
    expect(server.count('get')).toBe(20);
  });

  test('what is asked for beyond what may run ahead comes all the same, and only once', async () => {
    const objects = Array.from({ length: 5 }, (_, index) => stored(`n${index}`, 'x'.repeat(100)));
    const supply = downloads(objects, { aheadBytes: 100 });
    supply.announce([0, 1, 2, 3, 4]);
    expect(await Promise.all([4, 3, 0].map((input) => supply.ready(input)))).toEqual(['ready', 'ready', 'ready']);
    for (const input of [4, 3, 0]) supply.done(input);
    for (const input of [1, 2]) {
      expect(await supply.ready(input)).toBe('ready');
      supply.done(input);
    }
    await settled(5);
    expect(server.count('get')).toBe(5);
  });

  test.each([
    ['breaks', false],
    ['falls silent', true],
  ])('a connection that %s is taken up where it was, as long as more comes', async (_, silently) => {
    const text = Array.from({ length: 3_000 }, (_, index) => `line ${index}`).join('\n');
    const object = stored('long', text);
    let breaks = 3;
    server.trouble = ({ method }) => (method === 'GET' && breaks-- > 0 ? { breakAfter: 8_000, silently } : undefined);
    expect(await downloads([object]).ready(0)).toBe('ready');
    expect(contentOf(object)).toBe(text);
    const ranges = server.requests.flatMap(({ method, range }) => (method === 'GET' ? [range] : []));
    expect(ranges).toEqual([undefined, 'bytes=8000-', 'bytes=16000-', 'bytes=24000-']);
  });

  test('a connection over which nothing more comes is given up, and no half file stays', async () => {
    const object = stored('long', 'x'.repeat(10_000));
    server.trouble = ({ method }) => (method === 'GET' ? { breakAfter: 0 } : undefined);
    expect(await downloads([object]).ready(0)).toMatchObject([{ file: 's3://logs/long', recordsLost: 'unknown' }]);
    expect(readdirSync(join(folder.pathOf(object), '..'))).toEqual([]);
  });

  test.each([
    ['AccessDenied', { status: 403, code: 'AccessDenied' }, /^access denied$/, /s3:GetObject on arn:aws:s3:::logs\/a/],
    [
      'a key that may not be used',
      { status: 403, code: 'AccessDenied', message: 'not authorized to perform: kms:Decrypt on this resource' },
      /kms:Decrypt/,
      /kms:Decrypt on the key/,
    ],
    ['a deleted object', { status: 404, code: 'NoSuchKey' }, /deleted after it was listed/, undefined],
    [
      'an archived object',
      { status: 403, code: 'InvalidObjectState', extra: '<StorageClass>GLACIER</StorageClass>' },
      /in an archive \(GLACIER\)/,
      /restore-object/,
    ],
    ['a failure', { status: 400, code: 'Odd\u001b[2J' }, /S3 failed/, undefined],
  ])('%s is a problem of this object', async (_, trouble, reason, fix) => {
    const objects = [stored('a', 'x'), stored('b', 'x')];
    server.trouble = ({ key, method }) => (method === 'GET' && key === 'a' ? trouble : undefined);
    const supply = downloads(objects);
    const [problem] = (await supply.ready(0)) as readonly InputProblem[];
    expect(problem).toMatchObject({ file: 's3://logs/a', recordsLost: 'unknown' });
    expect(problem?.reason).toMatch(reason);
    if (fix !== undefined) expect(problem?.fix).toMatch(fix);
    expect(JSON.stringify(problem)).not.toContain('\\u001b');
    expect(await supply.ready(1)).toBe('ready');
    expect(refused).toEqual([]);
  });

  test('an object that was written again since it was listed is not taken for the listed one', async () => {
    const object = stored('a', 'listed');
    server.put('a', 'others');
    expect(await downloads([object]).ready(0)).toMatchObject([{ reason: 'it was changed after it was listed' }]);
    const longer = { ...stored('b', 'longer than listed'), sizeBytes: 4 };
    expect(await downloads([longer]).ready(0)).toMatchObject([{ reason: 'it is longer than its listing says' }]);
  });

  test('credentials that expire stop everything, and are told once', async () => {
    const objects = Array.from({ length: 30 }, (_, index) => stored(`n${index}`, 'x'));
    server.trouble = ({ key }) => (key >= 'n2' ? { status: 400, code: 'ExpiredToken' } : undefined);
    const supply = downloads(objects);
    const answers: ('ready' | readonly InputProblem[])[] = [];
    for (let input = 0; input < objects.length; input++) answers.push(await supply.ready(input));
    expect(answers.filter((answer) => answer === 'ready').length).toBeGreaterThan(0);
    expect(answers.flatMap((answer) => (answer === 'ready' ? [] : answer))).toEqual([]);
    expect(refused).toMatchObject([{ reason: expect.stringContaining('ExpiredToken') as string }]);
    expect(server.count('get')).toBeLessThan(20);
  });

  test('many problems of one kind are told as one', async () => {
    const objects = Array.from({ length: 25 }, (_, index) => stored(`n${index}`, 'x'));
    server.trouble = ({ method }) => (method === 'GET' ? { status: 403, code: 'AccessDenied' } : undefined);
    const supply = downloads(objects);
    const arrivals = await Promise.all(objects.map((_, input) => supply.ready(input)));
    const told = arrivals.flatMap((arrival) => (arrival === 'ready' ? [] : arrival));
    expect(told).toHaveLength(10);
    const gets = server.count('get');
    supply.announce([...objects.keys()]);
    expect(await Promise.all(objects.map((_, input) => supply.ready(input)))).toEqual(arrivals);
    expect(server.count('get')).toBe(gets);
    expect(supply.untold()).toEqual([
      { file: 's3://logs', reason: '15 more like these: access denied', recordsLost: 'unknown' },
    ]);
  });

  test('a folder that is gone, or that nobody may write to, stops everything', async () => {
    const object = stored('a', 'x');
    folder.close();
    writeFileSync(join(folder.pathOf(object), '../..'), 'in the way');
    expect(await downloads([object]).ready(0)).toEqual([]);
    expect(refused).toMatchObject([{ reason: expect.stringContaining('cannot be written') as string }]);
    rmSync(join(folder.pathOf(object), '../..'));
  });

  test('an interrupt ends the wait', async () => {
    const object = stored('a', 'x');
    server.latencyMs = () => 60_000;
    const waiting = downloads([object]).ready(0);
    setTimeout(() => stop.abort(), 50);
    expect(await waiting).toEqual([]);
    expect(refused).toEqual([]);
  });
});

describe('the folder', () => {
  const kept = (maxBytes: number, wanted: readonly StoredObject[]) => ObjectFolder.kept(parent, maxBytes, wanted);
  const files = () =>
    readdirSync(parent, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    );

  /** All objects read once, one after the other. */
  async function readAll(objects: readonly StoredObject[]): Promise<Downloads> {
    const supply = downloads(objects, { atOnce: 1, aheadBytes: 1 });
    supply.announce(objects.map((_, index) => index));
    for (let input = 0; input < objects.length; input++) {
      expect(await supply.ready(input)).toBe('ready');
      supply.done(input);
    }
    return supply;
  }

  test('a second run downloads only what is missing', async () => {
    const objects = ['a', 'b', 'c'].map((key) => stored(key, `content of ${key}`));
    folder = kept(1e9, objects);
    await readAll(objects.slice(0, 2));
    folder = kept(1e9, objects);
    expect((await readAll(objects)).counts).toMatchObject({ fetched: 1, kept: 2 });
    expect(objects.map(contentOf)).toEqual(['content of a', 'content of b', 'content of c']);
  });

  test('a changed object is another one; a file of the wrong size is downloaded again', async () => {
    const object = stored('a', 'first');
    folder = kept(1e9, [object]);
    await readAll([object]);
    const changed = stored('a', 'other');
    expect((await readAll([changed])).counts.fetched).toBe(1);
    writeFileSync(folder.pathOf(changed), 'oth');
    expect((await readAll([changed])).counts.fetched).toBe(1);
    expect(contentOf(changed)).toBe('other');
  });

  test('is for its owner only, whatever objects are called, and nothing leaves it', async () => {
    const objects = ['../../../escape.json', '/etc/x', 'a\u0000b', '..', 'x'.repeat(1_024)].map((key) => ({
      ...stored('a', 'x'),
      key,
    }));
    folder = kept(1e9, objects);
    for (const object of objects) {
      expect(folder.pathOf(object).startsWith(join(parent, 'trailhound-s3/'))).toBe(true);
      expect(folder.pathOf(object).slice(parent.length)).toMatch(/^\/trailhound-s3\/[0-9a-f]{2}\/[0-9a-f]{62}$/);
    }
    const plain = stored('plain', 'x');
    await readAll([plain]);
    const path = folder.pathOf(plain);
    expect([path, join(path, '..'), join(path, '../..')].map((one) => statSync(one).mode & 0o777)).toEqual([
      0o600, 0o700, 0o700,
    ]);
  });

  test('is refused where others may write, or when it is a link', () => {
    mkdirSync(join(parent, 'trailhound-s3'), { mode: 0o777 });
    // The mask of the process took the rights away.
    chmodSync(join(parent, 'trailhound-s3'), 0o777);
    expect(() => kept(1, [])).toThrow(FolderError);
    rmSync(join(parent, 'trailhound-s3'), { recursive: true });
    symlinkSync(tmpdir(), join(parent, 'trailhound-s3'));
    expect(() => kept(1, [])).toThrow(FolderError);
  });

  test('holds so much: what others left goes first, the oldest first, and never what is not ours', async () => {
    const old = ['o1', 'o2'].map((key) => stored(key, 'x'.repeat(100)));
    folder = kept(1e9, old);
    await readAll(old);
    old.forEach((object, index) => {
      utimesSync(folder.pathOf(object), index, index);
    });
    writeFileSync(join(parent, 'trailhound-s3', 'mine.txt'), 'x'.repeat(1_000));
    const objects = Array.from({ length: 5 }, (_, index) => stored(`n${index}`, 'x'.repeat(100)));
    folder = kept(400, objects);
    await readAll(objects.slice(0, 3));
    expect(old.map((object) => folder.has(object))).toEqual([false, true]);
    await readAll(objects.slice(3));
    expect(old.map((object) => folder.has(object))).toEqual([false, false]);
    expect(files()).toHaveLength(5);
    expect(files()).toContain('mine.txt');
  });

  test('what is in use stays, however full it is; what is gone is downloaded again', async () => {
    const objects = Array.from({ length: 3 }, (_, index) => stored(`n${index}`, 'x'.repeat(100)));
    folder.close();
    folder = ObjectFolder.temporary(150);
    const supply = downloads(objects);
    expect(await Promise.all([0, 1, 2].map((input) => supply.ready(input)))).toEqual(['ready', 'ready', 'ready']);
    expect(objects.map((object) => folder.has(object))).toEqual([true, true, true]);
    for (const input of [0, 1, 2]) supply.done(input);
    expect(objects.map((object) => folder.has(object))).toEqual([false, false, true]);
    supply.announce([1]);
    expect(await supply.ready(1)).toBe('ready');
    expect(supply.counts.fetched).toBe(4);
  });

  test('what a killed run left behind is cleared away, once it is old', () => {
    const object = stored('a', 'x');
    folder = kept(1e9, []);
    const { part } = folder.begin(object);
    kept(1e9, []);
    expect(files()).toHaveLength(1);
    utimesSync(part, 1, 1);
    kept(1e9, []);
    expect(files()).toEqual([]);
  });

  test('the temporary one goes when it is closed', async () => {
    const object = stored('a', 'x');
    await readAll([object]);
    const path = folder.pathOf(object);
    folder.close();
    expect(() => statSync(join(path, '../..'))).toThrow(/ENOENT/);
  });
});
