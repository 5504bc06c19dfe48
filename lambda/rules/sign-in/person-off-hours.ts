import { SIGN_IN_SERVICE } from '../../intake/sign-in';
import { actorKey, fromClient, whereFrom } from '../callers';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, consoleLogin, denied, later, role, user } from '../sample';
import { isOffHours } from '../working-hours';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'person-off-hours',
  title: 'A person signed in or changed IAM out of hours',
  // A sign-in may be somebody who can't sleep; rights that change at night are worth a look.
  severity: ({ service }) => (service === IAM ? 'medium' : 'low'),
  rows: ['1-12'],
  attack: ['TA0001/T1078.004'],
  match: [
    { feed: 'sign-in', outcome: 'succeeded', service: SIGN_IN_SERVICE, calls: ['ConsoleLogin'] },
    { feed: 'api-writes', outcome: 'succeeded', service: IAM },
  ],
  settings: ['people', 'workingHours'],
  sleepsWithout: ['people'],
  when: (event, settings) =>
    settings.people.length > 0 &&
    fromClient(event) &&
    anyGlobMatches(settings.people, event.actor) &&
    isOffHours(event.timeMs, settings.workingHours),
  per: (event) => `${actorKey(event)}|${event.service}`,
  quietMs: 12 * HOUR,
  headline: (event) =>
    event.service === IAM
      ? `${event.actor} called ${event.call} ${whereFrom(event)}, out of working hours`
      : `${event.actor} signed in to ${event.account} from ${event.sourceIp ?? 'an unknown address'}, out of working hours`,
  resources: ({ actor }) => [actor],
  why: 'Stolen credentials are used when their owner is asleep.',
  runbook: [
    'Ask the person, by another way than the account, whether it was they.',
    'If not: change the password, deactivate the keys, and revoke the sessions (IAM console, the user or role, Revoke sessions).',
    'Read what they did since: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
  ],
  falsePositives: ['People on call, or who travel: leave them out of people, or widen workingHours.'],
  blindSpots: ['Off while people or workingHours is empty.', 'What a thief does in office hours.'],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html',
    'https://attack.mitre.org/techniques/T1078/004/',
  ],
});

export const examples = (): Examples => {
  // Examples begin on a Tuesday, 10:00 UTC.
  const settings = { people: ['*:user/alice', '*/AWSReservedSSO_*'], workingHours: ['mon-fri 11:00-20:00'] };
  const signIn = consoleLogin('alice', 'Success');
  const change = call(IAM, 'CreateRole', { requestParameters: { roleName: 'x' } });
  const sso = role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', 'bob');
  return {
    fires: [
      { why: 'a sign-in', timeline: [signIn], settings, severity: 'low' },
      { why: 'a change of IAM', timeline: [change], settings, severity: 'medium' },
      { why: 'over single sign-on', timeline: [but(change, { userIdentity: sso })], settings, severity: 'medium' },
      { why: 'twice: one alert', timeline: [change, later(change, 60_000)], settings },
      { why: 'a second before the hours begin', timeline: [later(change, HOUR - 1_000)], settings },
    ],
    quiet: [
      { why: 'when the hours begin', timeline: [later(change, HOUR)], settings },
      { why: 'no hours are configured', timeline: [change], settings: { people: ['*'] } },
      { why: 'nobody is configured', timeline: [change], settings: { workingHours: ['mon-fri 11:00-20:00'] } },
      { why: 'somebody else', timeline: [but(change, { userIdentity: user('ci') })], settings },
      { why: 'a failed sign-in', timeline: [consoleLogin('alice', 'Failure')], settings },
      { why: 'a refused change', timeline: [denied(change)], settings },
      { why: 'a service', timeline: [but(change, byService('cloudformation.amazonaws.com'))], settings },
    ],
  };
};
