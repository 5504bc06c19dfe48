import { type CheckExamples, defineCheck } from '../check';

export default defineCheck({
  id: 'security-hub-off',
  title: 'Security Hub is off in a region',
  severity: 'info',
  controls: { cis: ['4.16'] },
  reads: ['securityHub'],
  why: 'It gathers the findings of GuardDuty, Config and others, and judges many more controls than this audit does.',
  fix: ['aws securityhub enable-security-hub --region {region}'],
  limits: ['It costs by checks and findings; an account may do without it on purpose.'],
  references: ['https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html'],
  judge: ({ securityHub: { enabled } }, { account, partition, region = 'unknown' }) =>
    enabled
      ? []
      : [
          {
            resource: `arn:${partition}:securityhub:${region}:${account}:hub/default`,
            name: region,
            detail: `Security Hub is not enabled in ${region}`,
          },
        ],
});

const resources = ['arn:aws:securityhub:eu-west-1:111122223333:hub/default'] as const;

export const examples = (): CheckExamples<'securityHub'> => ({
  fails: [
    { why: 'it is off', facts: { securityHub: { enabled: false } }, resources },
    {
      why: 'it is off, whatever the settings',
      facts: { securityHub: { enabled: false } },
      settings: { allowedRegions: ['us-east-1'] },
      resources,
    },
  ],
  passes: [
    { why: 'it is on', facts: { securityHub: { enabled: true } } },
    {
      why: 'it is on, whatever the settings',
      facts: { securityHub: { enabled: true } },
      settings: { allowedRegions: ['us-east-1'] },
    },
  ],
});
