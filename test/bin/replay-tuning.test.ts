import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../bin/trailhound';
import { but, call, denied, later, repeat, role } from '../../lambda/rules/sample';
import { screen } from './paper-cloud';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-tuning-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(content: unknown, name = `${files++}.json`): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const yaml = (text: string) => file(text, `${files++}.yaml`);

const DAY = 86_400_000;

async function replay(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const io = { ...screen(), cwd: folder, nowMs: () => Date.parse('2026-03-20T00:00:00Z') };
  const code = await run(args[0] === 'config' ? args : ['replay', ...args, '--workers', '1'], io);
  return { code, stdout: io.out(), stderr: io.errors() };
}

const stopped = call('cloudtrail.amazonaws.com', 'StopLogging', { requestParameters: { name: 'org-trail' } });
const refusedReads = repeat(
  denied(call('s3.amazonaws.com', 'ListBuckets', { userIdentity: role('ci', 'build-1') })),
  12,
  5_000,
);

describe('trailhound replay --max-alerts-per-day', () => {
  const twoDays = file([...repeat(stopped, 3, 3 * 3_600_000), later(stopped, DAY), ...refusedReads]);

  it('says which day has too many, and which rules are loudest', async () => {
    const { code, stderr } = await replay(twoDays, '--max-alerts-per-day', '3');
    expect(stderr).toContain(
      '2026-03-10 (UTC): 4 alerts with a message, more than 3; loudest: cloudtrail-stopped 3, denied-reads 1\n',
    );
    expect(stderr).not.toContain('2026-03-11');
    expect(code).toBe(1);
  });

  it.each([
    [['--max-alerts-per-day', '4'], 0],
    [['--max-alerts-per-day', '0'], 1],
    [['--max-alerts-per-day', '4', '--fail-on', 'high'], 1],
    [['--max-alerts-per-day', '1', '--rule', 'denied-reads'], 0],
  ])('%j exits with %i', async (options, expected) => {
    expect((await replay(twoDays, ...options)).code).toBe(expected);
  });

  it('counts no alert that has no message', async () => {
    const shadow = yaml('rules: { cloudtrail-stopped: { mode: shadow }, denied-reads: { mode: "off" } }');
    expect((await replay(twoDays, '--max-alerts-per-day', '0', '--config', shadow)).code).toBe(0);
  });

  it.each(['-1', 'many', '1.5'])('refuses %s', async (number) => {
    const { code, stderr } = await replay(twoDays, `--max-alerts-per-day=${number}`);
    expect(stderr).toContain('--max-alerts-per-day: expected a whole number');
    expect(code).toBe(2);
  });

  it('still says that input was unreadable', async () => {
    expect((await replay(twoDays, join(folder, 'missing.json'), '--max-alerts-per-day', '0')).code).toBe(3);
  });
});

