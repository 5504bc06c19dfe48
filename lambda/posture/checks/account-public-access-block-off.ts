import { type CheckExamples, defineCheck } from '../check';
import { BLOCK_ALL, BLOCK_NONE } from '../sample';

export default defineCheck({
  id: 'account-public-access-block-off',
  title: 'Account does not block public access to S3',
  severity: 'medium',
  controls: { cis: ['2.1.4'], fsbp: ['S3.1'] },
  reads: ['accountPublicAccessBlock'],
  why: 'It is the one switch that holds whatever anybody writes into a bucket’s policy or ACL.',
  fix: [
    'aws s3control put-public-access-block --account-id {account} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
  ],
  limits: ['An account that serves public buckets cannot have it: block each of the other buckets, and suppress this.'],
  references: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html'],
  judge: ({ accountPublicAccessBlock: block }, { account, partition }) => {
    const off = [
      ...(block.blockPublicAcls ? [] : ['BlockPublicAcls']),
      ...(block.ignorePublicAcls ? [] : ['IgnorePublicAcls']),
      ...(block.blockPublicPolicy ? [] : ['BlockPublicPolicy']),
      ...(block.restrictPublicBuckets ? [] : ['RestrictPublicBuckets']),
    ];
    if (off.length === 0) return [];
    return [
      {
        resource: `arn:${partition}:s3::${account}:account-public-access-block`,
        name: account,
        detail: `Off for the account: ${off.join(', ')}`,
      },
    ];
  },
});

const resources = ['arn:aws:s3::111122223333:account-public-access-block'] as const;

export const examples = (): CheckExamples<'accountPublicAccessBlock'> => ({
  fails: [
    { why: 'all is off', facts: { accountPublicAccessBlock: BLOCK_NONE }, resources },
    {
      why: 'one is off',
      facts: { accountPublicAccessBlock: { ...BLOCK_ALL, restrictPublicBuckets: false } },
      resources,
    },
  ],
  passes: [
    { why: 'all is on', facts: { accountPublicAccessBlock: BLOCK_ALL } },
    { why: 'all is on, in another object', facts: { accountPublicAccessBlock: { ...BLOCK_ALL } } },
  ],
});
