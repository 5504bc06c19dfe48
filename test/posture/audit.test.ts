import { ListAnalyzersCommand, ListFindingsV2Command } from '@aws-sdk/client-accessanalyzer';
import { GetEventSelectorsCommand, GetTrailStatusCommand, ListTrailsCommand } from '@aws-sdk/client-cloudtrail';
import {
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import {
  GenerateCredentialReportCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { DescribeDBSnapshotAttributesCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds';
import { GetBucketAclCommand, GetBucketPolicyStatusCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetAccountBlockCommand } from '@aws-sdk/client-s3-control';
import { DescribeHubCommand } from '@aws-sdk/client-securityhub';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { type AuditOptions, audit } from '../../lambda/posture/audit';
import { CHECKS } from '../../lambda/posture/checks';
import type { Audit } from '../../lambda/posture/result';
import { EXAMPLE_NOW_MS } from '../../lambda/posture/sample';
import { isRegional } from '../../lambda/posture/sources';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { awsError, clients, mockedAccount, REPORT_HEADER, ROOT_ROW } from './account';

async function audited(differs: Partial<AuditOptions> = {}): Promise<Audit> {
  return audit({
    aws: await clients(),
    settings: DEFAULT_SETTINGS,
    regions: undefined,
    clock: { nowMs: () => EXAMPLE_NOW_MS, sleep: async () => {} },
    deadlineMs: EXAMPLE_NOW_MS + 1,
    ...differs,
  });
}

function resultOf({ results }: Audit, id: string) {
  const result = results.find(({ check }) => check.id === id);
  if (result === undefined) throw new Error(`no check ${id}`);
  return result;
}

const statusOf = (found: Audit) => Object.fromEntries(found.results.map(({ check, status }) => [check.id, status]));
const findingsOf = (found: Audit, id: string) =>
  resultOf(found, id).findings.map(({ resource, region }) => `${region} ${resource}`);
const encoded = (statement: object | readonly object[]) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statement }));

test('an account that is in order passes every check', async () => {
  mockedAccount();
  const found = await audited();
  expect(found).toMatchObject({
    account: '111122223333',
    partition: 'aws',
    regions: ['eu-west-1', 'us-east-1'],
    skipped: [],
  });
  expect(found.results.flatMap(({ problems }) => problems)).toEqual([]);
  expect(found.results.filter(({ status }) => status !== 'pass').map(({ check }) => check.id)).toEqual([]);
});

test('an empty account is judged too: what must be there and is not', async () => {
  const { iam, cloudTrail, guardDuty, config, securityHub, accessAnalyzer, s3Control, ec2 } = mockedAccount([
    'eu-west-1',
  ]);
  iam.on(GetAccountSummaryCommand).resolves({ SummaryMap: {} });
  iam.on(GetAccountPasswordPolicyCommand).rejects(awsError('NoSuchEntityException', 404));
  cloudTrail.on(ListTrailsCommand).resolves({});
  guardDuty.on(ListDetectorsCommand).resolves({});
  config.reset().resolves({});
  securityHub.on(DescribeHubCommand).rejects(awsError('InvalidAccessException', 401));
  accessAnalyzer.on(ListAnalyzersCommand).resolves({} as never);
  s3Control.on(GetAccountBlockCommand).rejects(awsError('NoSuchPublicAccessBlockConfiguration', 404));
  ec2.on(GetEbsEncryptionByDefaultCommand).resolves({});
  const found = await audited();
  const wrong = found.results.filter(({ status }) => status === 'fail').map(({ check }) => check.id);
  expect(wrong).toEqual([
    'access-analyzer-off',
    'account-public-access-block-off',
    'config-off',
    'ebs-encryption-off',
    'guardduty-off',
    'password-policy-weak',
    'root-mfa-missing',
    'security-hub-off',
    'trail-missing',
  ]);
  expect(found.results.flatMap(({ problems }) => problems)).toEqual([]);
});

