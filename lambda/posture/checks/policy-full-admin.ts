import { type CheckExamples, defineCheck } from '../check';
import { wholeServices } from '../policy/powers';
import { ADMINISTRATOR_ACCESS, allow, identities, policy, role } from '../sample';

export default defineCheck({
  id: 'policy-full-admin',
  title: 'Customer policy allows everything on everything',
  severity: 'high',
  controls: { cis: ['1.16'], fsbp: ['IAM.1'] },
  reads: ['identities'],
  why: 'Its name need not say so: whoever gets it attached gets the whole account.',
  fix: [
    'See who has it: aws iam list-entities-for-policy --policy-arn {resource}',
    'Write what is needed instead, and detach it: aws iam detach-role-policy --role-name <role> --policy-arn {resource} (also detach-user-policy, detach-group-policy)',
  ],
  limits: [
    'AWS’s own AdministratorAccess is not told here but by who has it.',
    'Only policies that are attached are read.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html'],
  judge: ({ identities: { customerPolicies } }) =>
    customerPolicies
      .filter(({ arn, statements }) => arn !== undefined && wholeServices(statements ?? []).includes('*'))
      .map(({ arn, name }) => ({
        resource: arn as string,
        name,
        detail: `Policy ${name} allows every action on every resource`,
      })),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 'Action * on Resource *',
      facts: identities({ customerPolicies: [policy('all', allow('*'), 'customer')] }),
      resources: ['arn:aws:iam::111122223333:policy/all'],
    },
    {
      why: 'spelled otherwise, in the second statement',
      facts: identities({
        customerPolicies: [
          policy('all', [allow('s3:GetObject'), allow(['*:*'], ['arn:aws:*:*:*:*', '*'])], 'customer'),
        ],
      }),
      resources: ['arn:aws:iam::111122223333:policy/all'],
    },
  ],
  passes: [
    {
      why: 'AWS’s own, which is told by who has it',
      facts: identities({ roles: [role('ops', { policies: [ADMINISTRATOR_ACCESS] })] }),
    },
    {
      why: 'everything on one bucket, everything under a condition, and nothing',
      facts: identities({
        customerPolicies: [
          policy('bucket', allow('*', 'arn:aws:s3:::example-bucket/*'), 'customer'),
          policy('mfa', { ...allow('*'), Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }, 'customer'),
          policy('deny', { Effect: 'Deny', Action: '*', Resource: '*' }, 'customer'),
        ],
      }),
    },
  ],
});
