import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLearn } from '../../bin/commands/learn';
import { createDetector } from '../../lambda/detect';
import { RULES } from '../../lambda/rules';
import { activate } from '../../lambda/rules/active-rule';
import type { Rule, SampleRecord } from '../../lambda/rules/rule';
import { DAY, HOUR } from '../../lambda/rules/rule';
import { but, call, denied, later, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { delivered } from '../events';
import { memoryPorts } from '../memory-ports';
import { NOW, PaperCloud, screen } from './paper-cloud';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-learn-'));
let files = 0;
const file = (content: string) => {
  const path = join(folder, `${files++}.json`);
  writeFileSync(path, content);
  return path;
};
const records = (...some: SampleRecord[]) => file(JSON.stringify({ Records: some }));

/** A change by alice twenty days before NOW, and again three weeks later from elsewhere. */
const then = NOW - 20 * DAY;
const change = (afterMs: number, fields: SampleRecord = {}) =>
  but(later(call('ec2.amazonaws.com', 'CreateTags'), 0), {
    eventTime: new Date(then + afterMs).toISOString(),
    ...fields,
  });

async function learned(
  ...some: SampleRecord[]
): Promise<{ path: string; lines: Record<string, unknown>[]; said: string }> {
  const path = join(folder, `${files++}.jsonl`);
  const io = screen();
  const code = await runLearn([records(...some), '--out', path, '--workers', '1'], io, () => new PaperCloud());
  expect({ code, errors: io.errors() }).toEqual({ code: 0, errors: '' });
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return { path, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), said: io.out() };
}

async function imported(path: string, cloud = new PaperCloud(), ...more: string[]): Promise<string> {
  const io = screen();
  expect(await runLearn(['--import', path, ...more], io, () => cloud)).toBe(0);
  return io.out() + io.errors();
}

describe('learning from history', () => {
  it('writes since when accounts learn, and what each subject used last, to the hour', async () => {
    const { lines, said } = await learned(change(0), change(5 * HOUR + 60_000));
    expect(lines[0]).toMatchObject({ trailhound: 'habits', version: 1 });
    const account = lines.find(({ learner }) => learner === 'account 111122223333');
    expect(account?.['since']).toMatchObject({
      'user network': expect.stringMatching(/^2026-10-31T08:15:30/) as string,
    });
    const network = lines.find(({ kind, owner }) => kind === 'user network' && String(owner).startsWith('subject'));
    expect(network).toMatchObject({ value: '198.51.100.0/24', lastUsed: '2026-10-31T13:00:00Z' });
    expect(said).toMatch(/^Learned \d+ facts of 1 accounts from 2 events\./);
  });

  it('learns nothing from refused calls, and leaves out what is forgotten by the last event', async () => {
    const old = change(-200 * DAY, { sourceIPAddress: '203.0.113.9' });
    const { lines } = await learned(old, denied(change(0, { sourceIPAddress: '192.0.2.9' })), change(HOUR));
    expect(JSON.stringify(lines)).not.toMatch(/203\.0\.113|192\.0\.2/);
    expect(JSON.stringify(lines)).toContain('198.51.100.0/24');
  });

  it('writes nothing when not everything could be read', async () => {
    const io = screen();
    const out = join(folder, 'never.jsonl');
    const code = await runLearn(
      [file('{"Records":[{"eventID":'), '--out', out, '--workers', '1'],
      io,
      () => new PaperCloud(),
    );
    expect(code).toBe(3);
    expect(io.errors()).toContain('nothing was written');
    expect(() => readFileSync(out)).toThrow();
  });

  it.each([
    [[], /nothing to read/],
    [['x.json'], /give --out/],
    [['x.json', '--import', 'y'], /no records/],
    [['x.json', '--out', 'y', '--from', '2026-11-02', '--to', '2026-11-01'], /--from must be before/],
    [['--imprt', 'y'], /did you mean --import/],
  ])('refuses %j', async (args, message) => {
    await expect(runLearn(args, screen(), () => new PaperCloud())).rejects.toThrow(message);
  });
});