describe('regions', () => {
  test('not enabled are skipped and named', async () => {
    const { ec2 } = mockedAccount();
    ec2.on(DescribeRegionsCommand).resolves({
      Regions: [
        { RegionName: 'eu-west-1', OptInStatus: 'opt-in-not-required' },
        { RegionName: 'af-south-1', OptInStatus: 'opted-in' },
        { RegionName: 'me-south-1', OptInStatus: 'not-opted-in' },
      ],
    });
    const found = await audited();
    expect(found.regions).toEqual(['af-south-1', 'eu-west-1']);
    expect(found.skipped).toEqual([{ region: 'me-south-1', why: 'not enabled in this account' }]);
    const some = await audited({ regions: ['me-south-1', 'eu-west-1', 'xx-north-9'] });
    expect(some.regions).toEqual(['eu-west-1']);
    expect(some.skipped).toEqual([
      { region: 'me-south-1', why: 'not enabled in this account' },
      { region: 'xx-north-9', why: 'no such region' },
    ]);
  });

  test('that cannot be listed leave the home region, and every regional check not known in full', async () => {
    const { ec2 } = mockedAccount();
    ec2.on(DescribeRegionsCommand).rejects(awsError('UnauthorizedOperation', 403));
    const found = await audited();
    expect(found.regions).toEqual(['eu-west-1']);
    for (const { check, status, problems } of found.results) {
      expect([check.id, status]).toEqual([check.id, isRegional(check) ? 'unknown' : 'pass']);
      if (isRegional(check)) expect(problems[0]).toMatchObject({ kind: 'denied', permission: 'ec2:DescribeRegions' });
    }
    // Whoever names regions needs no list.
    expect(Object.values(statusOf(await audited({ regions: ['us-east-1'] })))).not.toContain('unknown');
  });

  test('are judged one by one: findings and problems name theirs', async () => {
    const { guardDuty } = mockedAccount(['eu-west-1', 'us-east-1', 'us-west-2']);
    guardDuty.on(ListDetectorsCommand).callsFake(async (_, getClient) => {
      const region = await getClient().config.region();
      if (region === 'us-east-1') return { DetectorIds: [] };
      if (region === 'us-west-2') throw awsError('AccessDeniedException', 403);
      return { DetectorIds: ['d1'] };
    });
    const { status, findings, problems } = resultOf(await audited(), 'guardduty-off');
    expect(status).toBe('fail');
    expect(findings.map(({ region }) => region)).toEqual(['us-east-1']);
    expect(problems).toEqual([
      {
        kind: 'denied',
        permission: 'guardduty:ListDetectors',
        region: 'us-west-2',
        what: undefined,
        reason: 'AccessDeniedException',
      },
    ]);
  });
});

/** By source: a call that is denied, and the checks that must become unknown, no others. */
const DENIALS: readonly [string, (mocks: ReturnType<typeof mockedAccount>) => void, readonly string[]][] = [
  [
    'iam:GetAccountSummary',
    ({ iam }) => iam.on(GetAccountSummaryCommand).rejects(awsError('AccessDenied', 403)),
    ['root-access-key', 'root-mfa-missing', 'root-mfa-virtual'],
  ],
  [
    'iam:GenerateCredentialReport',
    ({ iam }) => iam.on(GenerateCredentialReportCommand).rejects(awsError('AccessDenied', 403)),
    ['access-key-old', 'access-key-unused', 'access-keys-two-active', 'password-unused', 'user-without-mfa'],
  ],
  [
    'iam:GetAccountAuthorizationDetails',
    ({ iam }) => iam.on(GetAccountAuthorizationDetailsCommand).rejects(awsError('AccessDeniedException', 403)),
    CHECKS.filter(({ reads }) => (reads as readonly string[]).includes('identities')).map(({ id }) => id),
  ],
  [
    's3:ListAllMyBuckets',
    ({ s3 }) => s3.on(ListBucketsCommand).rejects(awsError('AccessDenied', 403)),
    ['bucket-block-off', 'bucket-public', 'trail-bucket-public'],
  ],
  [
    'cloudtrail:ListTrails',
    ({ cloudTrail }) => cloudTrail.on(ListTrailsCommand).rejects(awsError('AccessDeniedException', 400)),
    ['trail-bucket-public', 'trail-missing', 'trail-not-encrypted', 'trail-stopped', 'trail-validation-off'],
  ],
  [
    'ec2:DescribeSecurityGroups',
    ({ ec2 }) => ec2.on(DescribeSecurityGroupsCommand).rejects(awsError('UnauthorizedOperation', 403)),
    ['default-security-group-open', 'security-group-open'],
  ],
];

