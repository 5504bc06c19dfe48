import { type CheckExamples, defineCheck } from '../check';

export default defineCheck({
  id: 'access-analyzer-off',
  title: 'Access Analyzer is off in a region',
  severity: 'info',
  controls: { cis: ['1.20'] },
  reads: ['analyzers'],
  why: 'It proves, from all policies together, what somebody from outside can reach; and costs nothing.',
  fix: ['aws accessanalyzer create-analyzer --region {region} --analyzer-name account --type ACCOUNT'],
  limits: ['An analyzer of the organization counts where it is visible in the account.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-getting-started.html'],
  judge: ({ analyzers: { external } }, { account, partition, region = 'unknown' }) =>
    external
      ? []
      : [
          {
            resource: `arn:${partition}:access-analyzer:${region}:${account}:analyzer`,
            name: region,
            detail: `No analyzer of external access is active in ${region}`,
          },
        ],
});

const resources = ['arn:aws:access-analyzer:eu-west-1:111122223333:analyzer'] as const;

export const examples = (): CheckExamples<'analyzers'> => ({
  fails: [
    { why: 'there is none', facts: { analyzers: { external: false, unused: undefined } }, resources },
    { why: 'only one of unused access', facts: { analyzers: { external: false, unused: [] } }, resources },
  ],
  passes: [
    { why: 'there is one', facts: { analyzers: { external: true, unused: undefined } } },
    { why: 'there are both', facts: { analyzers: { external: true, unused: [] } } },
  ],
});
