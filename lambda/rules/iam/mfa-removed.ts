import type { TrailEvent } from '../../intake/trail-event';
import { lessIfAutomated } from '../callers';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role, root, user } from '../sample';
import type { Settings } from '../settings';
import type { Severity } from '../severity';
import { isOthersMfa, isUsersMfa, mfaUserOf, provedMfa } from './mfa';

const IAM = 'iam.amazonaws.com';

export default defineRule({
  id: 'mfa-removed',
  title: 'Second factor of a user removed',
  severity: (event, settings) => lessIfAutomated(severity(event, settings), event, settings),
  rows: ['1-20', '2-36'],
  attack: ['TA0003/T1556.006', 'TA0005/T1556.006'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: IAM, calls: ['DeactivateMFADevice'] }],
  settings: ['adminUsers', 'infrastructureAsCodeAgents'],
  // Somebody who proved the factor and changes the own device has a new telephone.
  when: (event) => isUsersMfa(event) && (isOthersMfa(event) || !provedMfa(event)),
  per: (event) => `${event.account}|${mfaUserOf(event) ?? event.actor}|${event.actor}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} removed the second factor of ${mfaUserOf(event) ?? 'itself'} in ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: (event) => [mfaUserOf(event) ?? event.actor],
  why: 'From now on the password alone lets anybody in. It is what a thief of keys does before signing in as that user.',
  runbook: [
    'Ask the user whether they lost the device, and the actor whether they were asked to help.',
    "If not, take the password away: aws iam delete-login-profile --user-name <user>; deactivate the actor's keys.",
    'Look for a ConsoleLogin and new keys of the user since: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<user>.',
    'Give the user a new device: aws iam enable-mfa-device.',
  ],
  falsePositives: ['A lost or new telephone, and the help desk.'],
  blindSpots: [
    'Deleting a virtual device says nothing more: IAM wants it deactivated first.',
    'Devices of IAM Identity Center and of identity providers.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_disable.html',
    'https://attack.mitre.org/techniques/T1556/006/',
  ],
});

function severity(event: TrailEvent, { adminUsers }: Settings): Severity {
  if (!isOthersMfa(event)) return 'medium';
  const ofAdmin = anyGlobMatches(adminUsers, mfaUserOf(event) ?? '', true);
  return ofAdmin || !provedMfa(event) ? 'high' : 'medium';
}

export const examples = (): Examples => {
  const removed = call(IAM, 'DeactivateMFADevice', {
    requestParameters: { userName: 'bob', serialNumber: 'arn:aws:iam::111122223333:mfa/bob' },
  });
  const helpDesk = { userIdentity: role('HelpDesk', 'carol', undefined, { mfaAuthenticated: 'true' }) };
  const ofAdmin = { userName: 'admin-bob', serialNumber: 'arn:aws:iam::111122223333:mfa/phone' };
  const own = but(removed, {
    userIdentity: { ...user('bob'), sessionContext: { attributes: { mfaAuthenticated: 'true' } } },
  });
  return {
    fires: [
      { why: "somebody else's, with a key", timeline: [removed], severity: 'high' },
      { why: 'by a help desk with a second factor', timeline: [but(removed, helpDesk)], severity: 'medium' },
      {
        why: "an administrator's, by the help desk",
        timeline: [but(removed, { ...helpDesk, requestParameters: ofAdmin })],
        severity: 'high',
      },
      {
        why: 'over single sign-on, whose sessions do not tell',
        timeline: [
          but(removed, {
            userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', 'carol'),
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'the own one, without having proved it',
        timeline: [but(removed, { userIdentity: user('bob') })],
        severity: 'medium',
      },
      { why: 'the record names nobody', timeline: [but(removed, { requestParameters: null })], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(removed, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'two devices of one user: one alert', timeline: [removed, later(removed, 60_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(removed)] },
      { why: 'the own one, with the factor proved', timeline: [own] },
      {
        why: "root's: another rule",
        timeline: [but(removed, { userIdentity: root(), requestParameters: { userName: 'AWS ROOT USER' } })],
      },
      { why: 'a device was enabled', timeline: [but(removed, { eventName: 'EnableMFADevice' })] },
    ],
  };
};
