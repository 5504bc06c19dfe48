import { asArray, at, field, numeric, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { shortService } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, later } from '../sample';
import { BURST_RUNBOOK } from './bursts';

export default defineRule({
  id: 'api-insight',
  title: 'CloudTrail Insights saw an unusual rate of calls',
  severity: (event) => (kindOf(event) === 'ApiErrorRateInsight' ? 'low' : 'medium'),
  rows: ['1-1'],
  attack: ['TA0007/T1526', 'TA0040/T1496'],
  match: [
    {
      feed: 'api-writes', // insights have no readOnly flag, and arrive with the writes
      outcome: 'any',
      record: { eventType: ['AwsCloudTrailInsight'], insightDetails: { state: ['Start'] } },
    },
  ],
  per: (event) => `${event.account}|${event.region}|${calledIn(event)}|${kindOf(event)}`,
  quietMs: HOUR,
  headline: (event) => {
    const what = kindOf(event) === 'ApiErrorRateInsight' ? 'errors of' : 'calls of';
    return `unusual rate of ${what} ${calledIn(event)} in ${event.account} ${event.region}: ${rates(event)}, mostly by ${callers(event)[0] ?? 'somebody the insight does not name'}`;
  },
  resources: callers,
  why: 'AWS compared the rate of one call with the week before and found it far above.',
  runbook: BURST_RUNBOOK,
  falsePositives: ['A deployment, a migration or a load test; whatever is done once a month.'],
  blindSpots: [
    'Needs a trail with Insights switched on, which costs extra; the first 36 hours of it are learning.',
    'Insights look at each call by itself: a burst of many kinds shows in none of them.',
    'Insights come tens of minutes after the fact. The end of an unusual rate is not told.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html',
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html',
  ],
});

function detail(event: TrailEvent, ...names: readonly string[]): unknown {
  return at(event.record, 'insightDetails', ...names);
}

function kindOf(event: TrailEvent): string {
  return text(detail(event, 'insightType')) ?? 'unknown kind';
}

/** `ec2 RunInstances` */
function calledIn(event: TrailEvent): string {
  const service = text(detail(event, 'eventSource')) ?? 'unknown service';
  return `${shortService(service)} ${text(detail(event, 'eventName')) ?? 'unknown call'}`;
}

/** `22.2 a minute instead of 0.002` */
function rates(event: TrailEvent): string {
  const rate = (name: string) => {
    const average = numeric(detail(event, 'insightContext', 'statistics', name, 'average'));
    return average === undefined ? 'an unknown rate' : String(Number(average.toPrecision(3)));
  };
  return `${rate('insight')} a minute instead of ${rate('baseline')}`;
}

/** Who placed most of the calls, as far as the insight says. */
function callers(event: TrailEvent): readonly string[] {
  return asArray(detail(event, 'insightContext', 'attributions'))
    .filter((attribution) => text(field(attribution, 'attribute')) === 'userIdentityArn')
    .flatMap((attribution) => asArray(field(attribution, 'insight')))
    .flatMap((one) => text(field(one, 'value')) ?? []);
}

export const examples = (): Examples => {
  const { userIdentity, eventSource, eventName, readOnly, sourceIPAddress, userAgent, ...rest } = call('', '');
  const insight = {
    ...rest,
    eventType: 'AwsCloudTrailInsight',
    eventCategory: 'Insight',
    managementEvent: undefined,
    sharedEventID: 'a1b2c3d4-0000-4000-8000-000000000001',
    insightDetails: {
      state: 'Start',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      insightType: 'ApiCallRateInsight',
      insightContext: {
        statistics: { baseline: { average: 0.0020833333 }, insight: { average: 22.2 }, insightDuration: 5 },
        attributions: [
          {
            attribute: 'userIdentityArn',
            insight: [{ value: 'arn:aws:sts::111122223333:assumed-role/ci/run-7', average: 22 }],
            baseline: [],
          },
          { attribute: 'errorCode', insight: [{ value: 'null', average: 22.2 }], baseline: [] },
        ],
      },
    },
  };
  const withDetails = (fields: object) => but(insight, { insightDetails: { ...insight.insightDetails, ...fields } });
  return {
    fires: [
      { why: 'far more calls than before', timeline: [insight], severity: 'medium' },
      { why: 'far more errors', timeline: [withDetails({ insightType: 'ApiErrorRateInsight' })], severity: 'low' },
      { why: 'its end does not tell it again', timeline: [insight, later(withDetails({ state: 'End' }), 300_000)] },
      { why: 'an insight that names nobody', timeline: [withDetails({ insightContext: null })] },
    ],
    quiet: [
      { why: 'the end of one that began before', timeline: [withDetails({ state: 'End' })] },
      { why: 'no insight', timeline: [but(insight, { eventType: 'AwsApiCall' })] },
    ],
  };
};
