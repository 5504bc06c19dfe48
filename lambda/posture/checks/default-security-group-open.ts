import { type CheckExamples, defineCheck } from '../check';
import type { SecurityGroup } from '../facts';
import { securityGroup } from '../sample';

export default defineCheck({
  id: 'default-security-group-open',
  title: 'Default security group lets traffic through',
  severity: 'info',
  controls: { cis: ['5.4'], fsbp: ['EC2.2'] },
  reads: ['securityGroups'],
  why: 'What is made without naming a group gets this one, and everything in it reaches everything else in it.',
  fix: [
    'aws ec2 describe-security-group-rules --region {region} --filters Name=group-id,Values={name}',
    'aws ec2 revoke-security-group-ingress --region {region} --group-id {name} --security-group-rule-ids <rule ids> (and revoke-security-group-egress)',
  ],
  limits: ['A default group that nothing uses does no harm yet.'],
  references: ['https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html'],
  judge: ({ securityGroups }, { account, partition, region = 'unknown' }) =>
    securityGroups
      .filter(({ name, ingress, egressRules }) => name === 'default' && (ingress.length > 0 || egressRules > 0))
      .map(({ id, vpc }) => ({
        resource: `arn:${partition}:ec2:${region}:${account}:security-group/${id}`,
        name: id,
        detail: `The default security group of ${vpc} has rules`,
      })),
});

const resources = ['arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d'] as const;
const group = (differs: Partial<SecurityGroup> = {}): SecurityGroup => ({
  ...securityGroup('sg-0a1b2c3d', 0),
  name: 'default',
  ...differs,
});

export const examples = (): CheckExamples<'securityGroups'> => ({
  fails: [
    { why: 'as AWS makes it', facts: { securityGroups: [group()] }, resources },
    { why: 'traffic may leave', facts: { securityGroups: [group({ ingress: [] })] }, resources },
  ],
  passes: [
    { why: 'no rules', facts: { securityGroups: [group({ ingress: [], egressRules: 0 })] } },
    { why: 'another group', facts: { securityGroups: [group({ name: 'web' })] } },
  ],
});
