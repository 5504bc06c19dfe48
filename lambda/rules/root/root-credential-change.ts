import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role, root, user } from '../sample';
import { origin, ROOT_CREDENTIAL_CALLS, ROOT_REFERENCES, rootCredential } from './root';

const AUDIT_POLICY = ':policy/root-task/IAMAuditRootUserCredentials';

export default defineRule({
  id: 'root-credential-change',
  title: 'Credentials of the root user changed',
  severity: (event) => {
    if (!succeeded(event)) return 'medium';
    // A session that may only list root's credentials is less than one that may change them.
    return text(at(event.record, 'requestParameters', 'taskPolicyArn', 'arn'))?.endsWith(AUDIT_POLICY)
      ? 'high'
      : 'critical';
  },
  rows: ['0-3', '1-4'],
  attack: ['TA0003/T1098.001', 'TA0003/T1098'],
  match: [
    { feed: 'api-writes', outcome: 'any', service: 'iam.amazonaws.com', calls: ROOT_CREDENTIAL_CALLS },
    { feed: 'api-writes', outcome: 'any', service: 'sts.amazonaws.com', calls: ['AssumeRoot'] },
    {
      feed: 'sign-in',
      outcome: 'any',
      service: 'signin.amazonaws.com',
      calls: ['PasswordUpdated', 'PasswordRecoveryRequested', 'PasswordRecoveryCompleted', 'EmailUpdated'],
    },
  ],
  side: 'resource', // a management account assumes root of its members: the member gets a record of it too
  when: (event) => rootCredential(event) !== undefined,
  per: (event) => `${accountOf(event)}|${rootCredential(event) ?? ''}`,
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} ${succeeded(event) ? 'called' : 'tried'} ${event.call} on the ${rootCredential(event)} of root of ${accountOf(event)} from ${origin(event)}`,
  resources: (event) => [`arn:aws:iam::${accountOf(event)}:root`],
  why: 'Whoever holds a root credential of their own owns the account, and can lock everybody else out.',
  runbook: [
    'Ask the holders of the root mailbox, password and MFA device. A recovery that nobody asked for means: secure the mailbox first.',
    'If nobody vouches for it, recover root by the sign-in page, or call AWS Support when the e-mail address was changed.',
    'Remove root access keys and unknown MFA devices: Security credentials, signed in as root.',
    'List what root did since: aws cloudtrail lookup-events --region us-east-1 --lookup-attributes AttributeKey=Username,AttributeValue=root.',
  ],
  falsePositives: [
    'The yearly rotation of the root password, or a new MFA device.',
    'A central audit or clean-up of root credentials by AssumeRoot: suppress by the actor of that role.',
  ],
  blindSpots: [
    'A virtual MFA device that root gives a name of its own choice is seen when it is enabled for root, not when it is made.',
    'The root e-mail address can also be changed from the management account: rule account-change.',
  ],
  references: [
    'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-track-privileged-tasks.html',
    ...ROOT_REFERENCES,
  ],
});

/** Sign-in events have no errorCode: they tell their end in the response, under the name of the call. */
function succeeded(event: TrailEvent): boolean {
  return event.outcome === 'succeeded' && text(at(event.record, 'responseElements', event.call)) !== 'Failure';
}

/** The account whose root it is about: AssumeRoot names it (ID or root's ARN). */
function accountOf(event: TrailEvent): string {
  const target = text(at(event.record, 'requestParameters', 'targetPrincipal'));
  if (event.call !== 'AssumeRoot' || target === undefined) return event.account;
  return target.startsWith('arn:') ? (target.split(':')[4] ?? target) : target;
}

export const examples = (): Examples => {
  const key = call('iam.amazonaws.com', 'CreateAccessKey', {
    userIdentity: root(),
    responseElements: { accessKey: { accessKeyId: 'AKIAROOTEXAMPLE00001', status: 'Active' } },
  });
  const signIn = (name: string) =>
    call('signin.amazonaws.com', name, {
      userIdentity: { type: 'Root', principalId: '111122223333', accountId: '111122223333' },
      eventType: 'AwsConsoleSignIn',
      responseElements: { [name]: 'Success' },
    });
  const iam = (name: string, requestParameters: object, fields: object = {}) =>
    call('iam.amazonaws.com', name, { userIdentity: root(), requestParameters, ...fields });
  const assumed = call('sts.amazonaws.com', 'AssumeRoot', {
    userIdentity: role('RootOperations', 'carol'),
    requestParameters: {
      targetPrincipal: '444455556666',
      taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword' },
    },
  });
  return {
    fires: [
      { why: 'root made an access key for itself', timeline: [key], severity: 'critical' },
      { why: 'no access key came of it', timeline: [denied(key)], severity: 'medium' },
      { why: 'the console names root', timeline: [but(key, { requestParameters: { userName: 'AWS ROOT USER' } })] },
      { why: 'a root key was activated again', timeline: [iam('UpdateAccessKey', { status: 'Active' })] },
      { why: 'root changed its password in IAM', timeline: [iam('ChangePassword', {})], severity: 'critical' },
      { why: 'root got a login profile', timeline: [iam('CreateLoginProfile', {})] },
      { why: 'the login profile of root changed', timeline: [iam('UpdateLoginProfile', {})] },
      { why: 'root got a signing certificate', timeline: [iam('UploadSigningCertificate', {})] },
      { why: 'the password was changed', timeline: [signIn('PasswordUpdated')], severity: 'critical' },
      { why: 'a recovery mail was asked for', timeline: [signIn('PasswordRecoveryRequested')] },
      {
        why: 'recovery asked for and completed: one alert',
        timeline: [signIn('PasswordRecoveryRequested'), later(signIn('PasswordRecoveryCompleted'), 120_000)],
      },
      { why: 'a recovery was completed', timeline: [signIn('PasswordRecoveryCompleted')], severity: 'critical' },
      { why: 'the e-mail address was changed', timeline: [signIn('EmailUpdated')] },
      {
        why: 'asking for a recovery mail failed',
        timeline: [
          but(signIn('PasswordRecoveryRequested'), {
            responseElements: { PasswordRecoveryRequested: 'Failure' },
            errorMessage: 'Failed',
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'root got another MFA device',
        timeline: [
          iam('EnableMFADevice', {
            userName: 'AWS ROOT USER',
            serialNumber: 'arn:aws:iam::111122223333:mfa/phone',
          }),
        ],
      },
      {
        why: 'a device of the name that root has in the console was made and enabled: one alert',
        timeline: [
          iam('CreateVirtualMFADevice', { virtualMFADeviceName: 'root-account-mfa-device' }),
          later(iam('EnableMFADevice', { userName: 'AWS ROOT USER' }), 60_000),
        ],
      },
      {
        why: 'a device of that name was made, no more',
        timeline: [iam('CreateVirtualMFADevice', { virtualMFADeviceName: 'root-account-mfa-device' })],
      },
      { why: 'root switched MFA off, and the record names nobody', timeline: [iam('DeactivateMFADevice', {})] },
      { why: "root's MFA was switched off", timeline: [iam('DeactivateMFADevice', { userName: 'AWS ROOT USER' })] },
      {
        why: "an administrator deleted root's virtual device",
        timeline: [
          iam(
            'DeleteVirtualMFADevice',
            { serialNumber: 'arn:aws:iam::111122223333:mfa/root-account-mfa-device' },
            { userIdentity: user('alice') },
          ),
        ],
        severity: 'critical',
      },
      { why: 'a management account assumed root of a member', timeline: [assumed], severity: 'critical' },
      { why: 'it was refused', timeline: [denied(assumed)], severity: 'medium' },
      {
        why: 'only the member sends its record',
        timeline: [but(assumed, { recipientAccountId: '444455556666' })],
        severity: 'critical',
      },
      {
        why: 'the record of the member and that of the management account are one matter',
        timeline: [
          assumed,
          but(assumed, {
            recipientAccountId: '444455556666',
            requestParameters: { targetPrincipal: 'arn:aws:iam::444455556666:root' },
          }),
        ],
      },
      {
        why: 'a session for auditing only',
        timeline: [
          but(assumed, {
            requestParameters: {
              targetPrincipal: '444455556666',
              taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
            },
          }),
        ],
        severity: 'high',
      },
    ],
    quiet: [
      {
        why: 'root made a key for a user',
        timeline: [but(key, { requestParameters: { userName: 'alice' } })],
      },
      { why: 'a user made a key for itself', timeline: [but(key, { userIdentity: user('alice') })] },
      {
        why: 'a user changed the own password at sign-in',
        timeline: [but(signIn('PasswordUpdated'), { userIdentity: user('alice') })],
      },
      { why: 'a user switched MFA off', timeline: [iam('DeactivateMFADevice', {}, { userIdentity: user('alice') })] },
      { why: 'root switched off the MFA of a user', timeline: [iam('DeactivateMFADevice', { userName: 'alice' })] },
      {
        why: "root deleted a user's device",
        timeline: [iam('DeleteVirtualMFADevice', { serialNumber: 'arn:aws:iam::111122223333:mfa/alice' })],
      },
      { why: 'a root key was switched off', timeline: [iam('UpdateAccessKey', { status: 'Inactive' })] },
      {
        why: "a user's MFA device was switched off",
        timeline: [
          iam('DeactivateMFADevice', { userName: 'alice', serialNumber: 'arn:aws:iam::111122223333:mfa/alice' }),
        ],
      },
      { why: 'a role was assumed', timeline: [but(assumed, { eventName: 'AssumeRole', readOnly: true })] },
    ],
  };
};
