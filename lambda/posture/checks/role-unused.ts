import { type CheckExamples, DAY_MS, defineCheck } from '../check';
import { isServiceLinked } from '../principals';
import { daysAgo, identities, role } from '../sample';

export default defineCheck({
  id: 'role-unused',
  title: 'Role is not used',
  severity: 'low',
  controls: {},
  reads: ['identities'],
  why: 'A role that nobody misses is a way in, or a way up, that nobody watches.',
  fix: [
    'See when and where it was used: aws iam get-role --role-name {name} --query Role.RoleLastUsed',
    'First nobody may take it, then delete it: aws iam update-assume-role-policy --role-name {name} --policy-document file://deny.json; aws iam delete-role --role-name {name}',
  ],
  limits: [
    'IAM keeps the last use for 400 days, and not of service-linked roles, which are left out.',
    'Roles for restores and emergencies are rarely used on purpose.',
    'The limit is the setting unusedRoleMaxDays.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_access-advisor.html'],
  judge: ({ identities: { roles } }, { nowMs, settings: { unusedRoleMaxDays } }) =>
    roles.flatMap((role) => {
      const { arn, name, usedMs, createdMs = nowMs } = role;
      const days = Math.floor((nowMs - (usedMs ?? createdMs)) / DAY_MS);
      if (isServiceLinked(role) || days <= unusedRoleMaxDays) return [];
      const since =
        usedMs === undefined ? `was not used in the ${days} days that it is there` : `was not used for ${days} days`;
      return [{ resource: arn, name, detail: `Role ${name} ${since}` }];
    }),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'last used 91 days ago',
      facts: identities({ roles: [role('old', { usedMs: daysAgo(91) })] }),
      resources: ['arn:aws:iam::111122223333:role/old'],
    },
    {
      why: 'made long ago and never used',
      facts: identities({ roles: [role('app'), role('old', { usedMs: undefined })] }),
      resources: ['arn:aws:iam::111122223333:role/old'],
    },
  ],
  passes: [
    { why: 'last used 90 days ago', facts: identities({ roles: [role('app', { usedMs: daysAgo(90) })] }) },
    {
      why: 'a new role; a role of a service',
      facts: identities({
        roles: [
          role('new', { createdMs: daysAgo(3), usedMs: undefined }),
          role('AWSServiceRoleForX', { path: '/aws-service-role/x.amazonaws.com/', usedMs: undefined }),
        ],
      }),
    },
  ],
});
