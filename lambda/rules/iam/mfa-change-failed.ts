import { text } from '../../intake/fields';
import { fromClient } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role, root, user } from '../sample';
import { isOthersMfa, isUsersMfa, mfaUserOf, provedMfa } from './mfa';

const IAM = 'iam.amazonaws.com';

/** Refusals that say: not you, there is one already, or you have too many. Others are typing errors. */
const TELLING: ReadonlySet<string> = new Set([
  'EntityAlreadyExists',
  'EntityAlreadyExistsException',
  'LimitExceeded',
  'LimitExceededException',
]);

export default defineRule({
  id: 'mfa-change-failed',
  title: 'Failed attempt to change a second factor',
  severity: (event) => (event.call === 'DeactivateMFADevice' || isOthersMfa(event) ? 'medium' : 'low'),
  rows: ['1-20', '2-36'],
  attack: ['TA0003/T1556.006'],
  match: [
    {
      feed: 'api-writes',
      outcome: ['denied', 'failed'],
      service: IAM,
      calls: ['CreateVirtualMFADevice', 'EnableMFADevice', 'DeactivateMFADevice'],
    },
  ],
  when: (event) =>
    isUsersMfa(event) &&
    fromClient(event) &&
    !provedMfa(event) &&
    (event.outcome === 'denied' || TELLING.has(text(event.record['errorCode']) ?? '')),
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} tried ${event.call} for ${mfaUserOf(event) ?? 'itself'} in ${event.account} without a second factor, and failed (${text(event.record['errorCode']) ?? 'no code'})`,
  resources: (event) => [mfaUserOf(event) ?? event.actor],
  why: 'Somebody who holds a key or a password, and not the second factor, tries to bring their own.',
  runbook: [
    'Ask the user whether it was them: setting up a device that is set up already fails the same way.',
    'If not, deactivate the key and change the password: whoever tried has both or one of them.',
    'Look at the source address and at what else came from it.',
  ],
  falsePositives: ['People who set up their device for the second time, or before they may.'],
  blindSpots: ['Attempts with codes of other errors.'],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html',
    'https://attack.mitre.org/techniques/T1556/006/',
  ],
});

export const examples = (): Examples => {
  const exists = call(IAM, 'CreateVirtualMFADevice', {
    requestParameters: null,
    errorCode: 'EntityAlreadyExistsException',
    errorMessage: 'MFADevice entity at the same path and name already exists.',
  });
  const deactivated = denied(but(exists, { eventName: 'DeactivateMFADevice' }));
  return {
    fires: [
      { why: 'there is one already', timeline: [exists], severity: 'low' },
      { why: 'refused', timeline: [denied(exists)], severity: 'low' },
      { why: 'removing it was refused', timeline: [deactivated], severity: 'medium' },
      {
        why: "somebody else's",
        timeline: [but(exists, { eventName: 'EnableMFADevice', requestParameters: { userName: 'bob' } })],
        severity: 'medium',
      },
      { why: 'again and again: one alert', timeline: [exists, later(exists, 60_000), later(deactivated, 120_000)] },
    ],
    quiet: [
      { why: 'it succeeded', timeline: [but(exists, { errorCode: undefined, errorMessage: undefined })] },
      {
        why: 'with the factor proved',
        timeline: [but(exists, { userIdentity: role('Ops', 'x', undefined, { mfaAuthenticated: 'true' }) })],
      },
      { why: 'a wrong code', timeline: [but(exists, { errorCode: 'InvalidAuthenticationCodeException' })] },
      { why: "root's: another rule", timeline: [but(deactivated, { userIdentity: root({ sessionContext: {} }) })] },
      {
        why: 'the user was listed',
        timeline: [but(exists, { eventName: 'ListMFADevices', userIdentity: user('bob') })],
      },
    ],
  };
};
