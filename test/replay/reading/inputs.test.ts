import { once } from 'node:events';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { listInputs } from '../../../replay/reading/inputs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailhound-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string, content = '{}'): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

const NOTHING_SKIPPED = { digests: 0, summaries: 0, otherServices: 0, otherFiles: 0 };
const names = (inputs: readonly { path: string }[]) => inputs.map(({ path }) => basename(path));
const trail = 'AWSLogs/111122223333/CloudTrail';
const delivered = (region: string, time: string) =>
  `${trail}/${region}/2026/03/01/111122223333_CloudTrail_${region}_${time}Z_Mu0KsOhtH1ar15ZZ.json.gz`;

describe('folders', () => {
  test('takes files named like JSON logs, compressed or not, at any depth, and counts the others', async () => {
    const taken = [
      'a.json',
      'b/c.json.gz',
      'b/d.jsonl',
      'e.jsonl.gz',
      'f.ndjson',
      'g.ndjson.gz',
      'h.log',
      'i.log.gz',
      'j.JSON',
      'stream-1-2026-03-01.gz',
    ];
    for (const path of [...taken, 'README.md', 'k.csv.gz', 'l.tar.gz', 'm', 'json', '.hidden.json', '.git/n.json'])
      file(path);
    const { inputs, problems, skipped } = await listInputs([folder]);
    expect(inputs.map(({ path }) => path)).toEqual(taken.map((path) => join(folder, path)).sort());
    expect(problems).toEqual([]);
    expect(skipped).toEqual({ ...NOTHING_SKIPPED, otherFiles: 5 });
    expect(inputs[0]).toEqual({ name: join(folder, 'a.json'), path: join(folder, 'a.json'), sizeBytes: 2 });
  });

  test('orders by delivery time over all regions and arguments, then by path, standard input last', async () => {
    const early = file(delivered('us-east-1', '20260301T1145'));
    const late = file(delivered('eu-west-1', '20260301T1205'));
    const same = file(delivered('ap-south-1', '20260301T1145'));
    const undated = file('z/export.json');
    const invalid = file('z/x_20261399T9999Z_y.json');
    const { inputs } = await listInputs([undated, '-', late, folder]);
    expect(inputs.map(({ path }) => path)).toEqual([same, early, late, undated, invalid, '-']);
    expect(inputs.map(({ deliveredAtMs }) => deliveredAtMs)).toEqual([
      Date.UTC(2026, 2, 1, 11, 45),
      Date.UTC(2026, 2, 1, 11, 45),
      Date.UTC(2026, 2, 1, 12, 5),
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('leaves out digests, summaries and other services of a bucket, and counts them', async () => {
    const wanted = file(delivered('eu-west-1', '20260301T1205'));
    const network = file('AWSLogs/111122223333/CloudTrail-NetworkActivity/eu-west-1/x.json.gz');
    const organization = file('AWSLogs/o-abc123/111122223333/CloudTrail/eu-west-1/y.json.gz');
    for (const path of [
      'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/a.json.gz',
      'copied/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260301T120500Z.json.gz',
      'AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/b.json.gz',
      'AWSLogs/o-abc123/111122223333/CloudTrail-Aggregated/eu-west-1/c.json.gz',
      'AWSLogs/111122223333/Config/eu-west-1/d.json.gz',
      'AWSLogs/111122223333/vpcflowlogs/eu-west-1/e.log.gz',
      'AWSLogs/111122223333/elasticloadbalancing/eu-west-1/f.txt',
    ]) {
      file(path);
    }
    const { inputs, skipped, problems } = await listInputs([folder]);
    expect(inputs.map(({ path }) => path).sort()).toEqual([wanted, network, organization].sort());
    expect(skipped).toEqual({ digests: 2, summaries: 2, otherServices: 3, otherFiles: 0 });
    expect(problems).toEqual([]);
  });

  test('links are followed once, and loops end', async () => {
    const elsewhere = file('elsewhere/a.json');
    mkdirSync(join(folder, 'logs/deep'), { recursive: true });
    const root = join(folder, 'logs');
    symlinkSync(elsewhere, join(root, 'link.json'));
    symlinkSync(elsewhere, join(root, 'second-link.json'));
    symlinkSync(join(folder, 'elsewhere'), join(root, 'linked-folder'));
    symlinkSync('..', join(root, 'deep/up'));
    symlinkSync('.', join(root, 'self'));
    symlinkSync('gone.json', join(root, 'broken.json'));
    symlinkSync('gone', join(root, 'broken-note'));
    const { inputs, problems, skipped } = await listInputs([root, root, elsewhere]);
    expect(names(inputs)).toEqual(['link.json']);
    expect(problems).toMatchObject([{ file: join(root, 'broken.json'), reason: 'it does not exist' }]);
    expect(skipped).toEqual({ ...NOTHING_SKIPPED, otherFiles: 1 });
  });

  test('two files with one content are two inputs', async () => {
    linkSync(file('a.json'), join(folder, 'b.json'));
    expect(names((await listInputs([folder])).inputs)).toEqual(['a.json', 'b.json']);
  });

  test('a folder without logs is a problem, one whose logs were named already is not', async () => {
    mkdirSync(join(folder, 'empty/deep'), { recursive: true });
    file('notes/README.md');
    const a = file('some/a.json');
    const { inputs, problems } = await listInputs([
      join(folder, 'empty'),
      join(folder, 'notes'),
      a,
      dirname(a),
      dirname(a),
    ]);
    expect(names(inputs)).toEqual(['a.json']);
    expect(problems).toEqual(
      ['empty', 'notes'].map((name) => ({
        file: join(folder, name),
        reason: 'no CloudTrail files in this folder',
        fix: expect.stringContaining('AWSLogs'),
        recordsLost: 0,
      })),
    );
  });
});

describe('paths', () => {
  test('a file given by name is taken whatever it is called', async () => {
    expect(names((await listInputs([file('dump.txt'), file('noname')])).inputs)).toEqual(['dump.txt', 'noname']);
  });

  test('a digest given by name is left out, since patterns name digests too; digests alone are a problem', async () => {
    const digest = file('AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/a.json.gz');
    const other = file('b.json');
    expect(await listInputs([digest, other])).toMatchObject({
      inputs: [{ path: other }],
      problems: [],
      skipped: { digests: 1 },
    });
    expect(await listInputs([digest])).toMatchObject({
      inputs: [],
      problems: [{ file: digest, reason: expect.stringMatching(/^nothing to read: only digests/), recordsLost: 0 }],
    });
  });

  test('a missing path is a problem with a remedy, and the others are read', async () => {
    const missing = join(folder, 'logs/*.json\u001b[2J');
    const { inputs, problems } = await listInputs([missing, file('a.json')]);
    expect(names(inputs)).toEqual(['a.json']);
    expect(problems).toEqual([
      {
        file: join(folder, 'logs/*.json\ufffd[2J'),
        reason: 'it does not exist',
        fix: expect.stringContaining('pattern'),
        recordsLost: 'unknown',
      },
    ]);
  });

  test('standard input is one input however often it is given', async () => {
    expect(await listInputs(['-', '-'])).toEqual({
      inputs: [{ name: 'standard input', path: '-', sizeBytes: 0 }],
      problems: [],
      skipped: NOTHING_SKIPPED,
    });
  });

  test('no paths are no inputs', async () => {
    expect(await listInputs([])).toEqual({ inputs: [], problems: [], skipped: NOTHING_SKIPPED });
  });

  test('a device or pipe can be given, and is not opened in a folder', async () => {
    const [device] = (await listInputs(['/dev/null'])).inputs;
    expect(device).toEqual({ name: '/dev/null', path: '/dev/null', sizeBytes: 0 });
    const server = createServer().listen(join(folder, 'socket.json'));
    await once(server, 'listening');
    file('a.json');
    const { inputs, skipped } = await listInputs([folder]).finally(() => server.close());
    expect(names(inputs)).toEqual(['a.json']);
    expect(skipped.otherFiles).toBe(1);
  });

  test('a folder that may not be read is a problem', async () => {
    mkdirSync(join(folder, 'secret'), { mode: 0 });
    file('a.json');
    chmodSync(folder, 0o755);
    const root = process.geteuid?.() === 0; // who may read everything
    if (root) process.seteuid?.(65534);
    const { inputs, problems } = await listInputs([folder]).finally(() => root && process.seteuid?.(0));
    expect(names(inputs)).toEqual(['a.json']);
    expect(problems).toEqual([
      {
        file: join(folder, 'secret'),
        reason: 'permission denied',
        fix: expect.any(String),
        recordsLost: 'unknown',
      },
    ]);
  });
});
