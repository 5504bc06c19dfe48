import { signInEnd, signInUser, signInWithMfa } from '../../intake/sign-in';
import { anyGlobMatches } from '../glob';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, consoleLogin, later, role, root } from '../sample';

export default defineRule({
  id: 'console-login-without-mfa',
  title: 'IAM user signed in without a second factor',
  severity: (event, settings) =>
    anyGlobMatches(settings.adminUsers, signInUser(event) ?? '', true) ? 'high' : 'medium',
  rows: ['1-20', '2-12'],
  attack: ['TA0001/T1078.004'],
  match: [
    {
      feed: 'sign-in',
      outcome: 'any',
      service: 'signin.amazonaws.com',
      calls: ['ConsoleLogin'],
      record: { userIdentity: { type: ['IAMUser'] } },
    },
  ],
  settings: ['adminUsers'],
  when: (event) => signInEnd(event) === 'success' && !signInWithMfa(event),
  per: (event) => `${event.account}|${signInUser(event) ?? ''}`,
  // Somebody without a second factor signs in every day: once a day is enough to hear of it.
  quietMs: DAY,
  headline: (event) =>
    `${signInUser(event) ?? 'An IAM user'} signed in to ${event.account} from ${event.sourceIp ?? 'an unknown address'} with a password alone`,
  resources: (event) => [signInUser(event) ?? event.actor],
  why: 'A password alone opened the console: a stolen or guessed one is all that an intruder needs.',
  runbook: [
    'Ask the user whether it was them, and where.',
    'If not, take the password away (aws iam delete-login-profile --user-name <user>) and look at what the session did.',
    'Give the user a second factor, and deny everything without one: a policy with aws:MultiFactorAuthPresent.',
  ],
  falsePositives: ['Users who have no second factor yet: each of them once a day, until they have.'],
  blindSpots: [
    'Federated sign-ins: the identity provider asks for the second factor, and AWS records none.',
    'Root: rule root-console-login.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html',
    'https://attack.mitre.org/techniques/T1078/004/',
  ],
});

export const examples = (): Examples => {
  const without = {
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/', MobileVersion: 'No', MFAUsed: 'No' },
  };
  const login = consoleLogin('bob', 'Success', without);
  return {
    fires: [
      { why: 'signed in', timeline: [login], severity: 'medium' },
      { why: 'an administrator', timeline: [consoleLogin('admin-bob', 'Success', without)], severity: 'high' },
      { why: 'the record does not tell', timeline: [but(login, { additionalEventData: null })], severity: 'medium' },
      { why: 'all day long: one alert', timeline: [login, later(login, HOUR), later(login, 8 * HOUR)] },
    ],
    quiet: [
      { why: 'with a second factor', timeline: [consoleLogin('bob', 'Success')] },
      { why: 'a wrong password', timeline: [consoleLogin('bob', 'Failure', without)] },
      {
        why: 'over single sign-on',
        timeline: [
          but(login, {
            userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef', 'carol'),
          }),
        ],
      },
      { why: 'root: another rule', timeline: [but(login, { userIdentity: root() })] },
    ],
  };
};
