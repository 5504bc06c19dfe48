import { type CheckExamples, defineCheck } from '../check';

export default defineCheck({
  id: 'imdsv2-not-default',
  title: 'New instances may use the old metadata service',
  severity: 'low',
  controls: {},
  reads: ['metadataDefaults'],
  why: 'By version 1, a web server that fetches addresses for visitors hands its role’s credentials to them.',
  fix: [
    'aws ec2 modify-instance-metadata-defaults --region {region} --http-tokens required --http-put-response-hop-limit 2',
  ],
  limits: [
    'Images that demand version 2 pass it on to their instances; instances that run already stay as they are, and are not read (CIS 5.6 and FSBP EC2.8 ask about those).',
  ],
  references: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html'],
  judge: ({ metadataDefaults: { httpTokens } }, { account, partition, region = 'unknown' }) =>
    httpTokens === 'required'
      ? []
      : [
          {
            resource: `arn:${partition}:ec2:${region}:${account}:instance-metadata-defaults`,
            name: region,
            detail: `New instances in ${region} need no token for their metadata (${httpTokens ?? 'no preference'})`,
          },
        ],
});

const resources = ['arn:aws:ec2:eu-west-1:111122223333:instance-metadata-defaults'] as const;

export const examples = (): CheckExamples<'metadataDefaults'> => ({
  fails: [
    { why: 'no preference', facts: { metadataDefaults: { httpTokens: undefined } }, resources },
    { why: 'tokens are optional', facts: { metadataDefaults: { httpTokens: 'optional' } }, resources },
  ],
  passes: [
    { why: 'tokens are required', facts: { metadataDefaults: { httpTokens: 'required' } } },
    {
      why: 'they are, whatever the settings',
      facts: { metadataDefaults: { httpTokens: 'required' } },
      settings: { allowedRegions: ['us-east-1'] },
    },
  ],
});
