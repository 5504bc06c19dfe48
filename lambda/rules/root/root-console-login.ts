import { signInEnd, signInWithMfa } from '../../intake/sign-in';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, consoleLogin, later, root } from '../sample';
import { BY_ROOT, origin, ROOT_REFERENCES } from './root';

export default defineRule({
  id: 'root-console-login',
  title: 'Root user signed in to the console',
  severity: (event) => (signInWithMfa(event) ? 'high' : 'critical'),
  rows: ['0-3'],
  attack: ['TA0001/T1078.004', 'TA0004/T1078.004'],
  match: [
    {
      feed: 'sign-in',
      outcome: 'succeeded',
      service: 'signin.amazonaws.com',
      calls: ['ConsoleLogin'],
      record: BY_ROOT,
    },
  ],
  when: (event) => signInEnd(event) === 'success',
  per: (event) => `${event.account}|${origin(event)}`,
  quietMs: HOUR,
  headline: (event) =>
    `Root signed in to the console of ${event.account} from ${origin(event)} ${signInWithMfa(event) ? 'with' : 'WITHOUT'} MFA`,
  resources: (event) => [`arn:aws:iam::${event.account}:root`],
  why: 'Root can do everything, cannot be restricted by IAM, and is needed for a handful of tasks a year. Each sign-in should have somebody who announced it.',
  runbook: [
    'Ask whoever holds the root password and MFA device of this account whether it was them.',
    'If nobody: reset the root password from the sign-in page, which needs the mailbox of the account; secure that mailbox first.',
    'List what root did since: aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=Username,AttributeValue=root.',
    'Look for new access keys, users, roles and changed contacts; remove what nobody vouches for.',
    'Without MFA: enrol a hardware device at once, whoever signed in.',
  ],
  falsePositives: ['A task that AWS reserves for root (closing the account, some support and billing changes).'],
  blindSpots: [
    'Root sign-ins are recorded in us-east-1 only: without forwarding from there nothing arrives.',
    'Sessions that were open before the detector was deployed.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html',
    ...ROOT_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const identity = root({ accessKeyId: '' });
  const signIn = consoleLogin('root', 'Success', { userIdentity: identity });
  const withoutMfa = but(signIn, { additionalEventData: { MobileVersion: 'No', MFAUsed: 'No' } });
  return {
    fires: [
      { why: 'root signed in with MFA', timeline: [signIn], severity: 'high' },
      { why: 'root signed in without MFA', timeline: [withoutMfa], severity: 'critical' },
      {
        why: 'the record does not say whether MFA was used',
        timeline: [but(signIn, { additionalEventData: null })],
        severity: 'critical',
      },
      {
        why: 'twice within the hour from one address: one alert, as severe as the worse one',
        timeline: [signIn, later(withoutMfa, 20 * 60_000)],
        severity: 'critical',
      },
    ],
    quiet: [
      { why: 'an IAM user signed in', timeline: [consoleLogin('alice', 'Success')] },
      {
        why: 'the sign-in failed',
        timeline: [
          but(signIn, { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' }),
        ],
      },
      {
        why: 'another step of signing in',
        timeline: [but(signIn, { eventName: 'CheckMfa', responseElements: { CheckMfa: 'Success' } })],
      },
    ],
  };
};
