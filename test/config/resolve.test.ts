import { resolveConfig } from '../../lambda/config/resolve';
import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { DAY, HOUR, MINUTE } from '../../lambda/rules/rule';
import { call } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS, SETTINGS, type SettingName } from '../../lambda/rules/settings';
import { ANSWERED, LOG_STOPPED, MASS_LAUNCH, NOW_MS, resolveSample, SAMPLE_RULES } from './sample-rules';

describe('a configuration', () => {
  it.each([[undefined], [null], [{}], [{ rules: null, suppressions: null, settings: null, email: null }]])(
    'has a default for everything: %j',
    (value) => {
      const config = resolveSample(value);
      expect(config.rules).toEqual(SAMPLE_RULES.map((rule) => activate(rule, DEFAULT_SETTINGS)));
      expect(config).toMatchObject({
        suppressions: [],
        settings: DEFAULT_SETTINGS,
        accountNames: {},
        email: [],
        opsEmail: [],
        regions: undefined,
        language: 'en',
        timeZone: 'UTC',
        replay: { latenessMs: DAY },
        warnings: [],
      });
      expect(config.deploy).toMatchObject({
        homeRegion: undefined,
        organizationId: undefined,
        organizationalUnits: [],
        memberAccounts: [],
        deployRoles: [],
        operatorRoles: [],
        alertRetentionDays: 400,
        logRetentionDays: 90,
        allReads: false,
        dataEvents: false,
        dataEventBuckets: [],
        createTrail: false,
        customerManagedKey: false,
        chatTopic: false,
        concurrency: { priority: 5, bulk: 4 },
      });
    },
  );

  it('accepts every default and every example of the catalogue', () => {
    for (const key of ['default', 'example'] as const) {
      const settings = Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [name, setting[key]]));
      const config = resolveSample({ settings });
      expect(config.settings).toEqual(settings);
      expect(config.warnings).toEqual([]);
    }
  });

  it('names accounts from a map and from a list alike', () => {
    const names = { '111122223333': 'prod', '012345678901': 'Sandbox (Ana)' };
    const list = [
      { id: '111122223333', name: 'prod' },
      { id: '012345678901', name: 'Sandbox (Ana)' },
    ];
    expect(resolveSample({ accounts: names }).accountNames).toEqual(names);
    expect(resolveSample({ accounts: list }).accountNames).toEqual(names);
    expect(resolveSample({ accounts: list }).configHash).toBe(resolveSample({ accounts: names }).configHash);
  });

  it('takes one value for a list of one', () => {
    const config = resolveSample({
      email: 'a@example.com',
      settings: { publicPorts: 8080, trustedNetworks: '203.0.113.9', organizationAccounts: '111122223333' },
      deploy: { memberAccounts: '444455556666', deployRoles: 'arn:aws:iam::111122223333:role/cdk-exec' },
    });
    expect(config.email).toEqual(['a@example.com']);
    expect(config.settings).toMatchObject({
      publicPorts: [8080],
      trustedNetworks: ['203.0.113.9/32'],
      organizationAccounts: ['111122223333'],
    });
    expect(config.deploy).toMatchObject({
      memberAccounts: ['444455556666'],
      deployRoles: ['arn:aws:iam::111122223333:role/cdk-exec'],
    });
  });

  it('reads networks in one spelling and says where bits were left out', () => {
    const { settings, warnings } = resolveSample({
      settings: {
        trustedNetworks: [
          '198.51.100.7/24',
          '198.51.100.0/24',
          '2001:DB8:0::/48',
          '::ffff:203.0.113.0/120',
          '::ffff:203.0.113.0/90',
          '203.0.113.9',
        ],
      },
    });
    expect(settings.trustedNetworks).toEqual([
      '198.51.100.0/24',
      '2001:db8::/48',
      '203.0.113.0/24',
      '::ffc0:0:0/90',
      '203.0.113.9/32',
    ]);
    expect(warnings).toEqual([
      'settings.trustedNetworks[0]: "198.51.100.7/24" is read as the network 198.51.100.0/24; to mean one address, leave /… out',
      'settings.trustedNetworks[4]: "::ffff:203.0.113.0/90" is read as the network ::ffc0:0:0/90; to mean one address, leave /… out',
    ]);
  });

  it('says that people without working hours are watched for nothing', () => {
    const warningsOf = (settings: object) => resolveSample({ settings }).warnings;
    expect(warningsOf({ people: '*:user/alice' })).toEqual([
      'settings.people: has no effect without workingHours: no time is off hours then; say when these people work, for example mon-fri 07:00-20:00 Europe/Madrid',
    ]);
    expect(warningsOf({ people: '*:user/alice', workingHours: 'mon-fri 07:00-20:00' })).toEqual([]);
    expect(warningsOf({ workingHours: 'mon-fri 07:00-20:00' })).toEqual([]);
  });

  it('covers regions when they hold the one of global services', () => {
    expect(resolveSample({ regions: ['us-east-1', 'eu-west-1', 'us-east-1'] }).regions).toEqual([
      'us-east-1',
      'eu-west-1',
    ]);
    expect(resolveSample({ regions: ['us-gov-west-1', 'us-gov-east-1'] }).regions).toHaveLength(2);
    expect(resolveSample({ regions: ['cn-north-1'] }).regions).toEqual(['cn-north-1']);
  });
});

