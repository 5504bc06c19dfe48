import { fieldsOf, isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { anyGlobMatches } from '../glob';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { accessPointInWords, accessPointOf, adjusted, flagsOff, PUBLIC_SETTINGS, S3 } from './public-access';

export default defineRule({
  id: 's3-access-point-public-access-block-off',
  title: 'S3 access point made without Block Public Access',
  severity: (event, settings) => adjusted('high', event, settings),
  rows: ['0-6'],
  attack: ['TA0005/T1562.001', 'TA0009/T1530'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: S3,
      calls: ['CreateAccessPoint', 'CreateMultiRegionAccessPoint'],
    },
  ],
  when: (event, settings) =>
    (isOmitted(event.record['requestParameters']) || takenOff(event).length > 0) &&
    !anyGlobMatches(settings.publicBuckets, accessPointOf(event) ?? ''),
  per: (event) => `${event.account}|${event.region}|${accessPointOf(event) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  settings: [...PUBLIC_SETTINGS],
  headline: (event) => {
    const flags = takenOff(event).join(', ') || 'unknown settings (parameters too large to see)';
    return `${event.actor} created ${accessPointInWords(event)} without ${flags}`;
  },
  resources: (event) => {
    const name = accessPointOf(event);
    return name === undefined ? [] : [name];
  },
  why: 'Access points block public access unless asked not to, and can never change it later: somebody wanted a door that can be opened to everybody.',
  runbook: [
    'See the access point and its bucket: aws s3control get-access-point --account-id <account> --name <access point>.',
    'See who may use it: aws s3control get-access-point-policy-status --account-id <account> --name <access point>.',
    'If nobody needs it, delete it: aws s3control delete-access-point --account-id <account> --name <access point>.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['An access point for public content: add its name to publicBuckets.'],
  blindSpots: ['The setting of the bucket or the account may still hold: the event does not show it.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
    'https://attack.mitre.org/techniques/T1530/',
  ],
});

/** Flags that the request sets to false; none for an access point that only a VPC reaches, which is never public. */
function takenOff({ record }: TrailEvent): readonly string[] {
  const request = record['requestParameters'];
  const levels = [request, ...Object.values(fieldsOf(request) ?? {})];
  const parts = [...levels, ...levels.map((level) => pick(level, 'Details'))];
  if (parts.some((part) => text(pick(pick(part, 'VpcConfiguration'), 'VpcId')))) return [];
  const configurations = parts.flatMap((part) => [
    pick(part, 'PublicAccessBlockConfiguration'),
    pick(part, 'PublicAccessBlock'),
  ]);
  return [...new Set(configurations.flatMap((configuration) => flagsOff(configuration, 'on')))];
}

export const examples = (): Examples => {
  const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  const create = (fields: object) =>
    call(S3, 'CreateAccessPoint', {
      requestParameters: {
        name: 'reports',
        Host: '111122223333.s3-control.us-east-1.amazonaws.com',
        CreateAccessPointRequest: {
          xmlns: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
          Bucket: 'example-data',
          ...fields,
        },
      },
    });
  const off = create({ PublicAccessBlockConfiguration: { ...on, BlockPublicPolicy: false } });
  return {
    fires: [
      { why: 'one flag is false', timeline: [off], severity: 'high' },
      {
        why: 'a flag is false, as text',
        timeline: [create({ PublicAccessBlockConfiguration: { ...on, RestrictPublicBuckets: 'false' } })],
        severity: 'high',
      },
      {
        why: 'a multi-Region access point',
        timeline: [
          call(S3, 'CreateMultiRegionAccessPoint', {
            requestParameters: {
              CreateMultiRegionAccessPointRequest: {
                ClientToken: 'c1',
                Details: { Name: 'everywhere', PublicAccessBlock: { ...on, BlockPublicAcls: false } },
              },
            },
          }),
        ],
        severity: 'high',
      },
      { why: 'by CDK: one lower', timeline: [but(off, { userAgent: 'aws-cdk/2.276.0' })], severity: 'medium' },
      {
        why: 'parameters too large to see',
        timeline: [but(off, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'all four flags are true', timeline: [create({ PublicAccessBlockConfiguration: on })] },
      { why: 'nothing is said: all four are on', timeline: [create({})] },
      {
        why: 'only a VPC reaches it',
        timeline: [
          create({
            PublicAccessBlockConfiguration: { ...on, BlockPublicPolicy: false },
            VpcConfiguration: { VpcId: 'vpc-0a1b2c3d' },
          }),
        ],
      },
      { why: 'the call was refused', timeline: [denied(off)] },
      { why: 'public on purpose', timeline: [off], settings: { publicBuckets: ['reports'] } },
    ],
  };
};
