import { actorKey } from '../callers';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, consoleLogin, denied, later, role, user } from '../sample';
import { callFrom, didOrTried, ORIGIN_REFERENCES, ORIGIN_RUNBOOK, SHARED_NETWORKS, strangeNetwork } from './origins';

const LEARN_DAYS = 14;
const EXPIRY_DAYS = 90;
const BY_USER = { userIdentity: { type: ['IAMUser'] } } as const;

export default defineRule({
  id: 'network-first-seen',
  title: 'IAM user called from a network new to it',
  severity: 'medium',
  rows: ['1-2'],
  attack: ['TA0001/T1078.004'],
  match: [
    {
      feed: 'sign-in',
      outcome: 'succeeded',
      service: 'signin.amazonaws.com',
      calls: ['ConsoleLogin'],
      record: BY_USER,
    },
    { feed: 'api-writes', outcome: 'any', record: BY_USER },
    { feed: 'errors', outcome: ['denied', 'failed'], record: BY_USER },
    { feed: 'api-reads', outcome: 'any', service: 'sts.amazonaws.com', calls: ['GetCallerIdentity'], record: BY_USER },
  ],
  settings: ['trustedNetworks'],
  // A failed sign-in is anybody's.
  when: (event) => event.call !== 'ConsoleLogin' || event.outcome === 'succeeded',
  baseline: {
    kind: 'user network',
    subject: actorKey,
    value: strangeNetwork,
    learnDays: LEARN_DAYS,
    expiryDays: EXPIRY_DAYS,
  },
  headline: (event) => `${event.actor} ${didOrTried(event)} ${callFrom(event)}, a network new to it`,
  why: "Access keys and passwords work from anywhere. Stolen ones are used from the thief's address, which the owner never had.",
  runbook: ORIGIN_RUNBOOK,
  falsePositives: ['People who travel or work from home; programs that move to another network.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account. A user in its first days is judged by the networks of the account.`,
    'A thief who only reads: of successful reads, GetCallerIdentity alone is looked at.',
    SHARED_NETWORKS,
  ],
  references: ORIGIN_REFERENCES,
});

export const examples = (): Examples => {
  const from = (sourceIPAddress: string, afterMs: number) =>
    later(call('ec2.amazonaws.com', 'CreateTags', { sourceIPAddress }), afterMs);
  const opening = from('198.51.100.7', 0);
  const away = from('203.0.113.7', LEARN_DAYS * DAY);
  const signedIn = (sourceIPAddress: string, afterMs: number) =>
    later(consoleLogin('alice', 'Success', { sourceIPAddress }), afterMs);
  return {
    fires: [
      { why: 'a change from another network', timeline: [opening, away], severity: 'medium' },
      {
        why: 'twice from it: one alert',
        timeline: [opening, away, later(but(away, { sourceIPAddress: '203.0.113.99' }), HOUR)],
      },
      { why: 'refused', timeline: [opening, denied(away)] },
      { why: 'a console sign-in', timeline: [opening, signedIn('203.0.113.7', LEARN_DAYS * DAY)] },
      {
        why: 'the question who one is',
        timeline: [
          opening,
          but(away, { eventSource: 'sts.amazonaws.com', eventName: 'GetCallerIdentity', readOnly: true }),
        ],
      },
      { why: 'a refused read', timeline: [opening, but(denied(away), { eventName: 'DescribeVpcs', readOnly: true })] },
      { why: 'over IPv6', timeline: [opening, but(away, { sourceIPAddress: '2001:db8:12::7' })] },
      {
        why: 'a new user, from a network new to the account',
        timeline: [opening, but(away, { userIdentity: user('mallory') })],
      },
      { why: 'a network unused for long', timeline: [opening, from('198.51.100.7', (EXPIRY_DAYS + 1) * DAY)] },
      {
        why: 'from where only somebody else works',
        timeline: [
          opening,
          but(from('203.0.113.7', DAY), { userIdentity: user('bob') }),
          from('203.0.113.7', (LEARN_DAYS + 1) * DAY),
        ],
      },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(away, -1_000)] },
      { why: 'another address of the same network', timeline: [opening, from('198.51.100.99', 15 * DAY)] },
      {
        why: 'a new user, from a network of the account',
        timeline: [opening, but(from('198.51.100.7', 15 * DAY), { userIdentity: user('mallory') })],
      },
      { why: 'a trusted network', timeline: [opening, away], settings: { trustedNetworks: ['203.0.113.0/24'] } },
      { why: 'a private address', timeline: [opening, but(away, { sourceIPAddress: '10.1.2.3' })] },
      { why: 'a read that succeeded', timeline: [opening, but(away, { readOnly: true })] },
      {
        why: 'a failed sign-in',
        timeline: [opening, later(consoleLogin('alice', 'Failure', { sourceIPAddress: '203.0.113.7' }), 15 * DAY)],
      },
      { why: 'a role: another rule', timeline: [opening, but(away, { userIdentity: role('web', 's') })] },
      {
        why: 'a service on behalf of the user',
        timeline: [
          opening,
          but(away, { userIdentity: { ...user('alice'), invokedBy: 'cloudformation.amazonaws.com' } }),
        ],
      },
      { why: 'a service', timeline: [opening, but(away, byService('ec2.amazonaws.com'))] },
      {
        why: 'known from a sign-in',
        timeline: [opening, signedIn('203.0.113.7', DAY), away],
      },
    ],
  };
};
