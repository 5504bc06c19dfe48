import { anyGlobMatches } from '../glob';
import { grantSeverity, grantsInWords, publicGrantsIn } from '../policy/resource-policy';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { accessPointInWords, accessPointOf, adjusted, PUBLIC_SETTINGS, policyMadePublic, S3 } from './public-access';

export default defineRule({
  id: 's3-access-point-public-policy',
  title: 'S3 access point policy lets anybody in',
  severity: (event, settings) => adjusted(grantSeverity(publicGrantsIn(event)), event, settings),
  rows: ['0-6'],
  attack: ['TA0009/T1530', 'TA0010/T1537'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['PutAccessPointPolicy', 'PutAccessPointPolicyForObjectLambda', 'PutMultiRegionAccessPointPolicy'],
    },
  ],
  when: (event, settings) =>
    policyMadePublic(event) && !anyGlobMatches(settings.publicBuckets, accessPointOf(event) ?? ''),
  per: (event) => `${event.account}|${event.region}|${accessPointOf(event) ?? ''}|${event.call}|${event.actor}`,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) =>
    `${event.actor} set the policy of ${accessPointInWords(event)}: ${grantsInWords(publicGrantsIn(event))}`,
  resources: (event) => {
    const name = accessPointOf(event);
    return name === undefined ? [] : [name];
  },
  why: "An access point is a second door to a bucket, which the bucket's own policy page does not show. This one admits anybody.",
  runbook: [
    'Find the bucket behind it: aws s3control get-access-point --account-id <account> --name <access point>.',
    'Take the policy away: aws s3control delete-access-point-policy --account-id <account> --name <access point>.',
    'Block it for the account: aws s3control put-public-access-block --account-id <account> --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: [
    'An access point that only a VPC can reach: the call does not say so. Add its name to publicBuckets.',
  ],
  blindSpots: [
    'Whether the bucket, the access point or the account blocks public access.',
    'Which bucket it belongs to: sensitiveBuckets does not apply.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

export const examples = (): Examples => {
  const policy = (fields: object = {}) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:us-east-1:111122223333:accesspoint/reports/object/*',
          ...fields,
        },
      ],
    });
  const put = (Policy: string) =>
    call(S3, 'PutAccessPointPolicy', {
      requestParameters: {
        name: 'reports',
        Host: '111122223333.s3-control.us-east-1.amazonaws.com',
        policy: '',
        PutAccessPointPolicyRequest: { xmlns: 'http://awss3control.amazonaws.com/doc/2018-08-20/', Policy },
      },
    });
  const open = put(policy());
  return {
    fires: [
      { why: 'everybody may read', timeline: [open], severity: 'high' },
      { why: 'everybody may write', timeline: [put(policy({ Action: 's3:PutObject' }))], severity: 'critical' },
      {
        why: 'an Object Lambda access point',
        timeline: [
          call(S3, 'PutAccessPointPolicyForObjectLambda', {
            requestParameters: {
              name: 'reports',
              PutAccessPointPolicyForObjectLambdaRequest: { Policy: policy({ Action: 's3-object-lambda:GetObject' }) },
            },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'a multi-Region access point',
        timeline: [
          call(S3, 'PutMultiRegionAccessPointPolicy', {
            requestParameters: {
              PutMultiRegionAccessPointPolicyRequest: {
                ClientToken: 'c1',
                Details: { Name: 'reports-everywhere', Policy: policy() },
              },
            },
          }),
        ],
        severity: 'high',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: '[APN/1.0 HashiCorp/1.0 Terraform/1.9.0]' })],
        severity: 'medium',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'one account', timeline: [put(policy({ Principal: { AWS: '444455556666' } }))] },
      {
        why: 'from one VPC',
        timeline: [put(policy({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } } }))],
      },
      { why: 'public on purpose', timeline: [open], settings: { publicBuckets: ['reports'] } },
    ],
  };
};
