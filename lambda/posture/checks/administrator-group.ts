import { type CheckExamples, defineCheck } from '../check';
import { isAdministrator } from '../policy/powers';
import { findingsAbout, groupsByName } from '../principals';
import { ADMINISTRATOR_ACCESS, allow, group, identities, policy, READ_ONLY, user } from '../sample';

const SEVERITY = 'low';

export default defineCheck({
  id: 'administrator-group',
  title: 'Group makes its members administrators',
  severity: SEVERITY,
  controls: {},
  reads: ['identities'],
  why: 'Who may add users to it, or is added, has the whole account.',
  fix: [
    'See who is in it: aws iam get-group --group-name {name}',
    'Take the policy away: aws iam detach-group-policy --group-name {name} --policy-arn <policy ARN>',
  ],
  limits: ['One group of few administrators is a usual way to keep them together.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
  judge: ({ identities: all }, scope) =>
    findingsAbout(all.groups, groupsByName(all), SEVERITY, (permissions, { name }) => {
      const members = all.users.filter(({ groups }) => groups.includes(name)).length;
      return {
        verdict: isAdministrator(permissions, scope),
        detail: `Group ${name} (${members} ${members === 1 ? 'member' : 'members'}) may do everything in the account`,
      };
    }),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'a group with AdministratorAccess',
      facts: identities({ groups: [group('ops', ADMINISTRATOR_ACCESS)], users: [user('ana', { groups: ['ops'] })] }),
      resources: ['arn:aws:iam::111122223333:group/ops'],
    },
    {
      why: 'a group with such a policy of its own',
      facts: identities({ groups: [group('ops', policy('all', allow(['*'], ['*'])))] }),
      resources: ['arn:aws:iam::111122223333:group/ops'],
    },
  ],
  passes: [
    { why: 'a group of readers', facts: identities({ groups: [group('readers', READ_ONLY)] }) },
    {
      why: 'a group that may do all but IAM',
      facts: identities({
        groups: [group('dev', policy('p', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }))],
      }),
    },
  ],
});
