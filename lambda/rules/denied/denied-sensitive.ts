import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { defineRule, type Example, type Examples, HOUR, type Match } from '../rule';
import { but, byService, call, denied, later, repeat } from '../sample';
import type { Settings } from '../settings';
import {
  DENIED_BLIND_SPOTS,
  DENIED_REFERENCES,
  DENIED_RUNBOOK,
  fromClient,
  lessIfExpected,
  refusal,
  refusedResource,
} from './denied-calls';

/**
 * Calls of which a single attempt is telling. Those on trails, guards and the organization are the matter of
 * cloudtrail-tampering-attempted, guard-tampering-attempted and organization-tampering-attempted.
 */
const refused = (service: string, calls: NonNullable<Match['calls']>): Match => ({
  feed: 'errors',
  outcome: 'denied',
  service,
  calls,
});

export default defineRule({
  id: 'denied-sensitive',
  title: 'Refused attempt at a sensitive call',
  severity: (event, settings) => lessIfExpected('medium', event, settings),
  rows: ['0-9'],
  attack: ['TA0003/T1098', 'TA0006/T1555.006', 'TA0005/T1562.008'],
  match: [
    refused('iam.amazonaws.com', [
      'CreateAccessKey',
      'CreateLoginProfile',
      'UpdateLoginProfile',
      'AttachUserPolicy',
      'PutUserPolicy',
      'AddUserToGroup',
    ]),
    refused('secretsmanager.amazonaws.com', ['GetSecretValue', 'BatchGetSecretValue']),
    refused('s3.amazonaws.com', ['PutBucketPolicy', 'DeleteBucketPolicy']),
  ],
  settings: ['trailBuckets', 'infrastructureAsCodeAgents'],
  when: (event, settings) =>
    fromClient(event) && (event.service !== 's3.amazonaws.com' || onTrailBucket(event, settings)),
  per: (event) => `${event.account}|${event.actor}|${event.service}|${event.call}`,
  // A program that lost the right to its secret tries all day: twice a day is often enough to hear of it.
  quietMs: 12 * HOUR,
  headline: (event) => `${refusal(event)}${named(refusedResource(event))}`,
  resources: (event) => [refusedResource(event) ?? bucketOf(event) ?? event.call],
  why: 'These calls take over users, read secrets or open the bucket of a trail. An attempt that was refused is the warning; the next one may not be.',
  runbook: DENIED_RUNBOOK,
  falsePositives: [
    'A program that lost the right to its secret, or was given the wrong name.',
    'People who manage their own keys, where policy forbids it.',
  ],
  blindSpots: [
    'Which user or bucket it was about, where AWS leaves it out of refused calls.',
    'Buckets of trails that are not in the setting trailBuckets.',
    ...DENIED_BLIND_SPOTS,
  ],
  references: DENIED_REFERENCES,
});

function bucketOf({ record }: TrailEvent): string | undefined {
  return text(at(record, 'requestParameters', 'bucketName'));
}

/** Refused S3 calls may not say on which bucket: then it may have been the trail's, where one is configured. */
function onTrailBucket(event: TrailEvent, { trailBuckets }: Settings): boolean {
  const bucket = bucketOf(event) ?? refusedResource(event)?.split(':::').at(-1);
  return bucket === undefined ? trailBuckets.length > 0 : anyGlobMatches(trailBuckets, bucket);
}

function named(resource: string | undefined): string {
  return resource === undefined ? '' : ` on ${resource}`;
}

export const examples = (): Examples => {
  const secret = denied(call('secretsmanager.amazonaws.com', 'GetSecretValue'));
  const policy = denied(call('s3.amazonaws.com', 'PutBucketPolicy'));
  const ofTrail = but(policy, {
    errorMessage:
      'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::example-trail" because no identity-based policy allows the s3:PutBucketPolicy action',
  });
  const settings = { trailBuckets: ['example-trail'] };
  return {
    fires: [
      {
        why: 'reading many secrets at once was refused',
        timeline: [denied(call('secretsmanager.amazonaws.com', 'BatchGetSecretValue'))],
      },
      {
        why: "removing the policy of a trail's bucket was refused",
        timeline: [but(ofTrail, { eventName: 'DeleteBucketPolicy' })],
        settings,
      },
      { why: 'reading a secret was refused', timeline: [secret], severity: 'medium' },
      ...[
        'CreateAccessKey',
        'CreateLoginProfile',
        'UpdateLoginProfile',
        'AttachUserPolicy',
        'PutUserPolicy',
        'AddUserToGroup',
      ].map(
        (name): Example => ({
          why: `taking over a user was refused: ${name}`,
          timeline: [denied(call('iam.amazonaws.com', name))],
        }),
      ),
      {
        why: 'reading a secret was refused all morning: one alert',
        timeline: repeat(secret, 40, 6 * 60_000),
      },
      { why: "the policy of a trail's bucket, named in the message", timeline: [ofTrail], settings },
      {
        why: "the policy of a trail's bucket, named in the parameters",
        timeline: [but(policy, { requestParameters: { bucketName: 'example-trail' } })],
        settings,
      },
      { why: 'the policy of a bucket that is not named', timeline: [policy], settings },
      {
        why: 'by infrastructure as code',
        timeline: [but(secret, { userAgent: 'Terraform/1.9' })],
        severity: 'low',
      },
    ],
    quiet: [
      {
        why: 'it was not refused: rules on the call itself tell it',
        timeline: [but(secret, { errorCode: undefined, errorMessage: undefined })],
      },
      { why: 'it failed for another reason', timeline: [but(secret, { errorCode: 'ResourceNotFoundException' })] },
      { why: 'a service', timeline: [but(secret, byService('rds.amazonaws.com'))] },
      { why: 'no trail bucket is configured', timeline: [ofTrail, later(policy, 1_000)] },
      {
        why: 'the policy of another bucket',
        timeline: [but(policy, { requestParameters: { bucketName: 'example-data' } })],
        settings,
      },
    ],
  };
};
