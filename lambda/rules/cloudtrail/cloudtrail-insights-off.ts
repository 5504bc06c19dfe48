import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { insightsLeft } from './selectors';
import { CLOUDTRAIL, trailInWords, trailName, trailResources } from './trails';

export default defineRule({
  id: 'cloudtrail-insights-off',
  title: 'CloudTrail Insights switched off',
  severity: 'low',
  rows: ['0-1'],
  attack: ['TA0005/T1562.008'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: CLOUDTRAIL, calls: ['PutInsightSelectors'] }],
  when: ({ record }) => insightsLeft(record['requestParameters']) === 0,
  per: (event) => `${event.account}|${trailName(event) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) => `${event.actor} switched Insights off on ${trailInWords(event)}`,
  resources: trailResources,
  why: 'Insights report unusual rates of calls and errors. Logging itself goes on.',
  runbook: [
    'Ask the owner of the trail; Insights cost money and are often switched off for that.',
    'Switch them on again: aws cloudtrail put-insight-selectors --trail-name <trail> --insight-selectors \'[{"InsightType":"ApiCallRateInsight"},{"InsightType":"ApiErrorRateInsight"}]\'.',
  ],
  falsePositives: ['Saving cost.'],
  blindSpots: ['Switching off one of two kinds of insights is not reported.'],
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutInsightSelectors.html'],
});

export const examples = (): Examples => {
  const off = call(CLOUDTRAIL, 'PutInsightSelectors', {
    requestParameters: { trailName: 'org-trail', insightSelectors: [] },
  });
  return {
    fires: [
      { why: 'an empty list', timeline: [off], severity: 'low' },
      { why: 'no list in the record', timeline: [but(off, { requestParameters: { trailName: 'org-trail' } })] },
    ],
    quiet: [
      {
        why: 'one kind stays',
        timeline: [
          but(off, {
            requestParameters: { trailName: 'org-trail', insightSelectors: [{ insightType: 'ApiCallRateInsight' }] },
          }),
        ],
      },
      { why: 'refused', timeline: [denied(off)] },
    ],
  };
};
