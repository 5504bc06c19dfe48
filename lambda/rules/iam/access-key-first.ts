import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { anyGlobMatches } from '../glob';
import { DAY, defineRule, type Examples, type Match } from '../rule';
import { but, call, denied, later, user } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import {
  callingUser,
  forSomebodyElse,
  IAM,
  isRoot,
  KEY_REFERENCES,
  KEY_RUNBOOK,
  KEYS_CREATED,
  longLivedKey,
  targetUser,
  userInWords,
  userResources,
} from './access-keys';
import { inConsole, keyCreated } from './key-samples';

const LEARN_DAYS = 14;
const EXPIRY_DAYS = 90;

/** Calls with a key of one's own: they show that the user has one. */
const WITH_KEYS = { userIdentity: { type: ['IAMUser'], accessKeyId: [{ prefix: 'AKIA' }] } } as const;
const USES: readonly Match[] = [
  { feed: 'api-writes', outcome: 'succeeded', record: WITH_KEYS },
  {
    feed: 'api-reads',
    outcome: 'succeeded',
    service: 'sts.amazonaws.com',
    calls: ['GetCallerIdentity'],
    record: WITH_KEYS,
  },
];

export default defineRule({
  id: 'access-key-first',
  title: 'Access key for a user that had none',
  severity: keySeverity,
  rows: ['1-5'],
  attack: ['TA0003/T1098.001'],
  match: [KEYS_CREATED, ...USES],
  settings: ['keyUsers', 'infrastructureAsCodeAgents'],
  when: (event) => !isRoot(event),
  baseline: {
    kind: 'key user',
    value: (event) => (event.call === 'CreateAccessKey' ? targetUser(event) : callingUser(event)),
    teachesOnly: (event) => !makesOwnFirst(event),
    learnDays: LEARN_DAYS,
    expiryDays: EXPIRY_DAYS,
  },
  headline: (event) =>
    `${event.actor} created an access key for ${userInWords(event)}, who used none before, ${whereFrom(event)}`,
  resources: userResources,
  why: 'Somebody who always worked in the console needs no key. Whoever took over the password does, to come back later.',
  runbook: KEY_RUNBOOK,
  falsePositives: [
    'A user who begins to work with the command line. Name users that are meant to have keys in keyUsers.',
  ],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. A key unused for ${EXPIRY_DAYS} days counts as none.`,
    'A key that only reads: of reads, only GetCallerIdentity shows that a user has a key.',
    'Keys that somebody else makes are told by access-key-created-for-other.',
  ],
  references: KEY_REFERENCES,
});

/** A key that a user makes for itself, and not with a key that it has. */
function makesOwnFirst(event: TrailEvent): boolean {
  return event.service === IAM && event.call === 'CreateAccessKey' && !forSomebodyElse(event) && !longLivedKey(event);
}

function keySeverity(event: TrailEvent, settings: Settings): Severity {
  const expected = anyGlobMatches(settings.keyUsers, targetUser(event) ?? '');
  return expected ? 'info' : lessIfAutomated('high', event, settings);
}

export const examples = (): Examples => {
  const opening = call('ec2.amazonaws.com', 'CreateTags', { userIdentity: inConsole('alice') });
  const first = later(keyCreated('bob', { userIdentity: inConsole('bob') }), LEARN_DAYS * DAY);
  const used = (name: string, afterMs: number) =>
    later(call('s3.amazonaws.com', 'PutBucketTagging', { userIdentity: user(name) }), afterMs);
  return {
    fires: [
      { why: 'a console user made a key for itself', timeline: [opening, first], severity: 'high' },
      { why: 'and a second one the day after: one alert', timeline: [opening, first, later(first, DAY)] },
      {
        why: 'the last use of a key is long ago',
        timeline: [opening, used('bob', DAY), later(first, (EXPIRY_DAYS - LEARN_DAYS + 1) * DAY + 1_000)],
      },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(first, -1_000)] },
      { why: 'bob used a key before', timeline: [opening, used('bob', 13 * DAY), first] },
      {
        why: 'bob asked who he is with a key before',
        timeline: [
          opening,
          later(call('sts.amazonaws.com', 'GetCallerIdentity', { userIdentity: user('bob') }), 13 * DAY),
          first,
        ],
      },
      {
        why: 'made with a key that he has: a rotation',
        timeline: [opening, but(first, { userIdentity: user('bob') })],
      },
      {
        why: 'somebody else made it: another rule',
        timeline: [opening, but(first, { userIdentity: inConsole('alice') })],
      },
      { why: 'a user that is meant to have keys', timeline: [opening, first], settings: { keyUsers: ['bob'] } },
      { why: 'refused', timeline: [opening, denied(first)] },
    ],
  };
};
