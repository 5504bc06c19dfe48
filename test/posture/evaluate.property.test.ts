import fc from 'fast-check';
import { may, mayAll, type Verdict } from '../../lambda/posture/policy/evaluate';
import { escalations, isAdministrator, waysUp, wholeServices } from '../../lambda/posture/policy/powers';
import { type Statement, selects, statementsOf } from '../../lambda/posture/policy/statement';

/** Small alphabets, so that globs, actions and resources meet often. */
const action = fc.constantFrom('iam:CreateUser', 'iam:PassRole', 's3:GetObject', 's3:PutObject', 'ec2:RunInstances');
const resource = fc.constantFrom(
  'arn:aws:s3:::a/b',
  'arn:aws:s3:::c',
  'arn:aws:iam::111122223333:user/ana',
  'arn:aws:iam::111122223333:role/web',
);
const actionGlob = fc.oneof(
  action,
  fc.constantFrom('*', 'iam:*', 's3:*', 's3:Get*', '*:*', 'IAM:create?ser', 'iam:*Role'),
);
const resourceGlob = fc.oneof(
  resource,
  fc.constantFrom('*', 'arn:aws:s3:::*', 'arn:aws:iam::*:role/*', 'arn:*', 'arn:aws:iam::111122223333:user/?na'),
);
const written = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  only: fc.boolean(),
  onlyResources: fc.boolean(),
  actions: fc.array(actionGlob, { minLength: 1, maxLength: 3 }),
  resources: fc.array(resourceGlob, { minLength: 1, maxLength: 3 }),
  conditional: fc.boolean(),
});
type Written = typeof written extends fc.Arbitrary<infer T> ? T : never;

function document(parts: readonly Written[]) {
  return {
    Version: '2012-10-17',
    Statement: parts.map(({ Effect, only, onlyResources, actions, resources, conditional }) => ({
      Effect,
      [only ? 'Action' : 'NotAction']: actions,
      [onlyResources ? 'Resource' : 'NotResource']: resources,
      ...(conditional ? { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } } : {}),
    })),
  };
}
const parts = fc.array(written, { maxLength: 5 });
const statements = parts.map((some) => statementsOf(document(some)) as readonly Statement[]);
const request = fc.record({ action, resource });
const STRENGTH: Readonly<Record<Verdict, number>> = { no: 0, conditionally: 1, yes: 2 };
const alone = (some: readonly Statement[]) => ({ statements: some, boundary: undefined });

