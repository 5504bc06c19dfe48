import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runExplain } from '../../bin/commands/explain';
import { runLearn } from '../../bin/commands/learn';
import { runReplay } from '../../bin/commands/replay';
import type { Io } from '../../bin/io';
import { type AwsObjectStoreOptions, awsObjectStore } from '../../replay/s3/aws-object-store';
import { S3Server } from '../replay/s3/s3-server';
import { withCredentials } from '../replay/s3/with-credentials';
import { PaperCloud, screen } from './paper-cloud';

withCredentials();
jest.setTimeout(120_000); // whole replays, some of them several times

const INCIDENT = join(__dirname, '../../examples/incident');

/** Files of the example, as keys below a region and as files in a folder. */
const FILES = readdirSync(INCIDENT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));

const server = new S3Server();
let folder: string;
let interrupt: () => void = () => undefined;
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.objects.clear();
  server.requests.length = 0;
  server.trouble = () => undefined;
  server.latencyMs = () => 0;
  folder = mkdtempSync(join(tmpdir(), 'trailhound-replay-s3-'));
  for (const file of FILES) server.put(`trail/${file}`, readFileSync(join(INCIDENT, file)));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function replayed(args: readonly string[], isTerminal = false) {
  const out = { stdout: '', stderr: '' };
  let nowMs = Date.parse('2026-11-20T00:00:00Z');
  const io: Io = {
    stdout: (text) => {
      out.stdout += text;
    },
    stderr: (text) => {
      out.stderr += text;
    },
    stderrIsTerminal: isTerminal,
    stdoutIsTerminal: false,
    stderrColumns: () => 60,
    cwd: folder,
    nowMs: () => {
      nowMs += isTerminal ? 400 : 0;
      return nowMs;
    },
    env: {},
    onInterrupt: (callback) => {
      interrupt = callback;
    },
  };
  process.env['AWS_ENDPOINT_URL'] = server.url;
  const code = await runReplay([...args, '--workers', '1'], io, open);
  return { code, ...out };
}

const open = (options: AwsObjectStoreOptions) => awsObjectStore({ ...options, usesPaths: true });

const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('trailhound-s3-')).length;

test('the same files give the same alerts from S3 as from disk, whoever keeps them', async () => {
  for (const file of FILES) {
    const path = join(folder, 'local', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, readFileSync(join(INCIDENT, file)));
  }
  const local = await replayed(['local', '--format', 'json']);
  const before = temporary();
  const remote = await replayed(['s3://logs', '--format', 'json']);
  expect(JSON.parse(local.stdout)).not.toEqual([]);
  expect(remote.stdout).toBe(local.stdout);
  expect(remote.code).toBe(local.code);
  expect(temporary()).toBe(before);
  expect(await replayed(['s3://logs', '--format', 'json', '--cache', 'kept'])).toMatchObject({ stdout: local.stdout });
  const gets = server.count('get');
  const again = await replayed(['s3://logs', '--format', 'json', '--cache', 'kept']);
  expect(again.stdout).toBe(local.stdout);
  expect(again.stderr).toMatch(/0 files, 0\.0 MB to download, the rest is in the cache/);
  expect(server.count('get')).toBe(gets);
});

test('local files and S3 are read together, in the order of their delivery', async () => {
  const half = Math.floor(FILES.length / 2);
  for (const file of FILES.slice(0, half)) {
    server.objects.delete(`trail/${file}`);
    const path = join(folder, 'local', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, readFileSync(join(INCIDENT, file)));
  }
  const whole = await replayed([INCIDENT, '--format', 'json']);
  const mixed = await replayed(['s3://logs/trail/', 'local', '--format', 'json']);
  expect(mixed.stdout).toBe(whole.stdout);
  expect(server.count('get')).toBe(FILES.length - half);
});

test('says what there is before it reads, and reads nothing when only that was asked', async () => {
  const { code, stdout, stderr } = await replayed(['s3://logs', '--dry-run']);
  expect(stdout).toMatch(
    new RegExp(
      `^S3: ${FILES.length} files, \\d+\\.\\d MB of \\d+ accounts? in \\d+ regions? \\(\\d+ requests to list them\\)\nto read: ${FILES.length} files, \\d+\\.\\d MB\n$`,
    ),
  );
  expect({ code, stderr, gets: server.count('get') }).toEqual({ code: 0, stderr: '', gets: 0 });
});

test('an interrupt tells what was found, and with a cache how to go on', async () => {
  let gets = 0;
  server.trouble = ({ method, key }) => {
    if (method === 'GET' && key !== '' && ++gets === FILES.length - 2) setImmediate(interrupt);
    return undefined;
  };
  server.latencyMs = () => 30;
  const { code, stdout, stderr } = await replayed(['s3://logs', '--cache', 'kept']);
  expect(stdout).toContain('Interrupted: the files after that were not read.');
  expect(stderr).toMatch(/The same command again goes on: \d+ files? to download/);
  expect(code).toBe(3);
  server.trouble = () => undefined;
  server.requests.length = 0;
  const whole = await replayed(['s3://logs', '--cache', 'kept', '--format', 'json']);
  expect(server.count('get')).toBeLessThan(FILES.length);
  expect(whole.stdout).toBe((await replayed([INCIDENT, '--format', 'json'])).stdout);
});

