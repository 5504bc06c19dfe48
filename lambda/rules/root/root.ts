import { at, field, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import type { Pattern } from '../pattern';

/** What root's records have in common: it keeps wildcard patterns narrow. */
export const BY_ROOT = { userIdentity: { type: ['Root'] } } as const satisfies Pattern;

/** Long-lived keys begin so; the keys of a console session, also root's, begin with ASIA. */
export const LONG_LIVED_KEY = 'AKIA';

export const ROOT_REFERENCES = [
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html',
  'https://attack.mitre.org/techniques/T1078/004/',
] as const;

export function isRoot({ record }: TrailEvent): boolean {
  return at(record, 'userIdentity', 'type') === 'Root';
}

/** ID of the key that signed the call; empty for sign-ins. */
export function keyOfRoot({ record }: TrailEvent): string {
  return text(at(record, 'userIdentity', 'accessKeyId')) ?? '';
}

/**
 * True when root itself acted. Services that act on the account's behalf name themselves in `invokedBy`; there the
 * console writes `signin.amazonaws.com` or `AWS Internal` for what a person clicked.
 */
export function rootItself(event: TrailEvent): boolean {
  const invokedBy = text(at(event.record, 'userIdentity', 'invokedBy'));
  return (
    isRoot(event) && (invokedBy === undefined || invokedBy === 'signin.amazonaws.com' || invokedBy === 'AWS Internal')
  );
}

/** Calls only: sign-ins have rules of their own, and service events are no deed of root's. */
export function isCall({ record }: TrailEvent): boolean {
  const type = field(record, 'eventType');
  return type !== 'AwsServiceEvent' && type !== 'AwsConsoleSignIn';
}

/** Where the call came from, for people. */
export function origin(event: TrailEvent): string {
  return event.sourceIp ?? event.sourceService ?? 'an unknown address';
}

/** `root of 111122223333` */
export function rootOf(event: TrailEvent): string {
  return `Root of ${event.account}`;
}

const SIGN_IN_CHANGES: Readonly<Record<string, RootCredential>> = {
  PasswordUpdated: 'password',
  PasswordRecoveryRequested: 'password recovery',
  PasswordRecoveryCompleted: 'password recovery',
  EmailUpdated: 'e-mail address',
};

export type RootCredential =
  | 'access key'
  | 'password'
  | 'password recovery'
  | 'e-mail address'
  | 'MFA device'
  | 'signing certificate'
  | 'temporary session';

/** IAM's calls on a user's own credentials: by root and without a user name they mean root. */
const OWN_CREDENTIALS: Readonly<Record<string, RootCredential>> = {
  CreateAccessKey: 'access key',
  UpdateAccessKey: 'access key',
  ChangePassword: 'password',
  CreateLoginProfile: 'password',
  UpdateLoginProfile: 'password',
  UploadSigningCertificate: 'signing certificate',
};

const MFA_CALLS: ReadonlySet<string> = new Set([
  'EnableMFADevice',
  'DeactivateMFADevice',
  'CreateVirtualMFADevice',
  'DeleteVirtualMFADevice',
]);

export const ROOT_CREDENTIAL_CALLS = [
  'CreateAccessKey',
  'UpdateAccessKey',
  'ChangePassword',
  'CreateLoginProfile',
  'UpdateLoginProfile',
  'UploadSigningCertificate',
  'EnableMFADevice',
  'DeactivateMFADevice',
  'CreateVirtualMFADevice',
  'DeleteVirtualMFADevice',
] as const;

/**
 * The credential of root that a call is about, or undefined: for calls that name another user, and for all others.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-track-privileged-tasks.html
 */
export function rootCredential(event: TrailEvent): RootCredential | undefined {
  const { service, call, record } = event;
  if (service === 'signin.amazonaws.com') {
    // Only root has these flows; records of some of them lack the type.
    return at(record, 'userIdentity', 'type') === 'IAMUser' ? undefined : SIGN_IN_CHANGES[call];
  }
  if (service === 'sts.amazonaws.com') return call === 'AssumeRoot' ? 'temporary session' : undefined;
  if (service !== 'iam.amazonaws.com') return undefined;
  const parameters = record['requestParameters'];
  const userName = text(field(parameters, 'userName'));
  if (MFA_CALLS.has(call)) {
    const device = text(field(parameters, 'serialNumber')) ?? text(field(parameters, 'virtualMFADeviceName')) ?? '';
    const rootsDevice = device.slice(device.lastIndexOf('/') + 1).startsWith('root-');
    const unnamed = isRoot(event) && userName === undefined && device === '';
    return rootsDevice || namesRoot(userName) || unnamed ? 'MFA device' : undefined;
  }
  if (!isRoot(event) || (userName !== undefined && !namesRoot(userName))) return undefined;
  if (call === 'UpdateAccessKey' && text(field(parameters, 'status')) === 'Inactive') return undefined; // switching it off is the cure
  return OWN_CREDENTIALS[call];
}

/** The console writes root as a user of this name. */
function namesRoot(userName: string | undefined): boolean {
  return userName === 'AWS ROOT USER' || userName === 'root';
}
