import { POSTURE_PERMISSIONS } from '../../lambda/config/posture-permissions';
import { SOURCES } from '../../lambda/posture/sources';

/** Calls of these names change nothing. One that is named otherwise is an exception, and has its reason. */
const READS = /^[a-z0-9-]+:(?:Describe|Get|List)[A-Z]\w*$/;
/** Asks IAM to write the report that is then read; a report of the last four hours is used again. */
const EXCEPTIONS = ['iam:GenerateCredentialReport'];

test('the audit reads, and nothing of what people store', () => {
  expect(POSTURE_PERMISSIONS.filter((name) => !READS.test(name))).toEqual(EXCEPTIONS);
  // Objects, items, parameters, secrets, code, logs.
  const contents =
    /:(?:GetObject|GetItem|Query|Scan|GetParameter|GetSecretValue|GetFunction|GetLogEvents|ReceiveMessage)/;
  expect(POSTURE_PERMISSIONS.filter((name) => contents.test(name))).toEqual([]);
});

test('it has what its sources need, and no more', () => {
  const needed = new Set(Object.values(SOURCES).flatMap(({ permissions }) => permissions));
  // To know whose account it is, and which regions there are.
  for (const name of ['sts:GetCallerIdentity', 'ec2:DescribeRegions'] as const) needed.add(name);
  expect([...needed].sort()).toEqual([...POSTURE_PERMISSIONS].sort());
});

test('permissions are listed once, in order', () => {
  expect([...new Set(POSTURE_PERMISSIONS)].sort()).toEqual([...POSTURE_PERMISSIONS]);
});
