import { DescribeRegionsCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { GetAccountAuthorizationDetailsCommand, GetCredentialReportCommand } from '@aws-sdk/client-iam';
import {
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { audit } from '../../lambda/posture/audit';
import { EXAMPLE_NOW_MS } from '../../lambda/posture/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { clients, mockedAccount, REPORT_HEADER, ROOT_ROW } from './account';

jest.setTimeout(240_000);

const USERS = 5_000;
const ROLES = 1_000;
const POLICIES = 1_000;
const BUCKETS = 500;
const GROUPS_PER_REGION = 500;
const REGIONS = [
  ...[
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
    'ca-central-1',
    'sa-east-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
  ],
  ...[
    'eu-central-1',
    'eu-north-1',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-northeast-1',
    'ap-northeast-2',
  ],
  'ap-northeast-3',
];

const ARN = 'arn:aws:iam::111122223333';
const encoded = (statement: object) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
const INLINE = encoded({
  Effect: 'Allow',
  Action: ['s3:GetObject', 'dynamodb:Query'],
  Resource: 'arn:aws:s3:::data/*',
});
const TRUST = encoded({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' });

/** A large account: every tenth user has no MFA, every hundredth role is an administrator. */
function largeAccount() {
  const mocks = mockedAccount(REGIONS);
  const users = Array.from({ length: USERS }, (_, index) => ({
    UserName: `user-${index}`,
    Arn: `${ARN}:user/user-${index}`,
    GroupList: [`group-${index % 50}`],
    UserPolicyList: [{ PolicyName: 'own', PolicyDocument: INLINE }],
    AttachedManagedPolicies: [
      { PolicyName: `p-${index % POLICIES}`, PolicyArn: `${ARN}:policy/p-${index % POLICIES}` },
    ],
  }));
  const groups = Array.from({ length: 50 }, (_, index) => ({
    GroupName: `group-${index}`,
    Arn: `${ARN}:group/group-${index}`,
    GroupPolicyList: [{ PolicyName: 'own', PolicyDocument: INLINE }],
  }));
  const roles = Array.from({ length: ROLES }, (_, index) => ({
    RoleName: `role-${index}`,
    Arn: `${ARN}:role/role-${index}`,
    Path: '/',
    CreateDate: new Date(EXAMPLE_NOW_MS - 864e7),
    RoleLastUsed: { LastUsedDate: new Date(EXAMPLE_NOW_MS - 864e5) },
    AssumeRolePolicyDocument: TRUST,
    RolePolicyList: [
      {
        PolicyName: 'own',
        PolicyDocument: index % 100 === 0 ? encoded({ Effect: 'Allow', Action: '*', Resource: '*' }) : INLINE,
      },
    ],
  }));
  const policies = Array.from({ length: POLICIES }, (_, index) => ({
    PolicyName: `p-${index}`,
    Arn: `${ARN}:policy/p-${index}`,
    AttachmentCount: 5,
    PolicyVersionList: [
      {
        IsDefaultVersion: true,
        Document: encoded({
          Effect: 'Allow',
          Action: Array.from({ length: 60 }, (_, call) => `ec2:Describe${call}*`),
          Resource: '*',
        }),
      },
    ],
  }));
  const everything = [
    ...users.map((one) => ({ UserDetailList: [one] })),
    ...groups.map((one) => ({ GroupDetailList: [one] })),
    ...roles.map((one) => ({ RoleDetailList: [one] })),
    ...policies.map((one) => ({ Policies: [one] })),
  ];
  const all = (name: string, from: number) =>
    everything.slice(from, from + 1_000).flatMap((one) => (one as Record<string, object[]>)[name] ?? []);
  mocks.iam
    .on(GetAccountAuthorizationDetailsCommand)
    .callsFake(({ Marker = '0', MaxItems }: { Marker?: string; MaxItems: number }) => {
      const from = Number(Marker);
      expect(MaxItems).toBe(1_000);
      return {
        UserDetailList: all('UserDetailList', from),
        GroupDetailList: all('GroupDetailList', from),
        RoleDetailList: all('RoleDetailList', from),
        Policies: all('Policies', from),
        IsTruncated: from + 1_000 < everything.length,
        Marker: String(from + 1_000),
      };
    });
  const rows = Array.from({ length: USERS }, (_, index) => {
    const name = `user-${index}`;
    const key =
      'true,2026-05-01T00:00:00+00:00,2026-06-14T00:00:00+00:00,eu-west-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A';
    return `${name},${ARN}:user/${name},2024-01-01T00:00:00+00:00,true,2026-06-14T00:00:00+00:00,2026-05-01T00:00:00+00:00,N/A,${index % 10 !== 0},${key}`;
  });
  mocks.iam
    .on(GetCredentialReportCommand)
    .resolves({ Content: Buffer.from([REPORT_HEADER, ROOT_ROW, ...rows].join('\n')) });
  mocks.s3.on(ListBucketsCommand).resolves({
    Buckets: Array.from({ length: BUCKETS }, (_, index) => ({
      Name: `bucket-${index}`,
      BucketRegion: REGIONS[index % REGIONS.length] as string,
    })),
  });
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({
    SecurityGroups: Array.from({ length: GROUPS_PER_REGION }, (_, index) => ({
      GroupId: `sg-${index}`,
      GroupName: 'app',
      VpcId: 'vpc-1',
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    })),
  });
  expect(mocks.s3.commandCalls(GetBucketAclCommand)).toHaveLength(0);
  return mocks;
}

test('5,000 users and 17 regions: seconds and megabytes', async () => {
  const mocks = largeAccount();
  const aws = await clients();
  (globalThis as { gc?: () => void }).gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  let heapMost = 0;
  const sampler = setInterval(() => {
    heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
  }, 5);
  const started = Date.now();
  const found = await audit({
    aws,
    settings: DEFAULT_SETTINGS,
    regions: undefined,
    clock: { nowMs: () => EXAMPLE_NOW_MS, sleep: async () => {} },
    deadlineMs: EXAMPLE_NOW_MS + 1,
  });
  const tookMs = Date.now() - started;
  clearInterval(sampler);
  heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
  const calls = Object.values(mocks).reduce((sum, mock) => sum + mock.calls().length, 0);
  const megabytes = Math.round((heapMost - heapBefore) / 1e6);
  process.stderr.write(
    `posture: ${USERS} users, ${REGIONS.length} regions: ${tookMs} ms, ${calls} calls, ${megabytes} MB more heap\n`,
  );

  expect(found.regions).toHaveLength(17);
  expect(found.results.flatMap(({ problems }) => problems)).toEqual([]);
  const count = (id: string) => found.results.find(({ check }) => check.id === id)?.findings.length;
  expect(count('user-without-mfa')).toBe(USERS / 10);
  expect(count('administrator-role')).toBe(ROLES / 100);
  expect(count('user-policy-direct')).toBe(USERS);
  expect(count('security-group-open')).toBe(0);
  // One page of a thousand things at a time, three calls a bucket, a dozen a region; not some for every user.
  expect(mocks.iam.commandCalls(GetAccountAuthorizationDetailsCommand)).toHaveLength(8);
  for (const command of [GetBucketAclCommand, GetBucketPolicyStatusCommand, GetPublicAccessBlockCommand] as const) {
    expect(mocks.s3.commandCalls(command as typeof GetBucketAclCommand)).toHaveLength(BUCKETS);
  }
  expect(mocks.ec2.commandCalls(DescribeRegionsCommand)).toHaveLength(1);
  expect(calls).toBeLessThan(BUCKETS * 3 + REGIONS.length * 20 + 50);
  // The function has 15 minutes and 1,024 MB; a test machine may be busy.
  expect(tookMs).toBeLessThan(60_000);
  expect(megabytes).toBeLessThan(500);
});

test('no more calls at once than a service bears, whatever there is to ask', async () => {
  const mocks = largeAccount();
  let running = 0;
  let most = 0;
  const slow = async <T>(answer: T): Promise<T> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    return answer;
  };
  mocks.s3.on(GetBucketAclCommand).callsFake(() => slow({ Grants: [] }));
  mocks.s3.on(GetBucketPolicyStatusCommand).callsFake(() => slow({ PolicyStatus: { IsPublic: false } }));
  mocks.s3.on(GetPublicAccessBlockCommand).callsFake(() => slow({}));
  await audit({
    aws: await clients(),
    settings: DEFAULT_SETTINGS,
    regions: ['eu-west-1'],
    clock: { nowMs: () => EXAMPLE_NOW_MS, sleep: async () => {} },
    deadlineMs: EXAMPLE_NOW_MS + 1,
  });
  expect(most).toBeGreaterThan(8);
  expect(most).toBeLessThanOrEqual(24);
});
