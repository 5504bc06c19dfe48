import { at, text } from '../../intake/fields';
import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { parameterOf, publicPolicyRule } from './resource-policy';

const KMS = 'kms.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-kms',
  title: 'KMS key policy lets anybody in',
  ...publicPolicyRule({
    kind: 'KMS key',
    resource: (event) =>
      parameterOf(event, 'keyId') ?? text(at(event.record, 'responseElements', 'keyMetadata', 'arn')),
  }),
  rows: ['0-6', '2-8'],
  attack: ['TA0009/T1530', 'TA0040/T1486'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: KMS, calls: ['PutKeyPolicy', 'CreateKey', 'ReplicateKey'] },
  ],
  why: 'Anybody with an AWS account can use this key: what is encrypted with it is as good as plain, and who may administer it can lock you out.',
  runbook: [
    'Read the policy: aws kms get-key-policy --key-id <key> --policy-name default.',
    'Put the former one back (it is in the PutKeyPolicy or CreateKey event before this one): aws kms put-key-policy.',
    'Look for uses by foreign accounts: Decrypt and CreateGrant events on the key; list what is left: aws kms list-grants --key-id <key>.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['A policy whose Deny statements take back what it gives.'],
  blindSpots: ['Named foreign accounts and grants (CreateGrant): that is sharing, not public.'],
  references: [
    'https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html',
    'https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html',
  ],
});

export const examples = (): Examples => {
  const own = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' };
  const put = (fields: object) =>
    call(KMS, 'PutKeyPolicy', {
      requestParameters: {
        keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
        policyName: 'default',
        bypassPolicyLockoutSafetyCheck: false,
        policy: JSON.stringify({ Version: '2012-10-17', Statement: [own, { ...own, ...fields }] }),
      },
    });
  const use = { Principal: { AWS: '*' }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] };
  const open = put(use);
  return {
    fires: [
      { why: 'anybody may decrypt', timeline: [open], severity: 'high' },
      { why: 'anybody may administer it', timeline: [put({ Principal: '*' })], severity: 'critical' },
      { why: 'a key made public at birth', timeline: [but(open, { eventName: 'CreateKey' })], severity: 'high' },
      { why: 'a replica', timeline: [but(open, { eventName: 'ReplicateKey' })], severity: 'high' },
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
      { why: 'the account itself only', timeline: [put({})] },
      {
        why: 'everybody in the account, through one service',
        timeline: [
          put({
            ...use,
            Condition: {
              StringEquals: { 'kms:CallerAccount': '111122223333', 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
            },
          }),
        ],
      },
    ],
  };
};
