import { type CheckExamples, defineCheck } from '../check';
import { trail } from '../sample';

export default defineCheck({
  id: 'trail-validation-off',
  title: 'Log files of a trail can be changed unnoticed',
  severity: 'medium',
  controls: { cis: ['3.2'], fsbp: ['CloudTrail.4'] },
  reads: ['trails'],
  why: 'Without digests nobody can prove, or see, that a log file was changed or removed.',
  fix: ['aws cloudtrail update-trail --region {region} --name {resource} --enable-log-file-validation'],
  limits: ['Digests say that a file was changed; Object Lock on the bucket keeps it from being changed.'],
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html'],
  judge: ({ trails }) =>
    trails
      .filter(({ validates }) => !validates)
      .map(({ arn, name, homeRegion }) => ({
        resource: arn,
        name,
        region: homeRegion,
        detail: `Trail ${name} has no log file validation`,
      })),
});

const resources = ['arn:aws:cloudtrail:eu-west-1:111122223333:trail/all'] as const;

export const examples = (): CheckExamples<'trails'> => ({
  fails: [
    { why: 'it is off', facts: { trails: [trail('all', { validates: false })] }, resources },
    { why: 'it is off for one of two', facts: { trails: [trail('all', { validates: false }), trail('b')] }, resources },
  ],
  passes: [
    { why: 'it is on', facts: { trails: [trail('all')] } },
    { why: 'there is no trail, which has a check of its own', facts: { trails: [] } },
  ],
});
