import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Server } from '../replay/s3/s3-server';
import { withCredentials } from '../replay/s3/with-credentials';

withCredentials();
jest.setTimeout(180_000); // builds the command line, then runs it

const ROOT = join(__dirname, '../..');
const INCIDENT = join(ROOT, 'examples/incident');
const FILES = readdirSync(INCIDENT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'));
const JSON_LINES = ['--format', 'jsonl', '--fail-on', 'none'];

const server = new S3Server();
let folder: string;
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
  server.trouble = () => undefined;
  server.latencyMs = () => 0;
  folder = mkdtempSync(join(tmpdir(), 'trailhound-process-'));
  for (const file of FILES) server.put(file, readFileSync(join(INCIDENT, file)));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The command line as people run it: built, with real threads, S3's client in a file of its own. */
async function replayed(args: readonly string[], onStart: (interrupt: () => void) => void = () => undefined) {
  const env = { ...process.env, AWS_ENDPOINT_URL: server.url, TMPDIR: folder };
  const child = spawn(process.execPath, [join(ROOT, 'dist/trailhound.js'), 'replay', ...args], { env, cwd: folder });
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    out.stderr += text;
  });
  onStart(() => child.kill('SIGINT'));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...out };
}

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/cli.js'), '--version'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
});

test('alerts do not depend on threads, nor on the order and the breaks in which objects arrive', async () => {
  const expected = await replayed([INCIDENT, '--workers', '1', ...JSON_LINES]);
  expect(expected.stdout.split('\n').length).toBeGreaterThan(20);
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  server.latencyMs = () => random() * 60;
  const broken = new Set<string>();
  server.trouble = ({ key, method }) => {
    if (method !== 'GET' || key === '' || broken.has(key) || random() < 0.7) return undefined;
    broken.add(key);
    return { breakAfter: Math.floor(random() * 400) };
  };
  for (const workers of ['1', '3']) {
    broken.clear();
    const { stdout, stderr, code } = await replayed(['s3://logs', '--workers', workers, ...JSON_LINES]);
    expect(stdout).toBe(expected.stdout);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^S3: ${FILES.length} files.*\n(?:.*\n)+S3: \\d+ files, .* downloaded\n$`));
    expect(broken.size).toBeGreaterThan(0);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('Ctrl-C ends it soon, with what was found, and the same command goes on', async () => {
  server.latencyMs = (key) => (FILES.indexOf(key) < FILES.length / 2 ? 0 : 60_000);
  const first = await replayed(['s3://logs', '--workers', '2', '--cache', 'kept', ...JSON_LINES], (interrupt) => {
    const waitForHalf = setInterval(() => {
      if (server.count('get') < FILES.length / 2) return;
      clearInterval(waitForHalf);
      setTimeout(interrupt, 1_000);
    }, 50);
  });
  expect(first.code).toBe(3);
  expect(first.stderr).toMatch(
    /Interrupted: .*\nS3: \d+ files, .*The same command again goes on: \d+ files? to download/,
  );
  server.latencyMs = () => 0;
  server.requests.length = 0;
  const second = await replayed(['s3://logs', '--workers', '2', '--cache', 'kept', ...JSON_LINES]);
  expect(second.stdout).toBe((await replayed([INCIDENT, ...JSON_LINES])).stdout);
  const gets = server.count('get');
  expect(gets).toBeGreaterThan(0);
  expect(gets).toBeLessThan(FILES.length);
});
