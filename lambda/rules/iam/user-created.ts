import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role } from '../sample';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'user-created',
  title: 'IAM user created',
  severity: (event, settings) => lessIfAutomated(byMachine(event) ? 'high' : 'medium', event, settings),
  rows: ['2-5'],
  attack: ['TA0003/T1136.003'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['CreateUser'] }],
  settings: ['infrastructureAsCodeAgents'],
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor}${byMachine(event) ? ', which is a machine,' : ''} created user ${userName(event) ?? '(not named)'} ${whereFrom(event)}`,
  resources: (event) => {
    const name = userName(event);
    return name === undefined ? [] : [name];
  },
  why: 'IAM users have passwords and keys that last. Most accounts need no new ones; in reported break-ins no other call is seen as often.',
  runbook: [
    'Ask the actor who the user is for. People sign in over Identity Center, programs take roles.',
    'Look at what it was given: aws iam list-attached-user-policies, list-groups-for-user, list-access-keys --user-name <user>.',
    'If nobody vouches for it: aws iam update-access-key --status Inactive, delete-login-profile, then delete the user.',
    'Treat the credentials of the actor as stolen: deactivate them, and see what else it did.',
  ],
  falsePositives: [
    'Accounts that still make users for people: suppress by actor. Programs that need a key of their own.',
  ],
  blindSpots: ['Users of Identity Center and of directories: identity-provider-changed.'],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp',
    'https://attack.mitre.org/techniques/T1136/003/',
  ],
});

function userName({ record }: TrailEvent): string | undefined {
  return text(at(record, 'requestParameters', 'userName')) ?? text(at(record, 'responseElements', 'user', 'userName'));
}

/** The session of a machine's own role is named by its instance. */
function byMachine({ record }: TrailEvent): boolean {
  const session = text(at(record, 'userIdentity', 'principalId'))?.split(':')[1];
  return session?.startsWith('i-') === true && /^i-[0-9a-f]{8,17}$/.test(session);
}

export const examples = (): Examples => {
  const created = call(IAM, 'CreateUser', {
    requestParameters: { userName: 'helper' },
    responseElements: { user: { userName: 'helper', arn: 'arn:aws:iam::111122223333:user/helper' } },
  });
  return {
    fires: [
      { why: 'by a user', timeline: [created], severity: 'medium' },
      {
        why: 'by a machine',
        timeline: [but(created, { userIdentity: role('Web', 'i-0a1b2c3d4e5f60718') })],
        severity: 'high',
      },
      { why: 'by Terraform', timeline: [but(created, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'the record names nobody', timeline: [but(created, { requestParameters: null, responseElements: null })] },
      { why: 'twice: one alert', timeline: [created, later(created, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(created)] },
      { why: 'the name is taken', timeline: [but(created, { errorCode: 'EntityAlreadyExistsException' })] },
      { why: 'a group', timeline: [but(created, { eventName: 'CreateGroup' })] },
    ],
  };
};
