import { resolveConfig } from '../../lambda/config/resolve';
import type { ConfigError } from '../../lambda/errors';
import { ANSWERED, NOW_MS, problemsOf, SAMPLE_RULES } from './sample-rules';

/** A wrong configuration, and everything that is said about it. */
const WRONG: readonly (readonly [what: string, value: unknown, problems: readonly string[]])[] = [
  // The file as a whole, and keys
  ['a list', [], ['configuration: expected a map, found an empty list']],
  ['a text', 'hello', ['configuration: expected a map, found "hello" (string)']],
  [
    'an unknown key with a near one',
    { regons: ['us-east-1'] },
    [
      'regons: expected one of accounts, email, opsEmail, regions, language, timeZone, settings, rulesFolder, rules, suppressions, replay, deploy, found "regons"; did you mean regions?',
    ],
  ],
  [
    'a setting at the top level',
    { trustedNetworks: [] },
    [
      'trustedNetworks: expected one of accounts, email, opsEmail, regions, language, timeZone, settings, rulesFolder, rules, suppressions, replay, deploy, found "trustedNetworks"; it belongs under settings',
    ],
  ],
  [
    'a key of deploy at the top level',
    { organizationId: 'o-exampleorgid' },
    [
      'organizationId: expected one of accounts, email, opsEmail, regions, language, timeZone, settings, rulesFolder, rules, suppressions, replay, deploy, found "organizationId"; it belongs under deploy',
    ],
  ],
  [
    'keys of every object',
    JSON.parse('{"__proto__": {"a": 1}, "rules": {"constructor": {}}, "accounts": {"__proto__": "x"}}'),
    [
      '__proto__: expected one of accounts, email, opsEmail, regions, language, timeZone, settings, rulesFolder, rules, suppressions, replay, deploy, found "__proto__"',
      'accounts.__proto__: expected an AWS account ID, found "__proto__"',
      'rules.constructor: expected the id of a rule, found "constructor"; trailhound rules lists them all',
    ],
  ],
  [
    'maps where lists belong, and the other way round',
    { rules: [], settings: ['x'], suppressions: {}, regions: { a: 1 }, deploy: 'x' },
    [
      'deploy: expected a map, found "x" (string)',
      'regions: expected a list of regions, found a map',
      'rules: expected a map, found an empty list',
      'settings: expected a map, found a list of 1',
      'suppressions: expected a list of suppressions, found a map',
    ],
  ],

  [
    'something else where a suppression or an account belongs: told once, not for every key that it lacks',
    { suppressions: [[], 'x', null], accounts: [['111122223333', 'prod']] },
    [
      'accounts[0]: expected a map, found a list of 2',
      'suppressions[0]: expected a map, found an empty list',
      'suppressions[1]: expected a map, found "x" (string)',
      'suppressions[2]: expected a map, found nothing (null)',
    ],
  ],

  // Accounts
  [
    'an account ID read as a number',
    { settings: { organizationAccounts: [111122223333] } },
    [
      'settings.organizationAccounts[0]: expected an AWS account ID: 12 digits in quotes, found 111122223333 (number); quote it: "111122223333"',
    ],
  ],
  [
    'an account ID that lost its zero as a number',
    { settings: { organizationAccounts: 12345678901 } },
    [
      'settings.organizationAccounts: expected an AWS account ID: 12 digits in quotes, found 12345678901 (number); quote it: "012345678901" (YAML drops the leading zeros of a number)',
    ],
  ],
  [
    'an account ID that lost its zero as a key',
    { accounts: { 12345678901: 'prod' } },
    [
      'accounts.12345678901: expected an AWS account ID: 12 digits in quotes, found "12345678901" (string); with its leading zeros it may be "012345678901"',
    ],
  ],
  [
    'accounts in a list',
    {
      accounts: [
        { id: '1111-2222-3333', name: 'prod' },
        { id: '444455556666' },
        { id: '777788889999', name: 'a' },
        { id: '777788889999', name: 'b' },
        { id: '123456789012', name: ' ' },
      ],
    },
    [
      'accounts[0].id: expected an AWS account ID: 12 digits in quotes, found "1111-2222-3333" (string); write only the digits: "111122223333"',
      'accounts[1].name: expected the name of the account, found nothing',
      'accounts[3].id: expected each account once, found "777788889999" again; accounts[2] names it already',
      'accounts[4].name: expected a name without blanks around it, found " " (string)',
    ],
  ],

  // Who, where, when
  [
    'addresses',
    { email: ['security@example.com', 'nobody'], opsEmail: 5 },
    [
      'email[1]: expected an e-mail address, found "nobody" (string)',
      'opsEmail: expected an e-mail address, found 5 (number); put it in quotes: "5"',
    ],
  ],
  [
    'an address that would add a header',
    { email: 'a@example.com\nBcc: b@example.com' },
    ['email: expected an e-mail address, found "a@example.com\ufffdBcc: b@example.com" (string)'],
  ],
  [
    'regions',
    { regions: ['us-east-1', 'us-east-1a', 'EU-WEST-1', 'everywhere', 3] },
    [
      'regions[1]: expected a region such as eu-west-1, found "us-east-1a" (string); without the zone\'s letter it is us-east-1',
      'regions[2]: expected a region such as eu-west-1, found "EU-WEST-1" (string); write eu-west-1',
      'regions[3]: expected a region such as eu-west-1, found "everywhere" (string)',
      'regions[4]: expected a region such as eu-west-1, found 3 (number); put it in quotes: "3"',
    ],
  ],
  [
    'regions without the one of global services',
    { regions: ['eu-west-1'], deploy: { homeRegion: 'eu-west-2' } },
    [
      'deploy.homeRegion: expected one of the covered regions, found "eu-west-2" (string); add it to regions',
      'regions: expected us-east-1 among them, found a list of 1 without it; what the root user and IAM do is recorded only there, so add it',
    ],
  ],
  [
    'regions of GovCloud without its own',
    { regions: ['us-gov-east-1'] },
    [
      'regions: expected us-gov-west-1 among them, found a list of 1 without it; what the root user and IAM do is recorded only there, so add it',
    ],
  ],
  [
    'regions of two partitions',
    { regions: ['us-east-1', 'cn-north-1'] },
    [
      'regions: expected regions of one partition, found those of us-east-1 and those of cn-north-1; deploy once in each partition',
    ],
  ],
  [
    'no region at all',
    { regions: [] },
    ['regions: expected at least one region, found an empty list; leave the key out to cover all'],
  ],
  ['a language', { language: 'fr' }, ['language: expected one of en, es, found "fr" (string)']],
  [
    'a time zone',
    { timeZone: 'Europe/Madird' },
    [
      'timeZone: expected a time zone such as Europe/Madrid or UTC, found "Europe/Madird" (string); did you mean Europe/Madrid?',
    ],
  ],
  [
    'an offset for a time zone',
    { timeZone: '+05:00' },
    ['timeZone: expected a time zone such as Europe/Madrid or UTC, found "+05:00" (string)'],
  ],

  // Settings, by kind
  [
    'a setting with a near one',
    { settings: { trustedNetwork: [] } },
    ['settings.trustedNetwork: expected a setting, found "trustedNetwork"; did you mean trustedNetworks?'],
  ],
  [
    'networks',
    { settings: { trustedNetworks: ['198.51.100.0/33', '10/8', '010.0.0.0/8', 'vpn', '2001:db8::/129', 10] } },
    ['198.51.100.0/33', '10/8', '010.0.0.0/8', 'vpn', '2001:db8::/129']
      .map(
        (text, index) =>
          `settings.trustedNetworks[${index}]: expected a network such as 198.51.100.0/24 or 2001:db8::/32, or one address, found "${text}" (string)${text === '10/8' ? '; write all four parts' : ''}`,
      )
      .concat(
        'settings.trustedNetworks[5]: expected a network such as 198.51.100.0/24 or 2001:db8::/32, or one address, found 10 (number); put it in quotes: "10"',
      ),
  ],
  [
    'working hours',
    { settings: { workingHours: ['mon-fri 20:00-07:00', 'always', 7] } },
    [
      'settings.workingHours[0]: expected working hours such as mon-fri 07:00-20:00 Europe/Madrid, found "mon-fri 20:00-07:00" (string)',
      'settings.workingHours[1]: expected working hours such as mon-fri 07:00-20:00 Europe/Madrid, found "always" (string)',
      'settings.workingHours[2]: expected working hours such as mon-fri 07:00-20:00 Europe/Madrid, found 7 (number); put it in quotes: "7"',
    ],
  ],
  [
    'ports',
    { settings: { publicPorts: ['443', -1, 65_536, 80.5, Number.NaN] } },
    [
      'settings.publicPorts[0]: expected a port: a whole number from 0 to 65535, found "443" (string); write it without quotes: 443',
      'settings.publicPorts[1]: expected a port: a whole number from 0 to 65535, found -1 (number)',
      'settings.publicPorts[2]: expected a port: a whole number from 0 to 65535, found 65536 (number)',
      'settings.publicPorts[3]: expected a port: a whole number from 0 to 65535, found 80.5 (number)',
      'settings.publicPorts[4]: expected a port: a whole number from 0 to 65535, found NaN (number)',
    ],
  ],
  [
    'globs',
    { settings: { adminUsers: ['', ' ops-*', 7, null, 'a\u202eb'] } },
    [
      'settings.adminUsers[0]: expected text, where * stands for any characters and ? for one, found "" (string)',
      'settings.adminUsers[1]: expected text, where * stands for any characters and ? for one without blanks around it, found " ops-*" (string)',
      'settings.adminUsers[2]: expected text, where * stands for any characters and ? for one, found 7 (number); put it in quotes: "7"',
      'settings.adminUsers[3]: expected text, where * stands for any characters and ? for one, found nothing (null)',
      'settings.adminUsers[4]: expected text, where * stands for any characters and ? for one without control or invisible characters, found "a\ufffdb" (string)',
    ],
  ],
  [
    'a wildcard where names are exact',
    { settings: { deniedReadsIgnored: ['List*'] } },
    [
      'settings.deniedReadsIgnored[0]: expected exact text, found "List*" (string); write it out; this list knows no wildcards',
    ],
  ],
  [
    'numbers',
    { settings: { consoleFactor: 'three', worldPrefixMaxV4: -1 } },
    [
      'settings.consoleFactor: expected a number from 0 to 1000000, found "three" (string)',
      'settings.worldPrefixMaxV4: expected a number from 0 to 1000000, found -1 (number)',
    ],
  ],

  // Rules
  [
    'a rule with a near one',
    { rules: { 'mass-lanch': { mode: 'off' } } },
    ['rules.mass-lanch: expected the id of a rule, found "mass-lanch"; did you mean mass-launch?'],
  ],
  [
    'a threshold in words',
    { rules: { 'mass-launch': { threshold: 'ten' } } },
    ['rules.mass-launch.threshold: expected a whole number of at least 1, found "ten" (string)'],
  ],
  [
    'thresholds out of range',
    { rules: { 'mass-launch': { threshold: 0 }, 'slow-breadth': { threshold: 1_000_001 } } },
    [
      'rules.mass-launch.threshold: expected a whole number of at least 1, found 0 (number)',
      'rules.slow-breadth.threshold: expected a whole number of at most 1000000, found 1000001 (number)',
    ],
  ],
  [
    'a half threshold',
    { rules: { 'mass-launch': { threshold: 2.5 } } },
    ['rules.mass-launch.threshold: expected a whole number of at least 1, found 2.5 (number)'],
  ],
  [
    'a threshold and a window for rules that have none',
    {
      rules: {
        'log-stopped': { threshold: 2, within: '10 min' },
        'made-and-armed': { threshold: 3 },
        'new-image': { threshold: 2, withinMs: 600_000, quiet: '1 h' },
      },
    },
    [
      'rules.log-stopped.threshold: expected no threshold, found 2 (number); log-stopped reports each event by itself; it does not count',
      'rules.log-stopped.within: expected no window, found "10 min" (string); log-stopped reports each event by itself; it does not count',
      'rules.made-and-armed.threshold: expected no threshold, found 3 (number); made-and-armed looks for steps in their order; it does not count',
      'rules.new-image.quiet: expected no quiet time, found "1 h" (string); new-image reports each new value once, so there is nothing to keep quiet',
      'rules.new-image.threshold: expected no threshold, found 2 (number); new-image reports what was not seen before; it does not count',
      'rules.new-image.withinMs: expected no window, found 600000 (number); new-image reports what was not seen before; it does not count',
    ],
  ],
  [
    'windows shorter than the slot of the shipped window',
    {
      rules: {
        'mass-launch': { within: '4 min' },
        'made-and-armed': { within: '119 s' },
        'slow-breadth': { withinMs: 3_599_999 },
      },
    },
    [
      'rules.made-and-armed.within: expected at least 2 min, found "119 s" (string); made-and-armed stores its events in slots of 2 min (its own window is 2 min), and a window shorter than a slot would not be exact',
      'rules.mass-launch.within: expected at least 5 min, found "4 min" (string); mass-launch stores its events in slots of 5 min (its own window is 10 min), and a window shorter than a slot would not be exact',
      'rules.slow-breadth.withinMs: expected at least 3600000 (1 h), found 3599999 (number); slow-breadth stores its events in slots of 1 h (its own window is 1 d), and a window shorter than a slot would not be exact',
    ],
  ],
  [
    'windows longer than what is kept',
    { rules: { 'mass-launch': { within: '3 d' } } },
    ['rules.mass-launch.within: expected at most 2 d, found "3 d" (string)'],
  ],
  [
    'durations without a unit, with two spellings, and twice',
    { rules: { 'mass-launch': { within: 10, quiet: '1 hours 5 minutes', quietMs: 60_000 } } },
    [
      'rules.mass-launch.quiet: expected a time such as 90 s, 10 min or 1 h, found "1 hours 5 minutes" (string)',
      'rules.mass-launch.quietMs: expected quiet or quietMs, found both; leave one out',
      'rules.mass-launch.within: expected a time such as 90 s, 10 min or 1 h, found 10 (number); say which unit: "10 min", or use the key that ends in Ms',
    ],
  ],
  [
    'modes and severities',
    { rules: { 'mass-launch': { mode: 'of', severity: 'urgent' }, 'log-stopped': { mode: false } } },
    [
      'rules.log-stopped.mode: expected one of live, shadow, off, found false (boolean); put it in quotes: "off"',
      'rules.mass-launch.mode: expected one of live, shadow, off, found "of" (string); did you mean off?',
      'rules.mass-launch.severity: expected one of info, low, medium, high, critical, found "urgent" (string)',
    ],
  ],
  [
    'settings that a rule does not read',
    {
      rules: {
        'mass-launch': { settings: { publicPorts: [80], trustedNetwork: [] } },
        'log-stopped': { settings: { adminUsers: ['x'] } },
      },
    },
    [
      'rules.log-stopped.settings.adminUsers: expected a setting that log-stopped reads, found "adminUsers"; it reads no settings',
      'rules.mass-launch.settings.publicPorts: expected a setting that mass-launch reads, found "publicPorts"; it reads trustedNetworks and adminUsers',
      'rules.mass-launch.settings.trustedNetwork: expected a setting that mass-launch reads, found "trustedNetwork"; did you mean trustedNetworks?',
    ],
  ],
  [
    'a key of no rule',
    { rules: { 'mass-launch': { treshold: 5 } } },
    [
      'rules.mass-launch.treshold: expected one of mode, severity, threshold, within, withinMs, quiet, quietMs, settings, found "treshold"; did you mean threshold?',
    ],
  ],

  // Suppressions
  [
    'a suppression that nobody answers for',
    { suppressions: [{ rule: 'mass-launch' }, { rule: 'mass-launch', actor: 'x', reason: '  ', owner: 7 }] },
    [
      'suppressions[0].owner: expected an owner: who answers for this, found nothing',
      'suppressions[0].reason: expected the reason: why this is expected, found nothing',
      'suppressions[1].owner: expected an owner: who answers for this, found 7 (number); put it in quotes: "7"',
      'suppressions[1].reason: expected the reason: why this is expected, found "  " (string)',
    ],
  ],
  [
    'a suppression of no rule',
    { suppressions: [{ actor: 'arn:aws:iam::111122223333:role/ci', ...ANSWERED }] },
    ['suppressions[0].rule: expected the id of a rule, found nothing'],
  ],
  [
    'rules that do not exist',
    {
      suppressions: [
        { rule: ['mass-lunch', 'mass-*', 'zz-*', ''], actor: 'arn:aws:iam::111122223333:role/ci', ...ANSWERED },
      ],
    },
    [
      'suppressions[0].rule[0]: expected the id of a rule, found "mass-lunch" (string); did you mean mass-launch?',
      'suppressions[0].rule[2]: expected the id of a rule, found "zz-*" (string); trailhound rules lists them all',
      'suppressions[0].rule[3]: expected text, where * stands for any characters and ? for one, found "" (string)',
    ],
  ],
  [
    'fields that would match nothing, or anything',
    {
      suppressions: [
        {
          rule: 'mass-launch',
          actor: [],
          account: '1111*',
          region: 'Everywhere',
          sourceIp: '198.51.100.300',
          resource: null,
          ...ANSWERED,
        },
      ],
    },
    [
      'suppressions[0].account: expected an AWS account ID: 12 digits in quotes, found "1111*" (string); name each account; to mean every account, leave it out',
      'suppressions[0].actor: expected at least one, found an empty list; leave the key out to mean any',
      'suppressions[0].region: expected a region such as eu-west-1 or eu-*, found "Everywhere" (string)',
      'suppressions[0].resource: expected text, where * stands for any characters and ? for one, found nothing (null)',
      'suppressions[0].sourceIp: expected a network such as 198.51.100.0/24 or 2001:db8::/32, or one address, found "198.51.100.300" (string)',
    ],
  ],
  [
    'ends that no calendar has',
    {
      suppressions: ['2027-02-30', '31.01.2027', 'soon', 20_270_131, '2027-01-31T25:00Z', new Date(Number.NaN)].map(
        (expires, index) => ({ rule: 'mass-launch', resource: `r${index}`, reason: 'a', owner: 'b', expires }),
      ),
    },
    [
      '"2027-02-30" (string)',
      '"31.01.2027" (string)',
      '"soon" (string)',
      '20270131 (number)',
      '"2027-01-31T25:00Z" (string)',
      'a timestamp',
    ].map(
      (found, index) =>
        `suppressions[${index}].expires: expected a date such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z, found ${found}`,
    ),
  ],
  [
    'ids',
    {
      suppressions: [
        { id: 'Deploy Bot', rule: 'mass-launch', resource: 'a', ...ANSWERED },
        { id: 'deploy-bot', rule: 'mass-launch', resource: 'b', ...ANSWERED },
        { id: 'deploy-bot', rule: 'mass-launch', resource: 'c', ...ANSWERED },
      ],
    },
    [
      'suppressions[0].id: expected an id such as deploy-bot: small letters, digits and single dashes, found "Deploy Bot" (string)',
      'suppressions[2].id: expected an id of its own, found "deploy-bot" (string); suppressions[1] has it already',
    ],
  ],
  [
    'two that match the same, however written',
    {
      suppressions: [
        { rule: ['mass-launch', 'log-stopped'], sourceIp: '198.51.100.0/24', ...ANSWERED },
        { rule: ['log-stopped', 'mass-launch'], sourceIp: ['198.51.100.7/24'], reason: 'c', owner: 'd' },
      ],
    },
    [
      'suppressions[1]: expected fields that no other suppression has, found those of suppressions[0]; keep one of the two',
    ],
  ],

  // Deployment
  [
    'deployment',
    {
      deploy: {
        homeRegion: 'mars',
        organizationId: 'my-org',
        organizationalUnits: ['ou-1'],
        memberAccounts: [111122223333],
        deployRoles: ['arn:aws:iam::111122223333:role/cdk-*', 'Deployer'],
        alertRetentionDays: 1,
        logRetentionDays: 8,
        allReads: 'yes',
        concurrency: { priority: 1, bulk: 'many' },
      },
    },
    [
      'deploy.alertRetentionDays: expected a whole number of at least 30, found 1 (number)',
      'deploy.allReads: expected true or false, found "yes" (string)',
      'deploy.concurrency.bulk: expected a whole number of at least 2, found "many" (string)',
      'deploy.concurrency.priority: expected a whole number of at least 2, found 1 (number)',
      'deploy.deployRoles[0]: expected the full ARN of a role, without wildcards, found "arn:aws:iam::111122223333:role/cdk-*" (string); somebody who may create roles could create one that a wildcard matches',
      'deploy.deployRoles[1]: expected the full ARN of a role, without wildcards, found "Deployer" (string)',
      'deploy.homeRegion: expected a region such as eu-west-1, found "mars" (string)',
      'deploy.logRetentionDays: expected one of the periods that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, found 8 (number)',
      'deploy.memberAccounts[0]: expected an AWS account ID: 12 digits in quotes, found 111122223333 (number); quote it: "111122223333"',
      'deploy.organizationId: expected an organization ID such as o-exampleorgid, found "my-org" (string)',
      'deploy.organizationalUnits[0]: expected the ID of an organizational unit (ou-…) or of the root (r-…), found "ou-1" (string)',
    ],
  ],
  [
    'a key that deployment does not know',
    { deploy: { retentionDays: 5 } },
    [
      expect.stringMatching(
        /^deploy\.retentionDays: expected one of homeRegion, .+, concurrency, found "retentionDays"; did you mean logRetentionDays\?$/,
      ) as string,
    ],
  ],
  [
    'baits that no key can be',
    { settings: { honeyKeys: ['AKIAIOSFODNN7EXAMPLE', 'backup-old', 'ASIAIOSFODNN7EXAMPLE', 'akiaiosfodnn7example'] } },
    ['backup-old', 'ASIA…MPLE', 'akiaiosfodnn7example'].map(
      (key, index) =>
        `settings.honeyKeys[${index + 1}]: expected the ID of an access key, which begins with AKIA, found "${key}" (string); users and roles belong in honeyUsers and honeyRoles`,
    ),
  ],
  [
    'buckets without their data events, and a bucket that is none',
    { deploy: { dataEventBuckets: ['pay-slips', 's3://x'] } },
    [
      'deploy.dataEventBuckets: expected dataEvents: true beside it, found nothing; without it no data events are evaluated',
      'deploy.dataEventBuckets[1]: expected the name of a bucket, without s3:// and without a path, found "s3://x" (string)',
    ],
  ],
  [
    'units without their organization',
    { deploy: { organizationalUnits: ['r-ab12'] } },
    [
      "deploy.organizationalUnits: expected organizationId beside it, found nothing; the hub admits members by the organization's ID",
    ],
  ],
  ['replay', { replay: { lateness: '5 min' } }, ['replay.lateness: expected at least 1 h, found "5 min" (string)']],
];

