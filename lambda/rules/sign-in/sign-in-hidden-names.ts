import { signInNameHidden } from '../../intake/sign-in';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, consoleLogin, later, repeat } from '../sample';
import { attempt, failed, fromTrustedNetwork, SIGN_IN_BLIND_SPOTS, SIGN_IN_REFERENCES, SIGN_INS } from './sign-ins';

export default defineRule({
  id: 'sign-in-hidden-names',
  title: 'One address tries users that do not exist',
  severity: (event, settings) => (fromTrustedNetwork(event, settings) ? 'medium' : 'high'),
  severityMost: 'same-for-key',
  rows: ['0-8'],
  attack: ['TA0006/T1110.003', 'TA0007/T1087.004'],
  match: SIGN_INS,
  settings: ['trustedNetworks'],
  // AWS replaces every such name by the same words: each attempt may be another name, so attempts are counted.
  when: (event) => failed(event) && signInNameHidden(event),
  window: {
    kind: 'count',
    per: (event) => event.sourceIp,
    threshold: 10,
    withinMs: HOUR,
    unit: 'attempts with names that do not exist',
  },
  quietMs: HOUR,
  headline: attempt,
  why: 'Somebody guesses user names: the step before guessing their passwords.',
  runbook: [
    'Whose address is it? Compare with successful sign-ins from it.',
    'Look at the other attempts from it: names that exist are shown, and may be tried next.',
    'Make sure that all users with a password have MFA: aws iam generate-credential-report, then aws iam get-credential-report.',
  ],
  falsePositives: ['People who type an e-mail address, or their password, into the field for the user name.'],
  blindSpots: [
    'Which names were tried: AWS hides them, since they may be passwords.',
    'Attempts spread over many addresses.',
    ...SIGN_IN_BLIND_SPOTS,
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html',
    'https://attack.mitre.org/techniques/T1087/004/',
    ...SIGN_IN_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const hidden = consoleLogin('nobody', 'Failure', {
    errorMessage: 'No username found in supplied account',
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      accessKeyId: '',
      userName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    },
  });
  return {
    fires: [
      {
        why: 'the tenth comes one second before the hour is over',
        timeline: [...repeat(hidden, 9, 5 * MINUTE), later(hidden, HOUR - 1_000)],
      },
      { why: 'ten attempts in 45 minutes', timeline: repeat(hidden, 10, 5 * MINUTE), severity: 'high' },
      {
        why: 'from the office',
        timeline: repeat(hidden, 10, 5 * MINUTE),
        settings: { trustedNetworks: ['198.51.100.7'] },
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'nine attempts', timeline: repeat(hidden, 9, 5 * MINUTE) },
      {
        why: 'the tenth comes an hour after the first',
        timeline: [...repeat(hidden, 9, 5 * MINUTE), later(hidden, HOUR)],
      },
      {
        why: 'a name that exists',
        timeline: repeat(
          but(hidden, { userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'alice' } }),
          10,
          5 * MINUTE,
        ),
      },
      {
        why: 'each from another address',
        timeline: repeat(hidden, 10, 5 * MINUTE, (index) => ({ sourceIPAddress: `203.0.113.${index}` })),
      },
    ],
  };
};
