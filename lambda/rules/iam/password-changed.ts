import { field, flag } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromConsole, isAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later, role, user } from '../sample';
import { provedMfa } from './mfa';
import {
  bySomebodyElse,
  IAM,
  IDENTITY_CENTER_RESETS,
  isAdminByName,
  namedTarget,
  PASSWORD_BLIND_SPOTS,
  PASSWORD_REFERENCES,
  PASSWORD_RESETS,
  PASSWORD_RUNBOOK,
  resetSentence,
  targetResources,
} from './passwords';

export default defineRule({
  id: 'password-changed',
  title: 'Password of a user changed by somebody else',
  severity: (event, settings) => (isQuiet(event) && !isAutomated(event, settings) ? 'medium' : 'low'),
  rows: ['0-10'],
  attack: ['TA0003/T1098'],
  match: [PASSWORD_RESETS, IDENTITY_CENTER_RESETS],
  settings: ['adminUsers', 'infrastructureAsCodeAgents'],
  when: (event, settings) => !isAdminByName(event, settings) && bySomebodyElse(event),
  per: (event) => `${event.account}|${namedTarget(event)}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  headline: resetSentence,
  resources: targetResources,
  why: 'Mostly help for somebody who forgot it. It is also the quietest way to become another user.',
  runbook: PASSWORD_RUNBOOK,
  falsePositives: ['Help desks. Users made by infrastructure as code.'],
  blindSpots: PASSWORD_BLIND_SPOTS,
  references: PASSWORD_REFERENCES,
});

/**
 * A new password, made with a key alone and meant to be kept: help for somebody who forgot theirs comes from the console
 * or with a second factor, and makes them choose another.
 */
function isQuiet(event: TrailEvent): boolean {
  return (
    event.call === 'UpdateLoginProfile' &&
    flag(field(event.record['requestParameters'], 'passwordResetRequired')) !== true &&
    !fromConsole(event) &&
    !provedMfa(event)
  );
}

export const examples = (): Examples => {
  const reset = call(IAM, 'UpdateLoginProfile', {
    requestParameters: { userName: 'bob', passwordResetRequired: true },
  });
  const kept = but(reset, { requestParameters: { userName: 'bob' } });
  const atIdentityCenter = but(reset, {
    eventSource: 'sso-directory.amazonaws.com',
    eventName: 'UpdatePassword',
    requestParameters: { userId: '94482488-3041-7000-0000-000000000001', passwordMode: 'EMAIL' },
  });
  return {
    fires: [
      { why: 'a colleague reset it', timeline: [reset], severity: 'low' },
      { why: 'with a key alone, to be kept', timeline: [kept], severity: 'medium' },
      {
        why: 'to be kept, in the console',
        timeline: [but(kept, { sessionCredentialFromConsole: 'true' })],
        severity: 'low',
      },
      {
        why: 'to be kept, with a second factor',
        timeline: [but(kept, { userIdentity: role('HelpDesk', 'carol', undefined, { mfaAuthenticated: 'true' }) })],
        severity: 'low',
      },
      { why: 'to be kept, by Terraform', timeline: [but(kept, { userAgent: 'Terraform/1.9' })], severity: 'low' },
      { why: 'a first password', timeline: [but(reset, { eventName: 'CreateLoginProfile' })], severity: 'low' },
      {
        why: 'in Identity Center',
        timeline: [atIdentityCenter],
      },
      { why: 'the record names nobody', timeline: [but(reset, { requestParameters: null })] },
      { why: 'twice within the hour: one alert', timeline: [reset, later(reset, 30 * MINUTE)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(reset)] },
      { why: 'a call of Identity Center was refused', timeline: [denied(atIdentityCenter)] },
      { why: 'the user did it', timeline: [but(reset, { userIdentity: user('bob') })] },
      {
        why: 'an administrator: the other rule tells it',
        timeline: [but(reset, { requestParameters: { userName: 'admin-bob' } })],
      },
      {
        why: 'a user changed the own one',
        timeline: [but(reset, { eventName: 'ChangePassword', requestParameters: null })],
      },
    ],
  };
};
