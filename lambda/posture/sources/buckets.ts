import {
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  type Bucket as ListedBucket,
  type PublicAccessBlockConfiguration,
} from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetAccountPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { forEachLimited } from '../../concurrency';
import type { Bucket, PublicAccessBlock } from '../facts';
import { defineSource } from '../source';

const NO_BLOCK = ['NoSuchPublicAccessBlockConfiguration'];
/** Buckets at a time; each has three calls. */
const AT_ONCE = 16;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html */
export const accountPublicAccessBlock = defineSource({
  scope: 'account',
  about: 'the public access block of the account',
  permissions: ['s3:GetAccountPublicAccessBlock'],
  async read(reader): Promise<PublicAccessBlock> {
    const answer = await reader.read(
      's3:GetAccountPublicAccessBlock',
      () => reader.aws.s3Control.send(new GetAccountPublicAccessBlockCommand({ AccountId: reader.account })),
      { absent: NO_BLOCK },
    );
    return blockOf(answer?.PublicAccessBlockConfiguration);
  },
});

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export const buckets = defineSource({
  scope: 'account',
  about: 'buckets of all regions: public access block, policy status, ACL',
  permissions: ['s3:ListAllMyBuckets', 's3:GetBucketPublicAccessBlock', 's3:GetBucketPolicyStatus', 's3:GetBucketAcl'],
  async read(reader): Promise<readonly Bucket[]> {
    const listed = await reader.pages<ListedBucket>('s3:ListAllMyBuckets', async (token) => {
      const page = await reader.aws
        .s3(reader.place)
        .send(
          new ListBucketsCommand({ MaxBuckets: 1_000, ...(token === undefined ? {} : { ContinuationToken: token }) }),
        );
      return { items: page.Buckets ?? [], next: page.ContinuationToken };
    });
    const read: Bucket[] = [];
    await forEachLimited(listed, AT_ONCE, async ({ Name: name = '', BucketRegion: region }) => {
      const client = reader.aws.s3(region ?? reader.place);
      const what = `bucket ${name}`;
      const input = { Bucket: name, ExpectedBucketOwner: reader.account };
      const [block, status, acl] = await Promise.all([
        reader.tryRead('s3:GetBucketPublicAccessBlock', () => client.send(new GetPublicAccessBlockCommand(input)), {
          what,
          absent: NO_BLOCK,
        }),
        reader.tryRead('s3:GetBucketPolicyStatus', () => client.send(new GetBucketPolicyStatusCommand(input)), {
          what,
          absent: ['NoSuchBucketPolicy'],
        }),
        reader.tryRead('s3:GetBucketAcl', () => client.send(new GetBucketAclCommand(input)), { what }),
      ]);
      read.push({
        name,
        region,
        block: block === undefined ? undefined : blockOf(block.value?.PublicAccessBlockConfiguration),
        policyIsPublic: status === undefined ? undefined : status.value?.PolicyStatus?.IsPublic === true,
        publicAcl:
          acl === undefined
            ? undefined
            : (acl.value?.Grants ?? [])
                .filter(({ Grantee }) => EVERYBODY.test(Grantee?.URI ?? ''))
                .map(({ Permission = 'UNKNOWN' }) => Permission),
      });
    });
    return read;
  },
});

/** Groups of an ACL that are the public: anybody, and anybody with an AWS account. */
const EVERYBODY = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/;

function blockOf(block: PublicAccessBlockConfiguration | undefined): PublicAccessBlock {
  return {
    blockPublicAcls: block?.BlockPublicAcls === true,
    ignorePublicAcls: block?.IgnorePublicAcls === true,
    blockPublicPolicy: block?.BlockPublicPolicy === true,
    restrictPublicBuckets: block?.RestrictPublicBuckets === true,
  };
}
