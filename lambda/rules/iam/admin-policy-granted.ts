import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role, user } from '../sample';
import { adminGrant, GRANT_SETTINGS, GRANTING, grantResources } from './admin-grants';

export default defineRule({
  id: 'admin-policy-granted',
  title: "Administrator's rights granted",
  severity: (event, settings) => adminGrant(event, settings)?.severity ?? 'high',
  rows: ['1-20', '2-1'],
  attack: ['TA0003/T1098.003', 'TA0004/T1098.003'],
  match: [GRANTING],
  settings: [...GRANT_SETTINGS],
  when: (event, settings) => adminGrant(event, settings) !== undefined,
  per: (event, settings) => `${event.account}|${adminGrant(event, settings)?.target ?? ''}|${event.actor}`,
  quietMs: HOUR,
  headline: (event, settings) => {
    const { target = 'somebody', by = 'a policy' } = adminGrant(event, settings) ?? {};
    return `${event.actor} gave ${target} of ${event.account} the rights of an administrator (${event.call}: ${by})`;
  },
  resources: grantResources,
  why: 'Whoever has these rights owns the account. Intruders give them to a user or role of their own, to stay.',
  runbook: [
    'Ask the actor who is to have these rights, and why.',
    'If nobody vouches for it, take them back: aws iam detach-user-policy, detach-role-policy, delete-user-policy, remove-user-from-group.',
    'Look at what the user or role did since, and whether it was made just before: aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=<name>.',
    "If it was an intruder, deactivate the actor's keys and revoke its sessions first.",
  ],
  falsePositives: [
    'Setting up an account, a new administrator, a role for a pipeline (infrastructure as code is one lower).',
  ],
  blindSpots: [
    'Rights that are wide without being everything: passing roles, changing code of functions.',
    'Policies attached to permission sets of IAM Identity Center.',
    'A policy that is attached already and whose older version is made the default.',
  ],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html',
    'https://attack.mitre.org/techniques/T1098/003/',
  ],
});

export const examples = (): Examples => {
  const IAM = 'iam.amazonaws.com';
  const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const attached = call(IAM, 'AttachUserPolicy', { requestParameters: { userName: 'bob', policyArn: ADMIN } });
  const inline = (statement: object, fields: object = { userName: 'bob', policyName: 'inline' }) =>
    call(IAM, 'PutUserPolicy', {
      requestParameters: {
        ...fields,
        policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }),
      },
    });
  const everything = inline({ Action: '*', Resource: '*' });
  const policy = { policyArn: 'arn:aws:iam::111122223333:policy/tools' };
  const version = but(inline({ Action: ['iam:*'], Resource: ['*'] }, { ...policy, setAsDefault: true }), {
    eventName: 'CreatePolicyVersion',
  });
  return {
    fires: [
      { why: 'AdministratorAccess for a user', timeline: [attached], severity: 'high' },
      {
        why: 'for a role',
        timeline: [
          but(attached, { eventName: 'AttachRolePolicy', requestParameters: { roleName: 'Ops', policyArn: ADMIN } }),
        ],
        severity: 'high',
      },
      {
        why: 'for a group',
        timeline: [
          but(attached, { eventName: 'AttachGroupPolicy', requestParameters: { groupName: 'ops', policyArn: ADMIN } }),
        ],
      },
      { why: 'for oneself', timeline: [but(attached, { userIdentity: user('bob') })], severity: 'critical' },
      {
        why: 'for the role that one is in',
        timeline: [
          but(attached, {
            eventName: 'AttachRolePolicy',
            userIdentity: role('Ops', 'x'),
            requestParameters: { roleName: 'Ops', policyArn: ADMIN },
          }),
        ],
        severity: 'critical',
      },
      { why: 'an inline policy that allows everything', timeline: [everything], severity: 'high' },
      { why: 'everything but a few', timeline: [inline({ NotAction: ['s3:*'], Resource: '*' })] },
      { why: 'all of IAM', timeline: [inline({ Action: ['s3:Get*', 'iam:*'], Resource: '*' })], severity: 'high' },
      { why: 'a default version that allows all of IAM', timeline: [version], severity: 'high' },
      {
        why: 'a new policy, attached to nobody yet',
        timeline: [but(everything, { eventName: 'CreatePolicy' })],
        severity: 'medium',
      },
      {
        why: 'into the group of administrators',
        timeline: [
          but(attached, { eventName: 'AddUserToGroup', requestParameters: { userName: 'bob', groupName: 'Admins' } }),
        ],
        severity: 'high',
      },
      { why: 'by Terraform', timeline: [but(attached, { userAgent: 'HashiCorp Terraform/1.9' })], severity: 'medium' },
      {
        why: 'too large to see',
        timeline: [but(everything, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
      {
        why: 'attached, and once more as an inline policy: one alert',
        timeline: [attached, later(everything, 60_000)],
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(attached)] },
      {
        why: 'another policy',
        timeline: [
          but(attached, {
            requestParameters: { userName: 'bob', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
          }),
        ],
      },
      { why: 'everything of one service', timeline: [inline({ Action: 's3:*', Resource: '*' })] },
      { why: 'everything on one bucket', timeline: [inline({ Action: '*', Resource: 'arn:aws:s3:::example/*' })] },
      { why: 'denied, not allowed', timeline: [inline({ Effect: 'Deny', Action: '*', Resource: '*' })] },
      {
        why: 'into another group',
        timeline: [
          but(attached, { eventName: 'AddUserToGroup', requestParameters: { userName: 'bob', groupName: 'readers' } }),
        ],
      },
      { why: 'the policy was detached', timeline: [but(attached, { eventName: 'DetachUserPolicy' })] },
    ],
  };
};
