import { type CheckExamples, defineCheck } from '../check';

export default defineCheck({
  id: 'ebs-encryption-off',
  title: 'New volumes are not encrypted by default',
  severity: 'low',
  controls: { cis: ['2.2.1'], fsbp: ['EC2.7'] },
  reads: ['ebsEncryption'],
  why: 'A snapshot of a volume that is not encrypted can be shared with any account and read there.',
  fix: ['aws ec2 enable-ebs-encryption-by-default --region {region}'],
  limits: ['Volumes that exist already stay as they are, and are not read.'],
  references: ['https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html'],
  judge: ({ ebsEncryption: { byDefault } }, { account, partition, region = 'unknown' }) =>
    byDefault
      ? []
      : [
          {
            resource: `arn:${partition}:ec2:${region}:${account}:ebs-encryption-by-default`,
            name: region,
            detail: `New volumes in ${region} are encrypted only if somebody asks for it`,
          },
        ],
});

const resources = ['arn:aws:ec2:eu-west-1:111122223333:ebs-encryption-by-default'] as const;

export const examples = (): CheckExamples<'ebsEncryption'> => ({
  fails: [
    { why: 'it is off', facts: { ebsEncryption: { byDefault: false } }, resources },
    {
      why: 'it is off, whatever the settings',
      facts: { ebsEncryption: { byDefault: false } },
      settings: { allowedRegions: ['us-east-1'] },
      resources,
    },
  ],
  passes: [
    { why: 'it is on', facts: { ebsEncryption: { byDefault: true } } },
    {
      why: 'it is on, whatever the settings',
      facts: { ebsEncryption: { byDefault: true } },
      settings: { allowedRegions: ['us-east-1'] },
    },
  ],
});
