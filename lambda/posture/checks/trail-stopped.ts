import { type CheckExamples, defineCheck } from '../check';
import { trail } from '../sample';

export default defineCheck({
  id: 'trail-stopped',
  title: 'Trail does not log or cannot deliver',
  severity: 'high',
  controls: {},
  reads: ['trails'],
  why: 'Somebody relies on this trail, and its files stay away.',
  fix: [
    'Start it: aws cloudtrail start-logging --region {region} --name {resource}',
    'If delivery fails, see why, then mend the bucket’s policy: aws cloudtrail get-trail-status --region {region} --name {resource}',
  ],
  limits: ['A trail that is not needed any more is better deleted than stopped.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html',
  ],
  judge: ({ trails }) =>
    trails.flatMap(({ arn, name, homeRegion, isLogging, deliveryError }) => {
      const wrong = [
        ...(isLogging === false ? ['does not log'] : []),
        ...(deliveryError === undefined ? [] : [`could not deliver (${deliveryError})`]),
      ];
      if (wrong.length === 0) return [];
      return [{ resource: arn, name, region: homeRegion, detail: `Trail ${name} ${wrong.join(' and ')}` }];
    }),
});

const resources = ['arn:aws:cloudtrail:eu-west-1:111122223333:trail/all'] as const;

export const examples = (): CheckExamples<'trails'> => ({
  fails: [
    { why: 'it does not log', facts: { trails: [trail('all', { isLogging: false })] }, resources },
    { why: 'the bucket refuses', facts: { trails: [trail('all', { deliveryError: 'AccessDenied' })] }, resources },
  ],
  passes: [
    { why: 'it logs and delivers', facts: { trails: [trail('all')] } },
    { why: 'its state could not be read', facts: { trails: [trail('all', { isLogging: undefined })] } },
  ],
});
