import { type CheckExamples, defineCheck } from '../check';
import { publicBy } from '../public-bucket';
import { BLOCK_ALL, BLOCK_NONE, bucket, trail } from '../sample';

export default defineCheck({
  id: 'trail-bucket-public',
  title: 'Bucket with the logs of a trail is public',
  severity: 'critical',
  controls: {},
  reads: ['trails', 'buckets', 'accountPublicAccessBlock'],
  why: 'The logs say who works here, from where, with what; and whoever may write can cover what they did.',
  fix: [
    'aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
  ],
  limits: ['A bucket in another account is not read; audit that account.'],
  references: ['https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html'],
  judge: ({ trails, buckets, accountPublicAccessBlock }, { partition }) => {
    const names = new Set(trails.map((trail) => trail.bucket));
    return buckets.flatMap((bucket) => {
      const by = names.has(bucket.name) ? publicBy(bucket, accountPublicAccessBlock) : [];
      if (by.length === 0) return [];
      return [
        {
          resource: `arn:${partition}:s3:::${bucket.name}`,
          name: bucket.name,
          detail: `Bucket ${bucket.name} with the logs of a trail is public by ${by.join(' and ')}`,
          ...(bucket.region === undefined ? {} : { region: bucket.region }),
        },
      ];
    });
  },
});

const facts = (differs: Parameters<typeof bucket>[1], account = BLOCK_NONE, name = 'example-trail-logs') => ({
  trails: [trail('all')],
  buckets: [bucket(name, { block: BLOCK_NONE, ...differs })],
  accountPublicAccessBlock: account,
});
const resources = ['arn:aws:s3:::example-trail-logs'] as const;

export const examples = (): CheckExamples<'trails' | 'buckets' | 'accountPublicAccessBlock'> => ({
  fails: [
    { why: 'by its policy', facts: facts({ policyIsPublic: true }), resources },
    { why: 'by its ACL', facts: facts({ publicAcl: ['READ'] }), resources },
  ],
  passes: [
    { why: 'the account blocks what the policy allows', facts: facts({ policyIsPublic: true }, BLOCK_ALL) },
    { why: 'another bucket, which has a check of its own', facts: facts({ policyIsPublic: true }, BLOCK_NONE, 'www') },
  ],
});
