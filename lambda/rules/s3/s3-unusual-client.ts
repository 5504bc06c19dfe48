import { text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, call, denied, later, user } from '../sample';
import { objectCall } from './object-samples';
import { S3 } from './public-access';

const LEARN_DAYS = 14;

/** Programs for people who move many objects, as they name themselves, in lower case. Thieves like them too. */
const CLIENTS = [
  's3 browser',
  'cyberduck',
  'mountain duck',
  'rclone',
  's5cmd',
  'minio',
  'winscp',
  'cloudberry',
  'filezilla',
  's3cmd',
];

export default defineRule({
  id: 's3-unusual-client',
  title: 'Objects handled with a client not used here before',
  // Low: a new program on somebody's laptop, most of the time.
  severity: 'low',
  rows: ['1-11'],
  attack: ['TA0009/T1530'],
  match: [
    { feed: 'api-reads', outcome: 'succeeded', service: S3, calls: ['ListBuckets', 'GetBucketLocation'] },
    {
      feed: 'data',
      outcome: 'succeeded',
      service: S3,
      calls: ['GetObject', 'PutObject', 'ListObjects', 'DeleteObject'],
    },
  ],
  when: fromClient,
  baseline: {
    kind: 's3-client',
    value: (event) => {
      const client = clientOf(event);
      return client && `${event.actor} ${client}`;
    },
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: (event) =>
    `${event.actor} used ${clientOf(event) ?? 'a client'} (${event.call}) in ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: (event) => [event.actor],
  why: 'Programs of this kind, in the hands of somebody who never used one, are seen in thefts and extortion.',
  runbook: ['Ask the actor.', 'Look at the address, and at what was read, written and deleted since.'],
  falsePositives: ['People who try a new program.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`, 'The user agent is what the caller writes.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

function clientOf({ record }: TrailEvent): string | undefined {
  const agent = text(record['userAgent'])?.toLowerCase();
  return agent === undefined ? undefined : CLIENTS.find((client) => agent.includes(client));
}

export const examples = (): Examples => {
  const opening = objectCall('GetObject');
  const browsed = later(
    objectCall('ListObjects', { userAgent: '[S3 Browser/11.6.7 (https://s3browser.com)]' }),
    LEARN_DAYS * DAY,
  );
  const listed = later(call(S3, 'ListBuckets', { userAgent: '[rclone/v1.68.2]' }), LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'objects listed', timeline: [opening, browsed], severity: 'low' },
      { why: 'buckets listed', timeline: [opening, listed], severity: 'low' },
      { why: 'again: one alert', timeline: [opening, browsed, later(browsed, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(browsed, -1_000)] },
      { why: 'used since the first day', timeline: [but(browsed, { eventTime: '2026-03-10T10:00:00Z' }), browsed] },
      { why: 'the command line of AWS', timeline: [opening, but(browsed, { userAgent: 'aws-cli/2.27.1' })] },
      { why: 'refused', timeline: [opening, denied(browsed)] },
      {
        why: 'only the account is looked at',
        timeline: [opening, but(browsed, { eventName: 'HeadObject', userIdentity: user('bob') })],
      },
    ],
  };
};