describe('a wrong configuration', () => {
  it.each(WRONG)('is told with path, expectation, finding and fix: %s', (_what, value, problems) => {
    expect(problemsOf(value)).toEqual(problems);
  });

  it('is told in one go, whatever the number of mistakes', () => {
    const together = problemsOf({
      regons: 1,
      email: 'x',
      language: 'xx',
      settings: { publicPorts: [-1] },
      rules: { 'mass-lanch': {}, 'mass-launch': { threshold: 'ten', within: '1 s', mode: 'on', foo: 1 } },
      suppressions: [{ rule: '*' }, { rule: 'nope' }],
      deploy: { homeRegion: 'x' },
    });
    expect(together.map((line) => line.split(':')[0])).toEqual([
      'deploy.homeRegion',
      'email',
      'language',
      'regons',
      'rules.mass-lanch',
      'rules.mass-launch.foo',
      'rules.mass-launch.mode',
      'rules.mass-launch.threshold',
      'rules.mass-launch.within',
      'settings.publicPorts[0]',
      'suppressions[0]',
      'suppressions[0].owner',
      'suppressions[0].reason',
      'suppressions[1].owner',
      'suppressions[1].reason',
      'suppressions[1].rule',
    ]);
  });

  it('keeps the first 500 problems of a broken file and says how many there were', () => {
    const value = { email: Array.from({ length: 600 }, () => 'nobody') };
    const problems = problemsOf(value);
    expect(problems).toHaveLength(501);
    expect(problems.at(-1)).toBe('configuration: expected fewer problems, found 600; these are the first 500');
  });

  it('names the path in parts too, so that a line can be found', () => {
    expect.assertions(1);
    try {
      resolveConfig({ suppressions: [{ rule: 'x y' }] }, SAMPLE_RULES, NOW_MS);
    } catch (error) {
      expect((error as ConfigError).problems.map(({ keys }) => keys)).toContainEqual(['suppressions', 0, 'rule']);
    }
  });

  it('gives the reason for a retired rule, under rules and in suppressions', () => {
    const retired = [{ id: 'old-rule', since: '0.4.0', reason: 'mass-launch covers it' }];
    const read = () =>
      resolveConfig(
        { rules: { 'old-rule': { mode: 'off' } }, suppressions: [{ rule: 'old-rule', ...ANSWERED }] },
        SAMPLE_RULES,
        NOW_MS,
        retired,
      );
    expect(read).toThrow(
      [
        'rules.old-rule: expected the id of a rule, found "old-rule"; old-rule was retired in 0.4.0: mass-launch covers it',
        'suppressions[0].rule: expected the id of a rule, found "old-rule" (string); old-rule was retired in 0.4.0: mass-launch covers it',
      ].join('\n'),
    );
  });

  it.each([
    ['a colour and a link', '\u001b[31m\u001b]8;;https://evil.example\u0007'],
    ['a line break', 'x\nrules.mass-launch: all is well'],
    ['a change of direction', 'abc\u202etxt.exe'],
    ['half a letter', 'a\ud800b'],
  ])('does not let its text act: %s', (_what, text) => {
    const lines = problemsOf({ [text]: text, language: text, rules: { [text]: 1 }, suppressions: [{ [text]: text }] });
    expect(lines.length).toBeGreaterThanOrEqual(6);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|[\ud800-\udfff]/);
  });

  it.each([
    ['an access key', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['a secret access key', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'K7MDENG'],
    ['a password', 'password=correct-horse', 'correct-horse'],
    ['a web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', 'hbGciOiJI'],
  ])('does not repeat what looks like a secret: %s', (_what, text, secret) => {
    const said = problemsOf({ language: text, [text]: 1, email: [text], settings: { [text]: text } }).join('\n');
    expect(said).not.toBe('');
    expect(said).not.toContain(secret);
  });

  it('shortens what it repeats', () => {
    const [line = ''] = problemsOf({ language: 'x'.repeat(10) + ' y'.repeat(10_000) });
    expect(line.length).toBeLessThan(200);
  });
});

