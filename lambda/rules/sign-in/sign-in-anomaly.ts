import { asArray, at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { finding } from '../guardduty/findings';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, later } from '../sample';

const SIGN_IN = 'signin.amazonaws.com';

export default defineRule({
  id: 'sign-in-anomaly',
  title: 'AWS finds a sign-in unusual',
  severity: 'high',
  rows: ['2-42'],
  attack: ['TA0001/T1078.004'],
  match: [{ feed: 'findings', outcome: 'succeeded', service: SIGN_IN, calls: ['SignInAnomaly'] }],
  per: (event) => `${event.account}|${event.region}`,
  quietMs: HOUR,
  headline: (event) => {
    const about = resources(event).join(', ');
    return `AWS Sign-In told of an anomaly in ${event.account} ${event.region}${about === '' ? '' : `: ${about.slice(0, 200)}`}`;
  },
  resources,
  why: 'AWS compares sign-ins with all that it sees, which no single account can. It sends this seldom.',
  runbook: [
    'Look at the sign-ins of the last hours, in us-east-1 and in this region: aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin.',
    'Ask whoever signed in. If it was not them, take the password away: aws iam delete-login-profile --user-name <user>; revoke the sessions of the role.',
    'See what was done since, and change the second factor.',
  ],
  falsePositives: ['A journey, a new provider.'],
  blindSpots: [
    'What AWS finds unusual, and what is in its event, is not documented.',
    'Replay of files does not read it.',
  ],
  references: [
    'https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-signin.html',
    'https://attack.mitre.org/techniques/T1078/004/',
  ],
});

function resources({ record }: TrailEvent): readonly string[] {
  return asArray(at(record, 'requestParameters', 'resources')).flatMap((name) => text(name) ?? []);
}

export const examples = (): Examples => {
  const told = finding(SIGN_IN, 'SignInAnomaly', { requestParameters: { resources: [], says: ['anomaly'] } });
  return {
    fires: [
      { why: 'AWS says so', timeline: [told], severity: 'high' },
      { why: 'of a user that it names', timeline: [but(told, { requestParameters: { resources: ['user/bob'] } })] },
      { why: 'twice: one alert', timeline: [told, later(told, 60_000)] },
    ],
    quiet: [
      { why: 'an ordinary sign-in', timeline: [but(told, { eventName: 'ConsoleLogin' })] },
      {
        why: 'a record that only claims to be one',
        timeline: [but(told, { eventCategory: 'Management', managementEvent: true })],
      },
    ],
  };
};
