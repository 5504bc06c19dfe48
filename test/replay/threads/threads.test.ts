import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = join(__dirname, '../../..');
const incident = join(root, 'examples/incident');

/** The command line as people run it: built, with real threads. */
function replayed(
  paths: readonly string[],
  { options = [], input = Buffer.alloc(0) }: { options?: readonly string[]; input?: Buffer },
): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'scripts/cli.js'),
      'replay',
      ...paths,
      '--format',
      'jsonl',
      '--fail-on',
      'none',
      '--min-severity',
      'info',
      ...options,
    ],
    { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
  );
  if (status !== 0) throw new Error(`replay ended with ${status}: ${stderr}`);
  return stdout;
}

function incidentFiles(): string[] {
  return readdirSync(incident, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json.gz'));
}

describe('the alerts of the sample incident', () => {
  const expected = replayed([incident], { options: ['--workers', '1'] });

  it('are there', () => {
    expect(expected.split('\n').length).toBeGreaterThan(20);
    expect(expected).toContain('cloudtrail-stopped');
  });

  it.each([2, 3, 8])('are the same, to the letter, from %i threads', (workers) => {
    expect(replayed([incident], { options: ['--workers', String(workers)] })).toBe(expected);
  });

  it('are the same from standard input, which cannot be read again', () => {
    const text = incidentFiles().map((name) => gunzipSync(readFileSync(join(incident, name))));
    expect(replayed(['-'], { input: Buffer.concat(text) })).toBe(expected);
  });

  it('are the same whatever the order and grouping of the files', () => {
    const shuffled = mkdtempSync(join(tmpdir(), 'trailhound-shuffled-'));
    const files = incidentFiles();
    // Names without a delivery time, in an order that has nothing to do with it.
    for (const [index, name] of files.entries()) {
      const folder = join(shuffled, String(index % 7));
      mkdirSync(folder, { recursive: true });
      cpSync(join(incident, name), join(folder, `${(index * 7919) % files.length}-${index}.json.gz`));
    }
    const options = ['--workers', '2', '--lateness', '72'];
    expect(replayed([shuffled], { options })).toBe(expected);
    rmSync(shuffled, { recursive: true });
  });
});
