import { signInEnd, signInUser } from '../../intake/sign-in';
import type { TrailEvent } from '../../intake/trail-event';
import { inNetworks } from '../networks';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, consoleLogin, later, user } from '../sample';
import {
  bySomebodyElse,
  IAM,
  PASSWORD_REFERENCES,
  PASSWORD_RUNBOOK,
  resetSentence,
  targetOf,
  targetResources,
} from './passwords';

export default defineRule({
  id: 'password-reset-then-sign-in',
  title: 'Password reset, then used from the same address',
  // All events of a window come from one address, so they have one severity.
  severity: (event, settings) =>
    event.sourceIp !== undefined && inNetworks(event.sourceIp, settings.trustedNetworks) ? 'medium' : 'critical',
  rows: ['0-10'],
  attack: ['TA0003/T1098', 'TA0001/T1078.004'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['UpdateLoginProfile', 'CreateLoginProfile'] },
    { feed: 'sign-in', outcome: 'succeeded', service: 'signin.amazonaws.com', calls: ['ConsoleLogin'] },
  ],
  settings: ['trustedNetworks'],
  window: {
    kind: 'sequence',
    withinMs: HOUR,
    per: userAndAddress,
    steps: [
      { name: 'password set by somebody else', is: isReset },
      { name: 'the user signed in', is: (event) => signInEnd(event) === 'success' },
    ],
  },
  headline: (event) =>
    event.service === IAM
      ? resetSentence(event)
      : `${signInUser(event)} signed in to ${event.account} from ${event.sourceIp}, where somebody else set the password just before`,
  resources: (event) => (event.service === IAM ? targetResources(event) : [signInUser(event) ?? event.actor]),
  why: 'Who sets a password and then signs in with it has become that user. The deeds that follow bear the wrong name.',
  runbook: PASSWORD_RUNBOOK,
  falsePositives: [
    'A helper and the user behind one office address: medium where it is in trustedNetworks.',
    'A person who makes a user for themselves.',
  ],
  blindSpots: [
    'A sign-in from another address than that of the reset; a first-seen rule on addresses tells those that are new.',
    'More than an hour between the two.',
  ],
  references: PASSWORD_REFERENCES,
});

function isReset(event: TrailEvent): boolean {
  return event.service === IAM && bySomebodyElse(event);
}

/** The same user and the same address: that is what makes it one person. */
function userAndAddress(event: TrailEvent): string | undefined {
  const name = event.service === IAM ? targetOf(event) : signInUser(event);
  return name === undefined || event.sourceIp === undefined ? undefined : `${event.account}|${name}|${event.sourceIp}`;
}

export const examples = (): Examples => {
  const reset = call(IAM, 'UpdateLoginProfile', {
    requestParameters: { userName: 'bob', passwordResetRequired: false },
  });
  const signIn = later(consoleLogin('bob', 'Success'), 20 * MINUTE);
  return {
    fires: [
      { why: 'reset, and used twenty minutes later', timeline: [reset, signIn], severity: 'critical' },
      { why: 'a first password, and used', timeline: [but(reset, { eventName: 'CreateLoginProfile' }), signIn] },
      {
        why: 'in the office',
        timeline: [reset, signIn],
        settings: { trustedNetworks: ['198.51.100.0/24'] },
        severity: 'medium',
      },
      {
        why: 'one second before the hour is over',
        timeline: [reset, later(consoleLogin('bob', 'Success'), HOUR - 1_000)],
      },
    ],
    quiet: [
      { why: 'from another address', timeline: [reset, but(signIn, { sourceIPAddress: '203.0.113.9' })] },
      { why: 'an hour later', timeline: [reset, later(consoleLogin('bob', 'Success'), HOUR)] },
      { why: 'the reset was refused', timeline: [but(reset, { errorCode: 'AccessDenied' }), signIn] },
      {
        why: 'neither record has an address',
        timeline: [reset, signIn].map((record) => but(record, { sourceIPAddress: undefined })),
      },
      { why: 'the sign-in failed', timeline: [reset, later(consoleLogin('bob', 'Failure'), 20 * MINUTE)] },
      { why: 'somebody else signed in', timeline: [reset, later(consoleLogin('carol', 'Success'), 20 * MINUTE)] },
      { why: 'the sign-in came first', timeline: [later(reset, 30 * MINUTE), signIn] },
      { why: 'the user set the own password', timeline: [but(reset, { userIdentity: user('bob') }), signIn] },
      { why: 'the password was removed', timeline: [but(reset, { eventName: 'DeleteLoginProfile' }), signIn] },
    ],
  };
};