describe('what is changed about a rule', () => {
  const active = (id: string, override: object) =>
    resolveSample({ rules: { [id]: override } }).rules.find(({ rule }) => rule.id === id);

  it('turns it off, or to shadow and live', () => {
    expect(active('mass-launch', { mode: 'off' })).toBeUndefined();
    expect(active('mass-launch', { mode: 'shadow' })?.mode).toBe('shadow');
    expect(active('slow-breadth', { mode: 'live' })?.mode).toBe('live');
    expect(active('slow-breadth', {})?.mode).toBe('shadow');
  });

  it('moves the threshold, and the tiers with it', () => {
    expect(active('mass-launch', { threshold: 20 })?.window?.tiers).toEqual([
      { threshold: 20, level: 2 },
      { threshold: 50, level: 3 },
    ]);
  });

  it('changes the window down to the slot, and leaves the slot alone', () => {
    const { window, slotMs } = active('mass-launch', { within: '5 min' }) ?? {};
    expect(window?.withinMs).toBe(5 * MINUTE);
    expect(slotMs).toBe(active('mass-launch', { withinMs: 2 * DAY })?.slotMs);
    expect(active('slow-breadth', { within: '1 h' })?.window?.withinMs).toBe(HOUR);
    expect(active('made-and-armed', { within: '120 s' })?.window?.withinMs).toBe(2 * MINUTE);
  });

  it.each([
    ['90 s', 90_000],
    ['10min', 600_000],
    ['1 minute', 60_000],
    ['2 hours', 7_200_000],
    ['1 d', 86_400_000],
  ])('understands %s', (quiet, quietMs) => {
    expect(active('log-stopped', { quiet })?.quietMs).toBe(Math.max(quietMs, 5 * MINUTE));
    expect(active('log-stopped', { quietMs })?.quietMs).toBe(Math.max(quietMs, 5 * MINUTE));
  });

  it('says that a quiet time below the window is the window', () => {
    expect(resolveSample({ rules: { 'mass-launch': { quiet: '5 min' } } }).warnings).toEqual([
      'rules.mass-launch.quiet: 5 min is shorter than the window; 10 min is used',
    ]);
    expect(resolveSample({ rules: { 'mass-launch': { quiet: '10 min' } } }).warnings).toEqual([]);
  });

  it('gives one rule settings of its own', () => {
    const config = resolveSample({
      settings: { trustedNetworks: ['198.51.100.0/24'] },
      rules: { 'mass-launch': { settings: { trustedNetworks: ['203.0.113.0/24'] } } },
    });
    const of = (id: string) => config.rules.find(({ rule }) => rule.id === id)?.settings.trustedNetworks;
    expect(of('mass-launch')).toEqual(['203.0.113.0/24']);
    expect(of('slow-breadth')).toEqual(['198.51.100.0/24']);
    expect(config.settings.trustedNetworks).toEqual(['198.51.100.0/24']);
  });

  it('replaces a severity, whether constant or by a function, and makes no alert of what is none', () => {
    expect(active('mass-launch', { severity: 'critical' })?.window?.tiers).toEqual([
      { threshold: 10, level: 4 },
      { threshold: 25, level: 4 },
    ]);
    const levelOf = (severity: string | undefined, name: string) => {
      const rules = [resolveConfig({ rules: { 'log-stopped': { severity } } }, [WIDE], NOW_MS).rules[0] as never];
      const dispatcher = createDispatcher(rules, (_id, error) => {
        throw error;
      });
      return dispatcher.hits(toTrailEvent(call('ec2.amazonaws.com', name)) as TrailEvent)[0]?.level;
    };
    const WIDE = {
      ...LOG_STOPPED,
      match: [{ ...LOG_STOPPED.match[0], calls: ['RunInstances', 'StopInstances'] }],
    } as const;
    expect([levelOf(undefined, 'RunInstances'), levelOf(undefined, 'StopInstances')]).toEqual([3, 0]);
    expect([levelOf('low', 'RunInstances'), levelOf('low', 'StopInstances')]).toEqual([1, 0]);
    expect([levelOf('critical', 'RunInstances'), levelOf('critical', 'StopInstances')]).toEqual([4, 0]);
  });

  it.each([
    [{ mode: 'off' }, 'mode: off'],
    [{ mode: 'shadow' }, 'mode: shadow'],
    [{ severity: 'info' }, 'severity: info'],
  ])('warns where it silences attacks on the detection: %j', (override, said) => {
    const warnings = (id: string) => resolveSample({ rules: { [id]: override } }).warnings;
    expect(warnings('log-stopped')).toEqual([
      `rules.log-stopped.${said} keeps attacks on the detection itself from being told; an attacker would do the same`,
    ]);
    expect(warnings('mass-launch')).toEqual([]);
  });
});

