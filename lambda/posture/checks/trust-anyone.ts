import { publicGrants } from '../../rules/policy/public-policy';
import { type CheckExamples, defineCheck } from '../check';
import { identities, role, trust } from '../sample';

export default defineCheck({
  id: 'trust-anyone',
  title: 'Role may be taken by anybody',
  severity: 'critical',
  controls: {},
  reads: ['identities'],
  why: 'Anybody with an AWS account, or an account of a public identity provider, may act as this role.',
  fix: [
    'Name who may take it: aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json',
    'End sessions that are open: attach a policy that denies everything where aws:TokenIssueTime is before now.',
    'Look who took it: aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={name}',
  ],
  limits: [
    'A condition counts as a restriction only where it pins the caller to something that a stranger cannot choose.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html'],
  judge: ({ identities: { roles } }) =>
    roles
      .filter(({ trust }) => publicGrants(trust).length > 0)
      .map(({ arn, name }) => ({ resource: arn, name, detail: `Role ${name} may be taken by anybody` })),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'the principal is *',
      facts: identities({ roles: [role('open', { trust: trust('*') })] }),
      resources: ['arn:aws:iam::111122223333:role/open'],
    },
    {
      why: 'any account, with an external ID that it may choose',
      facts: identities({
        roles: [role('open', { trust: trust({ AWS: '*' }, { StringEquals: { 'sts:ExternalId': 'example' } }) })],
      }),
      resources: ['arn:aws:iam::111122223333:role/open'],
    },
  ],
  passes: [
    {
      why: 'one account',
      facts: identities({ roles: [role('audit', { trust: trust({ AWS: 'arn:aws:iam::444455556666:root' }) })] }),
    },
    {
      why: 'anybody of one organization',
      facts: identities({
        roles: [
          role('audit', { trust: trust({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }) }),
        ],
      }),
    },
  ],
});
