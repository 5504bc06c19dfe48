import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runConfigCheck } from '../../bin/commands/config-check';
import { UsageError } from '../../bin/io';
import { RULES } from '../../lambda/rules';

const folder = mkdtempSync(join(tmpdir(), 'trailhound-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command in a folder of its own, with or without a trailhound.yaml in it. */
async function check(yaml: string | undefined, ...args: string[]) {
  const cwd = mkdtempSync(join(folder, 'case-'));
  if (yaml !== undefined) writeFileSync(join(cwd, 'trailhound.yaml'), yaml);
  const out = { stdout: '', stderr: '' };
  const code = await runConfigCheck(args, {
    stdout: (text) => {
      out.stdout += text;
    },
    stderr: (text) => {
      out.stderr += text;
    },
    cwd,
    nowMs: Date.parse('2026-11-22T12:00:00Z'),
  });
  return { code, ...out };
}

const shippedOff = RULES.filter(({ mode }) => mode === 'off').length;
const shippedShadow = RULES.filter(({ mode }) => mode === 'shadow').length;

it('says what the defaults mean where there is no file', async () => {
  const { code, stdout, stderr } = await check(undefined);
  expect(stdout).toContain('No trailhound.yaml here: the defaults.\n');
  expect(stdout).toContain(
    `Rules       ${RULES.length - shippedOff - shippedShadow} live, ${shippedShadow} shadow, ${shippedOff} off\n`,
  );
  expect(stdout).not.toMatch(/Changed|Suppressions|Warnings|undefined|NaN/);
  expect([code, stderr]).toEqual([0, '']);
});

it('tells what differs from the defaults, when suppressions end, and what to know', async () => {
  const { code, stdout, stderr } = await check(`
accounts: {"111122223333": prod}
email: [a@example.com, b@example.com]
timeZone: Europe/Madrid
settings: {publicPorts: [443]}
rules:
  cloudtrail-stopped: {mode: shadow, severity: high, quiet: 2 h}
suppressions:
  - {rule: cloudtrail-stopped, resource: sandbox, reason: "a\\nb", owner: platform, expires: 2026-12-24}
  - {id: old, rule: cloudtrail-stopped, account: "444455556666", reason: c, owner: d, expires: 2026-11-01}
  - {id: open, rule: cloudtrail-stopped, region: eu-*, sourceIp: [198.51.100.7], reason: e, owner: f}
`);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const lines = stdout.replace(/auto-[0-9a-f]{12}/, 'auto-id').replace(/[0-9a-f]{32}/, 'hash');
  expect(lines).toBe(`trailhound.yaml is valid.

Rules       ${RULES.length - shippedOff - shippedShadow - 1} live, ${shippedShadow + 1} shadow, ${shippedOff} off
Accounts    1 named
Regions     every region that is enabled by default
Alerts to   a@example.com, b@example.com
Notices to  nobody yet (opsEmail)
Messages    English, times in UTC and Europe/Madrid
Hash        hash

Changed rules (1)
  cloudtrail-stopped: mode shadow (shipped: live), severity high (shipped: critical), quiet 2 h (shipped: 1 h)

Changed settings (1)
  publicPorts: 443

Suppressions (3)
  auto-id: rule cloudtrail-stopped, resource sandbox. 31 days left (2026-12-24). a b (platform)
  old: rule cloudtrail-stopped, account 444455556666. Expired 2026-11-01. c (d)
  open: rule cloudtrail-stopped, region eu-*, sourceIp 198.51.100.7/32. Never expires. e (f)

Warnings (6)
  rules.cloudtrail-stopped.mode: shadow keeps attacks on the detection itself from being told; an attacker would do the same
  suppressions[0]: silences cloudtrail-stopped, which reports attacks on the detection itself; an attacker would do the same
  suppressions[1]: silences cloudtrail-stopped, which reports attacks on the detection itself; an attacker would do the same
  suppressions[1]: expired on 2026-11-01 and no longer applies; renew or remove it
  suppressions[2]: silences cloudtrail-stopped, which reports attacks on the detection itself; an attacker would do the same
  suppressions[2]: never expires; give it a date, so that somebody looks at it again
`);
});

it('names a rule that is off, and one that the file switches on', async () => {
  expect((await check('rules: {cloudtrail-stopped: {mode: off}}')).stdout).toContain(
    '  cloudtrail-stopped: mode off (shipped: live)\n',
  );
});

it('tells every problem with its line, on stderr, and exits with 2', async () => {
  const { code, stdout, stderr } = await check(
    'email: nobody\nrules:\n  cloudtrail-stoped:\n    mode: off\nlanguage: fr\n',
  );
  expect(stderr).toBe(`trailhound.yaml:1: email: expected an e-mail address, found "nobody" (string)
trailhound.yaml:5: language: expected one of en, es, found "fr" (string)
trailhound.yaml:3: rules.cloudtrail-stoped: expected the id of a rule, found "cloudtrail-stoped"; did you mean cloudtrail-stopped?
3 problems
`);
  expect([code, stdout]).toEqual([2, '']);
});

it('tells mistakes of syntax with line and column', async () => {
  const { code, stderr } = await check('email: [\n');
  expect(stderr).toMatch(/^trailhound\.yaml:2:1: expected YAML, found a mistake: .+\n1 problem\n$/);
  expect(code).toBe(2);
});

it.each([[['other.yaml']], [['--config', 'other.yaml']]])('reads the file that is named: %j', async (args) => {
  const { code, stderr } = await check('email: nobody', ...args);
  expect(stderr).toBe('other.yaml: expected a file that can be read, found none there; check the path\n1 problem\n');
  expect(code).toBe(2);
});

it.each([[['a.yaml', 'b.yaml']], [['a.yaml', '--config', 'b.yaml']], [['--fix']]])(
  'takes one file and no more: %j',
  async (args) => {
    await expect(check(undefined, ...args)).rejects.toThrow(UsageError);
  },
);

it('explains itself', async () => {
  const { code, stdout } = await check('email: nobody', '--help');
  expect(stdout).toContain('Usage: trailhound config check [file]');
  expect(code).toBe(0);
});

it('shows no control characters of the file', async () => {
  const { stdout } = await check(
    'accounts: {"111122223333": x}\nsuppressions:\n  - {rule: cloudtrail-stopped, resource: a, reason: "\\e[31mred\\u202e", owner: "\\x9b31m", expires: 2027-01-01}\n',
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(stdout).toContain('[31mred');
});