test.each(DENIALS)(
  '%s denied: its checks are unknown and name it, the others stand',
  async (permission, deny, checks) => {
    const mocks = mockedAccount();
    deny(mocks);
    const found = await audited();
    for (const { check, status, problems } of found.results) {
      expect([check.id, status]).toEqual([check.id, checks.includes(check.id) ? 'unknown' : 'pass']);
      if (status !== 'unknown') continue;
      expect(problems[0]).toMatchObject({ kind: 'denied', permission });
    }
  },
);

test('everything denied: every check is unknown and names a permission', async () => {
  const mocks = mockedAccount();
  for (const [name, mock] of Object.entries(mocks))
    if (name !== 'sts') mock.reset().rejects(awsError('AccessDenied', 403));
  const found = await audited({ regions: ['eu-west-1'] });
  for (const { status, problems } of found.results) {
    expect(status).toBe('unknown');
    expect(problems.every(({ kind, permission }) => kind === 'denied' && permission !== undefined)).toBe(true);
  }
});

test('nobody knows whose account it is: the audit says so instead of judging', async () => {
  const { sts } = mockedAccount();
  sts.on(GetCallerIdentityCommand).rejects(awsError('ExpiredToken', 403));
  await expect(audited()).rejects.toMatchObject({
    name: 'ReadError',
    problem: { kind: 'failed', reason: 'ExpiredToken' },
  });
});

test('what is not read in time is unknown, and nothing hangs', async () => {
  mockedAccount();
  let nowMs = EXAMPLE_NOW_MS;
  const found = await audited({
    clock: {
      nowMs: () => {
        nowMs += 1_000;
        return nowMs;
      },
      sleep: async () => {},
    },
    deadlineMs: EXAMPLE_NOW_MS + 10_000,
  });
  const problems = found.results.flatMap((result) => result.problems);
  expect(problems.length).toBeGreaterThan(5);
  expect(new Set(problems.map(({ reason }) => reason))).toEqual(new Set(['no time was left']));
});

test('an answer that makes no sense, and a check that throws, hide nothing else', async () => {
  const { iam } = mockedAccount();
  iam.on(GetCredentialReportCommand).resolves({ Content: Buffer.from('<html>busy</html>') });
  const thrower = {
    ...(CHECKS[0] as (typeof CHECKS)[number]),
    id: 'thrower',
    judge: () => {
      throw new TypeError('oh');
    },
  };
  const found = await audited({ checks: [...CHECKS, thrower] });
  expect(resultOf(found, 'user-without-mfa')).toMatchObject({ status: 'unknown', problems: [{ kind: 'failed' }] });
  expect(resultOf(found, 'thrower')).toMatchObject({ status: 'unknown', problems: [{ reason: 'TypeError' }, {}] });
  expect(resultOf(found, 'trail-missing').status).toBe('pass');
});

describe('the credential report', () => {
  const row = (user: string, rest: string) =>
    `${user},arn:aws:iam::111122223333:user/${user},2020-01-01T00:00:00Z,${rest}`;
  const KEYS_NONE = 'false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A';

  test('is waited for, and read with names as hostile as IAM allows', async () => {
    const { iam } = mockedAccount();
    iam
      .on(GenerateCredentialReportCommand)
      .resolvesOnce({ State: 'STARTED' })
      .resolvesOnce({ State: 'INPROGRESS' })
      .resolves({ State: 'COMPLETE' });
    const password = 'true,no_information,2026-06-01T00:00:00+00:00,N/A,false';
    iam.on(GetCredentialReportCommand).resolves({
      Content: Buffer.from(
        [
          REPORT_HEADER,
          ROOT_ROW,
          row('ana', `${password},${KEYS_NONE}`),
          row('a,b=c@d', `${password},${KEYS_NONE}`),
        ].join('\r\n'),
      ),
    });
    let slept = 0;
    const found = await audited({
      clock: {
        nowMs: () => EXAMPLE_NOW_MS,
        sleep: async (ms) => {
          slept += ms;
        },
      },
    });
    expect(slept).toBe(4_000);
    expect(findingsOf(found, 'user-without-mfa')).toEqual([
      'global arn:aws:iam::111122223333:user/a,b=c@d',
      'global arn:aws:iam::111122223333:user/ana',
    ]);
  });

  test('that never comes is unknown', async () => {
    const { iam } = mockedAccount();
    iam.on(GenerateCredentialReportCommand).resolves({ State: 'STARTED' });
    iam.on(GetCredentialReportCommand).rejects(awsError('CredentialReportNotReadyException', 404));
    expect(resultOf(await audited(), 'user-without-mfa')).toMatchObject({
      status: 'unknown',
      problems: [{ kind: 'failed', permission: 'iam:GetCredentialReport' }],
    });
  });
});

