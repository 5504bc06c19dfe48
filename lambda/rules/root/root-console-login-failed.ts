import { signInEnd } from '../../intake/sign-in';
import { defineRule, type Examples, MINUTE } from '../rule';
import { but, consoleLogin, later, repeat, root } from '../sample';
import { BY_ROOT, origin, ROOT_REFERENCES } from './root';

export default defineRule({
  id: 'root-console-login-failed',
  title: 'Repeated failed sign-ins as root',
  severity: 'high',
  rows: ['0-3', '0-8'],
  attack: ['TA0006/T1110.001'],
  match: [
    { feed: 'sign-in', outcome: 'any', service: 'signin.amazonaws.com', calls: ['ConsoleLogin'], record: BY_ROOT },
  ],
  when: (event) => signInEnd(event) === 'failure',
  window: {
    kind: 'count',
    per: (event) => event.account,
    threshold: 3,
    withinMs: 10 * MINUTE,
    unit: 'failed root sign-ins',
  },
  quietMs: 15 * MINUTE,
  headline: (event) => `A sign-in as root of ${event.account} from ${origin(event)} failed`,
  resources: (event) => [`arn:aws:iam::${event.account}:root`],
  why: 'Somebody tries passwords or MFA codes of the most powerful identity of the account.',
  runbook: [
    'Ask whoever holds the root password whether it was them.',
    "If not, check the account's mailbox for recovery mails: an attacker who reads it resets the password.",
    'Make sure that root has MFA: aws iam get-account-summary --query SummaryMap.AccountMFAEnabled.',
    'Look for a successful sign-in (rule root-console-login) in the hours around it.',
  ],
  falsePositives: ['The holder of the password mistyped it, or the clock of the MFA device has drifted.'],
  blindSpots: [
    'Fewer than three attempts in ten minutes.',
    'Failures are recorded in us-east-1 only: without forwarding from there nothing arrives.',
  ],
  references: ROOT_REFERENCES,
});

export const examples = (): Examples => {
  const failure = consoleLogin('root', 'Failure', { userIdentity: root({ accessKeyId: '', arn: undefined }) });
  return {
    fires: [
      { why: 'three failures in two minutes', timeline: repeat(failure, 3, MINUTE), severity: 'high' },
      {
        why: 'from three addresses: root is one',
        timeline: repeat(failure, 3, MINUTE, (index) => ({ sourceIPAddress: `203.0.113.${index}` })),
      },
      {
        why: 'the third comes one second before the window closes',
        timeline: [failure, later(failure, MINUTE), later(failure, 10 * MINUTE - 1_000)],
      },
    ],
    quiet: [
      { why: 'two failures', timeline: repeat(failure, 2, MINUTE) },
      {
        why: 'the third comes when the window has closed',
        timeline: [failure, later(failure, MINUTE), later(failure, 10 * MINUTE)],
      },
      {
        why: 'two failures and the right password',
        timeline: [
          ...repeat(failure, 2, MINUTE),
          but(later(failure, 2 * MINUTE), { errorMessage: undefined, responseElements: { ConsoleLogin: 'Success' } }),
        ],
      },
      {
        why: 'three failures in three accounts',
        timeline: repeat(failure, 3, MINUTE, (index) => ({
          recipientAccountId: `44445555666${index}`,
          userIdentity: { type: 'Root', accountId: `44445555666${index}` },
        })),
      },
    ],
  };
};
