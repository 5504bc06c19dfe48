import { type CheckExamples, defineCheck } from '../check';
import { isAdministrator } from '../policy/powers';
import { findingsAbout, groupsByName, isKnownPrivileged, isServiceLinked } from '../principals';
import { ADMINISTRATOR_ACCESS, allow, identities, policy, READ_ONLY, role } from '../sample';

const SEVERITY = 'medium';

export default defineCheck({
  id: 'administrator-role',
  title: 'Role is an administrator and not known as one',
  severity: SEVERITY,
  controls: {},
  reads: ['identities'],
  why: 'A machine, a function or a pipeline with such a role gives the whole account to whoever gets into it.',
  fix: [
    'See what it really uses: aws iam generate-service-last-accessed-details --arn {resource}',
    'Give it that alone, and take the rest away: aws iam detach-role-policy --role-name {name} --policy-arn <policy ARN>',
  ],
  limits: [
    'Roles named in the setting privilegedRoles are known, and not told.',
    'Service control policies may take away what the role’s policies allow; they are not read.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege'],
  judge: ({ identities: all }, scope) =>
    findingsAbout(
      all.roles.filter((role) => !isServiceLinked(role) && !isKnownPrivileged(role, scope)),
      groupsByName(all),
      SEVERITY,
      (permissions, { name }) => ({
        verdict: isAdministrator(permissions, scope),
        detail: `Role ${name} may do everything in the account`,
      }),
    ),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'the role of a build server',
      facts: identities({ roles: [role('build', { policies: [ADMINISTRATOR_ACCESS] })] }),
      resources: ['arn:aws:iam::111122223333:role/build'],
    },
    {
      why: 'by two policies, neither of which does it alone',
      facts: identities({
        roles: [
          role('build', {
            policies: [
              policy('a', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
              policy('b', allow('iam:*')),
            ],
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:role/build'],
    },
    {
      why: 'the document of its boundary is not to be had',
      facts: identities({
        roles: [
          role('build', {
            policies: [ADMINISTRATOR_ACCESS],
            boundary: { kind: 'aws', name: 'gone', arn: 'arn:aws:iam::aws:policy/gone', statements: undefined },
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:role/build'],
      severity: 'low',
    },
  ],
  passes: [
    { why: 'a role that reads', facts: identities({ roles: [role('app', { policies: [READ_ONLY] })] }) },
    {
      why: 'a role that is known as an administrator, and one of a service',
      facts: identities({
        roles: [
          role('BreakGlass', { policies: [ADMINISTRATOR_ACCESS] }),
          role('AWSServiceRoleForX', { path: '/aws-service-role/x.amazonaws.com/', policies: [ADMINISTRATOR_ACCESS] }),
        ],
      }),
    },
  ],
});