describe('identities', () => {
  test('come in pages, policies after those who have them', async () => {
    const { iam } = mockedAccount();
    const ops = 'arn:aws:iam::111122223333:policy/ops';
    iam.on(GetAccountAuthorizationDetailsCommand).resolvesOnce({
      UserDetailList: [
        { UserName: 'ana', Arn: 'arn:aws:iam::111122223333:user/ana', GroupList: ['ops'] },
        {
          UserName: 'ben',
          Arn: 'arn:aws:iam::111122223333:user/ben',
          AttachedManagedPolicies: [{ PolicyArn: ops, PolicyName: 'ops' }],
          PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/limits' },
        },
      ],
      IsTruncated: true,
      Marker: 'two',
    });
    iam.on(GetAccountAuthorizationDetailsCommand, { Marker: 'two' }).resolves({
      GroupDetailList: [
        {
          GroupName: 'ops',
          Arn: 'arn:aws:iam::111122223333:group/ops',
          AttachedManagedPolicies: [{ PolicyArn: ops, PolicyName: 'ops' }],
        },
      ],
      IsTruncated: true,
      Marker: 'three',
    });
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
    iam.on(GetAccountAuthorizationDetailsCommand, { Marker: 'three' }).resolves({
      RoleDetailList: [
        {
          RoleName: 'open',
          Arn: 'arn:aws:iam::111122223333:role/open',
          Path: '/',
          CreateDate: new Date(EXAMPLE_NOW_MS - 864e5),
          AssumeRolePolicyDocument: encoded({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }),
          RolePolicyList: [{ PolicyName: 'odd', PolicyDocument: '%E0%A4%A' }],
        },
      ],
      Policies: [
        {
          PolicyName: 'ops',
          Arn: ops,
          AttachmentCount: 2,
          PolicyVersionList: [
            { VersionId: 'v1', IsDefaultVersion: false, Document: encoded({ ...everything, Effect: 'Deny' }) },
            { VersionId: 'v2', IsDefaultVersion: true, Document: encoded(everything) },
          ],
        },
        {
          PolicyName: 'limits',
          Arn: 'arn:aws:iam::111122223333:policy/limits',
          AttachmentCount: 0,
          PolicyVersionList: [{ IsDefaultVersion: true, Document: encoded({ ...everything, Action: 's3:*' }) }],
        },
      ],
      IsTruncated: false,
    });
    const found = await audited();
    expect(findingsOf(found, 'administrator-user')).toEqual(['global arn:aws:iam::111122223333:user/ana']);
    expect(findingsOf(found, 'administrator-group')).toEqual(['global arn:aws:iam::111122223333:group/ops']);
    expect(findingsOf(found, 'policy-full-admin')).toEqual([`global ${ops}`]);
    expect(findingsOf(found, 'trust-anyone')).toEqual(['global arn:aws:iam::111122223333:role/open']);
    expect(resultOf(found, 'user-policy-direct').findings.map(({ name }) => name)).toEqual(['ben']);
    // A policy that cannot be read may allow anything: what depends on it is not known in full.
    expect(resultOf(found, 'administrator-role')).toMatchObject({
      status: 'unknown',
      problems: [{ kind: 'failed', what: 'policy odd', reason: 'no document that could be read' }],
    });
  });

  test('whose pages go round in a circle are unknown, not endless', async () => {
    const { iam } = mockedAccount();
    iam.on(GetAccountAuthorizationDetailsCommand).resolves({ IsTruncated: true, Marker: 'again' });
    expect(resultOf(await audited(), 'role-unused')).toMatchObject({
      status: 'unknown',
      problems: [{ reason: 'the pages go round in a circle' }],
    });
  });

  test('root has an MFA app', async () => {
    const { iam } = mockedAccount();
    iam.on(ListVirtualMFADevicesCommand).resolves({
      VirtualMFADevices: [
        {
          SerialNumber: 'arn:aws:iam::111122223333:mfa/x',
          User: { Arn: 'arn:aws:iam::111122223333:user/ana' } as never,
        },
        {
          SerialNumber: 'arn:aws:iam::111122223333:mfa/root-account-mfa-device',
          User: { Arn: 'arn:aws:iam::111122223333:root' } as never,
        },
      ],
    });
    expect(findingsOf(await audited(), 'root-mfa-virtual')).toEqual(['global arn:aws:iam::111122223333:root']);
  });
});

