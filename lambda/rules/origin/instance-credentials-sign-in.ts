import { whereFrom } from '../callers';
import { defineRule, type Examples, type Match } from '../rule';
import { but, call, later, role } from '../sample';
import { callingInstance } from './origins';
import { INSTANCE_REFERENCES, INSTANCE_RUNBOOK } from './stolen-instances';

const SIGNED_IN: Match = {
  feed: 'sign-in',
  outcome: 'succeeded',
  service: 'signin.amazonaws.com',
  calls: ['ConsoleLogin', 'GetSigninToken'],
};

export default defineRule({
  id: 'instance-credentials-sign-in',
  title: 'Credentials of an instance used to enter the console',
  severity: 'high',
  rows: ['1-2', '2-18'],
  attack: ['TA0008/T1550.001', 'TA0006/T1552.005'],
  match: [SIGNED_IN],
  when: (event) => callingInstance(event) !== undefined,
  per: (event) => `${event.account}|${callingInstance(event) ?? ''}`,
  headline: (event) =>
    `${event.actor} as instance ${callingInstance(event)} entered the console with ${event.call} ${whereFrom(event)}`,
  resources: (event) => [callingInstance(event) ?? []].flat(),
  why: 'Machines do not look at the console. Somebody turned the credentials of an instance into a sign-in.',
  runbook: INSTANCE_RUNBOOK,
  falsePositives: ['A custom sign-in broker that runs on an instance and uses its role directly.'],
  blindSpots: ['A sign-in with a role that the instance took first.'],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html',
    ...INSTANCE_REFERENCES,
  ],
});

export const examples = (): Examples => {
  const token = call('signin.amazonaws.com', 'GetSigninToken', {
    userIdentity: role('web', 'i-0123456789abcdef0'),
    responseElements: { credentials: null, GetSigninToken: 'Success' },
    readOnly: false,
  });
  const login = but(later(token, 2_000), {
    eventName: 'ConsoleLogin',
    eventType: 'AwsConsoleSignIn',
    responseElements: { ConsoleLogin: 'Success' },
  });
  return {
    fires: [
      { why: 'a token for signing in', timeline: [token], severity: 'high' },
      { why: 'the sign-in', timeline: [login] },
      { why: 'one after the other: one alert', timeline: [token, login] },
    ],
    quiet: [
      { why: 'a role of a person', timeline: [but(login, { userIdentity: role('Admin', 'alice') })] },
      { why: 'it failed', timeline: [but(login, { errorMessage: 'Failed authentication' })] },
      {
        why: 'another call of an instance',
        timeline: [but(token, { eventSource: 'sts.amazonaws.com', eventName: 'GetCallerIdentity' })],
      },
    ],
  };
};
