import { type CheckExamples, defineCheck } from '../check';
import { wholeServices } from '../policy/powers';
import { allow, identities, policy } from '../sample';

export default defineCheck({
  id: 'policy-whole-service',
  title: 'Customer policy allows whole services everywhere',
  severity: 'low',
  controls: { fsbp: ['IAM.21'] },
  reads: ['identities'],
  why: 'It allows calls that nobody thought of, and every call that AWS will add.',
  fix: [
    'See which calls are used: aws accessanalyzer start-policy-generation --policy-generation-details principalArn=<role ARN>',
    'Write a version that names them: aws iam create-policy-version --policy-arn {resource} --policy-document file://policy.json --set-as-default',
  ],
  limits: [
    'Whole services on named resources pass here; FSBP control IAM.21 asks for more.',
    'Policies that allow everything have a check of their own.',
  ],
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html'],
  judge: ({ identities: { customerPolicies } }) =>
    customerPolicies.flatMap(({ arn, name, statements }) => {
      const services = wholeServices(statements ?? []);
      if (arn === undefined || services.length === 0 || services.includes('*')) return [];
      const shown = services.slice(0, 5).join(', ');
      return [
        {
          resource: arn,
          name,
          detail: `Policy ${name} allows every call of ${shown}${services.length > 5 ? ` and ${services.length - 5} more services` : ''}`,
        },
      ];
    }),
});

export const examples = (): CheckExamples<'identities'> => ({
  fails: [
    {
      why: 's3:* on everything',
      facts: identities({ customerPolicies: [policy('data', allow('s3:*'), 'customer')] }),
      resources: ['arn:aws:iam::111122223333:policy/data'],
    },
    {
      why: 'two services in one statement of several',
      facts: identities({
        customerPolicies: [policy('ops', [allow('ec2:Describe*'), allow(['EC2:*', 'iam:*'])], 'customer')],
      }),
      resources: ['arn:aws:iam::111122223333:policy/ops'],
    },
  ],
  passes: [
    {
      why: 'a whole service on one resource',
      facts: identities({
        customerPolicies: [policy('data', allow('s3:*', 'arn:aws:s3:::example-bucket/*'), 'customer')],
      }),
    },
    {
      why: 'some calls on everything; and everything, which is told elsewhere',
      facts: identities({
        customerPolicies: [policy('read', allow('s3:Get*'), 'customer'), policy('all', allow('*'), 'customer')],
      }),
    },
  ],
});
