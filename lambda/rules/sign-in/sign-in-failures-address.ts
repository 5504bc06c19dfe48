import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, consoleLogin, later, repeat } from '../sample';
import {
  attempt,
  failed,
  fromTrustedNetwork,
  SIGN_IN_BLIND_SPOTS,
  SIGN_IN_REFERENCES,
  SIGN_INS,
  signInResources,
} from './sign-ins';

export default defineRule({
  id: 'sign-in-failures-address',
  title: 'Repeated failed sign-ins from one address',
  severity: 'medium',
  rows: ['0-8'],
  attack: ['TA0006/T1110.001', 'TA0006/T1110.004'],
  match: SIGN_INS,
  settings: ['trustedNetworks'],
  when: (event, settings) => failed(event) && !fromTrustedNetwork(event, settings),
  // The address alone, not the account: who tries one name in ten accounts is one attacker.
  window: {
    kind: 'count',
    per: (event) => event.sourceIp,
    threshold: 10,
    withinMs: 10 * MINUTE,
    unit: 'failed sign-ins from one address',
  },
  quietMs: HOUR,
  headline: attempt,
  resources: signInResources,
  why: 'One address fails to sign in again and again, under one name or many: somebody works through a list.',
  runbook: [
    'Whose address is it? Compare with earlier successful sign-ins from it.',
    'List which users it tried: filter ConsoleLogin by sourceIPAddress in the sign-in regions.',
    'Did one succeed? Look for rule sign-in-after-failures, and treat that user as taken over.',
    'If it is your own office or VPN, add it to trustedNetworks: a higher threshold applies there.',
  ],
  falsePositives: ['An office, VPN or carrier behind one address; add your own to trustedNetworks.'],
  blindSpots: ['Attempts spread over many addresses: rule sign-in-distributed.', ...SIGN_IN_BLIND_SPOTS],
  references: ['https://attack.mitre.org/techniques/T1110/', ...SIGN_IN_REFERENCES],
});

export const examples = (): Examples => {
  const failure = consoleLogin('alice', 'Failure');
  const list = (times: number) =>
    repeat(failure, times, 30_000, (index) => ({
      userIdentity: { type: 'IAMUser', accountId: '111122223333', accessKeyId: '', userName: `user${index % 3}` },
    }));
  return {
    fires: [
      { why: 'ten failures in five minutes', timeline: repeat(failure, 10, 30_000), severity: 'medium' },
      { why: 'under several names', timeline: list(10) },
      {
        why: 'the tenth comes one second before the window closes',
        timeline: [...list(9), later(failure, 10 * MINUTE - 1_000)],
      },
      {
        why: 'names that do not exist count',
        timeline: repeat(failure, 10, 30_000, () => ({
          userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
          errorMessage: 'No username found in supplied account',
        })),
      },
      {
        why: 'in two accounts',
        timeline: repeat(failure, 10, 30_000, (index) => {
          const accountId = index % 2 === 0 ? '111122223333' : '444455556666';
          return { recipientAccountId: accountId, userIdentity: { type: 'IAMUser', accountId, userName: 'admin' } };
        }),
      },
    ],
    quiet: [
      { why: 'nine failures', timeline: list(9) },
      { why: 'the tenth comes when the window has closed', timeline: [...list(9), later(failure, 10 * MINUTE)] },
      {
        why: 'the tenth comes from elsewhere',
        timeline: [...list(9), but(later(failure, 5 * MINUTE), { sourceIPAddress: '198.51.100.8' })],
      },
      { why: 'from a trusted network', timeline: list(10), settings: { trustedNetworks: ['198.51.100.0/24'] } },
    ],
  };
};