describe('trailhound replay --compare', () => {
  const logs = file([stopped, ...refusedReads]);
  const defaults = yaml('');

  interface Compared {
    messages: { before: number; after: number };
    rules: Record<string, { lost: number; gained: number; changed: number }>;
    differences: {
      kind: string;
      message: string;
      fields: string[];
      why: string | null;
      before: { rule: string; severity: string } | null;
      after: { rule: string; severity: string; suppressed: string | null } | null;
    }[];
  }
  const compared = async (old: string, proposed: string): Promise<Compared> => {
    const { stdout, stderr } = await replay(logs, '--compare', old, proposed, '--format', 'json');
    expect(stderr).toMatch(/^2 alerts with a message before, \d after: \d lost, \d gained, \d changed/);
    return JSON.parse(stdout) as Compared;
  };

  it('says nothing of configurations that make the same of the events', async () => {
    const { code, stdout } = await replay(
      '--compare',
      defaults,
      yaml('rules: { denied-reads: { threshold: 12 } }'),
      logs,
    );
    expect(stdout).toBe('2 alerts with a message before, 2 after: 0 lost, 0 gained, 0 changed\n');
    expect(code).toBe(0);
  });

  it('shows each alert that is lost, why, and sums up by rule', async () => {
    const proposed = yaml('rules: { denied-reads: { threshold: 13 } }');
    const { code, stdout } = await replay(logs, '--compare', defaults, proposed);
    expect(stdout).toMatch(
      /^Lost: told by the old configuration only\nMEDIUM {4}2026-03-10 10:00:00 {2}Many refused reads by one user or role {2}111122223333 us-east-1\n.*\n +nothing fires now \(off, or below the threshold\) · rule denied-reads · alert \w{26}\n/,
    );
    expect(stdout).toMatch(/\nrule +lost +gained +changed\ndenied-reads +1 +0 +0\n/);
    expect(code).toBe(1);
  });

  it('shows what is gained, and takes no offence', async () => {
    const strict = yaml('rules: { denied-reads: { threshold: 13 } }');
    const { code, stdout } = await replay(logs, '--compare', strict, defaults);
    expect(stdout).toContain('Gained: told by the new configuration only\nMEDIUM');
    expect(stdout).toContain('1 alert with a message before, 2 after: 0 lost, 1 gained, 0 changed\n');
    expect(code).toBe(0);
  });

  it.each([
    [
      'a suppression',
      'suppressions: [{ id: ci-reads, rule: denied-reads, actor: "arn:aws:iam::111122223333:role/ci", reason: x, owner: y }]',
      { kind: 'changed', message: 'lost', fields: ['suppressed'], why: 'now suppressed by ci-reads' },
    ],
    [
      'shadow',
      'rules: { denied-reads: { mode: shadow } }',
      { kind: 'changed', message: 'lost', fields: ['mode'], why: 'now in shadow' },
    ],
    [
      'info',
      'rules: { denied-reads: { severity: info } }',
      { kind: 'changed', message: 'lost', fields: ['severity'], why: 'now info' },
    ],
    [
      'another severity',
      'rules: { denied-reads: { severity: high } }',
      { kind: 'changed', message: 'same', fields: ['severity'], why: 'severity medium → high' },
    ],
    [
      'a rule that is off',
      'rules: { denied-reads: { mode: "off" } }',
      { kind: 'lost', message: 'lost', fields: [], why: 'nothing fires now (off, or below the threshold)' },
    ],
  ])('%s is one difference of one alert', async (_what, text, expected) => {
    const { differences } = await compared(defaults, yaml(text));
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ ...expected, before: { rule: 'denied-reads', severity: 'medium' } });
  });

  it('knows an alert again whose id a longer quiet time changes', async () => {
    const { differences } = await compared(defaults, yaml('rules: { denied-reads: { quiet: 5 h } }'));
    expect(differences).toEqual([]);
  });

  it('fails only on what --fail-on asks for, also where the severity falls below it', async () => {
    const code = async (text: string, ...options: string[]) =>
      (await replay(logs, '--compare', defaults, yaml(text), ...options)).code;
    const lower = 'rules: { denied-reads: { severity: low } }';
    expect(await code(lower)).toBe(0);
    expect(await code(lower, '--fail-on', 'medium')).toBe(1);
    expect(await code('rules: { denied-reads: { mode: "off" } }', '--fail-on', 'high')).toBe(0);
    expect(await code('rules: { cloudtrail-stopped: { mode: "off" } }', '--fail-on', 'high')).toBe(1);
    expect(await code('rules: { cloudtrail-stopped: { mode: "off" } }', '--fail-on', 'none')).toBe(0);
    expect(await code('', '--max-alerts-per-day', '1')).toBe(1);
  });

  it('neutralises what attackers write', async () => {
    const hostile = but(stopped, { requestParameters: { name: '\u001b[2J\u202etrail\nLost' } });
    const off = yaml('rules: { cloudtrail-stopped: { mode: "off" } }');
    const { stdout } = await replay(file([hostile]), '--compare', defaults, off);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(stdout.split('\n').filter((line) => line.startsWith('Lost'))).toHaveLength(1);
  });

  it.each([
    [['--compare', 'old.yaml'], '--compare: expected two configurations'],
    [['--compare=old.yaml', 'new.yaml'], '--compare: expected two configurations'],
    [['--compare', 'old.yaml', '--format', 'json'], '--compare: expected two configurations'],
    [['--compare', 'a.yaml', 'b.yaml', '--config', 'c.yaml', 'x.json'], '--compare names both configurations'],
    [['--compare', 'a.yaml', 'b.yaml', '-'], '--compare reads its input more than once'],
    [['--compare', 'a.yaml', 'b.yaml', 'x.json', '--format', 'csv'], '--format: expected table, json'],
    [['--compare', 'a.yaml', 'b.yaml'], 'nothing to read'],
    [['--compare', 'absent.yaml', 'b.yaml', 'x.json'], 'absent.yaml'],
  ])('%j: says what is wrong', async (args, said) => {
    const { code, stderr } = await replay(...args);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
  });
});

