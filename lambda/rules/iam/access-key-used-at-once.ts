import type { TrailEvent } from '../../intake/trail-event';
import { QUESTIONS } from '../bursts/discovery';
import { shortService, whereFrom } from '../callers';
import { DAY, defineRule, type Examples, HOUR, type Match } from '../rule';
import { but, call, denied, later, user } from '../sample';
import type { Severity } from '../severity';
import { createdKey, IAM, KEY_REFERENCES, KEY_RUNBOOK, longLivedKey } from './access-keys';
import { keyCreated } from './key-samples';

const WITH_KEYS = { userIdentity: { type: ['IAMUser'], accessKeyId: [{ prefix: 'AKIA' }] } } as const;
const USES: readonly Match[] = [
  { feed: 'api-writes', outcome: 'any', record: WITH_KEYS },
  { feed: 'errors', outcome: ['denied', 'failed'], record: WITH_KEYS },
  // Of reads, what is tried first with a key: every read of every key would be a lot, and most keys are old.
  ...QUESTIONS.map((question) => ({ ...question, record: WITH_KEYS })),
];

/** What is tried first with a key that one is not sure of, and what one takes it for. */
const TELLING = ['GetCallerIdentity', 'CreateUser', 'CreateLoginProfile', 'AttachUserPolicy', 'PutUserPolicy'];

export default defineRule({
  id: 'access-key-used-at-once',
  title: 'New access key used within the hour',
  severity: useSeverity,
  rows: ['1-6'],
  attack: ['TA0003/T1098.001', 'TA0001/T1078.004'],
  match: [{ feed: 'api-writes', outcome: 'any', service: IAM, calls: ['CreateAccessKey'] }, ...USES],
  // Which key is new is decided by its first use: keys that are in use for long are not counted again and again.
  baseline: {
    kind: 'key use',
    value: (event) => {
      const key = keyOf(event);
      return key && `${createdKey(event) === undefined ? 'used' : 'created'} ${key}`;
    },
    learnDays: 0,
    expiryDays: 90,
  },
  window: {
    kind: 'sequence',
    per: keyOf,
    withinMs: HOUR,
    steps: [
      { name: 'access key created', is: (event) => createdKey(event) !== undefined },
      { name: 'the same key used', is: (event) => createdKey(event) === undefined },
    ],
  },
  headline: (event) =>
    createdKey(event) === undefined
      ? `${event.actor} called ${shortService(event.service)} ${event.call} with a key made minutes before, ${whereFrom(event)}`
      : `${event.actor} created access key ${createdKey(event)}, which was then used, ${whereFrom(event)}`,
  resources: (event) => [keyOf(event) ?? []].flat(),
  why: 'A key for a program is put into place and used later. One that is tried within minutes was made by whoever uses it now.',
  runbook: KEY_RUNBOOK,
  falsePositives: [
    'A rotation that makes a key and uses it right away; a person who makes a key and tries it.',
    'Infrastructure as code that makes a key and a program that starts with it.',
  ],
  blindSpots: [
    'Reads that succeed, but for questions about the account: who am I, which buckets, which users.',
    'A key that is first used to make another key, and then no more. Keys used later than an hour after they were made.',
    'Whether maker and user called from the same address: both are among the evidence.',
  ],
  references: ['https://attack.mitre.org/techniques/T1078/004/', ...KEY_REFERENCES],
});

/** The key that is made, or else the caller's: what joins the two steps. */
function keyOf(event: TrailEvent): string | undefined {
  return createdKey(event) ?? longLivedKey(event);
}

function useSeverity(event: TrailEvent): Severity {
  if (createdKey(event) !== undefined) return 'info'; // the use decides
  return TELLING.includes(event.call) || event.call.startsWith('List') ? 'high' : 'medium';
}

export const examples = (): Examples => {
  const KEY = 'AKIAEXAMPLENEWKEY001';
  const created = keyCreated('bob', {}, KEY);
  const identity = { ...user('bob'), accessKeyId: KEY };
  const put = later(call('s3.amazonaws.com', 'PutBucketTagging', { userIdentity: identity }), 60_000);
  const who = later(call('sts.amazonaws.com', 'GetCallerIdentity', { userIdentity: identity }), 60_000);
  return {
    fires: [
      { why: 'a change with the key a minute later', timeline: [created, put], severity: 'medium' },
      { why: 'the question whose key it is', timeline: [created, who], severity: 'high' },
      {
        why: 'a look at what there is',
        timeline: [created, but(who, { eventSource: 's3.amazonaws.com', eventName: 'ListBuckets' })],
        severity: 'high',
      },
      { why: 'a refused call counts', timeline: [created, denied(put)], severity: 'medium' },
      { why: 'the use is delivered before the making', timeline: [put, created], severity: 'medium' },
      { why: 'clocks of two hosts: the use seems to be two seconds earlier', timeline: [created, later(put, -62_000)] },
      { why: 'used all day: one alert', timeline: [created, put, later(put, 30 * 60_000), later(put, 5 * HOUR)] },
      { why: 'one second before the hour is over', timeline: [created, later(put, HOUR - 61_000)] },
    ],
    quiet: [
      { why: 'an hour later', timeline: [created, later(put, HOUR - 60_000)] },
      { why: 'another key', timeline: [created, but(put, { userIdentity: user('bob') })] },
      { why: 'a key that was in use before', timeline: [later(put, -DAY), created, put] },
      {
        why: 'a session key',
        timeline: [created, but(put, { userIdentity: { ...identity, accessKeyId: 'ASIAEXAMPLENEWKEY001' } })],
      },
      { why: 'the key was not made', timeline: [denied(created), put] },
      {
        why: 'made, and not used',
        timeline: [created, later(keyCreated('carol', {}, 'AKIAEXAMPLENEWKEY002'), 60_000)],
      },
    ],
  };
};
