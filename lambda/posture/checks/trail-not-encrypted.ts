import { type CheckExamples, defineCheck } from '../check';
import { trail } from '../sample';

export default defineCheck({
  id: 'trail-not-encrypted',
  title: 'Trail is not encrypted with a key of your own',
  severity: 'low',
  controls: { cis: ['3.5'], fsbp: ['CloudTrail.2'] },
  reads: ['trails'],
  why: 'With a key of your own, reading the logs needs the permission to decrypt besides that to read the bucket.',
  fix: [
    'Let CloudTrail use a key (its policy needs a statement for cloudtrail.amazonaws.com), then: aws cloudtrail update-trail --region {region} --name {resource} --kms-key-id <key ARN>',
  ],
  limits: ['S3 encrypts the files with a key of its own in any case.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html',
  ],
  judge: ({ trails }) =>
    trails
      .filter(({ kmsKeyId }) => kmsKeyId === undefined)
      .map(({ arn, name, homeRegion }) => ({
        resource: arn,
        name,
        region: homeRegion,
        detail: `Trail ${name} has no KMS key`,
      })),
});

const resources = ['arn:aws:cloudtrail:eu-west-1:111122223333:trail/all'] as const;

export const examples = (): CheckExamples<'trails'> => ({
  fails: [
    { why: 'no key', facts: { trails: [trail('all', { kmsKeyId: undefined })] }, resources },
    { why: 'one of two has none', facts: { trails: [trail('b'), trail('all', { kmsKeyId: undefined })] }, resources },
  ],
  passes: [
    { why: 'a key', facts: { trails: [trail('all')] } },
    { why: 'there is no trail, which has a check of its own', facts: { trails: [] } },
  ],
});
