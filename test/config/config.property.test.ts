import fc from 'fast-check';
import { parseConfig } from '../../lambda/config/read-config';
import { resolveConfig } from '../../lambda/config/resolve';
import { ConfigError } from '../../lambda/errors';
import { SETTINGS } from '../../lambda/rules/settings';
import { runs } from '../property';
import { NOW_MS, problemsOf, resolveSample, SAMPLE_RULES } from './sample-rules';

/** Names that the schema knows, and names that hurt: so that random maps reach its inside. */
const word = fc.constantFrom(
  ...['accounts', 'email', 'regions', 'language', 'timeZone', 'settings', 'rules', 'suppressions', 'replay', 'deploy'],
  ...[
    'mass-launch',
    'log-stopped',
    'new-image',
    'mode',
    'threshold',
    'within',
    'withinMs',
    'quiet',
    'severity',
    'lateness',
  ],
  ...['id', 'name', 'rule', 'actor', 'account', 'region', 'sourceIp', 'resource', 'reason', 'owner', 'expires'],
  ...['homeRegion', 'concurrency', 'priority', 'trustedNetworks', 'publicPorts', 'adminUsers', 'organizationAccounts'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', '0', '*', '\u202e\u001b[31m', '\ud800'],
);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    'live',
    'off',
    '*',
    '10 min',
    '198.51.100.0/24',
    '111122223333',
    'us-east-1',
    'UTC',
    '2027-01-31',
  ),
  fc.constantFrom<unknown>(null, true, 0, -0, 1, 1e21, Number.NaN, Number.POSITIVE_INFINITY, 12345678901, '', ' '),
  fc.constantFrom<unknown>(undefined, 10n, Symbol('s'), new Date(0), new Date(Number.NaN), new Map(), /x/, () => 1),
  word,
  fc.string({ unit: 'binary' }),
  fc.double(),
);
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    leaf,
    fc.array(tie('anything'), { maxLength: 5 }),
    fc.dictionary(word, tie('anything'), { maxKeys: 6, noNullPrototype: false }),
  ),
}));
const file = fc.dictionary(word, anything, { maxKeys: 8, noNullPrototype: false });