describe('a suppression of everything', () => {
  const everything = (suppression: object) =>
    problemsOf({ suppressions: [{ ...suppression, ...ANSWERED }] }).some((line) =>
      line.startsWith(
        'suppressions[0]: expected a rule, or something that narrows it down, found a suppression of everything',
      ),
    );
  it.each([
    { rule: '*' },
    { rule: ['mass-launch', '*'] },
    { rule: '**?' },
    { rule: ['m*', 'l*', 'n*', 's*'] },
    { rule: '*', actor: '*' },
    { rule: '*', actor: 'arn:aws:*' },
    { rule: '*', actor: ['arn:*:user/*', 'arn:*:role/*'] },
    { rule: '*', account: '*' },
    { rule: '*', account: '????????????' },
    { rule: '*', region: '*-*' },
    { rule: '*', region: ['us-*', 'eu-*', 'ap-*', 'sa-*', 'me-*', 'ca-*'] },
    { rule: '*', sourceIp: '0.0.0.0/0' },
    { rule: '*', sourceIp: ['0.0.0.0/1', '128.0.0.0/1', '::/0'] },
    { rule: '*', resource: '*' },
    { rule: '*', actor: '*', region: '*', sourceIp: '198.51.100.7/0', resource: '**' },
  ])('is refused: %j', (suppression) => {
    expect(everything(suppression)).toBe(true);
  });

  it.each([
    { rule: 'mass-launch' },
    { rule: 'mass-*' },
    { rule: '*', actor: 'arn:aws:iam::111122223333:role/scanner' },
    { rule: '*', actor: '*', account: '111122223333' },
    { rule: '*', region: 'eu-*' },
    { rule: '*', sourceIp: '198.51.100.0/24' },
    { rule: '*', sourceIp: '0.0.0.0/1' },
    { rule: '*', resource: 'sandbox-*' },
  ])('is not what narrows anything down: %j', (suppression) => {
    expect(problemsOf({ suppressions: [{ ...suppression, ...ANSWERED }] })).toEqual([]);
  });

  it('is told together with what else is wrong with it', () => {
    expect(problemsOf({ suppressions: [{ rule: '*', acter: 'arn:aws:iam::111122223333:role/ci' }] })).toEqual([
      'suppressions[0]: expected a rule, or something that narrows it down, found a suppression of everything; name a rule, or an actor, account, region, sourceIp or resource',
      'suppressions[0].acter: expected one of id, rule, actor, account, region, sourceIp, resource, reason, owner, expires, found "acter"; did you mean actor?',
      'suppressions[0].owner: expected an owner: who answers for this, found nothing',
      'suppressions[0].reason: expected the reason: why this is expected, found nothing',
    ]);
  });
});
