import { agentContains } from '../../intake/caller';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { shifted } from '../severity';
import { S3, unblocked } from './public-access';

export default defineRule({
  id: 's3-account-public-access-block-off',
  title: 'Block Public Access turned off for a whole account',
  severity: (event, settings) =>
    shifted('critical', agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0),
  rows: ['0-6'],
  attack: ['TA0005/T1562.001', 'TA0009/T1530'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock'],
    },
  ],
  when: (event) => unblocked(event) !== undefined,
  per: (event) => `${event.account}|${event.actor}`,
  quietMs: HOUR,
  settings: ['infrastructureAsCodeAgents'],
  headline: (event) => `${event.actor} turned off for all buckets of account ${event.account}: ${unblocked(event)}`,
  resources: (event) => [event.account],
  why: 'This guard covers every bucket of the account. Each bucket with a forgotten public policy or ACL is open from now on.',
  runbook: [
    'Turn it on again: aws s3control put-public-access-block --account-id <account> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true.',
    'Find the buckets that are public now: IAM Access Analyzer, or aws s3api get-bucket-policy-status for each.',
    'Look for what the actor did next: PutBucketPolicy, PutBucketAcl, DeleteBucketPublicAccessBlock.',
    "If nobody vouches for it, deactivate the actor's keys and revoke its sessions.",
  ],
  falsePositives: ['An account that begins to serve public content; the setting per bucket is the better place.'],
  blindSpots: ['An account that never had it: nothing is turned off.', 'The setting of an organization (S3 policies).'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  const put = (configuration: object) =>
    call(S3, 'PutAccountPublicAccessBlock', {
      requestParameters: {
        Host: '111122223333.s3-control.us-east-1.amazonaws.com',
        PublicAccessBlockConfiguration: configuration,
      },
    });
  const off = put({ ...on, RestrictPublicBuckets: false });
  const deleted = call(S3, 'DeleteAccountPublicAccessBlock', {
    requestParameters: { Host: '111122223333.s3-control.us-east-1.amazonaws.com' },
  });
  return {
    fires: [
      { why: 'one of four flags is false', timeline: [off], severity: 'critical' },
      { why: 'a flag is false, as text', timeline: [put({ ...on, BlockPublicAcls: 'False' })], severity: 'critical' },
      { why: 'the whole configuration is deleted', timeline: [deleted], severity: 'critical' },
      { why: 'by CDK: one lower', timeline: [but(deleted, { userAgent: 'aws-cdk/2.276.0' })], severity: 'high' },
      {
        why: 'parameters too large to see',
        timeline: [but(off, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'critical',
      },
    ],
    quiet: [
      { why: 'all four flags are true', timeline: [put(on)] },
      { why: 'the call was refused', timeline: [denied(deleted)] },
      { why: 'it was only read', timeline: [but(off, { eventName: 'GetAccountPublicAccessBlock', readOnly: true })] },
    ],
  };
};
