import { isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import {
  adjusted,
  bucketInWords,
  bucketKey,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  rulesIn,
  S3,
} from './public-access';

export default defineRule({
  id: 's3-bucket-acls-enabled',
  title: 'ACLs turned on for an S3 bucket',
  severity: (event, settings) => adjusted('low', event, settings),
  rows: ['0-6'],
  attack: ['TA0005/T1562.001', 'TA0009/T1530'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['PutBucketOwnershipControls', 'DeleteBucketOwnershipControls', 'CreateBucket'],
    },
  ],
  when: (event, settings) => ownership(event) !== undefined && !isPublicOnPurpose(event, settings),
  side: 'resource', // another account may hold the right to change our bucket
  per: bucketKey,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => `${event.actor} turned ACLs on for ${bucketInWords(event)} (${ownership(event)})`,
  resources: bucketResources,
  why: 'With ACLs off, no single object can be made public or belong to a stranger. Turning them on is the step before doing that.',
  runbook: [
    'Turn them off again: aws s3api put-bucket-ownership-controls --bucket <bucket> --ownership-controls Rules=[{ObjectOwnership=BucketOwnerEnforced}].',
    'Look for what the actor did next with this bucket: PutBucketAcl, PutObjectAcl.',
    'Ask the actor why; uploads by other accounts work without ACLs too.',
  ],
  falsePositives: ['Old software that uploads with an ACL, and log delivery of CloudFront in its old form.'],
  blindSpots: ['Buckets from before April 2023, where ACLs were on from the start.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

/** Who owns objects after the call, where that leaves ACLs on; undefined where they are off, or nothing is said. */
function ownership(event: TrailEvent): string | undefined {
  const request = event.record['requestParameters'];
  if (event.call === 'DeleteBucketOwnershipControls') return 'no ownership controls';
  if (event.call === 'CreateBucket') return unlessEnforced(text(pick(request, 'x-amz-object-ownership')));
  if (isOmitted(request)) return 'parameters too large to see';
  const owners = rulesIn(event, 'OwnershipControls', 'Rule').map((rule) => text(pick(rule, 'ObjectOwnership')));
  return owners.map(unlessEnforced).find((owner) => owner !== undefined);
}

function unlessEnforced(owner: string | undefined): string | undefined {
  return owner === undefined || owner === '' || owner === 'BucketOwnerEnforced' ? undefined : owner.slice(0, 40);
}

export const examples = (): Examples => {
  const put = (ObjectOwnership: string, bucketName = 'example-data') =>
    call(S3, 'PutBucketOwnershipControls', {
      requestParameters: { bucketName, ownershipControls: '', OwnershipControls: { Rule: { ObjectOwnership } } },
    });
  const create = (owner: string) =>
    call(S3, 'CreateBucket', { requestParameters: { bucketName: 'example-data', 'x-amz-object-ownership': owner } });
  const writer = put('ObjectWriter');
  return {
    fires: [
      { why: 'objects belong to who writes them', timeline: [writer], severity: 'low' },
      { why: 'to the bucket owner by preference', timeline: [put('BucketOwnerPreferred')], severity: 'low' },
      { why: 'a bucket created with ACLs', timeline: [create('ObjectWriter')], severity: 'low' },
      {
        why: 'the controls were deleted',
        timeline: [
          but(writer, {
            eventName: 'DeleteBucketOwnershipControls',
            requestParameters: { bucketName: 'example-data', ownershipControls: '' },
          }),
        ],
        severity: 'low',
      },
      { why: 'a sensitive bucket: one higher', timeline: [put('ObjectWriter', 'prod-backup')], severity: 'medium' },
      {
        why: 'parameters too large to see',
        timeline: [but(writer, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
      },
    ],
    quiet: [
      { why: 'ACLs were turned off', timeline: [put('BucketOwnerEnforced')] },
      { why: 'a bucket created with ACLs off', timeline: [create('BucketOwnerEnforced')] },
      {
        why: 'a bucket created without a word about it',
        timeline: [but(create(''), { requestParameters: { bucketName: 'example-data' } })],
      },
      { why: 'the call was refused', timeline: [denied(writer)] },
      { why: 'a bucket that is public on purpose', timeline: [writer], settings: { publicBuckets: ['example-data'] } },
    ],
  };
};
