import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, role, root } from '../sample';
import {
  bySomebodyElse,
  IAM,
  isAdminByName,
  namedTarget,
  PASSWORD_BLIND_SPOTS,
  PASSWORD_REFERENCES,
  PASSWORD_RESETS,
  PASSWORD_RUNBOOK,
  resetSentence,
  resetSeverity,
  targetResources,
} from './passwords';

export default defineRule({
  id: 'admin-password-changed',
  title: 'Password of an administrator changed by somebody else',
  severity: resetSeverity,
  rows: ['0-10'],
  attack: ['TA0003/T1098', 'TA0040/T1531'],
  match: [PASSWORD_RESETS],
  settings: ['adminUsers', 'infrastructureAsCodeAgents'],
  when: (event, settings) => isAdminByName(event, settings) && bySomebodyElse(event),
  per: (event) => `${event.account}|${namedTarget(event)}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: resetSentence,
  resources: targetResources,
  why: 'Whoever sets the password of an administrator can become that administrator, or lock them out.',
  runbook: PASSWORD_RUNBOOK,
  falsePositives: [
    'An administrator who lost the password and asked a colleague; a new administrator who gets the first one.',
  ],
  blindSpots: [
    'Administrators by their rights, not their name: admin-password-changed-after-promotion sees those made in the last 14 days.',
    ...PASSWORD_BLIND_SPOTS,
  ],
  references: PASSWORD_REFERENCES,
});

export const examples = (): Examples => {
  const reset = call(IAM, 'UpdateLoginProfile', { requestParameters: { userName: 'admin-bob' } });
  const withMfa = but(reset, { userIdentity: role('Support', 'carol', undefined, { mfaAuthenticated: 'true' }) });
  const bySso = but(reset, {
    userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', 'carol@example.com'),
  });
  return {
    fires: [
      { why: 'reset with an access key', timeline: [reset], severity: 'critical' },
      { why: 'reset in a session with MFA', timeline: [withMfa], severity: 'high' },
      {
        why: 'reset in a session of a role without MFA',
        timeline: [but(reset, { userIdentity: role('Support', 'carol') })],
        severity: 'critical',
      },
      { why: 'reset over single sign-on, whose sessions do not tell', timeline: [bySso], severity: 'high' },
      { why: 'root reset it', timeline: [but(reset, { userIdentity: root() })], severity: 'high' },
      {
        why: 'by infrastructure as code, without MFA',
        timeline: [but(reset, { userAgent: 'APN/1.0 Terraform/1.9' })],
        severity: 'high',
      },
      { why: 'the name in other letters', timeline: [but(reset, { requestParameters: { userName: 'BreakGlass-1' } })] },
      { why: 'the password was removed', timeline: [but(reset, { eventName: 'DeleteLoginProfile' })] },
      { why: 'a first password was given', timeline: [but(reset, { eventName: 'CreateLoginProfile' })] },
      {
        why: 'a session that was named after the administrator is not the administrator',
        timeline: [but(reset, { userIdentity: role('Support', 'admin-bob') })],
      },
      {
        why: 'the parameters were too large to see',
        timeline: [but(reset, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
      },
      { why: 'reset twice within the hour: one alert', timeline: [reset, later(reset, 30 * MINUTE)] },
    ],
    quiet: [
      {
        why: 'the call was refused',
        timeline: [but(reset, { errorCode: 'AccessDenied', errorMessage: 'not authorized' })],
      },
      {
        why: 'the administrator did it',
        timeline: [but(reset, { requestParameters: { userName: 'alice' } })],
        settings: { adminUsers: ['alice'] },
      },
      {
        why: 'the person behind a single sign-on session did it',
        timeline: [but(bySso, { requestParameters: { userName: 'carol@example.com' } })],
        settings: { adminUsers: ['carol@*'] },
      },
      { why: 'the user is no administrator', timeline: [but(reset, { requestParameters: { userName: 'bob' } })] },
      {
        why: 'an administrator changed the own password: the call names nobody',
        timeline: [but(reset, { eventName: 'ChangePassword', requestParameters: null })],
      },
      { why: 'the profile was read', timeline: [but(reset, { eventName: 'GetLoginProfile', readOnly: true })] },
    ],
  };
};
