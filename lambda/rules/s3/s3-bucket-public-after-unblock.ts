import { agentContains } from '../../intake/caller';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import { shifted } from '../severity';
import {
  aclMadePublic,
  BUCKET_ACL_CALLS,
  bucketInWords,
  bucketOf,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  policyMadePublic,
  S3,
  unblocked,
} from './public-access';

const BUCKET_BLOCK_CALLS = ['PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock'] as const;
const ACCOUNT_BLOCK_CALLS = ['PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock'] as const;

export default defineRule({
  id: 's3-bucket-public-after-unblock',
  title: 'S3 bucket unblocked, then opened to everybody',
  severity: (event, settings) =>
    shifted('critical', agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0),
  rows: ['0-6'],
  attack: ['TA0005/T1562.001', 'TA0009/T1530', 'TA0010/T1537'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: [...BUCKET_BLOCK_CALLS, ...ACCOUNT_BLOCK_CALLS, ...BUCKET_ACL_CALLS, 'PutBucketPolicy'],
    },
  ],
  when: (event, settings) => !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  window: {
    kind: 'sequence',
    withinMs: HOUR,
    per: bucketOrAccount,
    steps: [
      { name: 'unblocked', is: (event) => isBlockCall(event) && unblocked(event) !== undefined },
      { name: 'opened', is: (event) => !isBlockCall(event) && opens(event) },
    ],
  },
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) =>
    isBlockCall(event)
      ? `${event.actor} turned off ${unblocked(event)} for ${bucketOf(event) === undefined ? `account ${event.account}` : bucketInWords(event)}, and then a bucket was opened to everybody`
      : `${event.actor} opened ${bucketInWords(event)} to everybody (${event.call}) after Block Public Access was turned off`,
  resources: bucketResources,
  why: 'The guard was taken away and the door opened, in this order: the bucket is public now. Each step alone can be a mistake; both are intent.',
  runbook: [
    'Close it now: aws s3api put-public-access-block --bucket <bucket> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true (aws s3control put-public-access-block for the account).',
    "Deactivate the actor's keys and revoke its sessions, unless somebody vouches for it at once.",
    'Find out what was read: data events or server access logs of the bucket since this event.',
    'Look for the same steps on other buckets and in other accounts.',
  ],
  falsePositives: ['A public site that is set up by hand or by code in one go: add its bucket to publicBuckets.'],
  blindSpots: [
    'More than an hour between the steps: each is then told by itself.',
    'Single objects made public after the unblocking.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

/** The account's own guard concerns all its buckets: there the account joins the steps, else the bucket. */
function bucketOrAccount(event: TrailEvent): readonly string[] {
  const bucket = bucketOf(event);
  const keys = bucket === undefined ? [] : [`bucket ${bucket}`];
  return BUCKET_BLOCK_CALLS.some((call) => call === event.call) ? keys : [...keys, `account ${event.account}`];
}

function isBlockCall({ call }: TrailEvent): boolean {
  return call.endsWith('PublicAccessBlock');
}

function opens(event: TrailEvent): boolean {
  return event.call === 'PutBucketPolicy' ? policyMadePublic(event) : aclMadePublic(event);
}

export const examples = (): Examples => {
  const unblock = call(S3, 'DeleteBucketPublicAccessBlock', {
    requestParameters: { bucketName: 'example-data', publicAccessBlock: '' },
  });
  const policy = (Principal: unknown) => ({
    bucketName: 'example-data',
    bucketPolicy: { Statement: { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: '*' } },
  });
  const open = later(call(S3, 'PutBucketPolicy', { requestParameters: policy('*') }), 5 * MINUTE);
  const acl = but(open, {
    eventName: 'PutBucketAcl',
    requestParameters: { bucketName: 'example-data', 'x-amz-acl': 'public-read' },
  });
  const account = but(unblock, { eventName: 'DeleteAccountPublicAccessBlock', requestParameters: { Host: 'example' } });
  const agent = { userAgent: '[APN/1.0 HashiCorp/1.0 Terraform/1.9.0]' };
  return {
    fires: [
      { why: 'deleted the block, then set a public policy', timeline: [unblock, open], severity: 'critical' },
      { why: 'then set a public ACL', timeline: [unblock, acl], severity: 'critical' },
      {
        why: 'a flag off, then a public policy',
        timeline: [
          but(unblock, {
            eventName: 'PutBucketPublicAccessBlock',
            requestParameters: {
              bucketName: 'example-data',
              PublicAccessBlockConfiguration: { BlockPublicPolicy: 'false' },
            },
          }),
          open,
        ],
      },
      { why: 'unblocked the account, then opened a bucket', timeline: [account, open], severity: 'critical' },
      { why: 'one second less than an hour later', timeline: [unblock, later(open, 55 * MINUTE - 1_000)] },
      {
        why: 'by two actors',
        timeline: [
          unblock,
          but(open, {
            userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob', accountId: '111122223333' },
          }),
        ],
      },
      { why: 'by Terraform: one lower', timeline: [but(unblock, agent), but(open, agent)], severity: 'high' },
    ],
    quiet: [
      { why: 'opened first, unblocked six seconds later', timeline: [open, later(unblock, 5 * MINUTE + 6_000)] },
      { why: 'an hour later', timeline: [unblock, later(open, 55 * MINUTE)] },
      { why: 'another bucket', timeline: [but(unblock, { requestParameters: { bucketName: 'example-other' } }), open] },
      {
        why: 'the policy admits one account',
        timeline: [unblock, but(open, { requestParameters: policy({ AWS: '444455556666' }) })],
      },
      {
        why: 'the unblocking was refused',
        timeline: [but(denied(unblock), { requestParameters: unblock['requestParameters'] }), open],
      },
      {
        why: 'the opening was refused',
        timeline: [unblock, but(denied(open), { requestParameters: open['requestParameters'] })],
      },
      {
        why: 'a bucket that is public on purpose',
        timeline: [unblock, open],
        settings: { publicBuckets: ['example-*'] },
      },
    ],
  };
};
