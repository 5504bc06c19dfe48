import type { TrailEvent } from '../../intake/trail-event';
import { publicGrantsIn } from '../policy/resource-policy';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import {
  accessPointInWords,
  accessPointOf,
  adjusted,
  BUCKET_ACL_CALLS,
  bucketInWords,
  bucketKey,
  bucketOf,
  bucketResources,
  isPublicOnPurpose,
  PUBLIC_SETTINGS,
  publicAclGrants,
  S3,
} from './public-access';

export default defineRule({
  id: 's3-bucket-public-attempt',
  title: 'Attempt to open an S3 bucket to everybody refused',
  severity: (event, settings) => adjusted('low', event, settings),
  rows: ['0-6'],
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'denied',
      service: S3,
      calls: [...BUCKET_ACL_CALLS, 'PutBucketPolicy', 'PutAccessPointPolicy'],
    },
  ],
  when: (event, settings) =>
    (publicAclGrants(event).length > 0 || publicGrantsIn(event).length > 0) && !isPublicOnPurpose(event, settings),
  side: 'resource', // a stranger may try it on our bucket
  per: (event) => `${bucketKey(event)}|${accessPointOf(event) ?? ''}|${event.call}`,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => `${event.actor} tried to open ${targetOf(event)} to everybody (${event.call}) and was refused`,
  resources: bucketResources,
  why: 'Nothing was opened: the caller lacks the permission, or Block Public Access held. Somebody wanted it open all the same.',
  runbook: [
    'Ask the actor whether the attempt was theirs.',
    'If not, deactivate its keys and revoke its sessions, and list its other calls: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'Look for a DeleteBucketPublicAccessBlock after it: the next thing to try.',
  ],
  falsePositives: ['A developer who follows an old tutorial for static sites, and is stopped by Block Public Access.'],
  blindSpots: ['Most refused calls are recorded without parameters: what was tried is then unknown.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

function targetOf(event: TrailEvent): string {
  return bucketOf(event) === undefined ? accessPointInWords(event) : bucketInWords(event);
}

export const examples = (): Examples => {
  const refused = {
    errorCode: 'AccessDenied',
    errorMessage: 'public policies are blocked by the BlockPublicPolicy setting',
  };
  const policy = (Principal: unknown) => ({
    Statement: { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: '*' },
  });
  const put = (Principal: unknown) =>
    call(S3, 'PutBucketPolicy', {
      requestParameters: { bucketName: 'example-data', bucketPolicy: policy(Principal) },
      ...refused,
    });
  const attempt = put('*');
  const acl = (canned: string) =>
    call(S3, 'PutBucketAcl', { requestParameters: { bucketName: 'example-data', 'x-amz-acl': canned }, ...refused });
  return {
    fires: [
      { why: 'a public policy', timeline: [attempt], severity: 'low' },
      { why: 'a public ACL', timeline: [acl('public-read')], severity: 'low' },
      {
        why: 'the policy of an access point',
        timeline: [
          call(S3, 'PutAccessPointPolicy', {
            requestParameters: {
              name: 'reports',
              PutAccessPointPolicyRequest: { Policy: JSON.stringify(policy('*')) },
            },
            ...refused,
          }),
        ],
        severity: 'low',
      },
    ],
    quiet: [
      {
        why: "it succeeded: another rule's alert",
        timeline: [but(attempt, { errorCode: undefined, errorMessage: undefined })],
      },
      { why: 'there is no such bucket', timeline: [but(attempt, { errorCode: 'NoSuchBucket' })] },
      { why: 'a private ACL', timeline: [acl('private')] },
      { why: 'a policy for one account', timeline: [put({ AWS: '444455556666' })] },
      { why: 'the record has no parameters', timeline: [denied(attempt)] },
    ],
  };
};
