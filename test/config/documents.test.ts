import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Ajv from 'ajv';
import { loadConfig, parseConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { RULES } from '../../lambda/rules';
import { SETTINGS } from '../../lambda/rules/settings';
import { configJsonSchema } from '../../scripts/config-schema';
import { settingsMarkdown } from '../../scripts/settings-docs';
import { ANSWERED, NOW_MS, problemsOf, SAMPLE_RULES } from './sample-rules';

const ROOT = join(__dirname, '../..');
const EXAMPLES = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.yaml'));

const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true } });
let compiled: ReturnType<typeof ajv.compile> | undefined;
/** The shipped JSON Schema; compiled once, that takes a second. */
const shipped = () => (compiled ??= ajv.compile(JSON.parse(configJsonSchema()) as object));

describe.each([
  ['docs/config.schema.json', configJsonSchema],
  ['docs/settings.md', settingsMarkdown],
])('%s', (path, made) => {
  it('is what npm run docs would write', () => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(made());
  });
});

describe('examples', () => {
  it('are those that the guide speaks of', () => {
    const guide = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
    expect(EXAMPLES.length).toBeGreaterThan(0);
    for (const file of EXAMPLES) expect(guide).toContain(`(../examples/${file})`);
    for (const [, path = ''] of guide.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(resolve(ROOT, 'docs', path))).toBe(true);
    }
  });

  it.each(EXAMPLES)('%s is valid, without warnings, and checked by editors', (file) => {
    const { value } = loadConfig({ cwd: join(ROOT, 'examples'), configPath: file });
    expect(resolveConfig(value, RULES, NOW_MS).warnings).toEqual([]);
    const validate = shipped();
    expect(validate(value) ? [] : validate.errors).toEqual([]);
    const [first = ''] = readFileSync(join(ROOT, 'examples', file), 'utf8').split('\n');
    const [, schema = ''] = /^# yaml-language-server: \$schema=(.+)$/.exec(first) ?? [];
    expect(resolve(dirname(join(ROOT, 'examples', file)), schema)).toBe(join(ROOT, 'docs/config.schema.json'));
  });

  it.each(EXAMPLES)('%s says something: taken out, the defaults remain', (file) => {
    const { value } = loadConfig({ cwd: join(ROOT, 'examples'), configPath: file });
    const hash = (config: unknown) => resolveConfig(config, RULES, NOW_MS).configHash;
    for (const key of Object.keys(value as object)) {
      const { [key]: _, ...others } = value as Record<string, unknown>;
      expect([key, hash(others) === hash(value)]).toEqual([key, key === 'language' && file === 'small-team.yaml']);
    }
  });
});

describe('the guide', () => {
  const guide = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
  const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);

  it('shows nothing that is not valid, or that warns', () => {
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) {
      const { value } = parseConfig(block, 'docs/configuration.md');
      expect(resolveConfig(value, RULES, NOW_MS).warnings).toEqual([]);
    }
  });
});

describe('the JSON Schema', () => {
  const validate = ajv.compile(JSON.parse(configJsonSchema(SAMPLE_RULES)) as object);
  const isValid = (value: unknown) => validate(value);

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['empty sections', { rules: null, suppressions: null, settings: null, accounts: null, email: null, deploy: null }],
    ['accounts as a map', { accounts: { '111122223333': 'prod' } }],
    ['accounts as a list', { accounts: [{ id: '111122223333', name: 'prod' }] }],
    ['one for a list of one', { email: 'a@example.com', settings: { publicPorts: 80 } }],
    [
      'examples of all settings',
      { settings: Object.fromEntries(Object.entries(SETTINGS).map(([name, { example }]) => [name, example])) },
    ],
    ['overrides', { rules: { 'mass-launch': { threshold: 5, within: '10 min', settings: { adminUsers: ['a'] } } } }],
    ['a suppression', { suppressions: [{ rule: ['mass-*', 'new-image'], region: 'eu-*', ...ANSWERED }] }],
  ])('accepts what is accepted: %s', (_what, value) => {
    expect(problemsOf(value)).toEqual([]);
    expect([isValid(value), validate.errors]).toEqual([true, null]);
  });

  it.each<[string, unknown]>([
    ['an unknown key', { regons: [] }],
    ['an unknown rule', { rules: { 'mass-lanch': {} } }],
    ['an unknown setting', { settings: { trustedNetwork: [] } }],
    ['a setting that the rule does not read', { rules: { 'mass-launch': { settings: { publicPorts: [80] } } } }],
    ['a threshold in words', { rules: { 'mass-launch': { threshold: 'ten' } } }],
    ['a threshold of none', { rules: { 'log-stopped': { threshold: 5 } } }],
    ['a threshold of zero', { rules: { 'mass-launch': { threshold: 0 } } }],
    ['a window in milliseconds below the slot', { rules: { 'mass-launch': { withinMs: 299_999 } } }],
    ['a window without a unit', { rules: { 'mass-launch': { within: '10' } } }],
    ['an account as a number', { settings: { organizationAccounts: [111122223333] } }],
    ['an account of eleven digits', { accounts: { '12345678901': 'x' } }],
    ['an account without a name', { accounts: [{ id: '111122223333' }] }],
    ['a port out of range', { settings: { publicPorts: [65_536] } }],
    ['a mode', { rules: { 'mass-launch': { mode: 'on' } } }],
    ['a suppression that nobody answers for', { suppressions: [{ rule: 'mass-launch' }] }],
    ['a blank reason', { suppressions: [{ rule: 'mass-launch', reason: ' ', owner: 'x' }] }],
    ['an empty list of actors', { suppressions: [{ rule: 'mass-launch', actor: [], ...ANSWERED }] }],
    ['a language', { language: 'fr' }],
    ['a role with a wildcard', { deploy: { deployRoles: ['arn:aws:iam::111122223333:role/*'] } }],
    ['a period of retention', { deploy: { logRetentionDays: 8 } }],
  ])('refuses what is refused: %s', (_what, value) => {
    expect(problemsOf(value)).not.toEqual([]);
    expect(isValid(value)).toBe(false);
  });

  it('describes every key, so that an editor can tell what it is for', () => {
    const schema = JSON.parse(configJsonSchema(SAMPLE_RULES)) as Node;
    const definitions = (schema as { $defs: Record<string, Node> }).$defs;
    const bare: string[] = [];
    const walk = (node: Node, path: string) => {
      for (const [name, property] of Object.entries(node.properties ?? {})) {
        const target = property.$ref === undefined ? property : definitions[property.$ref.replace('#/$defs/', '')];
        if (!target?.description && !path.startsWith('accounts')) bare.push(`${path}${name}`);
        if (target !== undefined) walk(target, `${path}${name}.`);
      }
      for (const inner of [...(node.anyOf ?? []), ...(node.items === undefined ? [] : [node.items])]) walk(inner, path);
    };
    walk(schema, '');
    expect(bare.filter((path) => !/\.(id|name)$/.test(path))).toEqual([]);
    for (const name of Object.keys(SETTINGS))
      expect(definitions[name]?.description).toBe(SETTINGS[name as 'adminUsers'].about);
  });

  interface Node {
    readonly description?: string;
    readonly $ref?: string;
    readonly properties?: Record<string, Node>;
    readonly anyOf?: readonly Node[];
    readonly items?: Node;
  }
});
