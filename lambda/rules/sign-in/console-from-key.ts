import { text } from '../../intake/fields';
import { lessIfAutomated } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, later, role, user } from '../sample';

/** IAM Identity Center's own client, which opens the console for everybody who signs in. */
const IDENTITY_CENTER_AGENT = 'Jersey/';

export default defineRule({
  id: 'console-from-key',
  title: 'Console opened with keys instead of a sign-in',
  // Low: tools that many developers use do the same.
  severity: (event, settings) => lessIfAutomated('low', event, settings),
  rows: ['1-20', '2-19'],
  attack: ['TA0008/T1550.001', 'TA0005/T1550.001'],
  match: [{ feed: 'sign-in', outcome: 'succeeded', service: 'signin.amazonaws.com', calls: ['GetSigninToken'] }],
  settings: ['infrastructureAsCodeAgents'],
  when: ({ record }) => text(record['userAgent'])?.startsWith(IDENTITY_CENTER_AGENT) !== true,
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: 12 * HOUR,
  headline: (event) =>
    `${event.actor} turned the keys of a session into a console sign-in to ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: (event) => [event.actor],
  why: 'Who stole the keys of a session can see the account in the browser, without a password or a second factor.',
  runbook: [
    'Ask the owner of the role whether they use a tool that opens the console.',
    'If nobody vouches for it, revoke the sessions of the role: IAM console, the role, Revoke sessions.',
  ],
  falsePositives: ['aws-vault, Leapp, Granted and the like.'],
  blindSpots: ['The user agent is what the caller writes.'],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html',
    'https://attack.mitre.org/techniques/T1550/001/',
  ],
});

export const examples = (): Examples => {
  const token = call('signin.amazonaws.com', 'GetSigninToken', {
    userIdentity: role('Developers', 'carol'),
    userAgent: 'Boto3/1.40.18 md/Botocore#1.40.18',
    eventType: 'AwsConsoleSignIn',
    readOnly: false,
    responseElements: { GetSigninToken: 'Success' },
  });
  return {
    fires: [
      { why: 'by a script', timeline: [token], severity: 'low' },
      { why: 'by a federated user', timeline: [but(token, { userIdentity: { ...user('x'), type: 'FederatedUser' } })] },
      { why: 'all morning: one alert', timeline: [token, later(token, HOUR)] },
    ],
    quiet: [
      { why: 'by Identity Center', timeline: [but(token, { userAgent: 'Jersey/2.25.1 (Apache HttpClient 4.5.13)' })] },
      { why: 'refused', timeline: [but(token, { errorMessage: 'Failed authentication' })] },
    ],
  };
};
