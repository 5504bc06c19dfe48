import { type CheckExamples, defineCheck } from '../check';
import { isAdministrator } from '../policy/powers';
import { findingsAbout, groupsByName } from '../principals';
import { ADMINISTRATOR_ACCESS, allow, group, identities, policy, READ_ONLY, user } from '../sample';

const SEVERITY = 'medium';

export default defineCheck({
  id: 'administrator-user',
  title: 'IAM user is an administrator',
  severity: SEVERITY,
  controls: {},
  reads: ['identities'],
  why: 'Passwords and keys of users last until somebody ends them: what a thief finds should not be everything.',
  fix: [
    'Give people a role to take for such work, with MFA, or single sign-on; then take the policies away: aws iam list-attached-user-policies --user-name {name}; aws iam list-groups-for-user --user-name {name}',
    'Until then bound the user: aws iam put-user-permissions-boundary --user-name {name} --permissions-boundary <policy ARN>',
  ],
  limits: [
    'A user for emergencies, with hardware MFA and without keys, is right.',
    'Service control policies may take away what the user’s policies allow; they are not read.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html'],
  judge: ({ identities: all }, scope) =>
    findingsAbout(all.users, groupsByName(all), SEVERITY, (permissions, { name }) => ({
      verdict: isAdministrator(permissions, scope),
      detail: `${name} may do everything in the account`,
    })),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'by a policy of their own',
      facts: identities({ users: [user('ana', { policies: [ADMINISTRATOR_ACCESS] })] }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
    {
      why: 'by a group',
      facts: identities({ users: [user('ana', { groups: ['ops'] })], groups: [group('ops', ADMINISTRATOR_ACCESS)] }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
    {
      why: 'with MFA only, by two policies together',
      facts: identities({
        users: [
          user('ana', {
            policies: [
              policy('most', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
              policy('rest', { ...allow('iam:*'), Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
            ],
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
      severity: 'low',
    },
  ],
  passes: [
    { why: 'a reader', facts: identities({ users: [user('ana', { policies: [READ_ONLY] })] }) },
    {
      why: 'an administrator within a boundary, and one to whom IAM is denied',
      facts: identities({
        users: [
          user('ana', { policies: [ADMINISTRATOR_ACCESS], boundary: policy('limits', allow('s3:*'), 'customer') }),
          user('ben', {
            policies: [ADMINISTRATOR_ACCESS, policy('no-iam', { Effect: 'Deny', Action: 'iam:*', Resource: '*' })],
          }),
        ],
      }),
    },
  ],
});