describe('a suppression', () => {
  const suppression = (fields: object) =>
    resolveSample({ suppressions: [{ rule: 'mass-launch', ...ANSWERED, ...fields }] }).suppressions[0];
  const warnings = (fields: object, nowMs = NOW_MS) =>
    resolveConfig({ suppressions: [{ rule: 'mass-launch', ...ANSWERED, ...fields }] }, SAMPLE_RULES, nowMs).warnings;

  it('becomes lists, one spelling, and a time', () => {
    expect(
      suppression({
        id: 'scanner',
        actor: 'arn:aws:iam::111122223333:role/scanner',
        account: ['444455556666', '111122223333'],
        region: 'eu-*',
        sourceIp: '198.51.100.7/24',
        resource: ['b', 'a', 'b'],
        reason: '  weekly scan\n',
        owner: 'security',
        expires: '2027-01-31',
      }),
    ).toEqual({
      id: 'scanner',
      rules: ['mass-launch'],
      actors: ['arn:aws:iam::111122223333:role/scanner'],
      accounts: ['111122223333', '444455556666'],
      regions: ['eu-*'],
      sourceIps: ['198.51.100.0/24'],
      resources: ['a', 'b'],
      reason: 'weekly scan',
      owner: 'security',
      expiresMs: Date.parse('2027-01-31T00:00:00Z'),
    });
  });

  it.each([
    ['2027-01-31', '2027-01-31T00:00:00Z'],
    ['2027-01-31T18:00:00Z', '2027-01-31T18:00:00Z'],
    ['2027-01-31 18:00', '2027-01-31T18:00:00Z'],
    ['2027-01-31t18:00:30.5 -05:00', '2027-01-31T23:00:30Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    [new Date('2027-01-31T18:00:00Z'), '2027-01-31T18:00:00Z'],
  ])('ends at %s', (expires, time) => {
    expect(suppression({ expires })?.expiresMs).toBe(Date.parse(time));
  });

  it('is named after what it matches, and keeps the name when reason, owner and end change', () => {
    const first = suppression({ actor: ['b', 'a.b'], sourceIp: '198.51.100.0/24' });
    const renewed = suppression({
      actor: ['a.b', 'b'],
      sourceIp: ['198.51.100.9/24'],
      reason: 'other',
      owner: 'other',
      expires: '2027-12-31',
    });
    expect(first?.id).toMatch(/^auto-[0-9a-f]{12}$/);
    expect(renewed?.id).toBe(first?.id);
    expect(suppression({ actor: ['b'], sourceIp: '198.51.100.0/24' })?.id).not.toBe(first?.id);
    expect(suppression({ resource: ['b'] })?.id).not.toBe(suppression({ actor: ['b'] })?.id);
  });

  it('is kept when it has expired: events of before still fall under it', () => {
    const config = resolveSample({
      suppressions: [{ rule: 'mass-launch', actor: 'a.b', reason: 'c', owner: 'd', expires: '2020-01-01' }],
    });
    expect(config.suppressions).toHaveLength(1);
  });

  it.each([
    ['a role in any account', 'arn:aws:iam::*:role/deploy-*', true],
    ['a path', 'arn:aws:iam::111122223333:role/*/deploy', true],
    ['one letter', 'arn:aws:iam::111122223333:user/ci-?', true],
    ['everything of an account', 'arn:aws:iam::111122223333:*', true],
    ['the end of a name', '*deploy', true],
    ['a name in any account', 'arn:aws:iam::*:role/deploy', false],
    ['one role', 'arn:aws:iam::111122223333:role/deploy', false],
    ['service-linked roles', 'arn:aws:iam::*:role/aws-service-role/*', false],
    ['single sign-on', 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*', false],
    ['a user in a path like that', 'arn:aws:iam::111122223333:user/aws-reserved/*', true],
    ['root of any account', 'root:*', false],
    ['a service', 'ec2.amazonaws.com', false],
  ])('warns of an actor that may be made to match: %s', (_what, actor, warned) => {
    expect(warnings({ actor })).toEqual(
      warned
        ? [
            `suppressions[0]: the actor ${JSON.stringify(actor)} has a wildcard in the name of a role or user; whoever may create one (iam:CreateRole, iam:CreateUser) can give it a name that matches`,
          ]
        : [],
    );
  });

  it('warns of actors that no event has', () => {
    expect(warnings({ actor: ['arn:aws:sts::111122223333:assumed-role/ci/session', 'alice'] })).toEqual([
      'suppressions[0]: the actor "alice" is a bare name; actors are ARNs, services or root:<account>, so it never matches',
      'suppressions[0]: the actor "arn:aws:sts::111122223333:assumed-role/ci/session" is a session; actors are named by the role\'s own ARN (arn:aws:iam::<account>:role/<name>), so it never matches',
    ]);
  });

  it.each([
    ['2026-11-22T12:00:00Z', 'expired on 2026-11-22 and no longer applies; renew or remove it'],
    ['2020-01-31', 'expired on 2020-01-31 and no longer applies; renew or remove it'],
    ['2026-11-22T12:00:01Z', 'expires on 2026-11-22, in less than a day; alerts come back then'],
    ['2026-11-24', 'expires on 2026-11-24, in 1 day; alerts come back then'],
    ['2026-12-06T12:00:00Z', 'expires on 2026-12-06, in 14 days; alerts come back then'],
    ['2026-12-06T12:00:01Z', undefined],
    [undefined, 'never expires; give it a date, so that somebody looks at it again'],
  ])('is announced before it ends: %s', (expires, said) => {
    expect(warnings({ expires })).toEqual(said === undefined ? [] : [`suppressions[0]: ${said}`]);
  });

  it('warns where it silences attacks on the detection', () => {
    const said =
      'suppressions[0]: silences log-stopped, which reports attacks on the detection itself; an attacker would do the same';
    expect(warnings({ rule: 'log-stopped', resource: 'sandbox' })).toEqual([said]);
    expect(warnings({ rule: '*', account: '111122223333' })).toEqual([said]);
    expect(warnings({ rule: ['mass-launch', 'new-*'] })).toEqual([]);
  });

  it('says where bits of its networks were left out', () => {
    expect(warnings({ sourceIp: ['198.51.100.7/24', '203.0.113.9'] })).toEqual([
      'suppressions[0].sourceIp[0]: "198.51.100.7/24" is read as the network 198.51.100.0/24; to mean one address, leave /… out',
    ]);
  });
});

describe('the hash of a configuration', () => {
  const hash = (value: unknown) => resolveSample(value).configHash;
  const RICH = {
    accounts: { '111122223333': 'prod' },
    email: ['a@example.com', 'b@example.com'],
    regions: ['us-east-1', 'eu-west-1'],
    timeZone: 'Europe/Madrid',
    settings: { trustedNetworks: ['198.51.100.0/24'], publicPorts: [80, 443, 8443] },
    rules: { 'mass-launch': { threshold: 20, within: '20 min', settings: { adminUsers: ['a', 'b'] } } },
    suppressions: [
      { rule: 'mass-launch', sourceIp: '198.51.100.0/24', ...ANSWERED },
      { rule: 'new-image', actor: ['a.b', 'c.d'], ...ANSWERED },
    ],
    deploy: { homeRegion: 'eu-west-1', operatorRoles: [] },
  };

  it('is 32 hexadecimal digits, and does not depend on the time', () => {
    expect(hash(RICH)).toMatch(/^[0-9a-f]{32}$/);
    expect(resolveConfig(RICH, SAMPLE_RULES, 0).configHash).toBe(hash(RICH));
  });

  it.each<[string, unknown]>([
    ['the order of keys', reversedKeys(RICH)],
    [
      'the order of lists that are sets',
      { ...RICH, email: ['b@example.com', 'a@example.com'], regions: ['eu-west-1', 'us-east-1'] },
    ],
    [
      'repeats',
      {
        ...RICH,
        email: [...RICH.email, ...RICH.email],
        settings: { ...RICH.settings, publicPorts: [8443, 443, 80, 80] },
      },
    ],
    ['the spelling of a network', { ...RICH, settings: { ...RICH.settings, trustedNetworks: '198.51.100.9/24' } }],
    [
      'the spelling of a duration',
      {
        ...RICH,
        rules: { 'mass-launch': { threshold: 20, withinMs: 1_200_000, settings: { adminUsers: ['b', 'a'] } } },
      },
    ],
    [
      'defaults that are written out',
      {
        ...RICH,
        language: 'en',
        rules: {
          ...RICH.rules,
          'new-image': { mode: 'live', severity: 'low' },
          'log-stopped': { quiet: '1 h' },
          'slow-breadth': null,
        },
        replay: { lateness: '24 h' },
        deploy: { ...RICH.deploy, allReads: false },
      },
    ],
    [
      'the other spelling of dates',
      { ...RICH, suppressions: RICH.suppressions.map((one) => ({ ...one, expires: '2027-06-30T00:00:00Z' })) },
    ],
    ['a quiet time below the window', { ...RICH, rules: { ...RICH.rules, 'log-stopped': { quietMs: HOUR } } }],
  ])('stays with %s', (_what, value) => {
    expect(hash(value)).toBe(hash(RICH));
  });

  it.each<[string, unknown]>([
    ['a threshold', { ...RICH, rules: { 'mass-launch': { ...RICH.rules['mass-launch'], threshold: 21 } } }],
    ['a mode', { ...RICH, rules: { ...RICH.rules, 'new-image': { mode: 'shadow' } } }],
    ['a rule that is off', { ...RICH, rules: { ...RICH.rules, 'new-image': { mode: 'off' } } }],
    ['a severity by function', { ...RICH, rules: { ...RICH.rules, 'log-stopped': { severity: 'high' } } }],
    ['a quiet time', { ...RICH, rules: { ...RICH.rules, 'log-stopped': { quiet: '2 h' } } }],
    ['a setting', { ...RICH, settings: { ...RICH.settings, publicPorts: [80] } }],
    [
      'a setting of one rule',
      { ...RICH, rules: { 'mass-launch': { ...RICH.rules['mass-launch'], settings: { adminUsers: ['a'] } } } },
    ],
    ['the name of an account', { ...RICH, accounts: { '111122223333': 'production' } }],
    ['an address', { ...RICH, email: ['a@example.com'] }],
    ['a suppression', { ...RICH, suppressions: RICH.suppressions.slice(1) }],
    ['the order of suppressions', { ...RICH, suppressions: [...RICH.suppressions].reverse() }],
    [
      'the end of a suppression',
      { ...RICH, suppressions: [{ ...RICH.suppressions[0], expires: '2027-07-01' }, RICH.suppressions[1]] },
    ],
    ['a reason', { ...RICH, suppressions: [{ ...RICH.suppressions[0], reason: 'other' }, RICH.suppressions[1]] }],
    ['the language', { ...RICH, language: 'es' }],
    ['the time zone', { ...RICH, timeZone: 'UTC' }],
    ['a region', { ...RICH, regions: ['us-east-1'], deploy: {} }],
    ['the lateness', { ...RICH, replay: { lateness: '2 d' } }],
    ['deployment', { ...RICH, deploy: { ...RICH.deploy, chatTopic: true } }],
  ])('changes with %s', (_what, value) => {
    expect(hash(value)).not.toBe(hash(RICH));
  });

  it('does not change when a release adds a rule that the configuration does not speak of', () => {
    const later = [...SAMPLE_RULES, { ...MASS_LAUNCH, id: 'later-rule' }];
    expect(resolveConfig(RICH, later, NOW_MS).configHash).toBe(hash(RICH));
  });
});

it('knows every kind of setting', () => {
  const config = resolveSample({ settings: { consoleFactor: 2.5, worldPrefixMaxV4: 0 } });
  expect(config.settings).toMatchObject({ consoleFactor: 2.5, worldPrefixMaxV4: 0 });
  expect(Object.keys(config.settings).sort()).toEqual((Object.keys(SETTINGS) as SettingName[]).sort());
});

/** The same maps with their keys in the other order, all the way down. */
function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversedKeys(inner)]),
  );
}
