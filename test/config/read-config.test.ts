import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { loadConfig, parseConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { ConfigError } from '../../lambda/errors';
import { NOW_MS, problemsOf, resolveSample, SAMPLE_RULES } from './sample-rules';

/** Problems of a text as YAML, and then as a configuration. */
function problemsOfText(text: string): string[] {
  try {
    return problemsOf(parseConfig(text, 'trailhound.yaml').value);
  } catch (error) {
    return (error as ConfigError).problems.map(({ path, problem }) => `${path}: ${problem}`);
  }
}

describe('a configuration as text', () => {
  it.each([
    ['nothing', ''],
    ['comments only', '# nothing yet\n'],
    [
      'sections whose lines are all comments',
      'rules:\n  # mass-launch:\nsuppressions:\n#  - rule: x\nsettings:\nemail:\n',
    ],
    ['JSON', '{"rules": {"mass-launch": {"threshold": 5}}}'],
    ['a byte order mark and Windows line ends', '\ufefflanguage: es\r\nrules:\r\n  mass-launch: {mode: off}\r\n'],
    [
      'an anchor used twice',
      'settings:\n  adminUsers: &names [a, b]\nrules:\n  mass-launch:\n    settings: {adminUsers: *names}\n',
    ],
  ])('is valid: %s', (_what, text) => {
    expect(problemsOfText(text)).toEqual([]);
  });

  it('reads off, no and dates as the texts that they look like', () => {
    const text = `rules: {mass-launch: {mode: off}}
accounts: {"111122223333": no}
suppressions: [{rule: new-image, actor: a.b, reason: yes, owner: on, expires: 2027-01-31}]`;
    const { rules, accountNames, suppressions } = resolveSample(parseConfig(text, 'x').value);
    expect(rules.map(({ rule }) => rule.id)).not.toContain('mass-launch');
    expect(accountNames).toEqual({ '111122223333': 'no' });
    expect(suppressions[0]).toMatchObject({
      reason: 'yes',
      owner: 'on',
      expiresMs: Date.parse('2027-01-31T00:00:00Z'),
    });
  });

  it('takes a date with the tag of a timestamp too', () => {
    const text = 'suppressions: [{rule: new-image, actor: a.b, reason: a, owner: b, expires: !!timestamp 2027-01-31}]';
    expect(resolveSample(parseConfig(text, 'x').value).suppressions[0]?.expiresMs).toBe(
      Date.parse('2027-01-31T00:00:00Z'),
    );
  });

  it.each([
    [
      'a mistake in the syntax',
      'rules:\n  mass-launch: {mode: off\nsettings:\n',
      [
        'trailhound.yaml:3:1: expected YAML, found a mistake: Flow map in block collection must be sufficiently indented and end with a }',
      ],
    ],
    [
      'a tab',
      'rules:\n\tmass-launch: {}\n',
      ['trailhound.yaml:2:1: expected spaces, found a tab; YAML does not indent with tabs'],
    ],
    [
      'a key twice, at any depth',
      'language: en\nrules:\n  mass-launch:\n    mode: live\n    mode: off\nlanguage: es\n',
      [
        'trailhound.yaml:5:5: expected each key once, found "mode" again; merge the two',
        'trailhound.yaml:6:1: expected each key once, found "language" again; merge the two',
      ],
    ],
    [
      'an account twice, with quotes and without',
      'accounts:\n  111122223333: a\n  "111122223333": b\n',
      ['trailhound.yaml:3:3: expected each key once, found "111122223333" again; merge the two'],
    ],
    [
      'a second document',
      'language: es\n---\nlanguage: en\n',
      ['trailhound.yaml:2:1: expected one document, found a second after ---; remove the line'],
    ],
    [
      'keys that are no words',
      '? [a, b]\n: c\n? {d: e}\n: f\n~: g\n',
      [1, 3, 5].map(
        (line) =>
          `trailhound.yaml:${line}:${line === 5 ? 1 : 3}: expected a word as the key, found something else; put it in quotes`,
      ),
    ],
    [
      'a tag that looks like text',
      'email: !important a@example.com\n',
      [
        'trailhound.yaml:1:8: expected plain YAML, found an unknown tag ("Unresolved tag: !important"); put text that begins with ! in quotes',
      ],
    ],
    [
      'a glob that looks like an alias',
      'settings:\n  adminUsers: [*admin]\n',
      [
        'trailhound.yaml: expected an anchor (&) before its alias (*), found none named "admin"; write the value out, or put text that begins with * in quotes',
      ],
    ],
    [
      'an alias inside its own anchor',
      'settings: &all\n  adminUsers: *all\n',
      [
        'trailhound.yaml: expected few aliases (*), found more than 50 or one inside its own anchor; write the values out',
      ],
    ],
    [
      'sets and bytes',
      'settings: !!set {a}\nlanguage: !!binary aGVsbG8=\n',
      [
        'language: expected one of en, es, found a value of type object',
        'settings: expected a map, found a value of type object',
      ],
    ],
    [
      'merge keys, which this YAML does not have',
      'rules:\n  mass-launch: &common {mode: off}\n  log-stopped:\n    <<: *common\n',
      [
        'rules.log-stopped["<<"]: expected one of mode, severity, threshold, within, withinMs, quiet, quietMs, settings, found "<<"',
      ],
    ],
    [
      'an older YAML asked for',
      '%YAML 1.1\n---\nsettings: {organizationAccounts: [012345678901]}\n',
      [
        'settings.organizationAccounts[0]: expected an AWS account ID: 12 digits in quotes, found 12345678901 (number); quote it: "012345678901" (YAML drops the leading zeros of a number)',
      ],
    ],
  ])('is refused with its place: %s', (_what, text, problems) => {
    expect(problemsOfText(text)).toEqual(problems);
  });

  it('refuses aliases that unfold a thousandfold', () => {
    const levels = Array.from({ length: 9 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${Array(8)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
    );
    expect(problemsOfText(levels.join('\n'))).toEqual([
      'trailhound.yaml: expected few aliases (*), found more than 50 or one inside its own anchor; write the values out',
    ]);
  });

  it.each([
    ['lists', '['.repeat(50_000)],
    ['maps', '{a: '.repeat(50_000)],
    ['dashes', '- '.repeat(50_000)],
  ])('refuses nesting beyond measure: %s', (_what, text) => {
    expect(problemsOfText(text)).toEqual([
      expect.stringMatching(/^trailhound.yaml:1:\d+: expected a configuration, found too many levels of nesting$/),
    ]);
  });

  it('quotes nothing of the file in a mistake of syntax, and shows no control characters', () => {
    const [line = ''] = problemsOfText('password: "hunter2\u001b[31m\n  x: }\n');
    expect(line).toMatch(/^trailhound.yaml:\d+:\d+: expected YAML/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    expect(line).not.toMatch(/hunter2|[\u0000-\u001f]/);
  });

  it('finds the line of a key, or the nearest around it', () => {
    const text = `# a comment
rules:
  mass-launch:
    mode: live

    threshold: ten
suppressions:
  - rule: new-image
    actor: a.b
  - {rule: nope, owner: x}
accounts: {111122223333: a}
`;
    const { lineOf } = parseConfig(text, 'x');
    expect(lineOf(['rules', 'mass-launch', 'threshold'])).toBe(6);
    expect(lineOf(['suppressions', 0, 'actor'])).toBe(9);
    expect(lineOf(['suppressions', 0, 'reason'])).toBe(8);
    expect(lineOf(['suppressions', 1, 'rule'])).toBe(10);
    expect(lineOf(['accounts', '111122223333'])).toBe(11);
    expect(lineOf(['nothing', 'of', 3])).toBe(1);
    expect(lineOf([])).toBe(1);
  });
});

describe('a configuration file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trailhound-config-'));
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'trailhound.yaml'), 'language: es\n');
    writeFileSync(join(folder, 'other.yaml'), 'timeZone: Europe/Madrid\n');
    writeFileSync(join(folder, 'huge.yaml'), `# ${'x'.repeat(1_000_000)}\n`);
    writeFileSync(join(folder, 'latin1.yaml'), Buffer.from('# \xe1\n', 'latin1'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is trailhound.yaml of the current folder unless another is named', () => {
    expect(loadConfig({ cwd: folder })).toMatchObject({ value: { language: 'es' }, file: 'trailhound.yaml' });
    expect(loadConfig({ cwd: folder, configPath: 'other.yaml' })).toMatchObject({
      value: { timeZone: 'Europe/Madrid' },
      file: 'other.yaml',
    });
    expect(loadConfig({ cwd: '/', configPath: join(folder, 'other.yaml') }).value).toEqual({
      timeZone: 'Europe/Madrid',
    });
  });

  it('may be absent, and then everything has its default', () => {
    const loaded = loadConfig({ cwd: join(folder, 'empty') });
    expect(loaded).toMatchObject({ value: {}, file: undefined });
    expect(loaded.lineOf(['rules'])).toBeUndefined();
    expect(resolveConfig(loaded.value, SAMPLE_RULES, NOW_MS).warnings).toEqual([]);
  });

  it.each([
    ['gone.yaml', 'gone.yaml: expected a file that can be read, found none there; check the path'],
    ['empty', 'empty: expected a file that can be read, found a folder; check the path'],
    ['huge.yaml', 'huge.yaml: expected at most 1 MB, found more; is this the configuration?'],
    ['latin1.yaml', 'latin1.yaml: expected text in UTF-8, found other bytes; save the file as UTF-8'],
    ['/dev/zero', '/dev/zero: expected at most 1 MB, found more; is this the configuration?'],
    ['a\u001b[31m', 'a\ufffd[31m: expected a file that can be read, found none there; check the path'],
  ])('is refused with the reason: %s', (configPath, message) => {
    expect(() => loadConfig({ cwd: folder, configPath })).toThrow(ConfigError);
    expect(() => loadConfig({ cwd: folder, configPath })).toThrow(message);
  });
});

it('brings no YAML parser and no file access to whoever only resolves', () => {
  const { metafile } = buildSync({
    entryPoints: [join(__dirname, '../../lambda/config/resolve.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
  });
  const inputs = Object.keys(metafile.inputs);
  const packages = new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
  expect([...packages].sort()).toEqual(['ipaddr.js', 'valibot']);
  const builtIns = inputs.flatMap((input) => metafile.inputs[input]?.imports ?? []).filter(({ external }) => external);
  expect(new Set(builtIns.map(({ path }) => path))).toEqual(new Set(['node:crypto']));
});
