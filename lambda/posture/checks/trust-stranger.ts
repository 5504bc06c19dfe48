import { type CheckExamples, defineCheck } from '../check';
import { trustedStrangers } from '../policy/trust';
import { isServiceLinked } from '../principals';
import { identities, role, trust } from '../sample';

export default defineCheck({
  id: 'trust-stranger',
  title: 'Role may be taken from an account that is not yours',
  severity: 'medium',
  controls: {},
  reads: ['identities'],
  why: 'Who owns that account, or breaks into it, may act as this role; without an external ID so may its other customers.',
  fix: [
    'If you do not know the account: aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json',
    'If it is yours, name it under settings.organizationAccounts; if it is a supplier’s, ask for an external ID and suppress the finding with the supplier’s name as the reason.',
  ],
  limits: ['Accounts of your organization are strangers until they are named under settings.organizationAccounts.'],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html'],
  judge: ({ identities: { roles } }, { account, settings: { organizationAccounts } }) =>
    roles
      .filter((role) => !isServiceLinked(role))
      .flatMap(({ arn, name, trust }) => {
        const strangers = trustedStrangers(trust, [account, ...organizationAccounts]);
        if (strangers.length === 0) return [];
        const accounts = [...new Set(strangers.map((stranger) => stranger.account))].sort();
        const open = strangers.some(({ hasExternalId }) => !hasExternalId);
        const named = `${accounts.slice(0, 3).join(', ')}${accounts.length > 3 ? ` and ${accounts.length - 3} more` : ''}`;
        return [
          {
            resource: arn,
            name,
            detail: `Role ${name} trusts ${accounts.length === 1 ? 'account' : 'accounts'} ${named}${open ? ' without an external ID' : ''}`,
            ...(open ? {} : { severity: 'low' as const }),
          },
        ];
      }),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'another account, without an external ID',
      facts: identities({ roles: [role('audit', { trust: trust({ AWS: 'arn:aws:iam::444455556666:root' }) })] }),
      resources: ['arn:aws:iam::111122223333:role/audit'],
    },
    {
      why: 'with an external ID',
      facts: identities({
        roles: [
          role('audit', { trust: trust({ AWS: ['444455556666'] }, { StringEquals: { 'sts:ExternalId': 'example' } }) }),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:role/audit'],
      severity: 'low',
    },
  ],
  passes: [
    { why: 'an AWS service', facts: identities({ roles: [role('app')] }) },
    {
      why: 'the own account, and one that belongs to it',
      facts: identities({
        roles: [
          role('ops', {
            trust: trust({ AWS: ['arn:aws:iam::111122223333:root', 'arn:aws:iam::444455556666:role/x'] }),
          }),
        ],
      }),
      settings: { organizationAccounts: ['444455556666'] },
    },
  ],
});
