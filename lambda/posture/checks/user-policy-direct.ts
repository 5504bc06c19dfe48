import { type CheckExamples, defineCheck } from '../check';
import { group, identities, READ_ONLY, user } from '../sample';

export default defineCheck({
  id: 'user-policy-direct',
  title: 'User has policies of their own',
  severity: 'info',
  controls: { cis: ['1.15'], fsbp: ['IAM.2'] },
  reads: ['identities'],
  why: 'Permissions given to one user are forgotten when the work changes; those of a group or a role are seen.',
  fix: [
    'Put the user into a group that has the policy: aws iam add-user-to-group --user-name {name} --group-name <group>',
    'Take it away from the user: aws iam detach-user-policy --user-name {name} --policy-arn <policy ARN> (inline: delete-user-policy)',
  ],
  limits: ['A user for one program has no group to belong to; a role would be better.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html'],
  judge: ({ identities: { users } }) =>
    users
      .filter(({ policies }) => policies.length > 0)
      .map(({ arn, name, policies }) => ({
        resource: arn,
        name,
        detail: `${name} has ${policies.length === 1 ? 'a policy' : `${policies.length} policies`} of their own: ${policies
          .slice(0, 3)
          .map((policy) => policy.name)
          .join(', ')}`,
      })),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'an attached policy',
      facts: identities({ users: [user('ana', { policies: [READ_ONLY] })] }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
    {
      why: 'an inline policy, whatever it says',
      facts: identities({
        users: [user('ana', { policies: [{ kind: 'inline', name: 'odd', arn: undefined, statements: undefined }] })],
      }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
  ],
  passes: [
    { why: 'no policies', facts: identities({ users: [user('ana')] }) },
    {
      why: 'by a group',
      facts: identities({ users: [user('ana', { groups: ['readers'] })], groups: [group('readers', READ_ONLY)] }),
    },
  ],
});
