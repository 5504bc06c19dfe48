import { type CheckExamples, defineCheck } from '../check';
import { openFederations } from '../policy/trust';
import { identities, role, trust } from '../sample';

const github = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
const WEB = 'sts:AssumeRoleWithWebIdentity';

export default defineCheck({
  id: 'trust-federation-open',
  title: 'Role may be taken from any pipeline of a provider',
  severity: 'high',
  controls: {},
  reads: ['identities'],
  why: 'Providers such as GitHub serve everybody: without a condition on the subject, anybody’s repository may take the role.',
  fix: [
    'Name the repository and branch in a condition on {name}’s trust policy, such as "token.actions.githubusercontent.com:sub": "repo:<owner>/<repository>:ref:refs/heads/main": aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json',
  ],
  limits: ['Only providers that serve everybody are looked at; a provider of your own serves your own alone.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html'],
  judge: ({ identities: { roles } }) =>
    roles.flatMap(({ arn, name, trust }) => {
      const providers = openFederations(trust);
      if (providers.length === 0) return [];
      return [{ resource: arn, name, detail: `Role ${name} may be taken by any subject of ${providers.join(', ')}` }];
    }),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'a condition on the audience alone',
      facts: identities({
        roles: [
          role('deploy', {
            trust: trust(
              { Federated: github },
              { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
              WEB,
            ),
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:role/deploy'],
    },
    {
      why: 'a subject that anybody has',
      facts: identities({
        roles: [
          role('deploy', {
            trust: trust(
              { Federated: github },
              { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' } },
              WEB,
            ),
          }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:role/deploy'],
    },
  ],
  passes: [
    {
      why: 'repositories of one owner',
      facts: identities({
        roles: [
          role('deploy', {
            trust: trust(
              { Federated: github },
              { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:example/*' } },
              WEB,
            ),
          }),
        ],
      }),
    },
    {
      why: 'a provider of one’s own',
      facts: identities({
        roles: [
          role('sso', {
            trust: trust(
              { Federated: 'arn:aws:iam::111122223333:saml-provider/own' },
              undefined,
              'sts:AssumeRoleWithSAML',
            ),
          }),
        ],
      }),
    },
  ],
});
