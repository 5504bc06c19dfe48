import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { parameterOf, publicPolicyRule } from './resource-policy';

const ECR = 'ecr.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-ecr',
  title: 'Container registry policy lets anybody in',
  ...publicPolicyRule({
    kind: 'container repository',
    resource: (event) =>
      parameterOf(event, 'repositoryName') ??
      (event.call === 'PutRegistryPolicy' ? `(registry of ${event.account})` : undefined),
  }),
  rows: ['0-6', '2-38'],
  attack: ['TA0009/T1213', 'TA0003/T1525'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: ECR, calls: ['SetRepositoryPolicy', 'PutRegistryPolicy'] },
  ],
  why: 'Anybody with an AWS account can pull these images, with the code and the secrets inside; or push ones that you will run.',
  runbook: [
    'Take the policy away: aws ecr delete-repository-policy --repository-name <repository> (delete-registry-policy for the registry).',
    'Look for BatchGetImage and PutImage by foreign accounts since then.',
    'If anybody could push: compare the digests of your tags with what you built before running them again.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['Images that are public on purpose: ECR Public is made for that.'],
  blindSpots: ['Named foreign accounts: that is sharing, not public.', 'Repositories in ECR Public.'],
  references: [
    'https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html',
    'https://attack.mitre.org/techniques/T1525/',
  ],
});

export const examples = (): Examples => {
  const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  const set = (fields: object) =>
    call(ECR, 'SetRepositoryPolicy', {
      requestParameters: {
        repositoryName: 'orders',
        force: false,
        policyText: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: pull, ...fields }] }),
      },
    });
  const open = set({});
  return {
    fires: [
      { why: 'anybody may pull', timeline: [open], severity: 'high' },
      { why: 'anybody may push', timeline: [set({ Action: [...pull, 'ecr:PutImage'] })], severity: 'critical' },
      {
        why: 'the whole registry',
        timeline: [but(set({ Action: 'ecr:ReplicateImage' }), { eventName: 'PutRegistryPolicy' })],
        severity: 'critical',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'medium',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'one account', timeline: [set({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } })] },
      {
        why: 'the organization',
        timeline: [set({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })],
      },
      { why: "Lambda's service", timeline: [set({ Principal: { Service: 'lambda.amazonaws.com' } })] },
    ],
  };
};
