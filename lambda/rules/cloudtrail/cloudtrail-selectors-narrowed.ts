import { agentContains } from '../../intake/caller';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, repeat } from '../sample';
import { levelOf, severityAt, shifted } from '../severity';
import { type Narrowing, narrowings } from './selectors';
import { CLOUDTRAIL, trailInWords, trailName, trailResources } from './trails';

export default defineRule({
  id: 'cloudtrail-selectors-narrowed',
  title: 'CloudTrail trail leaves management events out',
  severity: (event, settings) => {
    const gravest = Math.max(0, ...narrowed(event).map(({ severity }) => levelOf(severity)));
    return shifted(severityAt(gravest), agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0);
  },
  rows: ['0-1'],
  attack: ['TA0005/T1562.008'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: CLOUDTRAIL, calls: ['PutEventSelectors'] }],
  when: (event) => narrowed(event).length > 0,
  per: (event) => `${event.account}|${trailName(event) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  settings: ['infrastructureAsCodeAgents'],
  headline: (event) =>
    `${event.actor} narrowed what ${trailInWords(event)} records: ${narrowed(event)
      .map(({ says }) => says)
      .join(', ')}`,
  resources: trailResources,
  why: 'The trail keeps logging and looks healthy, while the events that would betray an intruder, even a single principal, are no longer recorded or delivered to any detector.',
  runbook: [
    'See what is selected now: aws cloudtrail get-event-selectors --trail-name <trail>.',
    'Record everything again: aws cloudtrail put-event-selectors --trail-name <trail> --event-selectors \'[{"ReadWriteType":"All","IncludeManagementEvents":true}]\' (add your data events).',
    'If a principal or a call was left out, that is what the actor wants to hide: look at what it did, and revoke its sessions and keys.',
    'Event history does not depend on selectors: aws cloudtrail lookup-events shows the last 90 days, management events only.',
  ],
  falsePositives: [
    'A second trail that is meant for data events only: suppress this rule for that trail.',
    'Leaving out KMS or the RDS Data API for cost, which AWS suggests; it still hides what happens to keys.',
  ],
  blindSpots: [
    'Several selectors that each leave out something else are judged by the best of them, reads and writes apart.',
    'Data events that are dropped, and the selectors of CloudTrail Lake event data stores, are not judged.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html',
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html',
    'https://attack.mitre.org/techniques/T1562/008/',
  ],
});

function narrowed({ record }: TrailEvent): readonly Narrowing[] {
  return narrowings(record['requestParameters'], record['responseElements']);
}

export const examples = (): Examples => {
  const put = (parameters: object) =>
    call(CLOUDTRAIL, 'PutEventSelectors', { requestParameters: { trailName: 'org-trail', ...parameters } });
  const complete = {
    readWriteType: 'All',
    includeManagementEvents: true,
    dataResources: [],
    excludeManagementEventSources: [],
  };
  const basic = (...selectors: object[]) => put({ eventSelectors: selectors.map((one) => ({ ...complete, ...one })) });
  const management = { field: 'eventCategory', equals: ['Management'] };
  const advanced = (...selectors: object[][]) =>
    put({ advancedEventSelectors: selectors.map((fieldSelectors) => ({ name: 'chosen', fieldSelectors })) });
  const managementOff = basic({ includeManagementEvents: false });
  const alice = 'arn:aws:iam::111122223333:user/alice';
  return {
    fires: [
      { why: 'management events off', timeline: [managementOff], severity: 'high' },
      { why: 'a flag as text', timeline: [basic({ includeManagementEvents: 'false' })], severity: 'high' },
      { why: 'reads only', timeline: [basic({ readWriteType: 'ReadOnly' })], severity: 'high' },
      { why: 'writes only', timeline: [basic({ readWriteType: 'WriteOnly' })], severity: 'high' },
      { why: 'no selector at all', timeline: [basic()], severity: 'high' },
      {
        why: 'keys left out, which AWS suggests for cost',
        timeline: [basic({ excludeManagementEventSources: ['kms.amazonaws.com'] })],
        severity: 'medium',
      },
      {
        why: 'only the RDS Data API left out',
        timeline: [basic({ excludeManagementEventSources: ['rdsdata.amazonaws.com'] })],
        severity: 'low',
      },
      {
        why: 'data events only',
        timeline: [advanced([{ field: 'eventCategory', equals: ['Data'] }])],
        severity: 'high',
      },
      {
        why: 'one principal left out',
        timeline: [advanced([management, { field: 'userIdentity.arn', notEquals: [alice] }])],
        severity: 'high',
      },
      {
        why: 'calls left out',
        timeline: [advanced([management, { field: 'eventName', notEquals: ['StopLogging', 'CreateUser'] }])],
        severity: 'high',
      },
      {
        why: 'a service left out that is not among the usual ones',
        timeline: [
          advanced([management, { field: 'eventSource', notEquals: ['kms.amazonaws.com', 'iam.amazonaws.com'] }]),
        ],
        severity: 'high',
      },
      {
        why: 'services left out by the start of their name',
        timeline: [advanced([management, { field: 'eventSource', notStartsWith: ['k'] }])],
        severity: 'high',
      },
      {
        why: 'one service only',
        timeline: [advanced([management, { field: 'eventSource', equals: ['s3.amazonaws.com'] }])],
        severity: 'high',
      },
      {
        why: 'keys left out with an advanced selector',
        timeline: [advanced([management, { field: 'eventSource', notEquals: ['kms.amazonaws.com'] }])],
        severity: 'medium',
      },
      {
        why: 'writes only, with an advanced selector',
        timeline: [advanced([management, { field: 'readOnly', equals: ['false'] }])],
        severity: 'high',
      },
      {
        why: 'both halves, but writes without one principal',
        timeline: [
          advanced(
            [management, { field: 'readOnly', equals: ['true'] }],
            [management, { field: 'readOnly', equals: ['false'] }, { field: 'userIdentity.arn', notEquals: [alice] }],
          ),
        ],
        severity: 'high',
      },
      {
        why: 'the selectors were too large to see',
        timeline: [but(managementOff, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
      {
        why: 'the selectors are in the response only',
        timeline: [
          but(managementOff, { requestParameters: null, responseElements: managementOff['requestParameters'] }),
        ],
        severity: 'high',
      },
      {
        why: 'by Terraform: one lower, not silent',
        timeline: [but(managementOff, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8' })],
        severity: 'medium',
      },
      { why: 'repeated within the hour: one alert', timeline: repeat(managementOff, 3, 600_000) },
    ],
    quiet: [
      { why: 'everything is recorded', timeline: [basic({})] },
      { why: 'defaults stand where fields are absent', timeline: [put({ eventSelectors: [{}] })] },
      { why: 'one of two selectors records everything', timeline: [basic({ includeManagementEvents: false }, {})] },
      {
        why: 'reads and writes by a selector each',
        timeline: [basic({ readWriteType: 'ReadOnly' }, { readWriteType: 'WriteOnly' })],
      },
      { why: 'all management events, advanced', timeline: [advanced([management])] },
      {
        why: 'reads and writes by an advanced selector each',
        timeline: [
          advanced(
            [management, { field: 'readOnly', equals: ['true'] }],
            [management, { field: 'readOnly', equals: ['false'] }],
          ),
        ],
      },
      { why: 'refused', timeline: [denied(managementOff)] },
    ],
  };
};
