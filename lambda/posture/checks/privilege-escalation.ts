import { type CheckExamples, defineCheck } from '../check';
import { escalations, isAdministrator, waysUp } from '../policy/powers';
import { findingsAbout, groupsByName, isKnownPrivileged, isServiceLinked } from '../principals';
import { ADMINISTRATOR_ACCESS, allow, identities, policy, role, user } from '../sample';

const SEVERITY = 'high';
const SHOWN = 3;

export default defineCheck({
  id: 'privilege-escalation',
  title: 'User or role may make itself an administrator',
  severity: SEVERITY,
  controls: {},
  reads: ['identities'],
  why: 'It looks limited and is not: one call more, and its holder may do everything.',
  fix: [
    'Name the resources on which it may use these calls, instead of *; for iam:PassRole the roles that it hands on.',
    'Or bound it: aws iam put-role-permissions-boundary --role-name {name} --permissions-boundary <policy ARN> (for users put-user-permissions-boundary)',
  ],
  limits: [
    'Known ways alone are looked for, and those open on every resource: one that leads over a single, powerful role is not seen.',
    'Administrators have checks of their own and are left out.',
    'Roles named in the setting privilegedRoles are known, and not told.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html'],
  judge: ({ identities: all }, scope) => {
    const groups = groupsByName(all);
    const ways = escalations(scope);
    const roles = all.roles.filter((role) => !isServiceLinked(role) && !isKnownPrivileged(role, scope));
    return findingsAbout([...all.users, ...roles], groups, SEVERITY, (permissions, { name }) => {
      if (isAdministrator(permissions, scope) === 'yes') return { verdict: 'no', detail: '' };
      const up = waysUp(permissions, ways);
      const more = up.ways.length - SHOWN;
      return {
        verdict: up.verdict,
        detail: `${name} may raise itself by ${up.ways.slice(0, SHOWN).join('; ')}${more > 0 ? ` and ${more} more ways` : ''}`,
      };
    });
  },
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'a user who may write new versions of any policy',
      facts: identities({ users: [user('ana', { policies: [policy('p', allow('iam:CreatePolicyVersion'))] })] }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
    },
    {
      why: 'a role that may pass any role to a function of its own',
      facts: identities({
        roles: [
          role('ci', {
            policies: [
              policy('p', allow(['lambda:*', 'iam:Pass*'], 'arn:aws:*:*:111122223333:*')),
              policy('q', allow('iam:PassRole', 'arn:aws:iam::*:role/*')),
            ],
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:role/ci'],
    },
    {
      why: 'to some services only, which a condition names',
      facts: identities({
        users: [
          user('ana', {
            policies: [
              policy('p', [
                allow('ec2:*'),
                {
                  ...allow('iam:PassRole'),
                  Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
                },
              ]),
            ],
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:user/ana'],
      severity: 'medium',
    },
  ],
  passes: [
    {
      why: 'a user who manages only their own keys',
      facts: identities({
        users: [
          user('ana', {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's policies
            policies: [policy('p', allow('iam:*AccessKey*', 'arn:aws:iam::*:user/${aws:username}'))],
          }),
        ],
      }),
    },
    {
      why: 'a role that may pass one role; one denied what it is allowed; an administrator',
      facts: identities({
        roles: [
          role('ci', {
            policies: [policy('p', [allow('ec2:*'), allow('iam:PassRole', 'arn:aws:iam::111122223333:role/web')])],
          }),
          role('dev', {
            policies: [
              policy('p', allow('iam:CreatePolicyVersion')),
              policy('q', { Effect: 'Deny', Action: 'iam:Create*', Resource: '*' }),
            ],
          }),
          role('ops', { policies: [ADMINISTRATOR_ACCESS] }),
        ],
      }),
    },
  ],
});
