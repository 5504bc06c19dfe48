import fc from 'fast-check';
import { publicGrants } from '../../lambda/rules/policy/public-policy';
import { policiesIn } from '../../lambda/rules/policy/resource-policy';

const OPEN = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-bucket/*' };
const of = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });
const isPublic = (policy: unknown) => publicGrants(policy).length > 0;
const isPublicWith = (fields: object) => isPublic(of({ ...OPEN, ...fields }));

describe('a policy is public', () => {
  it.each([
    ['for everybody', OPEN.Principal],
    ['for every AWS principal', { AWS: '*' }],
    ['for a list with everybody in it', { AWS: ['arn:aws:iam::111122223333:root', '*'] }],
    ['for everybody among other kinds of principals', { Service: 'sns.amazonaws.com', AWS: ['*'] }],
    ['for everybody by canonical user', { CanonicalUser: '*' }],
    ['for a bare list', ['*']],
    ['for any account', { AWS: 'arn:aws:iam::*:root' }],
    ['for everybody with an account at an open identity provider', { Federated: 'graph.facebook.com' }],
  ])('%s', (_who, Principal) => {
    expect(isPublicWith({ Principal })).toBe(true);
  });

  it.each([
    ['an account', { AWS: '444455556666' }],
    ['an account, written as a number', { AWS: 444455556666 }],
    ['all principals of an account', { AWS: 'arn:aws:iam::444455556666:root' }],
    ['a role in a list', { AWS: ['arn:aws:iam::444455556666:role/Reader'] }],
    ['an AWS service', { Service: 'cloudtrail.amazonaws.com' }],
    ['a CloudFront identity', { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE' }],
    ['a canonical user', { CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' }],
    ['a SAML provider of the account', { Federated: 'arn:aws:iam::111122223333:saml-provider/corp' }],
    ['nobody', undefined],
    ['nothing readable', { AWS: { AWS: '*' } }],
    ['an empty list', { AWS: [] }],
  ])('not for %s', (_who, Principal) => {
    expect(isPublicWith({ Principal })).toBe(false);
  });

  it('for everybody but a few', () => {
    const { Principal: _, ...rest } = OPEN;
    expect(isPublic(of({ ...rest, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:user/mallory' } }))).toBe(true);
  });

  it('whatever the form of the document', () => {
    expect(isPublic({ Statement: OPEN })).toBe(true);
    expect(isPublic(JSON.stringify(of(OPEN)))).toBe(true);
    expect(isPublic({ statement: [{ effect: 'allow', principal: { aws: '*' }, action: ['s3:GetObject'] }] })).toBe(
      true,
    );
  });

  it('not where the statement denies', () => {
    expect(isPublicWith({ Effect: 'Deny' })).toBe(false);
    expect(isPublicWith({ Effect: undefined })).toBe(false);
  });

  it('whatever is denied beside it: Deny statements are not considered', () => {
    expect(isPublic(of(OPEN, { ...OPEN, Effect: 'Deny' }))).toBe(true);
  });
});

/** A policy variable, as IAM writes it: a dollar sign and the name in braces. */
const variable = (name: string) => ['$', '{', name, '}'].join('');