describe('trailhound replay --compare, with rules of their own', () => {
  const rule = (id: string) => `import { call, defineRule } from 'trailhound';
export default defineRule({ id: '${id}', title: 'Something of ours', severity: 'low', rows: ['own'], attack: ['TA0003/T1098'],
  match: [{ feed: 'api-reads', outcome: 'any', service: 's3.amazonaws.com', calls: ['GetBucketPolicy'] }],
  headline: (event) => event.actor, why: 'x', runbook: ['x'], falsePositives: ['x'], blindSpots: ['x'], references: ['x'] });
export const examples = () => ({ fires: [], quiet: [] });
`;
  const logs = file([call('s3.amazonaws.com', 'GetBucketPolicy')]);

  it('runs the rules of each configuration in its own half only', async () => {
    mkdirSync(join(folder, 'first'));
    mkdirSync(join(folder, 'second'));
    file(rule('compared-first'), 'first/compared-first.ts');
    file(rule('compared-second'), 'second/compared-second.ts');
    const first = yaml('rulesFolder: first');
    const second = yaml('rulesFolder: second');
    const rulesOf = async (old: string, proposed: string, ...options: string[]) => {
      const { stdout } = await replay(logs, '--compare', old, proposed, '--format', 'json', ...options);
      return (JSON.parse(stdout) as { rules: unknown }).rules;
    };
    const lost = { 'compared-first': { lost: 1, gained: 0, changed: 0 } };
    const gained = { 'compared-second': { lost: 0, gained: 1, changed: 0 } };
    expect(await rulesOf(first, second)).toEqual({ ...lost, ...gained });
  });
});

describe('trailhound replay --suggest', () => {
  const bursts = Array.from({ length: 12 }, (_, round) =>
    refusedReads.map((record) => later(record, round * 7_200_000)),
  );
  const noisy = file(bursts.flat());

  it('prints a configuration that is accepted once reason and owner are given, and is then as quiet as said', async () => {
    const { code, stdout, stderr } = await replay(noisy, '--suggest');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# 12 messages; with all of this 0\. /);
    expect(stderr).toContain('12 alerts (12 medium)');
    const unfilled = await replay('config', 'check', yaml(stdout));
    expect(unfilled.code).toBe(2);
    expect(unfilled.stderr).toContain('suppressions[0].reason');
    expect(unfilled.stderr).toContain('suppressions[0].owner');
    const tuned = yaml(stdout.replace('reason: ""', 'reason: reviewed').replace('owner: ""', 'owner: platform'));
    expect((await replay('config', 'check', tuned)).code).toBe(0);
    expect((await replay(noisy, '--config', tuned, '--max-alerts-per-day', '0')).code).toBe(0);
    expect((await replay(noisy, '--max-alerts-per-day', '0')).code).toBe(1);
  });

  it('is data on request', async () => {
    const { stdout } = await replay(noisy, '--suggest', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      messages: { before: 12, after: 0 },
      suggestions: [{ under: 'suppressions', change: { rule: 'denied-reads' }, besides: [], counts: null }],
      left: [],
    });
  });

  it('fails on alerts only when told to', async () => {
    expect((await replay(noisy, '--suggest', '--fail-on', 'medium')).code).toBe(1);
    expect((await replay(noisy, join(folder, 'missing.json'), '--suggest')).code).toBe(3);
  });

  it('neutralises what attackers write', async () => {
    const hostile = bursts.flat().map((record) =>
      but(record, {
        userIdentity: {
          type: 'IAMUser',
          arn: 'arn:aws:iam::111122223333:user/x\n- rule: "*"\u001b[2J',
          accountId: '111122223333',
        },
      }),
    );
    const { stdout } = await replay(file(hostile), '--suggest');
    expect(stdout).toContain('nobody in particular does it');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });

  it.each([
    [['--suggest', '-'], '--suggest reads its input more than once'],
    [['--suggest', 'x.json', '--rule', 'denied-reads'], 'leave --rule out'],
    [['--suggest', '--compare', 'a.yaml', 'b.yaml', 'x.json'], 'ask one'],
    [['--suggest', 'x.json', '--format', 'html'], '--format: expected table, json'],
  ])('%j: says what is wrong', async (args, said) => {
    const { code, stderr } = await replay(...args);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
  });
});