/** IAM's rules once more, by regular expressions and without any order: slow and plain. */
function oracle(
  some: readonly Written[],
  { action: name, resource: arn }: { action: string; resource: string },
): Verdict {
  const like = (glob: string, text: string, flags: string) =>
    new RegExp(
      `^${glob
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      flags,
    ).test(text);
  const applying = some.filter(
    ({ only, actions, onlyResources, resources }) =>
      actions.some((glob) => like(glob, name, 'i')) === only &&
      resources.some((glob) => like(glob, arn, '')) === onlyResources,
  );
  if (applying.some(({ Effect, conditional }) => Effect === 'Deny' && !conditional)) return 'no';
  const allows = applying.filter(({ Effect }) => Effect === 'Allow');
  if (allows.some(({ conditional }) => !conditional)) return 'yes';
  return allows.length > 0 ? 'conditionally' : 'no';
}

test('decides as IAM’s rules say', () => {
  fc.assert(
    fc.property(parts, request, (some, asked) => {
      expect(may(alone(statementsOf(document(some)) ?? []), asked)).toBe(oracle(some, asked));
    }),
    { numRuns: 2_000 },
  );
});

test('an Allow more never takes a permission away, a Deny more never gives one', () => {
  fc.assert(
    fc.property(statements, statements, request, (some, more, asked) => {
      const before = STRENGTH[may(alone(some), asked)];
      const allows = more.filter(({ effect }) => effect === 'allow');
      const denies = more.filter(({ effect }) => effect === 'deny');
      expect(STRENGTH[may(alone([...some, ...allows]), asked)]).toBeGreaterThanOrEqual(before);
      expect(STRENGTH[may(alone([...some, ...denies]), asked)]).toBeLessThanOrEqual(before);
    }),
  );
});

test('neither order nor repetition of statements, nor the case of an action, says anything', () => {
  fc.assert(
    fc.property(statements, request, (some, asked) => {
      const verdict = may(alone(some), asked);
      expect(may(alone([...some].reverse()), asked)).toBe(verdict);
      expect(may(alone([...some, ...some]), asked)).toBe(verdict);
      expect(may(alone(some), { ...asked, action: asked.action.toUpperCase() })).toBe(verdict);
    }),
  );
});

test('a boundary only takes away; one that allows everything takes nothing; an unknown one leaves doubt', () => {
  const everything = statementsOf({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }) ?? [];
  fc.assert(
    fc.property(statements, statements, request, (some, boundary, asked) => {
      const free = may(alone(some), asked);
      const bound = may({ statements: some, boundary }, asked);
      expect(STRENGTH[bound]).toBe(Math.min(STRENGTH[free], STRENGTH[may(alone(boundary), asked)]));
      expect(may({ statements: some, boundary: everything }, asked)).toBe(free);
      expect(may({ statements: some, boundary: 'unknown' }, asked)).toBe(free === 'yes' ? 'conditionally' : free);
    }),
  );
});

test('Action and NotAction, Resource and NotResource, are each other’s complement', () => {
  fc.assert(
    fc.property(fc.array(actionGlob, { minLength: 1 }), action, (globs, name) => {
      const lower = globs.map((glob) => glob.toLowerCase());
      expect(selects({ except: false, globs: lower }, name.toLowerCase())).toBe(
        !selects({ except: true, globs: lower }, name.toLowerCase()),
      );
    }),
  );
});

test('all of several is the weakest of them', () => {
  fc.assert(
    fc.property(statements, fc.array(request, { minLength: 1, maxLength: 4 }), (some, asked) => {
      const each = asked.map((one) => STRENGTH[may(alone(some), one)]);
      expect(STRENGTH[mayAll(alone(some), asked)]).toBe(Math.min(...each));
    }),
  );
});

test('whatever is written, reading it does not throw, and reads the same as JSON text', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(() => statementsOf(value)).not.toThrow();
    }),
  );
  fc.assert(
    fc.property(parts, (some) => {
      expect(statementsOf(JSON.stringify(document(some)))).toEqual(statementsOf(document(some)));
    }),
  );
});

test('globs that would make a regular expression hang are decided at once', () => {
  const hostile = `${'*a'.repeat(200)}b`;
  const started = Date.now();
  const some = statementsOf({ Statement: { Effect: 'Allow', Action: hostile, Resource: hostile } }) ?? [];
  expect(may(alone(some), { action: 'a'.repeat(2_000), resource: 'a'.repeat(2_000) })).toBe('no');
  expect(Date.now() - started).toBeLessThan(2_000);
});

const account = { account: '111122223333', partition: 'aws' };
const allow = (Action: unknown, Resource: unknown = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown = '*', more: object = {}) => ({
  Effect: 'Deny',
  Action,
  Resource,
  ...more,
});
const MFA = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

/** Policies, and how much of an administrator they make. */
const ADMINISTRATORS: readonly [string, readonly object[], Verdict][] = [
  ['AdministratorAccess', [allow('*')], 'yes'],
  ['spelled *:*', [allow(['*:*'])], 'yes'],
  ['wildcards inside', [allow('*:*'), allow('i*m:*')], 'yes'],
  ['all resources spelled out', [allow('*', 'arn:aws:*:*:*:*')], 'yes'],
  ['all resources of the account', [allow('*', 'arn:aws:*:*:111122223333:*')], 'yes'], // * is also no region at all
  ['all resources of another account', [allow('*', 'arn:aws:*:*:444455556666:*')], 'no'],
  ['NotAction of something harmless', [{ Effect: 'Allow', NotAction: 's3:DeleteBucket', Resource: '*' }], 'yes'],
  ['PowerUserAccess', [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' }], 'no'],
  ['NotResource of one bucket', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::logs/*' }], 'yes'],
  ['NotResource of everything', [{ Effect: 'Allow', Action: '*', NotResource: '*' }], 'no'],
  ['IAMFullAccess alone', [allow('iam:*')], 'no'],
  ['all but IAM, and IAM', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, allow('iam:*')], 'yes'],
  ['with MFA', [allow('*', '*', MFA)], 'conditionally'],
  ['an empty condition', [allow('*', '*', { Condition: {} })], 'yes'],
  ['everything, and IAM denied', [allow('*'), deny('iam:*')], 'no'],
  ['everything, and IAM denied without MFA', [allow('*'), deny('iam:*', '*', MFA)], 'yes'],
  [
    'everything, and IAM denied but for reading',
    [allow('*'), { Effect: 'Deny', NotAction: ['iam:Get*', 's3:*'], Resource: '*' }],
    'no',
  ],
  ['everything, and one role denied', [allow('*'), deny('iam:*', 'arn:aws:iam::*:role/audit')], 'yes'],
  ['everything on one bucket', [allow('*', 'arn:aws:s3:::data/*')], 'no'],
  ['nothing', [], 'no'],
];

test.each(ADMINISTRATORS)('administrator? %s', (_, some, verdict) => {
  expect(isAdministrator(alone(statementsOf({ Statement: some }) ?? []), account)).toBe(verdict);
});

test('an account’s own resources spelled out in full, regions as wildcards, are all of them', () => {
  const some = [allow('*', ['arn:aws:*:*:111122223333:*', 'arn:aws:iam::111122223333:*'])];
  expect(isAdministrator(alone(statementsOf({ Statement: some }) ?? []), account)).toBe('yes');
});

/** Policies, and the ways up that they open. */
const WAYS: readonly [string, readonly object[], readonly string[]][] = [
  ['versions of any policy', [allow('iam:CreatePolicyVersion')], ['iam:CreatePolicyVersion']],
  ['of one’s own policies only', [allow('iam:CreatePolicyVersion', 'arn:aws:iam::111122223333:policy/mine')], []],
  [
    'of all policies of the account',
    [allow('iam:CreatePolicyVersion', 'arn:aws:iam::111122223333:policy/*')],
    ['iam:CreatePolicyVersion'],
  ],
  [
    'keys of anybody',
    [allow('iam:Create*', 'arn:aws:iam::*:user/*')],
    ['iam:CreateAccessKey', 'iam:CreateLoginProfile'],
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's policies
  ['one’s own keys', [allow('iam:*AccessKey*', 'arn:aws:iam::*:user/${aws:username}')], []],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's policies
  ['a user whose name is an asterisk', [allow('iam:CreateAccessKey', 'arn:aws:iam::*:user/${*}')], []],
  ['pass any role, to nothing', [allow('iam:PassRole')], []],
  ['pass any role to instances', [allow(['iam:PassRole', 'ec2:RunInstances'])], ['iam:PassRole and ec2:RunInstances']],
  ['pass one role to instances', [allow('iam:PassRole', 'arn:aws:iam::*:role/web'), allow('ec2:*')], []],
  ['any function’s code', [allow('lambda:Update*')], ['lambda:UpdateFunctionCode']],
  ['allowed and denied', [allow('iam:*'), deny(['iam:*', 'sts:*'])], []],
];

test.each(WAYS)('ways up: %s', (_, some, ways) => {
  expect(waysUp(alone(statementsOf({ Statement: some }) ?? []), escalations(account)).ways).toEqual(ways);
});

test('documents that IAM would refuse are not guessed at', () => {
  for (const statement of [
    {},
    { Effect: 'allow', Action: '*', Resource: '*' },
    { Effect: 'Allow', Action: '*' },
    { Effect: 'Allow', Action: '*', NotAction: 's3:*', Resource: '*' },
    { Effect: 'Allow', Action: 7, Resource: '*' },
    null,
    'Allow',
  ]) {
    expect(statementsOf({ Statement: [allow('s3:*'), statement] })).toBeUndefined();
  }
  for (const nothing of [undefined, null, 'no JSON', '[]', [], {}, 7]) expect(statementsOf(nothing)).toBeUndefined();
});

test('keys in another case hide nothing', () => {
  const some = statementsOf({ statement: { effect: 'Allow', action: '*', resource: '*' } });
  expect(isAdministrator(alone(some ?? []), account)).toBe('yes');
});

test('whole services', () => {
  const of = (...some: object[]) => wholeServices(statementsOf({ Statement: some }) ?? []);
  expect(of(allow(['S3:*', 'ec2:**', 'iam:Get*', 'sqs:*Queue']))).toEqual(['ec2', 's3']);
  expect(of(allow('*'))).toEqual(['*']);
  expect(of(allow('s3:*', ['arn:aws:s3:::a', '*']))).toEqual(['s3']);
  expect(of(allow('s3:*', 'arn:aws:s3:::a/*'), allow('ec2:*', '*', MFA), deny('sqs:*'))).toEqual([]);
  expect(of({ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::a' })).toEqual(['s3']);
});
