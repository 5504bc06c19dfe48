import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../bin/io';
import { run } from '../../bin/trailhound';
import { admittedFolders, readOwnRules, withOwnRules } from '../../lambda/config/own-rules';
import { loadConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { ConfigError } from '../../lambda/errors';
import { RULES } from '../../lambda/rules';
import { bundleHandler } from '../../lib/bundle-handler';
import { engineFrom } from '../../replay/engine';
import { alertsOf } from '../rules/timeline';

const EXAMPLE = join(__dirname, '../../examples/own-rules');
const ID = 'release-bucket-written';

const folders: string[] = [];
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'own-rules-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** What is wrong, as the user reads it. */
function complaint(files: Readonly<Record<string, string>>): string {
  const folder = folderWith(files);
  try {
    withOwnRules({ rulesFolder: folder }, '/');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const rule = (id: string) => `import { call, defineRule } from 'trailhound';
export default defineRule({ id: '${id}', title: 'Something of ours', severity: 'low', rows: ['own'], attack: ['TA0003/T1098'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: 's3.amazonaws.com', calls: ['CreateBucket'] }],
  headline: (event) => event.actor, why: 'x', runbook: ['x'], falsePositives: ['x'], blindSpots: ['x'], references: ['x'] });
export const examples = () => ({ fires: [{ why: 'x', timeline: [call('s3.amazonaws.com', 'CreateBucket')] }], quiet: [] });
`;

describe("a folder of one's own rules", () => {
  it('is read from TypeScript, helpers aside', () => {
    const folder = folderWith({
      'a.ts': rule('own-a'),
      'b.ts': rule('own-b'),
      'help.ts': 'export const x: number = 1;',
    });
    expect(readOwnRules(folder).map((own) => own.rule.id)).toEqual(['own-a', 'own-b']);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['is empty', {}, /found no \.ts file with a default export/],
    ['does not compile', { 'a.ts': 'export default defineRule({' }, /expected rules that compile/],
    ['imports what is not there', { 'a.ts': "import x from './x';\nexport default x;" }, /Could not resolve/],
    [
      'throws',
      { 'a.ts': "export default {};\nthrow new Error('no');" },
      /expected rules that load, found: (Error: )?no/,
    ],
    ['exports something else', { 'a.ts': 'export default 7;' }, /expected a rule as the default export/],
    ['has the id of a shipped rule', { 'a.ts': rule('cloudtrail-stopped') }, /there is a rule cloudtrail-stopped/],
  ])('that %s is a mistake of the configuration', (_what, files, message) => {
    const before = RULES.length;
    expect(complaint(files)).toMatch(message);
    expect(RULES).toHaveLength(before);
  });

  it('that is not there is one too', () => {
    expect(() => withOwnRules({ rulesFolder: 'nowhere' }, '/nowhere')).toThrow(ConfigError);
  });

  it.each([undefined, null, 7, 'x', {}, { rulesFolder: 7 }, { rulesFolder: '' }])(
    'is not looked for in %p',
    (value) => {
      expect(withOwnRules(value, '/')).toBe(value);
    },
  );
});

describe('a configuration that names one', () => {
  const folder = folderWith({ 'trailhound.yaml': `rulesFolder: ${EXAMPLE}\nrules:\n  ${ID}:\n    severity: medium\n` });
  const { value } = loadConfig({ cwd: folder });

  it('knows its rules, once, and may say of them what it may say of others', () => {
    loadConfig({ cwd: folder });
    expect(RULES.filter(({ id }) => id === ID)).toHaveLength(1);
    expect(admittedFolders()).toContain(EXAMPLE);
    const { rules } = resolveConfig(value, RULES, 0);
    expect(rules.find((active) => active.rule.id === ID)?.constantLevel).toBe(2);
  });

  it('has replay judge by them', () => {
    const [own] = readOwnRules(EXAMPLE);
    const example = own?.examples?.().fires[0];
    const alerts = alertsOf(engineFrom({ config: value, nowMs: 0, only: [ID] }), example?.timeline ?? []);
    expect(alerts.map(({ rule: id, severity }) => [id, severity])).toEqual([[ID, 'medium']]);
  });

  it('lets the command line name them', async () => {
    const own = folderWith({
      'x.ts': rule('own-x'),
      'trailhound.yaml': 'rulesFolder: .\n',
      'none.json': '{"Records":[]}',
    });
    const said: string[] = [];
    const io: Io = {
      stdout: (text) => said.push(text),
      stderr: (text) => said.push(text),
      stderrIsTerminal: false,
      stdoutIsTerminal: false,
      cwd: own,
      nowMs: () => 0,
      env: {},
      onInterrupt: () => undefined,
    };
    expect(await run(['rules', 'own-x'], io)).toBe(0);
    expect(said.join('')).toContain('Something of ours (own-x)');
    expect(await run(['replay', 'none.json', '--rule', 'own-x', '--workers', '1'], io)).toBe(0);
    expect(await run(['replay', 'none.json', '--rule', 'own-y', '--workers', '1'], io)).toBe(2);
  });

  it('has them in the bundle of the detector, and nothing of the compiler', async () => {
    const inputs = async (own: readonly string[]) =>
      Object.keys((await bundleHandler('detect.handler', undefined, own)).metafile.inputs);
    const file = `examples/own-rules/${ID}.ts`;
    expect(await inputs([])).not.toContain(file);
    const bundled = await inputs([EXAMPLE]);
    expect(bundled).toContain(file);
    expect(bundled).not.toContain('lambda/config/own-rules.ts');
  }, 60_000);
});
