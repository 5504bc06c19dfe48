import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPosture } from '../../bin/commands/posture';
import type { Io } from '../../bin/io';
import type { AskedAudit } from '../../bin/posture-cloud';
import { CHECKS } from '../../lambda/posture/checks';
import type { Problem } from '../../lambda/posture/facts';
import type { Audit, LocatedFinding } from '../../lambda/posture/result';
import { EXAMPLE_NOW_MS } from '../../lambda/posture/sample';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posture-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOSTILE = '<img src=x onerror=alert(1)>$(rm -rf ~)`id`\u202e"\'&';

const finding = (differs: Partial<LocatedFinding> = {}): LocatedFinding => ({
  resource: 'arn:aws:iam::111122223333:user/ana',
  name: 'ana',
  detail: 'ana has a console password and no MFA device',
  severity: 'high',
  region: 'global',
  ...differs,
});

const denied: Problem = {
  kind: 'denied',
  permission: 'guardduty:ListDetectors',
  region: 'eu-west-1',
  what: undefined,
  reason: 'AccessDeniedException',
};

function auditWith(
  found: Readonly<Record<string, { findings?: readonly LocatedFinding[]; problems?: readonly Problem[] }>>,
) {
  return async ({ checks = CHECKS, regions }: AskedAudit): Promise<Audit> => ({
    account: '111122223333',
    partition: 'aws',
    startedMs: EXAMPLE_NOW_MS,
    endedMs: EXAMPLE_NOW_MS + 1_500,
    regions: regions ?? ['eu-west-1', 'us-east-1'],
    skipped: [{ region: 'me-south-1', why: 'not enabled in this account' }],
    results: checks.map((check) => {
      const { findings = [], problems = [] } = found[check.id] ?? {};
      return {
        check,
        status: findings.length > 0 ? 'fail' : problems.length > 0 ? 'unknown' : 'pass',
        findings,
        problems,
      };
    }),
  });
}