describe('what was learned, in a deployment', () => {
  const newNetwork = RULES.find(({ id }) => id === 'network-first-seen') as Rule;

  /** Alerts of a detector over the store of the cloud. */
  async function told(cloud: PaperCloud, ...some: SampleRecord[]): Promise<number> {
    const active = activate(newNetwork, DEFAULT_SETTINGS);
    if (active === undefined) throw new Error('off');
    const ports = memoryPorts(NOW);
    const detector = createDetector({ ...ports, baselines: cloud.learned, rules: [active], suppressions: [] });
    await detector.handle({
      records: some.map((record) => delivered(record, undefined, { account: record['recipientAccountId'] })),
    });
    return (await ports.alerts.listPending(100)).length;
  }

  const today = (fields: SampleRecord = {}) => change(20 * DAY - HOUR, fields);
  const elsewhere = { sourceIPAddress: '203.0.113.9' };

  it('tells of what is new on the first day, and not of what was usual before', async () => {
    const { path } = await learned(change(0), change(HOUR));
    const fresh = new PaperCloud();
    expect(await told(fresh, today(elsewhere))).toBe(0); // it learns
    const taught = new PaperCloud();
    expect(await imported(path, taught)).toMatch(/^Imported \d+ habits; 0 were forgotten/);
    expect(await told(taught, today())).toBe(0);
    expect(await told(taught, today(elsewhere))).toBe(1);
  });

  it('comes into a detector that has begun already', async () => {
    const { path } = await learned(change(0), change(HOUR));
    const cloud = new PaperCloud();
    expect(await told(cloud, today())).toBe(0);
    await imported(path, cloud);
    expect(await told(cloud, today({ ...elsewhere, userIdentity: user('alice') }))).toBe(1);
  });

  it('is the same when it is imported twice', async () => {
    const { path } = await learned(change(0), change(HOUR));
    const cloud = new PaperCloud();
    await imported(path, cloud);
    const once = JSON.stringify(await facts(cloud, path));
    await imported(path, cloud);
    expect(JSON.stringify(await facts(cloud, path))).toBe(once);
  });

  it('does not undo what the detector knows better', async () => {
    const { path, lines } = await learned(change(0));
    const fact = lines.find(({ kind }) => kind === 'user network') as Record<string, string>;
    const name = { kind: fact['kind'] ?? '', subject: fact['owner'] ?? '', value: fact['value'] ?? '' };
    const cloud = new PaperCloud();
    await cloud.learned.insert(name, { id: 'an event', timeMs: NOW }, DAY * 90);
    await imported(path, cloud);
    expect(await cloud.learned.find(name)).toEqual({ firstId: 'an event', lastUsedMs: NOW });
  });

  it('is only counted in a dry run, and asks nobody', async () => {
    const { path } = await learned(change(0));
    expect(await imported(path, undefined, '--dry-run')).toMatch(/^\d+ habits would be imported/);
  });

  it('says so when the stack is another one', async () => {
    const { path } = await learned(change(0));
    await expect(runLearn(['--import', path], screen(), () => new PaperCloud({}))).rejects.toThrow(
      /BaselinesTableName/,
    );
  });

  async function facts(cloud: PaperCloud, path: string) {
    const lines = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    return Promise.all(
      lines
        .filter(({ kind }) => kind !== undefined)
        .map(({ kind = '', owner = '', value = '' }) => cloud.learned.find({ kind, subject: owner, value })),
    );
  }
});

describe('a file of habits that somebody has touched', () => {
  const header = '{"trailhound":"habits","version":1}';
  const fact = { kind: 'user network', owner: 'subject x', value: '198.51.100.0/24', lastUsed: '2026-11-01T00:00:00Z' };
  const line = (changes: object) => JSON.stringify({ ...fact, ...changes });

  it.each([
    ['', /empty/],
    ['{"Records":[]}', /line 1: expected a file written by trailhound learn/],
    ['{"trailhound":"habits","version":2}', /line 1: expected version 1, found 2/],
    [`${header}\nnot json`, /line 2: expected a JSON object/],
    [`${header}\n[]`, /line 2: expected a learner, or a kind and a value/],
    [`${header}\n${line({ lastUsed: '2026-12-01T00:00:00Z' })}`, /line 2: .* is in the future/],
    [`${header}\n${line({ lastUsed: 5 })}`, /line 2: expected a time in UTC, found 5/],
    [`${header}\n${line({ lastUsed: '2026-13-01T00:00:00Z' })}`, /line 2: expected a time in UTC/],
    [`${header}\n${line({ owner: 'learner x' })}`, /line 2: expected "account …" or "subject …"/],
    [`${header}\n${line({ owner: '\u001b[31m' })}`, /line 2: expected "account …" or "subject …", found [\x20-\x7e]*$/],
    [`${header}\n${line({ value: ['a'] })}`, /line 2: expected a learner, or a kind and a value/],
    [`${header}\n{"learner":"account 1","since":[]}`, /line 2: expected since/],
    [`${header}\n${line({ value: 'x'.repeat(70_000) })}`, /line 2: longer than/],
  ])('is believed in nothing: %#', async (content, message) => {
    const cloud = new PaperCloud();
    const path = file(`${content}${content === '' ? '' : `\n${line({})}\n`}`);
    await expect(runLearn(['--import', path], screen(), () => cloud)).rejects.toThrow(message);
    expect(await cloud.learned.find({ kind: 'user network', subject: 'subject x', value: fact.value })).toBeUndefined();
  });

  it('may speak of what this version does not ask for', async () => {
    const path = file(`${header}\n${line({ kind: 'moon phase' })}\n${line({})}\n`);
    const cloud = new PaperCloud();
    expect(await imported(path, cloud)).toMatch(/Imported 1 habits[\s\S]*1 lines about moon phase are left out/);
    expect(await cloud.learned.find({ kind: 'user network', subject: 'subject x', value: fact.value })).toBeDefined();
  });

  it('leaves out what is forgotten by now', async () => {
    const path = file(`${header}\n${line({ lastUsed: '2026-01-01T00:00:00Z' })}\n`);
    expect(await imported(path)).toBe('Imported 0 habits; 1 were forgotten by now.\n');
  });

  it('says when there is none', async () => {
    await expect(runLearn(['--import', 'nowhere.jsonl'], screen(), () => new PaperCloud())).rejects.toThrow(/nowhere/);
  });
});
