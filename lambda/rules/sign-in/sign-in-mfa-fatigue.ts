import { signInWithMfa } from '../../intake/sign-in';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, consoleLogin, later, repeat } from '../sample';
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
  id: 'sign-in-mfa-fatigue',
  title: 'Repeated failures at the second factor',
  severity: 'high',
  rows: ['0-8'],
  attack: ['TA0006/T1621', 'TA0006/T1110.001'],
  match: SIGN_INS,
  when: (event) => failed(event) && signInWithMfa(event),
  window: { kind: 'count', per: userKey, threshold: 3, withinMs: 15 * MINUTE, unit: 'failures at the second factor' },
  quietMs: HOUR,
  headline: (event) => `${attempt(event)} at the second factor`,
  resources: signInResources,
  why: 'Who fails at the second factor has passed the first: the password is probably known to somebody else.',
  runbook: [
    'Ask the user whether they just had trouble with their MFA device.',
    'If not, reset the password at once: aws iam update-login-profile --user-name <user> --password-reset-required --password <new>.',
    'Tell the user to approve no prompt and give away no code, whoever asks.',
    'Check where else the same password was used.',
  ],
  falsePositives: ['A device whose clock has drifted, or codes typed too late.'],
  blindSpots: [
    'Prompts at an external identity provider.',
    'Whether the password was right: AWS writes it nowhere; it asks for the code only afterwards.',
    ...SIGN_IN_BLIND_SPOTS,
  ],
  references: ['https://attack.mitre.org/techniques/T1621/', ...SIGN_IN_REFERENCES],
});

export const examples = (): Examples => {
  const failure = consoleLogin('alice', 'Failure'); // MFAUsed: Yes
  return {
    fires: [
      { why: 'three wrong codes in ten minutes', timeline: repeat(failure, 3, 5 * MINUTE), severity: 'high' },
      {
        why: 'the third comes one second before the window closes',
        timeline: [...repeat(failure, 2, 5 * MINUTE), later(failure, 15 * MINUTE - 1_000)],
      },
      {
        why: 'another step of the console',
        timeline: repeat(
          but(failure, { eventName: 'CheckMfa', responseElements: { CheckMfa: 'Failure' }, additionalEventData: {} }),
          3,
          5 * MINUTE,
        ),
      },
      {
        why: 'wrong codes at Identity Center',
        timeline: repeat(identityCenterRecord('CredentialVerification', 'Failure', 'TOTP'), 3, 5 * MINUTE),
      },
    ],
    quiet: [
      { why: 'two wrong codes', timeline: repeat(failure, 2, 5 * MINUTE) },
      {
        why: 'the third comes when the window has closed',
        timeline: [...repeat(failure, 2, 5 * MINUTE), later(failure, 15 * MINUTE)],
      },
      {
        why: 'wrong passwords: no code was asked for',
        timeline: repeat(but(failure, { additionalEventData: { MFAUsed: 'No' } }), 3, 5 * MINUTE),
      },
      { why: 'right codes', timeline: repeat(consoleLogin('alice', 'Success'), 3, 5 * MINUTE) },
      {
        why: 'wrong passwords at Identity Center',
        timeline: repeat(identityCenterRecord('CredentialVerification', 'Failure', 'PASSWORD'), 3, 5 * MINUTE),
      },
    ],
  };
};