async function run(args: readonly string[], auditOf: (asked: AskedAudit) => Promise<Audit> = auditWith({})) {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const io: Io = {
    stdout: (text) => stdout.push(text),
    stderr: (text) => stderr.push(text),
    stderrIsTerminal: false,
    stdoutIsTerminal: false,
    cwd: folder,
    nowMs: () => EXAMPLE_NOW_MS,
    env: {},
    onInterrupt: () => {},
  };
  const code = await runPosture(args, io, auditOf);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

test('--list names every check without asking AWS', async () => {
  const asks = async () => Promise.reject(new Error('asked AWS'));
  const { code, stdout } = await run(['--list', '--format', 'json'], asks);
  expect(code).toBe(0);
  const listed = JSON.parse(stdout) as { id: string; title: string; severity: string; controls: string[] }[];
  expect(listed.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
  expect(listed.find(({ id }) => id === 'root-access-key')).toMatchObject({
    title: 'Root user has an access key',
    severity: 'critical',
    controls: ['CIS 3.0.0 1.4', 'FSBP IAM.4'],
  });
  const table = await run(['--list'], asks);
  for (const { id } of CHECKS) expect(table.stdout).toContain(id);
  await expect(run(['--list', '--format', 'html'], asks)).rejects.toThrow('--list has the formats table and json');
});

describe('exit codes', () => {
  const high = { 'user-without-mfa': { findings: [finding()] } };
  test.each([
    ['nothing is wrong', {}, [], 0],
    ['a finding', high, [], 1],
    ['a finding below --fail-on', high, ['--fail-on', 'critical'], 0],
    ['a finding at --fail-on', high, ['--fail-on', 'high'], 1],
    ['never', high, ['--fail-on', 'none'], 0],
    ['info is below the default', { 'security-hub-off': { findings: [finding({ severity: 'info' })] } }, [], 0],
    ['something is unknown', { 'guardduty-off': { problems: [denied] } }, [], 3],
    ['findings outweigh what is unknown', { ...high, 'guardduty-off': { problems: [denied] } }, [], 1],
    ['--min-severity lists less and fails the same', high, ['--min-severity', 'critical'], 1],
  ] as const)('%s', async (_, found, args, code) => {
    expect((await run(args, auditWith(found))).code).toBe(code);
  });

  test('wrong usage', async () => {
    await expect(run(['here'])).rejects.toThrow('posture takes no arguments');
    await expect(run(['--check', 'user-without-mfq'])).rejects.toThrow('did you mean user-without-mfa?');
    await expect(run(['--region', 'Mars; rm'])).rejects.toThrow('--region: expected a region such as eu-west-1');
    await expect(run(['--format', 'pdf'])).rejects.toThrow('--format: expected table, json, csv, html');
    await expect(run(['--regoin', 'x'])).rejects.toThrow('did you mean --region?');
  });
});

test('passes on what it is asked for', async () => {
  const asked: AskedAudit[] = [];
  const spy = async (options: AskedAudit) => {
    asked.push(options);
    return auditWith({})(options);
  };
  await run(
    ['--profile', 'audit', '--region', 'eu-west-1,us-east-1', '--region', 'sa-east-1', '--check', 'bucket-public'],
    spy,
  );
  expect(asked[0]).toMatchObject({ profile: 'audit', regions: ['eu-west-1', 'us-east-1', 'sa-east-1'] });
  expect(asked[0]?.checks?.map(({ id }) => id)).toEqual(['bucket-public']);
  await run([], spy);
  expect(asked[1]).toMatchObject({ profile: undefined, regions: undefined });
});

test('settings and suppressions of the configuration hold', async () => {
  writeFileSync(
    join(folder, 'trailhound.yaml'),
    `settings:
  accessKeyMaxDays: 30
suppressions:
  - rule: user-without-mfa
    resource: "arn:aws:iam::*:user/ana"
    account: "111122223333"
    reason: leaves next week
    owner: it@example.com
  - rule: user-without-mfa
    actor: "*ben*"
    reason: findings have no actor
    owner: it@example.com
  - rule: root-access-key
    expires: 2026-06-01
    reason: over by now
    owner: it@example.com
`,
  );
  const found = auditWith({
    'root-access-key': { findings: [finding({ resource: 'arn:aws:iam::111122223333:root', severity: 'critical' })] },
    'user-without-mfa': {
      findings: [
        finding(),
        finding({ resource: 'arn:aws:iam::111122223333:user/ben', name: 'ben', detail: 'ben has none' }),
      ],
    },
  });
  let settings: AskedAudit['settings'] | undefined;
  const { code, stdout } = await run(['--format', 'json'], async (options) => {
    settings = options.settings;
    return found(options);
  });
  expect(settings?.accessKeyMaxDays).toBe(30);
  expect(code).toBe(1);
  const report = JSON.parse(stdout);
  expect(report.highest).toBe('critical');
  expect(report.summary).toMatchObject({ suppressed: 1, findings: { critical: 1, high: 1 } });
  const check = report.checks.find(({ id }: { id: string }) => id === 'user-without-mfa');
  expect(check.findings.map(({ suppressed }: { suppressed: unknown }) => suppressed)).toEqual([
    { id: expect.stringMatching(/^auto-/), reason: 'leaves next week' },
    null,
  ]);
});

test('an unknown rule in a suppression is refused, with the nearest check', async () => {
  writeFileSync(
    join(folder, 'trailhound.yaml'),
    'suppressions:\n  - { rule: user-without-mfaa, account: "111122223333", reason: x, owner: y }\n',
  );
  await expect(run([])).rejects.toThrow(/did you mean user-without-mfa\?/);
});

const everything = auditWith({
  'user-without-mfa': {
    findings: [
      finding(),
      finding({ name: HOSTILE, resource: `arn:aws:iam::1:user/${HOSTILE}`, detail: `${HOSTILE} has none` }),
    ],
  },
  'bucket-public': {
    findings: [finding({ name: '=cmd', detail: '=cmd is public', resource: '=cmd', region: 'eu-west-1' })],
  },
  'guardduty-off': { problems: [denied, { ...denied, region: 'us-east-1' }] },
});

describe('formats', () => {
  test('table: by severity, with what to do, what is unknown and what was skipped', async () => {
    const { stdout } = await run([], everything);
    expect(stdout).toMatch(/^HIGH {6}Bucket is public/);
    expect(stdout).toContain(
      'HIGH      User signs in to the console without MFA  user-without-mfa · CIS 3.0.0 1.10 · FSBP IAM.5',
    );
    expect(stdout).toContain(
      '→ Or take the password away, if nobody needs it: aws iam delete-login-profile --user-name ana',
    );
    expect(stdout).toContain('guardduty-off: needs guardduty:ListDetectors: eu-west-1, us-east-1');
    expect(stdout).toContain('Skipped: me-south-1 (not enabled in this account)');
    expect(stdout).toContain('Findings: 3 high');
    expect(stdout).not.toContain('\u202e');
    expect(stdout).not.toContain('undefined');
  });

  test('a command never has a name in it that a shell would act on', async () => {
    const { stdout } = await run(['--format', 'json'], everything);
    const report = JSON.parse(stdout);
    const fixes = report.checks.flatMap(({ findings }: { findings: { fix: string[] }[] }) =>
      findings.flatMap(({ fix }) => fix),
    );
    expect(fixes.length).toBeGreaterThan(3);
    for (const fix of fixes) expect(fix).not.toMatch(/rm -rf|`|\$\(|onerror|=cmd/);
    expect(fixes.join()).toContain('--user-name <name>');
  });

  test('csv: a row for each finding and each thing unknown, no formula', async () => {
    const { stdout } = await run(['--format', 'csv'], everything);
    const rows = stdout.trimEnd().split('\r\n');
    expect(rows[0]).toBe('account,region,check,title,status,severity,resource,detail,controls,suppressed,fix');
    expect(rows).toHaveLength(1 + 3 + 2);
    expect(stdout).toContain('"\'=cmd"');
    expect(stdout).not.toMatch(/(^|,)"?=cmd/m);
    expect(rows.filter((row) => row.includes(',unknown,'))).toHaveLength(2);
  });

  test('html: one page that allows nothing, in which names are text', async () => {
    const { stdout } = await run(['--format', 'html', '--out', 'report.html'], everything);
    expect(stdout).toBe('');
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(existsSync(join(folder, 'report.html.part'))).toBe(false);
    expect(html).toContain("default-src 'none'; style-src 'sha256-");
    expect(html).not.toMatch(/<(?:img|script|a|link|iframe)\b/i);
    expect(html).toContain('&#60;img src=x onerror=alert(1)&#62;');
    expect(html).not.toMatch(/undefined|NaN/);
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag);
    expect(new Set(tags)).toEqual(
      new Set([
        'html',
        'head',
        'meta',
        'title',
        'style',
        'body',
        'h1',
        'p',
        'h2',
        'code',
        'table',
        'tr',
        'th',
        'td',
        'br',
        'ol',
        'li',
      ]),
    );
  });

  test('a place that cannot be written to is wrong usage', async () => {
    await expect(run(['--out', 'no/such/folder/x'], everything)).rejects.toThrow(/--out: can't write/);
  });
});
