import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { parameterOf, publicPolicyRule } from './resource-policy';

const BACKUP = 'backup.amazonaws.com';
const GLACIER = 'glacier.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-vaults',
  title: 'Backup or archive vault policy lets anybody in',
  ...publicPolicyRule({
    kind: 'vault',
    resource: (event) => parameterOf(event, 'backupVaultName', 'vaultName'),
  }),
  attack: ['TA0009/T1530', 'TA0040/T1490'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: BACKUP, calls: ['PutBackupVaultAccessPolicy'] },
    { feed: 'api-writes', outcome: 'succeeded', service: GLACIER, calls: ['SetVaultAccessPolicy'] },
  ],
  why: 'A vault holds copies of everything worth keeping. Anybody with an AWS account may now take them, or delete them before an attack.',
  runbook: [
    'Take the policy away: aws backup delete-backup-vault-access-policy --backup-vault-name <vault>, or aws glacier delete-vault-access-policy --account-id - --vault-name <vault>.',
    'Look for copies and deletions since then: StartCopyJob, CopyFromBackupVault, DeleteRecoveryPoint, InitiateJob.',
    'Lock the vault if it is not: aws backup put-backup-vault-lock-configuration.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['A policy whose Deny statements take back what it gives.'],
  blindSpots: ['Named foreign accounts: that is sharing, not public.'],
  references: [
    'https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html',
    'https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html',
  ],
});

export const examples = (): Examples => {
  const policy = (fields: object = {}) =>
    JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'backup:CopyIntoBackupVault', Resource: '*', ...fields }],
    });
  const put = (fields: object = {}) =>
    call(BACKUP, 'PutBackupVaultAccessPolicy', {
      requestParameters: { backupVaultName: 'daily', policy: policy(fields) },
    });
  return {
    fires: [
      { why: 'anybody may copy into it', timeline: [put()], severity: 'critical' },
      { why: 'anybody may look', timeline: [put({ Action: 'backup:DescribeBackupVault' })], severity: 'high' },
      {
        why: 'an archive vault',
        timeline: [
          call(GLACIER, 'SetVaultAccessPolicy', {
            requestParameters: {
              accountId: '-',
              vaultName: 'archive',
              policy: { policy: policy({ Action: 'glacier:GetJobOutput' }) },
            },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(put(), { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'high',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(put(), { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(put())] },
      { why: 'one account', timeline: [put({ Principal: { AWS: 'arn:aws:iam::444455556666:root' } })] },
      {
        why: 'part of the organization',
        timeline: [
          put({
            Condition: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': ['o-a1b2c3d4e5/r-ab12/ou-ab12-1/*'] } },
          }),
        ],
      },
      {
        why: 'everybody is denied deletion',
        timeline: [put({ Effect: 'Deny', Action: 'backup:DeleteRecoveryPoint' })],
      },
    ],
  };
};
