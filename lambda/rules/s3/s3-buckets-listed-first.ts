import { fromClient, fromConsole } from '../callers';
import { DAY, defineRule, type Examples } from '../rule';
import { but, byService, call, denied, later, user } from '../sample';
import { S3 } from './public-access';

const LEARN_DAYS = 14;

export default defineRule({
  id: 's3-buckets-listed-first',
  title: 'All buckets listed by somebody who never did',
  // Low: a common call, and the first one of a thief.
  severity: 'low',
  rows: ['1-11'],
  attack: ['TA0007/T1580', 'TA0007/T1619'],
  match: [{ feed: 'api-reads', outcome: 'succeeded', service: S3, calls: ['ListBuckets'] }],
  when: (event) => fromClient(event) && !fromConsole(event),
  baseline: { kind: 'bucket-lister', value: (event) => event.actor, learnDays: LEARN_DAYS, expiryDays: 90 },
  headline: (event) =>
    `${event.actor} listed the buckets of ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: (event) => [event.actor],
  why: 'Programs know the bucket they need. Who lists all of them looks for something.',
  runbook: [
    'Ask the owner of the user or role.',
    'Compare the address and the user agent with those of other days; look at what the key did next.',
  ],
  falsePositives: ['New tools and new people.'],
  blindSpots: [`The first ${LEARN_DAYS} days of an account.`, 'The console, whose page lists buckets for everybody.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html',
    'https://attack.mitre.org/techniques/T1580/',
  ],
});

export const examples = (): Examples => {
  const listed = call(S3, 'ListBuckets', { requestParameters: { Host: 's3.us-east-1.amazonaws.com' } });
  const byBob = but(later(listed, LEARN_DAYS * DAY), { userIdentity: user('bob') });
  return {
    fires: [
      { why: 'by somebody new', timeline: [listed, byBob], severity: 'low' },
      { why: 'again: one alert', timeline: [listed, byBob, later(byBob, DAY)] },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [listed, later(byBob, -1_000)] },
      { why: 'by somebody known', timeline: [listed, later(listed, LEARN_DAYS * DAY)] },
      { why: 'in the console', timeline: [listed, but(byBob, { sessionCredentialFromConsole: 'true' })] },
      { why: 'by a service', timeline: [listed, but(byBob, byService('config.amazonaws.com'))] },
      { why: 'refused', timeline: [listed, denied(byBob)] },
    ],
  };
};
