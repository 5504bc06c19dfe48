import type { Bucket, PublicAccessBlock } from './facts';

/**
 * What makes a bucket public in effect: its policy, unless it or the account restricts public buckets; its ACL, unless
 * public ACLs are ignored. Nothing where a part could not be read: that is told as unknown.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function publicBy({ block, policyIsPublic, publicAcl }: Bucket, account: PublicAccessBlock): readonly string[] {
  const restricts = account.restrictPublicBuckets || block === undefined || block.restrictPublicBuckets;
  const ignores = account.ignorePublicAcls || block === undefined || block.ignorePublicAcls;
  return [
    ...(policyIsPublic === true && !restricts ? ['its policy'] : []),
    ...(publicAcl !== undefined && publicAcl.length > 0 && !ignores ? [`its ACL (${publicAcl.join(', ')})`] : []),
  ];
}
