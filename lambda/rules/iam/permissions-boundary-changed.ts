import { type Acts, act, actRule } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';

const IAM = 'iam.amazonaws.com';

const ACTS: Acts = {
  [IAM]: {
    DeleteUserPermissionsBoundary: act('high', 'took the bounds off the rights of user'),
    DeleteRolePermissionsBoundary: act('high', 'took the bounds off the rights of role'),
    PutUserPermissionsBoundary: act('low', 'set the bounds of the rights of user'),
    PutRolePermissionsBoundary: act('low', 'set the bounds of the rights of role'),
  },
};

export default defineRule({
  id: 'permissions-boundary-changed',
  title: 'Permissions boundary of a user or role changed',
  ...actRule(ACTS, { names: ['userName', 'roleName'], attempts: true }),
  rows: ['2-36'],
  attack: ['TA0004/T1548', 'TA0003/T1098.003'],
  why: 'The boundary is what keeps an identity from giving itself more. Without it all rights of its policies count, and those that it may write.',
  runbook: [
    'Ask the actor.',
    'Put it back: aws iam put-user-permissions-boundary or put-role-permissions-boundary with the former policy (it is in the earlier event).',
    'See what the identity did since, above all on iam.',
    'Deny the deletion of boundaries to all but the owners, by a service control policy.',
  ],
  falsePositives: ['A change of the platform team that gives boundaries out.'],
  blindSpots: ['A boundary that is kept, and whose policy is widened: escalation-policy-granted sees some of it.'],
  references: [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
    'https://attack.mitre.org/techniques/T1548/',
  ],
});

export const examples = (): Examples => {
  const deleted = call(IAM, 'DeleteRolePermissionsBoundary', { requestParameters: { roleName: 'Builder' } });
  const put = but(deleted, {
    eventName: 'PutUserPermissionsBoundary',
    requestParameters: { userName: 'bob', permissionsBoundary: 'arn:aws:iam::111122223333:policy/wide' },
  });
  return {
    fires: [
      { why: "a role's was removed", timeline: [deleted], severity: 'high' },
      {
        why: "a user's was removed",
        timeline: [
          but(deleted, { eventName: 'DeleteUserPermissionsBoundary', requestParameters: { userName: 'bob' } }),
        ],
        severity: 'high',
      },
      { why: 'removing it was refused', timeline: [denied(deleted)], severity: 'medium' },
      { why: 'another was set', timeline: [put], severity: 'low' },
      { why: 'by Terraform', timeline: [but(deleted, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'of two roles: one alert', timeline: [deleted, later(deleted, 60_000)] },
    ],
    quiet: [
      { why: 'there was none', timeline: [but(deleted, { errorCode: 'NoSuchEntityException' })] },
      { why: 'a policy was taken off', timeline: [but(deleted, { eventName: 'DetachRolePolicy' })] },
    ],
  };
};
