import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, consoleLogin, repeat, root } from '../sample';
import {
  attempt,
  failed,
  SIGN_IN_BLIND_SPOTS,
  SIGN_IN_REFERENCES,
  SIGN_INS,
  signInResources,
  userKey,
} from './sign-ins';

export default defineRule({
  id: 'sign-in-distributed',
  title: 'Failed sign-ins of one user from many addresses',
  severity: 'high',
  rows: ['0-8'],
  attack: ['TA0006/T1110.001', 'TA0006/T1110.004'],
  match: SIGN_INS,
  when: failed,
  window: {
    kind: 'distinct',
    per: userKey,
    value: (event) => event.sourceIp,
    threshold: 5,
    withinMs: HOUR,
    unit: 'addresses that tried one user',
  },
  quietMs: HOUR,
  headline: attempt,
  resources: signInResources,
  why: 'Many machines try one user: a botnet or a proxy service, which hides the guessing from limits per address.',
  runbook: [
    'Tell the user, and reset the password: a leaked one may be on a list.',
    'Make sure that the user has MFA: aws iam list-mfa-devices --user-name <user>.',
    'Did one attempt succeed? Look for rule sign-in-after-failures.',
    'If the user has no need of the console: aws iam delete-login-profile --user-name <user>.',
  ],
  falsePositives: ['Somebody who travels and forgot the password; five addresses in an hour are rare even then.'],
  blindSpots: ['Fewer than five addresses in an hour.', ...SIGN_IN_BLIND_SPOTS],
  references: ['https://attack.mitre.org/techniques/T1110/', ...SIGN_IN_REFERENCES],
});

export const examples = (): Examples => {
  const failure = consoleLogin('alice', 'Failure');
  const from = (times: number, everyMs = 10 * MINUTE, record = failure) =>
    repeat(record, times, everyMs, (index) => ({ sourceIPAddress: `203.0.113.${index + 1}` }));
  return {
    fires: [
      { why: 'five addresses in forty minutes', timeline: from(5), severity: 'high' },
      { why: 'root', timeline: from(5, 10 * MINUTE, but(failure, { userIdentity: root({ accessKeyId: '' }) })) },
      { why: 'the fifth comes one second before the window closes', timeline: from(5, 15 * MINUTE - 250) },
    ],
    quiet: [
      { why: 'four addresses', timeline: from(4) },
      { why: 'the fifth comes an hour after the first', timeline: from(5, 15 * MINUTE) },
      { why: 'ten failures from one address', timeline: repeat(failure, 10, MINUTE) },
      {
        why: 'five users',
        timeline: repeat(failure, 5, 10 * MINUTE, (index) => ({
          sourceIPAddress: `203.0.113.${index + 1}`,
          userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: `user${index}` },
        })),
      },
    ],
  };
};