test('buckets: one that cannot be read is unknown by name, the others are judged where they are', async () => {
  const { s3, s3Control } = mockedAccount();
  s3Control.on(GetAccountBlockCommand).rejects(awsError('NoSuchPublicAccessBlockConfiguration', 404));
  s3.on(ListBucketsCommand).resolvesOnce({
    Buckets: [{ Name: 'www', BucketRegion: 'us-east-1' }],
    ContinuationToken: 'more',
  });
  s3.on(ListBucketsCommand, { ContinuationToken: 'more' }).resolves({
    Buckets: [
      { Name: 'locked', BucketRegion: 'eu-west-1' },
      { Name: 'open', BucketRegion: 'eu-west-1' },
    ],
  });
  const asked: string[] = [];
  s3.on(GetBucketPolicyStatusCommand).callsFake(async ({ Bucket }, getClient) => {
    asked.push(`${Bucket} ${await getClient().config.region()}`);
    if (Bucket === 'locked') throw awsError('AccessDenied', 403);
    return { PolicyStatus: { IsPublic: Bucket === 'www' } };
  });
  s3.on(GetBucketAclCommand, { Bucket: 'open' }).resolves({
    Grants: [
      { Permission: 'FULL_CONTROL', Grantee: { Type: 'CanonicalUser', ID: 'me' } },
      {
        Permission: 'WRITE',
        Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers' },
      },
      { Permission: 'READ_ACP', Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' } },
    ],
  });
  const found = await audited();
  expect(asked.sort()).toEqual(['locked eu-west-1', 'open eu-west-1', 'www us-east-1']);
  const { findings, problems, status } = resultOf(found, 'bucket-public');
  expect(status).toBe('fail');
  expect(findings.map(({ resource, region, severity }) => [resource, region, severity])).toEqual([
    ['arn:aws:s3:::open', 'eu-west-1', 'critical'],
    ['arn:aws:s3:::www', 'us-east-1', 'high'],
  ]);
  expect(problems).toEqual([
    {
      kind: 'denied',
      permission: 's3:GetBucketPolicyStatus',
      region: undefined,
      what: 'bucket locked',
      reason: 'AccessDenied',
    },
  ]);
});

test('trails: what a trail records, and whether it delivers', async () => {
  const { cloudTrail } = mockedAccount();
  const management = { Field: 'eventCategory', Equals: ['Management'] };
  const selectors: readonly [string, object, 'pass' | 'fail'][] = [
    ['as made', { EventSelectors: [{}] }, 'pass'],
    ['writes only', { EventSelectors: [{ ReadWriteType: 'WriteOnly' }] }, 'fail'],
    ['no management events', { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: false }] }, 'fail'],
    ['without KMS', { EventSelectors: [{ ExcludeManagementEventSources: ['kms.amazonaws.com'] }] }, 'pass'],
    ['without IAM', { EventSelectors: [{ ExcludeManagementEventSources: ['iam.amazonaws.com'] }] }, 'fail'],
    ['advanced', { AdvancedEventSelectors: [{ FieldSelectors: [management] }] }, 'pass'],
    [
      'advanced without KMS',
      {
        AdvancedEventSelectors: [
          { FieldSelectors: [management, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }] },
        ],
      },
      'pass',
    ],
    [
      'advanced, writes only',
      { AdvancedEventSelectors: [{ FieldSelectors: [management, { Field: 'readOnly', Equals: ['false'] }] }] },
      'fail',
    ],
    [
      'advanced, without a user',
      {
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              management,
              { Field: 'userIdentity.arn', NotStartsWith: ['arn:aws:iam::111122223333:user/x'] },
            ],
          },
        ],
      },
      'fail',
    ],
    [
      'data events only',
      { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] },
      'fail',
    ],
    ['nothing', {}, 'fail'],
  ];
  for (const [why, answer, status] of selectors) {
    cloudTrail.on(GetEventSelectorsCommand).resolves(answer);
    expect([why, resultOf(await audited(), 'trail-missing').status]).toEqual([why, status]);
  }
  cloudTrail.on(GetEventSelectorsCommand).rejects(awsError('AccessDeniedException', 403));
  expect(resultOf(await audited(), 'trail-missing')).toMatchObject({
    status: 'unknown',
    problems: [{ permission: 'cloudtrail:GetEventSelectors', what: 'trail all' }],
  });
  cloudTrail.on(GetTrailStatusCommand).resolves({ IsLogging: true, LatestDeliveryError: 'NoSuchBucket' });
  expect(findingsOf(await audited(), 'trail-stopped')).toEqual([
    'eu-west-1 arn:aws:cloudtrail:eu-west-1:111122223333:trail/all',
  ]);
});

