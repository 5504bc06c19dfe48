import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { consoleLogin, later, repeat, root } from '../sample';
import {
  attempt,
  failed,
  fromTrustedNetwork,
  SIGN_IN_BLIND_SPOTS,
  SIGN_IN_REFERENCES,
  SIGN_INS,
  signInResources,
  userKey,
} from './sign-ins';

export default defineRule({
  id: 'sign-in-spray',
  title: 'One address fails to sign in as many users',
  // One address is trusted or not: all events of a window have the same severity.
  severity: (event, settings) => (fromTrustedNetwork(event, settings) ? 'medium' : 'high'),
  rows: ['0-8'],
  attack: ['TA0006/T1110.003'],
  match: SIGN_INS,
  settings: ['trustedNetworks'],
  when: failed,
  window: {
    kind: 'distinct',
    per: (event) => event.sourceIp,
    value: userKey,
    threshold: 5,
    withinMs: HOUR,
    unit: 'users tried from one address',
  },
  quietMs: HOUR,
  headline: attempt,
  resources: signInResources,
  why: 'A few passwords are tried on many users, so that no single one is tried often. All these names exist: the attacker has a list of your users.',
  runbook: [
    'Whose address is it? If nobody knows it, block it at your identity provider or VPN where you can.',
    'List the users tried: filter ConsoleLogin by sourceIPAddress in the sign-in regions.',
    'Did one succeed? Look for rule sign-in-after-failures; treat that user as taken over.',
    'Reset passwords of tried users without MFA, and give them MFA.',
  ],
  falsePositives: ['An office or training room behind one address (medium where it is in trustedNetworks).'],
  blindSpots: [
    'Fewer than five names in an hour from one address.',
    'Names that do not exist are hidden by AWS: rule sign-in-hidden-names counts them.',
    ...SIGN_IN_BLIND_SPOTS,
  ],
  references: ['https://attack.mitre.org/techniques/T1110/003/', ...SIGN_IN_REFERENCES],
});

export const examples = (): Examples => {
  const as = (name: string, afterMs: number) => later(consoleLogin(name, 'Failure'), afterMs);
  const four = ['alice', 'bob', 'carol', 'dave'].map((name, index) => as(name, index * 10 * MINUTE));
  const erin = as('erin', 50 * MINUTE);
  const hidden = { type: 'IAMUser', accountId: '111122223333', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' };
  return {
    fires: [
      { why: 'five users in fifty minutes', timeline: [...four, erin], severity: 'high' },
      { why: 'the fifth comes one second before the hour is over', timeline: [...four, as('erin', HOUR - 1_000)] },
      {
        why: 'root is one of them',
        timeline: [...four, { ...erin, userIdentity: root({ accessKeyId: '' }) }],
      },
      {
        why: 'from the office',
        timeline: [...four, erin],
        settings: { trustedNetworks: ['198.51.100.0/24'] },
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'four users', timeline: four },
      { why: 'four users, tried often', timeline: four.flatMap((record) => repeat(record, 5, 1_000)) },
      { why: 'the fifth comes an hour after the first', timeline: [...four, as('erin', HOUR)] },
      {
        why: 'the fifth comes from another address',
        timeline: [...four, { ...erin, sourceIPAddress: '198.51.100.8' }],
      },
      {
        why: 'the fifth signs in',
        timeline: [...four, later(consoleLogin('erin', 'Success'), 50 * MINUTE)],
      },
      {
        why: 'hidden names are no names: they all look the same',
        timeline: [...four, { ...erin, userIdentity: hidden }],
      },
    ],
  };
};
