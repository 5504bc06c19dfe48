import { type CheckExamples, defineCheck } from '../check';
import { trail } from '../sample';

export default defineCheck({
  id: 'trail-missing',
  title: 'No trail records all management events everywhere',
  severity: 'critical',
  controls: { cis: ['3.1'], fsbp: ['CloudTrail.1'] },
  reads: ['trails'],
  why: 'What happens in a region, or by a call, that no trail records is seen by nobody, Trailhound included.',
  fix: [
    'Make one: set deploy.createTrail to true in trailhound.yaml, or aws cloudtrail create-trail --name <name> --s3-bucket-name <bucket> --is-multi-region-trail --enable-log-file-validation; aws cloudtrail start-logging --name <name>',
    'Or widen the one you have: aws cloudtrail update-trail --name <name> --is-multi-region-trail; aws cloudtrail put-event-selectors --trail-name <name> --event-selectors \'[{"ReadWriteType":"All","IncludeManagementEvents":true}]\'',
  ],
  limits: ['Trails of the organization count, if they are visible in the account.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html',
  ],
  judge: ({ trails }, { account, partition }) => {
    const good = trails.some(
      ({ isMultiRegion, isLogging, allManagementEvents }) =>
        // What could not be read is told as unknown, not as wrong.
        isMultiRegion && isLogging !== false && allManagementEvents !== false,
    );
    if (good) return [];
    const detail =
      trails.length === 0
        ? 'The account has no trail'
        : `Of ${trails.length} ${trails.length === 1 ? 'trail' : 'trails'} none is logging all management events of all regions`;
    return [{ resource: `arn:${partition}:cloudtrail::${account}:account`, name: account, detail }];
  },
});

const resources = ['arn:aws:cloudtrail::111122223333:account'] as const;

export const examples = (): CheckExamples<'trails'> => ({
  fails: [
    { why: 'there is none', facts: { trails: [] }, resources },
    { why: 'one region only', facts: { trails: [trail('local', { isMultiRegion: false })] }, resources },
    { why: 'it is stopped', facts: { trails: [trail('all', { isLogging: false })] }, resources },
    {
      why: 'two, each with a gap of its own',
      facts: { trails: [trail('local', { isMultiRegion: false }), trail('writes', { allManagementEvents: false })] },
      resources,
    },
  ],
  passes: [
    { why: 'one for everything', facts: { trails: [trail('all')] } },
    { why: 'a good one beside a stopped one', facts: { trails: [trail('old', { isLogging: false }), trail('all')] } },
  ],
});
