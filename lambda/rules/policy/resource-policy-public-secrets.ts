import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { parameterOf, publicPolicyRule } from './resource-policy';

const SECRETS = 'secretsmanager.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-secrets',
  title: 'Secret policy lets anybody in',
  ...publicPolicyRule({ kind: 'secret', resource: (event) => parameterOf(event, 'secretId') }),
  attack: ['TA0006/T1555.006'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: SECRETS, calls: ['PutResourcePolicy'] }],
  why: 'Anybody with an AWS account may use this secret, as far as its encryption key lets them.',
  runbook: [
    'Take the policy away: aws secretsmanager delete-resource-policy --secret-id <secret>.',
    'Look for GetSecretValue by foreign accounts since then. If there is one, or it can not be told, rotate the secret.',
    'Check the key that encrypts it: with the AWS managed key foreign accounts can not read it.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['A policy whose Deny statements take back what it gives.'],
  blindSpots: ['Named foreign accounts: that is sharing, not public.'],
  references: [
    'https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html',
    'https://attack.mitre.org/techniques/T1555/006/',
  ],
});

export const examples = (): Examples => {
  const put = (fields: object) =>
    call(SECRETS, 'PutResourcePolicy', {
      requestParameters: {
        secretId: 'prod/orders',
        blockPublicPolicy: false,
        resourcePolicy: JSON.stringify({
          Statement: [
            { Effect: 'Allow', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*', ...fields },
          ],
        }),
      },
    });
  const open = put({});
  return {
    fires: [
      { why: 'anybody may read', timeline: [open], severity: 'high' },
      { why: 'anybody may do everything', timeline: [put({ Action: 'secretsmanager:*' })], severity: 'critical' },
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
      { why: 'one role', timeline: [put({ Principal: { AWS: 'arn:aws:iam::444455556666:role/Reader' } })] },
      {
        why: 'the organization',
        timeline: [put({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })],
      },
    ],
  };
};