/** [operator, key, value] that pins the caller down. */
const RESTRICTING: readonly [string, string, unknown][] = [
  ['StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'],
  ['StringEquals', 'aws:PrincipalOrgID', variable('aws:ResourceOrgID')],
  ['StringLike', 'aws:PrincipalOrgPaths', 'o-a1b2c3d4e5/r-ab12/ou-ab12-*'],
  ['ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', ['o-a1b2c3d4e5/*']],
  ['ForAnyValue:StringEquals', 'aws:PrincipalOrgPaths', variable('aws:ResourceOrgPaths')],
  ['StringEquals', 'aws:PrincipalAccount', '444455556666'],
  ['StringEquals', 'aws:PrincipalAccount', ['444455556666', '777788889999']],
  ['StringEquals', 'aws:SourceAccount', 444455556666],
  ['StringEquals', 'aws:SourceAccount', variable('aws:ResourceAccount')],
  ['StringEqualsIgnoreCase', 'aws:SourceOwner', '444455556666'],
  ['stringequals', 'AWS:SOURCEOWNER', '444455556666'],
  ['StringEquals', 'aws:SourceOrgID', 'o-a1b2c3d4e5'],
  ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::444455556666:role/Reader'],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::444455556666:role/*'],
  ['StringLike', 'aws:PrincipalArn', 'arn:aws:iam::444455556666*'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:sns:*:444455556666:*'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:s3:::example-bucket'],
  ['ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${variable('aws:ResourceAccount')}:role/Reader`],
  ['StringEquals', 'aws:SourceVpc', 'vpc-0a1b2c3d'],
  ['StringEquals', 'aws:SourceVpce', 'vpce-0a1b2c3d'],
  ['StringEquals', 's3:DataAccessPointAccount', '444455556666'],
  ['StringLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-east-1:444455556666:accesspoint/*'],
  ['StringEquals', 'kms:CallerAccount', '444455556666'],
  ['StringLike', 'aws:userid', 'AROAEXAMPLEEXAMPLE1:*'],
  ['StringEquals', 'aws:userid', 'AIDAEXAMPLEEXAMPLE1'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24'],
  ['IpAddress', 'aws:SourceIp', ['203.0.113.7', '2001:db8:12::/48']],
  ['IpAddress', 'aws:SourceIp', '8.0.0.0/8'],
  ['IpAddress', 'aws:SourceIp', '10.0.0.0/8'],
  ['IpAddress', 'aws:SourceIp', '2001:db8::/32'],
];

/** [operator, key, value] under which a stranger still fits. */
const OPEN_CONDITIONS: readonly [string, string, unknown][] = [
  ['StringEqualsIfExists', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'],
  ['IpAddressIfExists', 'aws:SourceIp', '203.0.113.0/24'],
  ['ForAllValues:StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'],
  ['StringNotEquals', 'aws:PrincipalAccount', '444455556666'],
  ['StringNotLike', 'aws:PrincipalArn', 'arn:aws:iam::444455556666:role/Reader'],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24'],
  ['Bool', 'aws:SecureTransport', 'true'],
  ['Bool', 'aws:PrincipalIsAWSService', 'true'],
  ['Null', 'aws:PrincipalOrgID', 'false'],
  ['DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z'],
  ['StringEquals', 'aws:PrincipalOrgID', '*'],
  ['StringLike', 'aws:PrincipalOrgID', 'o-*'],
  ['StringLike', 'aws:PrincipalOrgPaths', 'o-a*/r-ab12/*'],
  ['StringLike', 'aws:PrincipalAccount', '4444*'],
  ['StringLike', 'aws:SourceAccount', '44445555666?'],
  ['StringEquals', 'aws:SourceAccount', ['444455556666', '*']],
  ['StringEquals', 'aws:SourceAccount', variable('aws:PrincipalAccount')],
  ['StringEquals', 'aws:SourceAccount', []],
  ['StringEquals', 'aws:SourceAccount', ''],
  ['StringEquals', 'aws:SourceAccount', [{ odd: 1 }, '444455556666']],
  ['StringLike', 'aws:PrincipalArn', '*'],
  ['StringLike', 'aws:PrincipalArn', '*:role/Reader'],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/Reader'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:s3:::*'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:s3:::example-*'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:sns:us-east-1:*:topic'],
  ['StringLike', 'aws:SourceVpc', 'vpc-*'],
  ['StringLike', 'aws:userid', '*:session'],
  ['StringEquals', 'aws:userid', 'anonymous'],
  ['StringEquals', 'aws:PrincipalTag/team', 'platform'],
  ['StringEquals', 'aws:username', 'alice'],
  ['StringLike', 'aws:Referer', 'https://www.example.com/*'],
  ['StringEquals', 'aws:UserAgent', 'secret'],
  ['StringEquals', 's3:prefix', 'public/'],
  ['StringEquals', 'aws:ResourceAccount', '111122223333'],
  ['IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8'],
  ['IpAddress', 'aws:SourceIp', '0.0.0.0/0'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.7/0'],
  ['IpAddress', 'aws:SourceIp', '::/0'],
  ['IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '0.0.0.0/0']],
  ['IpAddress', 'aws:SourceIp', ['0.0.0.0/1', '128.0.0.0/1']],
  ['IpAddress', 'aws:SourceIp', '8.0.0.0/7'],
  ['IpAddress', 'aws:SourceIp', '2001:db8::/31'],
  ['IpAddress', 'aws:SourceIp', 'everywhere'],
  ['StringEquals', '__proto__', '444455556666'],
  ['StringEquals', 'constructor', '444455556666'],
];

const conditionOf = ([operator, key, value]: readonly [string, string, unknown]) =>
  JSON.parse(`{${JSON.stringify(operator)}: {${JSON.stringify(key)}: ${JSON.stringify(value)}}}`) as object;

describe('a condition', () => {
  it.each(RESTRICTING)('%s %s %j restricts', (...condition) => {
    expect(isPublicWith({ Condition: conditionOf(condition) })).toBe(false);
  });

  it.each(OPEN_CONDITIONS)('%s %s %j does not restrict', (...condition) => {
    expect(isPublicWith({ Condition: conditionOf(condition) })).toBe(true);
  });

  it.each([undefined, null, {}, [], 'StringEquals', { StringEquals: 'aws:SourceAccount' }, { StringEquals: {} }])(
    'that is %j does not restrict',
    (Condition) => expect(isPublicWith({ Condition })).toBe(true),
  );

  it('restricts beside others that do not: all must hold', () => {
    const Condition = {
      Bool: { 'aws:SecureTransport': 'true' },
      StringEquals: { 's3:prefix': 'a', 'aws:SourceVpc': 'vpc-1' },
    };
    expect(isPublicWith({ Condition })).toBe(false);
  });

  it('restricts everybody-but-a-few as well', () => {
    const { Principal: _, ...rest } = OPEN;
    const NotPrincipal = { AWS: '444455556666' };
    const Condition = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
    expect(isPublic(of({ ...rest, NotPrincipal, Condition }))).toBe(false);
  });
});

describe('what anybody may do', () => {
  it.each([
    ['s3:GetObject', false],
    ['S3:LISTBUCKET', false],
    ['s3:Get*', false],
    [['s3:GetObject', 's3:ListBucket'], false],
    ['sqs:SendMessage', false],
    ['lambda:InvokeFunction', false],
    ['es:ESHttpGet', false],
    ['s3:PutObject', true],
    ['s3:DeleteObject', true],
    [['s3:GetObject', 's3:PutObject'], true],
    ['s3:*', true],
    ['s3:P*', true],
    ['s3:G*', true],
    ['*', true],
    ['es:ESHttp*', true],
    ['kms:CreateGrant', true],
    [undefined, true],
  ])('%j changes things: %s', (Action, changes) => {
    expect(publicGrants(of({ ...OPEN, Action }))).toEqual([expect.objectContaining({ changes })]);
  });

  it('is everything but a few actions', () => {
    const { Action: _, ...rest } = OPEN;
    const [grant] = publicGrants(of({ ...rest, Sid: 'odd', NotAction: ['s3:DeleteBucket'] }));
    expect(grant).toEqual({ sid: 'odd', actions: ['everything but s3:DeleteBucket'], changes: true });
  });
});

describe('any policy', () => {
  const condition = fc.constantFrom(...RESTRICTING, ...OPEN_CONDITIONS).map(conditionOf);
  const statement = fc.record(
    {
      Sid: fc.string(),
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.constantFrom('*', { AWS: '*' }, { AWS: '444455556666' }, { Service: 'sns.amazonaws.com' }),
      NotPrincipal: fc.constant({ AWS: '444455556666' }),
      Action: fc.constantFrom('s3:GetObject', 's3:*', ['sqs:SendMessage']),
      Condition: condition,
    },
    { requiredKeys: ['Effect', 'Action'] },
  );
  const statements = fc.array(statement, { maxLength: 6 });

  it('never becomes private by one more statement', () => {
    fc.assert(
      fc.property(statements, statement, fc.nat(), (some, added, position) => {
        const more = [...some];
        more.splice(position % (some.length + 1), 0, added);
        const before = publicGrants(of(...some));
        expect(publicGrants(of(...more))).toEqual(expect.arrayContaining([...before]));
      }),
    );
  });

  it('means the same in any order of its statements', () => {
    const sorted = (policy: unknown) =>
      publicGrants(policy)
        .map((grant) => JSON.stringify(grant))
        .sort();
    fc.assert(
      fc.property(
        statements.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
        ([some, shuffled]) => expect(sorted(of(...shuffled))).toEqual(sorted(of(...some))),
      ),
    );
  });

  it('means the same as an object and as a string', () => {
    fc.assert(
      fc.property(statements, (some) => {
        const policy = JSON.parse(JSON.stringify(of(...some))) as unknown;
        expect(publicGrants(JSON.stringify(policy))).toEqual(publicGrants(policy));
      }),
    );
  });

  it('never becomes public by a condition more', () => {
    fc.assert(
      fc.property(statement, fc.constantFrom(...RESTRICTING), (one, restriction) => {
        const Condition = { ...(one.Condition ?? {}), ...conditionOf(restriction) };
        expect(publicGrants(of({ ...one, Condition }))).toEqual([]);
      }),
    );
  });

  it('is judged without throwing, whatever it holds', () => {
    const keys = [
      'Statement',
      'Effect',
      'Principal',
      'AWS',
      'Action',
      'Condition',
      'StringEquals',
      'aws:SourceIp',
      'IpAddress',
    ];
    const hostile = fc.object({
      key: fc.oneof(fc.constantFrom(...keys), fc.string()),
      maxDepth: 6,
      values: [fc.anything(), fc.constantFrom('Allow', '*', '0.0.0.0/0', 'arn:')],
    });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.anything(), fc.json()), (policy) => {
        expect(Array.isArray(publicGrants(policy))).toBe(true);
        expect(Array.isArray(publicGrants({ Statement: policy }))).toBe(true);
        expect(Array.isArray(policiesIn({ policy }))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is judged without throwing, however deep it goes', () => {
    const deep = JSON.parse(`${'[{"Principal":'.repeat(20_000)}1${'}]'.repeat(20_000)}`) as unknown;
    expect(publicGrants({ Statement: deep })).toEqual([]);
    expect(publicGrants(of({ ...OPEN, Principal: deep }))).toEqual([]);
    expect(publicGrants(of({ ...OPEN, Condition: { StringEquals: { 'aws:SourceAccount': deep } } }))).toHaveLength(1);
    expect(policiesIn({ policy: deep })).toEqual([]);
  });
});

describe('policies in request parameters', () => {
  const policy = of(OPEN);
  it.each([
    ['an object (S3)', { bucketName: 'b', bucketPolicy: policy, policy: '' }],
    ['a JSON string (KMS)', { keyId: 'k', policy: JSON.stringify(policy) }],
    ['an attribute (SQS)', { queueUrl: 'q', attributes: { Policy: JSON.stringify(policy) } }],
    ['policyText (ECR)', { repositoryName: 'r', policyText: JSON.stringify(policy) }],
    ['policyInJson (Glue)', { policyInJson: JSON.stringify(policy) }],
    ['a wrapped request (access points)', { PutAccessPointPolicyRequest: { Policy: JSON.stringify(policy) } }],
    ['a policy in a policy (Glacier)', { vaultName: 'v', policy: { policy: JSON.stringify(policy) } }],
  ])('are found as %s', (_form, parameters) => {
    expect(policiesIn(parameters)).toEqual([policy]);
  });

  it.each([
    ['other fields', { description: JSON.stringify(policy) }],
    ['policies without statements', { attributes: { RedrivePolicy: '{"maxReceiveCount":"5"}', Policy: '' } }],
    ['null', null],
    ['hidden parameters', 'HIDDEN_DUE_TO_SECURITY_REASONS'],
  ])('are not found in %s', (_form, parameters) => {
    expect(policiesIn(parameters)).toEqual([]);
  });
});
