import { globMatches } from '../../rules/glob';
import { type CheckExamples, defineCheck } from '../check';
import { publicBy } from '../public-bucket';
import { BLOCK_ALL, BLOCK_NONE, bucket } from '../sample';

export default defineCheck({
  id: 'bucket-public',
  title: 'Bucket is public',
  severity: 'high',
  controls: { fsbp: ['S3.2', 'S3.3'] },
  reads: ['buckets', 'accountPublicAccessBlock'],
  why: 'Anybody may read what is in it, or worse, change it.',
  fix: [
    'aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
    'For a website let CloudFront read the bucket instead, and name it under settings.publicBuckets if it must stay public.',
  ],
  limits: [
    'Whether the policy is public is S3’s own judgement. Access points and single objects with public ACLs are not read.',
    'Buckets named in the setting publicBuckets are public on purpose.',
  ],
  references: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html'],
  judge: ({ buckets, accountPublicAccessBlock }, { partition, settings: { publicBuckets } }) =>
    buckets.flatMap((bucket) => {
      const by = publicBy(bucket, accountPublicAccessBlock);
      if (by.length === 0 || publicBuckets.some((glob) => globMatches(glob, bucket.name))) return [];
      const mayWrite = (bucket.publicAcl ?? []).some((permission) => !permission.startsWith('READ'));
      return [
        {
          resource: `arn:${partition}:s3:::${bucket.name}`,
          name: bucket.name,
          detail: `Bucket ${bucket.name} is public by ${by.join(' and ')}`,
          ...(mayWrite && by.some((way) => way.includes('ACL')) ? { severity: 'critical' as const } : {}),
          ...(bucket.region === undefined ? {} : { region: bucket.region }),
        },
      ];
    }),
});

const facts = (differs: Parameters<typeof bucket>[1], account = BLOCK_NONE) => ({
  buckets: [bucket('example-data', { block: BLOCK_NONE, ...differs })],
  accountPublicAccessBlock: account,
});
const resources = ['arn:aws:s3:::example-data'] as const;

export const examples = (): CheckExamples<'buckets' | 'accountPublicAccessBlock'> => ({
  fails: [
    { why: 'by its policy', facts: facts({ policyIsPublic: true }), resources },
    { why: 'anybody may write, by its ACL', facts: facts({ publicAcl: ['WRITE'] }), resources, severity: 'critical' },
    {
      why: 'ACLs are ignored, the policy is not restricted',
      facts: facts({ policyIsPublic: true, publicAcl: ['WRITE'], block: { ...BLOCK_NONE, ignorePublicAcls: true } }),
      resources,
    },
  ],
  passes: [
    { why: 'the account blocks it', facts: facts({ policyIsPublic: true, publicAcl: ['READ'] }, BLOCK_ALL) },
    { why: 'on purpose', facts: facts({ policyIsPublic: true }), settings: { publicBuckets: ['example-*'] } },
    { why: 'its block could not be read', facts: facts({ policyIsPublic: true, block: undefined }) },
  ],
});
