import { actorKey } from '../callers';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role } from '../sample';
import {
  callFrom,
  didOrTried,
  isPerson,
  ORIGIN_REFERENCES,
  ORIGIN_RUNBOOK,
  SHARED_NETWORKS,
  strangeNetwork,
} from './origins';

const LEARN_DAYS = 14;
const BY_ROLE = { userIdentity: { type: ['AssumedRole', 'FederatedUser', 'SAMLUser', 'IdentityCenterUser'] } } as const;

export default defineRule({
  id: 'network-first-seen-role',
  title: 'Session of a person came from a network new to it',
  severity: 'low',
  rows: ['1-2'],
  attack: ['TA0001/T1078.004', 'TA0008/T1550.001'],
  match: [
    {
      feed: 'sign-in',
      outcome: 'succeeded',
      service: 'signin.amazonaws.com',
      calls: ['ConsoleLogin'],
      record: BY_ROLE,
    },
    { feed: 'api-writes', outcome: 'any', record: BY_ROLE },
    { feed: 'errors', outcome: ['denied', 'failed'], record: BY_ROLE },
    { feed: 'api-reads', outcome: 'any', service: 'sts.amazonaws.com', calls: ['GetCallerIdentity'], record: BY_ROLE },
  ],
  settings: ['trustedNetworks'],
  // Programs without an address of their own (functions, containers, hosted pipelines) come from new networks all day.
  when: isPerson,
  baseline: {
    kind: 'session network',
    subject: actorKey,
    value: strangeNetwork,
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: (event) => `${event.actor} ${didOrTried(event)} ${callFrom(event)}, a network new to it`,
  why: 'Sessions are stolen from laptops and pipelines, and used elsewhere.',
  runbook: ORIGIN_RUNBOOK,
  falsePositives: ['People who travel or work from home.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. A role in its first days is judged by the networks of the account.`,
    'Programs with a role: key-many-networks looks at their keys, and the rules on instance credentials at instances.',
    SHARED_NETWORKS,
  ],
  references: ORIGIN_REFERENCES,
});

export const examples = (): Examples => {
  const sso = role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef', 'alice');
  const from = (sourceIPAddress: string, afterMs: number) =>
    later(call('ec2.amazonaws.com', 'CreateTags', { sourceIPAddress, userIdentity: sso }), afterMs);
  const opening = from('198.51.100.7', 0);
  const away = from('203.0.113.7', LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'a person of single sign-on, from another network', timeline: [opening, away], severity: 'low' },
      { why: 'twice: one alert', timeline: [opening, away, later(away, HOUR)] },
      { why: 'refused', timeline: [opening, denied(away)] },
      {
        why: 'a role in the console',
        timeline: [opening, but(away, { userIdentity: role('Admin', 'alice'), sessionCredentialFromConsole: 'true' })],
      },
      {
        why: 'a federated sign-in to the console',
        timeline: [
          opening,
          but(away, {
            userIdentity: role('Saml', 'alice'),
            eventSource: 'signin.amazonaws.com',
            eventName: 'ConsoleLogin',
          }),
        ],
      },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(away, -1_000)] },
      {
        why: 'a new colleague in the office',
        timeline: [
          opening,
          but(from('198.51.100.9', 15 * DAY), {
            userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef', 'bob'),
          }),
        ],
      },
      {
        why: 'a program with a role',
        timeline: [opening, but(away, { userIdentity: role('web', 'session') })],
      },
      { why: 'a trusted network', timeline: [opening, away], settings: { trustedNetworks: ['203.0.113.0/24'] } },
      {
        why: 'an instance: other rules',
        timeline: [opening, but(away, { userIdentity: role('web', 'i-0123456789abcdef0') })],
      },
    ],
  };
};
