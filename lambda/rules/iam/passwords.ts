import { agentContains } from '../../intake/caller';
import { at, field, flag, isOmitted, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import type { Match } from '../rule';
import type { Settings } from '../settings';
import { type Severity, shifted } from '../severity';
import { allowsAdministration } from './admin-grants';

export const IAM = 'iam.amazonaws.com';

/**
 * Calls that change the password of a user whom they name. ChangePassword is not among them: with it a user changes
 * the own one, and its request parameters are null.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html
 */
export const PASSWORD_RESETS: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: IAM,
  calls: ['UpdateLoginProfile', 'CreateLoginProfile', 'DeleteLoginProfile'],
};

/** Identity Center's call; it names users by ID only. */
export const IDENTITY_CENTER_RESETS: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: 'sso-directory.amazonaws.com',
  calls: ['UpdatePassword'],
};

export const PASSWORD_REFERENCES = [
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html',
  'https://attack.mitre.org/techniques/T1098/',
  'https://attack.mitre.org/techniques/T1531/',
] as const;

export const PASSWORD_RUNBOOK = [
  'Ask both: the actor whether they did it, and the user whether they asked for it, by another way than the account.',
  'If nobody did, take the password away: aws iam delete-login-profile --user-name <user>; look for a ConsoleLogin of the user since.',
  "Deactivate the actor's keys and revoke its sessions; list what it did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<actor>.",
  'Give the user a new password over a channel that you trust, and MFA.',
] as const;

export const PASSWORD_BLIND_SPOTS = [
  'Passwords of directories, databases and user pools (RDS, Cognito, Directory Service).',
  'Users whom the settings adminUsers do not name and who were made administrators more than 14 days before.',
] as const;

/** The user whose password the call is about, by name; for Identity Center by ID. Undefined where none is named. */
export function targetOf({ service, record }: TrailEvent): string | undefined {
  const parameters = record['requestParameters'];
  const name = text(field(parameters, service === IAM ? 'userName' : 'userId'));
  return name === '' ? undefined : name;
}

export function namedTarget(event: TrailEvent): string {
  return targetOf(event) ?? 'a user that the record does not name';
}

/**
 * True unless the actor is the user itself: the IAM user of that name, or a person whose single sign-on session has it.
 * Sessions of other roles do not count: who assumes a role writes the name of the session.
 */
export function bySomebodyElse(event: TrailEvent): boolean {
  const target = targetOf(event);
  if (target === undefined) return true;
  const identity = event.record['userIdentity'];
  switch (at(identity, 'type')) {
    case 'IAMUser':
      return text(at(identity, 'userName')) !== target;
    case 'IdentityCenterUser':
      return text(at(identity, 'onBehalfOf', 'userId')) !== target;
    default:
      return !isSingleSignOn(event) || !event.actor.endsWith(`/${target}`);
  }
}

/** An administrator by the settings; content that was too large to see may have named one. */
export function isAdminByName(event: TrailEvent, { adminUsers }: Settings): boolean {
  const target = targetOf(event);
  if (target === undefined) return isOmitted(event.record['requestParameters']);
  return event.service === IAM && anyGlobMatches(adminUsers, target, true);
}

/**
 * High, or critical where the actor had no MFA: a stolen key is enough then. Single sign-on sessions never carry the
 * flag (the identity provider asked for MFA or not), so there it says nothing.
 */
export function resetSeverity(event: TrailEvent, { infrastructureAsCodeAgents }: Settings): Severity {
  const mfa = flag(at(event.record, 'userIdentity', 'sessionContext', 'attributes', 'mfaAuthenticated')) === true;
  const severity = mfa || isSingleSignOn(event) ? 'high' : 'critical';
  return agentContains(event, infrastructureAsCodeAgents) ? shifted(severity, -1) : severity;
}

function isSingleSignOn(event: TrailEvent): boolean {
  return at(event.record, 'userIdentity', 'type') === 'AssumedRole' && event.actor.includes('/AWSReservedSSO_');
}

const DEEDS: Readonly<Record<string, string>> = {
  CreateLoginProfile: 'gave a console password to',
  DeleteLoginProfile: 'removed the console password of',
};

/** `… reset the password of alice in 111122223333` */
export function resetSentence(event: TrailEvent): string {
  const from = event.sourceIp === undefined ? '' : ` from ${event.sourceIp}`;
  return `${event.actor} ${DEEDS[event.call] ?? 'reset the password of'} ${namedTarget(event)} in ${event.account}${from}`;
}

export function targetResources(event: TrailEvent): readonly string[] {
  const target = targetOf(event);
  return target === undefined ? [] : [target];
}

/** Calls that can make a user an administrator; `makesAdmin` says whether one did. */
export const PROMOTIONS: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: IAM,
  calls: ['AttachUserPolicy', 'AddUserToGroup', 'PutUserPolicy'],
};

/** True for a call that gave the user that it names the rights of an administrator. */
export function makesAdmin({ call, record }: TrailEvent, { adminPolicies, adminGroups }: Settings): boolean {
  const parameters = record['requestParameters'];
  switch (call) {
    case 'AttachUserPolicy':
      return anyGlobMatches(adminPolicies, text(field(parameters, 'policyArn')) ?? '');
    case 'AddUserToGroup':
      return anyGlobMatches(adminGroups, text(field(parameters, 'groupName')) ?? '', true);
    case 'PutUserPolicy':
      return allowsAdministration(field(parameters, 'policyDocument'));
    default:
      return false;
  }
}