test('security groups and snapshots in pages', async () => {
  const { ec2, rds } = mockedAccount(['eu-west-1']);
  const group = (id: string, port: number | undefined, protocol = 'tcp') => ({
    GroupId: id,
    GroupName: 'web',
    VpcId: 'vpc-1',
    IpPermissions: [
      {
        IpProtocol: protocol,
        ...(port === undefined ? {} : { FromPort: port, ToPort: port }),
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
        Ipv6Ranges: [],
      },
    ],
  });
  ec2
    .on(DescribeSecurityGroupsCommand)
    .resolvesOnce({ SecurityGroups: [group('sg-1', 22), group('sg-2', 443)], NextToken: 'more' });
  ec2
    .on(DescribeSecurityGroupsCommand, { NextToken: 'more' })
    .resolves({ SecurityGroups: [group('sg-3', undefined, '-1'), group('sg-4', 8, 'icmp')], NextToken: '' });
  ec2.on(DescribeSnapshotsCommand).resolves({ Snapshots: [{ SnapshotId: 'snap-1' }] });
  rds
    .on(DescribeDBSnapshotsCommand)
    .resolvesOnce({ DBSnapshots: [{ DBSnapshotIdentifier: 'a', DBSnapshotArn: 'arn:a' }], Marker: 'm' });
  rds
    .on(DescribeDBSnapshotsCommand, { Marker: 'm' })
    .resolves({ DBSnapshots: [{ DBSnapshotIdentifier: 'b', DBSnapshotArn: 'arn:b' }] });
  rds.on(DescribeDBSnapshotAttributesCommand, { DBSnapshotIdentifier: 'b' }).resolves({
    DBSnapshotAttributesResult: {
      DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: ['444455556666', 'all'] }],
    },
  });
  const found = await audited();
  expect(resultOf(found, 'security-group-open').findings.map(({ name }) => name)).toEqual(['sg-1', 'sg-3']);
  expect(findingsOf(found, 'volume-snapshot-public')).toEqual([
    'eu-west-1 arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1',
  ]);
  expect(findingsOf(found, 'database-snapshot-public')).toEqual(['eu-west-1 arn:b']);
});

test('Access Analyzer’s findings of unused access are told by resource', async () => {
  const { accessAnalyzer } = mockedAccount(['eu-west-1']);
  accessAnalyzer.on(ListAnalyzersCommand).resolves({
    analyzers: [
      { arn: 'arn:external', name: 'a', type: 'ACCOUNT', status: 'ACTIVE' },
      { arn: 'arn:unused', name: 'b', type: 'ACCOUNT_UNUSED_ACCESS', status: 'ACTIVE' },
      { arn: 'arn:old', name: 'c', type: 'ACCOUNT_UNUSED_ACCESS', status: 'DISABLED' },
    ] as never,
  });
  const finding = (resource: string, findingType: string) => ({ resource, findingType }) as never;
  accessAnalyzer.on(ListFindingsV2Command).resolvesOnce({
    findings: [finding('arn:aws:iam::111122223333:role/build', 'UnusedPermission')],
    nextToken: 'more',
  });
  accessAnalyzer
    .on(ListFindingsV2Command, { nextToken: 'more' })
    .resolves({ findings: [finding('arn:aws:iam::111122223333:role/old', 'UnusedIAMRole')] });
  const found = await audited();
  expect(resultOf(found, 'unused-access').findings.map(({ detail }) => detail)).toEqual([
    'build has permissions that it does not use',
    'old is not used',
  ]);
  expect(accessAnalyzer.commandCalls(ListFindingsV2Command)).toHaveLength(2);
});