test('an interrupt without a cache names it, and one during the listing is no result', async () => {
  server.latencyMs = () => 30;
  server.trouble = ({ key }) => {
    if (key !== '') setImmediate(interrupt);
    return undefined;
  };
  expect((await replayed(['s3://logs'])).stderr).toContain('With --cache FOLDER, the same command would go on');
  server.trouble = () => {
    setImmediate(interrupt);
    return undefined;
  };
  const { code, stdout, stderr } = await replayed(['s3://logs']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('Interrupted while listing');
});

test('objects that cannot be read are told and counted like files, and the others are read', async () => {
  const [first = ''] = FILES;
  server.trouble = ({ key, method }) =>
    method === 'GET' && key === `trail/${first}` ? { status: 403, code: 'AccessDenied' } : undefined;
  const { code, stderr, stdout } = await replayed(['s3://logs']);
  expect(stderr).toContain(
    `s3://logs/trail/${first}: access denied (records may be missing). Needs s3:GetObject on arn:aws:s3:::logs/trail/${first}`,
  );
  expect(stdout).toContain(`of ${FILES.length} files`);
  expect(code).toBe(3);
});

test('credentials that expire end it with what was found until then', async () => {
  let gets = 0;
  server.trouble = ({ method, key }) =>
    method === 'GET' && key !== '' && ++gets > 3 ? { status: 400, code: 'ExpiredToken' } : undefined;
  const { code, stderr, stdout } = await replayed(['s3://logs', '--cache', 'kept']);
  expect(stdout).toContain('Interrupted');
  expect(stderr).toMatch(/does not accept the credentials \(ExpiredToken.*Log in again/);
  expect(stderr).toContain('The same command again goes on');
  expect(code).toBe(3);
});

test('a terminal sees the listing, then files, events, alerts and rate, in one line that never wraps', async () => {
  const { stderr } = await replayed(['s3://logs'], true);
  const lines = stderr.split('\r\u001b[K');
  expect(lines.some((line) => /^listing: \d+ files after \d+ requests$/.test(line))).toBe(true);
  expect(lines.some((line) => /files, [\d,]+ events, [\d,]+\+ alerts/.test(line))).toBe(true);
  expect(lines.some((line) => /^\d+ (?:s|min) left, /.test(line))).toBe(true);
  for (const line of lines.slice(0, -1)) expect(line.split('\n').at(-1)?.length).toBeLessThan(60);
  expect((await replayed(['s3://logs', '--no-progress'], true)).stderr).not.toContain('\r');
});

test('hostile keys are printed harmlessly, and leave no file outside of the cache', async () => {
  server.put('odd/../../../x\u001b[2J\n.json', 'no json');
  const { stderr } = await replayed(['s3://logs/odd/', '--cache', 'kept']);
  expect(stderr).toContain('s3://logs/odd/../../../x\ufffd[2J\ufffd.json');
  expect(stderr).not.toContain('\u001b');
  expect(readdirSync(folder)).toEqual(['kept']);
  expect(existsSync(join(folder, '../x\u001b[2J\n.json'))).toBe(false);
});

test('an alert is explained, and what is usual learned, from S3 as from disk', async () => {
  process.env['AWS_ENDPOINT_URL'] = server.url;
  const { stdout } = await replayed([INCIDENT, '--format', 'jsonl', '--rule', 'cloudtrail-stopped']);
  const { alertId } = JSON.parse(stdout.split('\n')[0] ?? '') as { alertId: string };
  const explained = async (path: string) => {
    const io = screen();
    expect(await runExplain([alertId, path, '--rule', 'cloudtrail-stopped', '--workers', '1'], io, open)).toBe(0);
    return io.out();
  };
  expect(await explained('s3://logs/trail')).toBe(await explained(INCIDENT));
  const learned = async (path: string) => {
    const out = join(folder, 'habits.jsonl');
    const io = screen();
    expect(await runLearn([path, '--out', out, '--workers', '1'], io, () => new PaperCloud(), open)).toBe(0);
    return readFileSync(out, 'utf8');
  };
  expect(await learned('s3://logs/trail')).toBe(await learned(INCIDENT));
});

test('a mistake in the configuration is told before anything is listed', async () => {
  writeFileSync(join(folder, 'trailhound.yaml'), 'rules: { cloudtrail-stopped: { mode: shado } }');
  await expect(replayed(['s3://logs'])).rejects.toThrow(/mode/);
  expect(server.requests).toEqual([]);
});

test.each([
  [['x.json', '--account', '111122223333'], /--account is for reading from S3/],
  [['s3://logs', '--account', '1111'], /--account: expected twelve digits/],
  [['s3://logs', '--region', 'Ireland'], /--region: expected a region/],
  [['s3://logs', '--cache', '/dev/null/x'], /--cache: /],
  [['s3://logs', '--cache-size', '0'], /--cache-size/],
])('%j is refused in a sentence', async (args, message) => {
  await expect(replayed(args)).rejects.toThrow(message);
});
