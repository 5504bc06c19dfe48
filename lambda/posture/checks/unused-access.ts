import { type CheckExamples, defineCheck } from '../check';
import type { UnusedAccess } from '../facts';

const WORDS: Readonly<Record<string, string>> = {
  UnusedIAMRole: 'is not used',
  UnusedIAMUserAccessKey: 'has an access key that is not used',
  UnusedIAMUserPassword: 'has a password that is not used',
  UnusedPermission: 'has permissions that it does not use',
};

export default defineCheck({
  id: 'unused-access',
  title: 'Access Analyzer finds access that is not used',
  severity: 'low',
  controls: {},
  reads: ['analyzers'],
  why: 'What somebody may do and never does serves only whoever takes their place.',
  fix: [
    'See what it recommends: aws accessanalyzer list-findings-v2 --region {region} --analyzer-arn <analyzer ARN> --filter \'{"resource":{"eq":["{resource}"]}}\'',
    'Take away what is not used, or archive the finding: aws accessanalyzer update-findings --region {region} --analyzer-arn <analyzer ARN> --status ARCHIVED --ids <finding id>',
  ],
  limits: [
    'Says something only where an analyzer of unused access is on, which costs by the number of users and roles.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html'],
  judge: ({ analyzers: { unused = [] } }) => {
    const byResource = new Map<string, Set<string>>();
    for (const { resource, kind } of unused) {
      byResource.set(resource, (byResource.get(resource) ?? new Set()).add(WORDS[kind] ?? 'has unused access'));
    }
    return [...byResource].map(([resource, words]) => {
      const name = resource.slice(resource.lastIndexOf('/') + 1);
      return { resource, name, detail: `${name} ${[...words].sort().join(' and ')}` };
    });
  },
});

const finds = (...unused: UnusedAccess[]) => ({ analyzers: { external: true, unused } });
const build = 'arn:aws:iam::111122223333:role/build';

export const examples = (): CheckExamples<'analyzers'> => ({
  fails: [
    {
      why: 'unused permissions of a role',
      facts: finds({ resource: build, kind: 'UnusedPermission' }),
      resources: [build],
    },
    {
      why: 'a password and a key of one user, told once',
      facts: finds(
        { resource: 'arn:aws:iam::111122223333:user/ana', kind: 'UnusedIAMUserPassword' },
        { resource: 'arn:aws:iam::111122223333:user/ana', kind: 'UnusedIAMUserAccessKey' },
      ),
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
  ],
  passes: [
    { why: 'the analyzer finds nothing', facts: finds() },
    { why: 'there is no such analyzer', facts: { analyzers: { external: true, unused: undefined } } },
  ],
});