/** Valid configurations of some richness. */
const globs = fc.array(fc.constantFrom('ci-*', 'ops', 'a?b', '*admin*'), { maxLength: 4 });
const account = fc.stringMatching(/^[0-9]{12}$/);
const network = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`);
const suppression = fc.record(
  {
    rule: fc.constantFrom('mass-launch', 'new-*', ['log-stopped', 'slow-breadth']),
    reason: fc.constantFrom('planned', 'scan'),
    owner: fc.constantFrom('platform', 'security'),
    actor: fc.constantFrom('arn:aws:iam::111122223333:role/ci', ['a.b', 'c.d']),
    account,
    sourceIp: fc.array(network, { minLength: 1, maxLength: 3 }),
    resource: fc.array(fc.constantFrom('x-*', 'y', 'z'), { minLength: 1, maxLength: 3 }),
    expires: fc.constantFrom('2027-01-31', '2027-01-31T18:00:00Z'),
  },
  { requiredKeys: ['rule', 'reason', 'owner', 'resource'] },
);
const valid = fc.record(
  {
    accounts: fc.dictionary(account, fc.constantFrom('prod', 'dev')),
    email: fc.array(fc.constantFrom('a@example.com', 'b@example.com', 'c@example.com'), { maxLength: 3 }),
    regions: fc.subarray(['eu-west-1', 'ap-southeast-2', 'us-west-2']).map((regions) => ['us-east-1', ...regions]),
    language: fc.constantFrom('en', 'es'),
    settings: fc.record(
      {
        trustedNetworks: fc.array(network, { maxLength: 3 }),
        adminUsers: globs,
        publicPorts: fc.array(fc.nat(65_535)),
      },
      { requiredKeys: [] },
    ),
    rules: fc.record(
      {
        'mass-launch': fc.record(
          {
            mode: fc.constantFrom('live', 'shadow', 'off'),
            threshold: fc.integer({ min: 1, max: 1_000_000 }),
            withinMs: fc.integer({ min: 300_000, max: 172_800_000 }),
            settings: fc.record({ adminUsers: globs }, { requiredKeys: [] }),
          },
          { requiredKeys: [] },
        ),
        'log-stopped': fc.record({ severity: fc.constantFrom('low', 'critical') }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
    suppressions: fc.uniqueArray(suppression, { maxLength: 4, selector: (one) => [...one.resource].sort().join() }),
  },
  { requiredKeys: [] },
);

describe('whatever the configuration is', () => {
  it('throws nothing but a ConfigError with printable problems', () => {
    fc.assert(
      fc.property(fc.oneof(file, anything), (value) => {
        for (const line of problemsOf(value)) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|undefined|\[object/);
          expect(line).toMatch(/^[^ ].*: expected .+, found ./);
        }
      }),
      runs(500),
    );
  });

  it('changes nothing of the value, and nothing of all objects', () => {
    fc.assert(
      fc.property(file, (value) => {
        const before = fc.stringify(value);
        problemsOf(value);
        expect(fc.stringify(value)).toBe(before);
        expect(({} as Record<string, unknown>)['mode']).toBeUndefined();
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      runs(100),
    );
  });

  it('throws nothing but a ConfigError on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), yamlish()), (text) => {
        try {
          resolveSample(parseConfig(text, 'trailhound.yaml').value);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      runs(400),
    );
  });
});

describe('a valid configuration', () => {
  it('is resolved to the same, again and again, and after a trip through JSON', () => {
    fc.assert(
      fc.property(valid, (value) => {
        const once = resolveSample(value);
        expect(resolveSample(value)).toEqual(once);
        expect(resolveSample(JSON.parse(JSON.stringify(value)))).toEqual(once);
      }),
      runs(100),
    );
  });

  it('has the same hash when only the order of keys and of sets differs', () => {
    fc.assert(
      fc.property(valid, fc.infiniteStream(fc.nat()), (value, numbers) => {
        expect(resolveSample(reordered(value, numbers)).configHash).toBe(resolveSample(value).configHash);
      }),
      runs(100),
    );
  });

  it('has another hash exactly when something else comes out', () => {
    fc.assert(
      fc.property(valid, valid, (a, b) => {
        const [left, right] = [resolveSample(a), resolveSample(b)];
        expect(left.configHash === right.configHash).toBe(meaning(left) === meaning(right));
      }),
      runs(100),
    );
    fc.assert(
      fc.property(valid, fc.constantFrom(...Object.keys(SETTINGS)), (value, name) => {
        const { [name as 'adminUsers']: _, ...others } = value.settings ?? {};
        const [left, right] = [resolveSample(value), resolveSample({ ...value, settings: others })];
        expect(left.configHash === right.configHash).toBe(meaning(left) === meaning(right));
      }),
      runs(100),
    );
  });

  it('is found broken by one wrong value anywhere, at its path', () => {
    fc.assert(
      fc.property(valid, fc.nat(), (value, choice) => {
        const paths = leaves(value);
        fc.pre(paths.length > 0);
        const path = paths[choice % paths.length] as (string | number)[];
        const broken = structuredClone(value);
        let parent = broken as never as Record<string | number, unknown>;
        for (const key of path.slice(0, -1)) parent = parent[key] as never;
        parent[path.at(-1) as string] = { not: 'this' };
        expect(() => resolveConfig(broken, SAMPLE_RULES, NOW_MS)).toThrow(ConfigError);
        expect(problemsOf(broken).some((line) => line.includes(String(path[0])))).toBe(true);
      }),
      runs(100),
    );
  });
});

/** Text that is nearly YAML: pieces of its grammar in any order. */
function yamlish() {
  const piece = fc.constantFrom(
    ...[
      'rules:',
      '  mass-launch:',
      '    threshold: 10',
      '- ',
      '? ',
      ': ',
      '&a ',
      '*a',
      '!!set ',
      '!x ',
      '|',
      '>-',
      '---',
      '%YAML 1.1',
    ],
    ...[
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      '#',
      '\n',
      '\n  ',
      '\t',
      ' ',
      'suppressions:',
      'a: b',
      '<<: *a',
      '\u0000',
      '\ufeff',
      '...',
    ],
  );
  return fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
}

/** Everything that the detector, the messages and the deployment would do, with sets in one order. */
function meaning({ configHash: _, warnings: __, rules, ...others }: ReturnType<typeof resolveSample>): string {
  const effects = rules.map(({ rule, ...effect }) => [rule.id, effect]);
  return JSON.stringify([effects, others], (_key, value) => {
    if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return [...new Set(value)].sort();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The same with the keys of maps, and the items of lists of texts and numbers, in another order. */
function reordered(value: unknown, numbers: Iterator<number>): unknown {
  const shuffled = <T>(items: readonly T[]) =>
    items.map((item) => ({ item, order: numbers.next().value as number })).sort((a, b) => a.order - b.order);
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item === 'object')) return value.map((item) => reordered(item, numbers));
    return shuffled(value).map(({ item }) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    shuffled(Object.entries(value)).map(({ item: [key, inner] }) => [key, reordered(inner, numbers)]),
  );
}

/** Paths of all values that are no maps and no lists. */
function leaves(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}
