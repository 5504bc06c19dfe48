import { globMatches } from '../../rules/glob';
import { type CheckExamples, defineCheck } from '../check';
import { BLOCK_ALL, BLOCK_NONE, bucket } from '../sample';

export default defineCheck({
  id: 'bucket-block-off',
  title: 'Bucket could be made public',
  severity: 'low',
  controls: { cis: ['2.1.4'], fsbp: ['S3.8'] },
  reads: ['buckets', 'accountPublicAccessBlock'],
  why: 'One mistake in a policy or an ACL makes it public, and nothing stands in the way.',
  fix: [
    'aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
  ],
  limits: ['Nothing is told where the account blocks public access as a whole.'],
  references: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html'],
  judge: ({ buckets, accountPublicAccessBlock }, { partition, settings: { publicBuckets } }) =>
    Object.values(accountPublicAccessBlock).every((on) => on)
      ? []
      : buckets
          .filter(({ block }) => block !== undefined && Object.values(block).some((on) => !on))
          .filter(({ name }) => !publicBuckets.some((glob) => globMatches(glob, name)))
          .map(({ name, region }) => ({
            resource: `arn:${partition}:s3:::${name}`,
            name,
            detail: `Bucket ${name} does not block all public access`,
            ...(region === undefined ? {} : { region }),
          })),
});

const facts = (block: typeof BLOCK_ALL | undefined, account = BLOCK_NONE) => ({
  buckets: [bucket('example-data', { block })],
  accountPublicAccessBlock: account,
});
const resources = ['arn:aws:s3:::example-data'] as const;

export const examples = (): CheckExamples<'buckets' | 'accountPublicAccessBlock'> => ({
  fails: [
    { why: 'all is off', facts: facts(BLOCK_NONE), resources },
    { why: 'one is off', facts: facts({ ...BLOCK_ALL, blockPublicAcls: false }), resources },
  ],
  passes: [
    { why: 'all is on', facts: facts(BLOCK_ALL) },
    { why: 'the account blocks it', facts: facts(BLOCK_NONE, BLOCK_ALL) },
    { why: 'it could not be read', facts: facts(undefined) },
  ],
});
