import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runExplain } from '../../bin/commands/explain';
import { run } from '../../bin/trailhound';
import { EXAMPLES } from '../../lambda/rules/examples';
import { but, call, denied, later, repeat } from '../../lambda/rules/sample';
import { PAYLOADS } from '../alerts/hostile-payloads';
import { screen } from './paper-cloud';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: unknown): string {
  const path = join(folder, `${files++}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

async function idOf(rule: string, path: string, ...more: string[]): Promise<string> {
  const [id] = await idsOf(rule, path, ...more);
  if (id === undefined) throw new Error(`${rule} does not fire`);
  return id;
}

/** Ids of the alerts of a rule in a file, by replay. */
async function idsOf(rule: string, path: string, ...more: string[]): Promise<string[]> {
  const on = screen();
  await run(['replay', path, '--rule', rule, '--format', 'jsonl', '--workers', '1', ...more], { ...on, cwd: folder });
  return on
    .out()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { alertId: string }).alertId);
}

async function explain(...args: string[]): Promise<string> {
  const on = screen();
  expect(await runExplain([...args, '--workers', '1'], { ...on, cwd: folder })).toBe(0);
  return on.out();
}

const reads = repeat(denied(call('sts.amazonaws.com', 'GetCallerIdentity')), 14, 1_000);

describe('trailhound explain', () => {
  it('tells window, threshold, key, and the events in their order, and where it fired', async () => {
    const path = file([...reads].reverse());
    const out = await explain((await idOf('denied-reads', path)).slice(0, 10), path);
    expect(out).toContain('Many refused reads by one user or role\n');
    expect(out).toMatch(/^Rule {7}denied-reads \(live\)$/m);
    expect(out).toMatch(/^Fires {6}from 10 refused reads within 10 min$/m);
    expect(out).toMatch(/^Counted {4}14 for .*alice/m);
    expect(out).toMatch(/^EVENTS \(14\)$/m);
    const times = [...out.matchAll(/^ +\d+ {2}(2026-\d\d-\d\d \d\d:\d\d:\d\d)/gm)].map(([, time]) => time);
    expect(times).toHaveLength(14);
    expect(times).toEqual([...times].sort());
    const lines = out.split('\n');
    expect(lines.findIndex((line) => line.endsWith('here it fired'))).toBe(
      lines.findIndex((line) => /^ +10 {2}2026/.test(line)) + 2,
    );
  });

  it('uses the numbers and settings of the configuration', async () => {
    const path = file(reads);
    const config = join(folder, 'strict.yaml');
    writeFileSync(
      config,
      'rules: { denied-reads: { threshold: 5 } }\nsettings: { infrastructureAsCodeAgents: [terraform, our-tool] }\n',
    );
    const id = await idOf('denied-reads', path);
    const out = await explain(id, path, '--config', config, '--rule', 'denied-reads', '--events', '3');
    expect(out).toContain('from 5 refused reads within 10 min');
    expect(out).toContain('… and 11 more: --events');
    expect(out).toMatch(/infrastructureAsCodeAgents: \["terraform","our-tool"\]/);
  });

  it.each([
    ['role-assumed-then-sensitive', 'sequence', /step: assumed/],
    ['denied-services', 'distinct', /value: [a-z0-9-]+\.amazonaws\.com/],
    ['ec2-mass-launch', 'sum', /adds \d+, \d+ so far/],
  ])('says of %s, a %s, what each event was to it', async (rule, _kind, expected) => {
    const [example] = EXAMPLES[rule]?.().fires ?? [];
    const path = file(example?.timeline);
    expect(await explain(await idOf(rule, path), path, '--rule', rule)).toMatch(expected);
  });

  it('says that nothing came, where that is what it fired for', async () => {
    const path = file(EXAMPLES['no-events']?.().fires[0]?.timeline);
    const config = join(folder, 'silence.yaml');
    writeFileSync(config, 'rules: { no-events: { mode: live } }\n');
    const id = await idOf('no-events', path, '--config', config);
    expect(await explain(id, path, '--config', config)).toContain('none: it fired for what did not come');
  });

  it('gives the same to programs', async () => {
    const path = file(reads);
    const id = await idOf('denied-reads', path);
    const explained = JSON.parse(await explain(id, path, '--format', 'json')) as { events: object[] };
    expect(explained).toMatchObject({
      alertId: id,
      rule: 'denied-reads',
      withinMs: 600_000,
      count: 14,
      continues: null,
    });
    expect(explained.events).toHaveLength(14);
    expect(explained.events[0]).toMatchObject({ call: 'GetCallerIdentity', outcome: 'denied', weight: 1 });
  });

  it('shows an event once, however often it was delivered', async () => {
    const path = file([...reads, ...reads]);
    expect(await explain(await idOf('denied-reads', path), path)).toMatch(/^EVENTS \(14\)$/m);
  });

  it('prints no payload of records as it is', async () => {
    const stopped = call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } });
    const records = PAYLOADS.map(([, text], index) =>
      but(later(stopped, index * 1_000), {
        eventID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        userAgent: text,
        sourceIPAddress: text,
        awsRegion: text,
        errorMessage: undefined,
        requestParameters: { name: text },
      }),
    );
    const path = file(records);
    const ids = await idsOf('cloudtrail-stopped', path);
    expect(ids.length).toBeGreaterThan(50);
    for (const id of ids) {
      const out = await explain(id, path, '--rule', 'cloudtrail-stopped');
      expect(out).toContain('cloudtrail StopLogging succeeded');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
      expect(out).not.toMatch(/^\W*INJECTED/m);
    }
  }, 60_000);

  it.each([
    [['zzzzzz'], /nothing to read/],
    [['abc', 'x.json'], /at least 6 letters/],
    [['abcdef', '-'], /reads its input twice/],
    [['abcdef', 'x.json', '--rule', 'denied-read'], /did you mean denied-reads/],
  ])('refuses %j', async (args, message) => {
    await expect(runExplain(args, { ...screen(), cwd: folder })).rejects.toThrow(message);
  });

  it('says so when these files do not give the alert', async () => {
    await expect(explain('zzzzzz', file(reads), '--rule', 'denied-reads')).rejects.toThrow(
      /give no alert zzzzzz; they give 1 others/,
    );
  });
});
