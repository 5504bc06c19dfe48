import { ROOT_USER, signInUser } from '../../intake/sign-in';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, consoleLogin, later, repeat, root } from '../sample';
import {
  attempt,
  failed,
  identityCenterRecord,
  SIGN_IN_BLIND_SPOTS,
  SIGN_IN_REFERENCES,
  SIGN_INS,
  signInResources,
  userKey,
} from './sign-ins';

export default defineRule({
  id: 'sign-in-failures-user',
  title: 'Repeated failed sign-ins of one user',
  severity: 'medium',
  rows: ['0-8'],
  attack: ['TA0006/T1110.001'],
  match: SIGN_INS,
  when: (event) => failed(event) && signInUser(event) !== ROOT_USER, // root-console-login-failed has a lower threshold
  window: { kind: 'count', per: userKey, threshold: 5, withinMs: 10 * MINUTE, unit: 'failed sign-ins of one user' },
  quietMs: HOUR,
  headline: attempt,
  resources: signInResources,
  why: 'Five wrong passwords or codes in ten minutes are guessing more often than forgetting.',
  runbook: [
    'Ask the user whether it was them.',
    'If not: is the address known? Did the rule sign-in-after-failures fire, that is, did a guess succeed?',
    'Make sure that the user has MFA: aws iam list-mfa-devices --user-name <user>.',
    'Reset the password if any doubt remains, or remove it if the user has no need of the console.',
  ],
  falsePositives: ['A forgotten password, or a password manager with an old entry.'],
  blindSpots: [
    'Fewer than five attempts in ten minutes.',
    'Names that do not exist are hidden by AWS: they count by address only (sign-in-hidden-names).',
    ...SIGN_IN_BLIND_SPOTS,
  ],
  references: ['https://attack.mitre.org/techniques/T1110/001/', ...SIGN_IN_REFERENCES],
});

export const examples = (): Examples => {
  const failure = consoleLogin('alice', 'Failure');
  const hidden = but(failure, {
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
      { why: 'five failures in four minutes', timeline: repeat(failure, 5, MINUTE), severity: 'medium' },
      {
        why: 'from five addresses: the user is one',
        timeline: repeat(failure, 5, MINUTE, (index) => ({ sourceIPAddress: `203.0.113.${index}` })),
      },
      {
        why: 'the fifth comes one second before the window closes',
        timeline: [...repeat(failure, 4, MINUTE), later(failure, 10 * MINUTE - 1_000)],
      },
      {
        why: 'failures that carry no message, only the response',
        timeline: repeat(but(failure, { errorMessage: undefined }), 5, MINUTE),
      },
      {
        why: 'wrong passwords at Identity Center',
        timeline: repeat(identityCenterRecord('CredentialVerification', 'Failure', 'PASSWORD'), 5, MINUTE),
      },
    ],
    quiet: [
      { why: 'four failures', timeline: repeat(failure, 4, MINUTE) },
      {
        why: 'the fifth comes when the window has closed',
        timeline: [...repeat(failure, 4, MINUTE), later(failure, 10 * MINUTE)],
      },
      {
        why: 'the fifth is a success',
        timeline: [...repeat(failure, 4, MINUTE), later(consoleLogin('alice', 'Success'), 4 * MINUTE)],
      },
      {
        why: 'the fifth is another user',
        timeline: [...repeat(failure, 4, MINUTE), later(consoleLogin('bob', 'Failure'), 4 * MINUTE)],
      },
      { why: 'names that do not exist are no user', timeline: repeat(hidden, 5, MINUTE) },
      {
        why: 'root has its own rule',
        timeline: repeat(but(failure, { userIdentity: root({ accessKeyId: '' }) }), 5, MINUTE),
      },
      {
        why: 'a federated sign-in that failed elsewhere',
        timeline: repeat(
          but(failure, { userIdentity: { type: 'SAMLUser', principalId: 'x:alice', userName: 'alice' } }),
          5,
          MINUTE,
        ),
      },
    ],
  };
};
