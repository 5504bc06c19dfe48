import { actorKey, fromClient, fromConsole, isAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE, type SampleRecord } from '../rule';
import { but, byService, call, later, repeat } from '../sample';
import { bucketInWords, bucketOf, bucketResources, S3 } from './public-access';

export default defineRule({
  id: 's3-enumeration',
  title: 'Settings of many buckets read in minutes',
  // Low from the console, whose list of buckets asks for them, and for infrastructure as code.
  severity: (event, settings) => (fromConsole(event) || isAutomated(event, settings) ? 'low' : 'medium'),
  rows: ['1-11'],
  attack: ['TA0007/T1619', 'TA0007/T1580'],
  match: [
    {
      feed: 'api-reads',
      outcome: ['succeeded', 'denied'],
      service: S3,
      calls: [
        'GetBucketAcl',
        'GetBucketPolicy',
        'GetBucketPolicyStatus',
        'GetBucketPublicAccessBlock',
        'GetBucketLogging',
        'GetBucketReplication',
        'GetBucketVersioning',
        'GetBucketEncryption',
        'GetBucketLifecycle',
      ],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  when: fromClient,
  window: {
    kind: 'distinct',
    per: (event, settings) =>
      `${actorKey(event)}${fromConsole(event) ? '|console' : isAutomated(event, settings) ? '|infrastructure as code' : ''}`,
    value: bucketOf,
    threshold: 10,
    withinMs: 5 * MINUTE,
    unit: 'buckets',
  },
  quietMs: 12 * HOUR,
  headline: (event) =>
    `${event.actor} called ${event.call} on ${bucketInWords(event)} of ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: bucketResources,
  why: 'Somebody looks for the bucket that is open, or that can be emptied without a trace.',
  runbook: [
    'Ask the actor, or the owner of the program: scanners of your own do this too.',
    'If nobody vouches for it, deactivate its keys; look for GetObject and ListObjects by the same key.',
    'Which buckets were looked at longest? They are what comes next.',
  ],
  falsePositives: ['Posture scanners and inventories: suppress them by actor.'],
  blindSpots: ['Slow walks, and callers who know the bucket they want.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html',
    'https://attack.mitre.org/techniques/T1619/',
  ],
});

export const examples = (): Examples => {
  const looked = call(S3, 'GetBucketAcl', { requestParameters: { bucketName: 'example-0', acl: '' } });
  const walk = (buckets: number, fields: SampleRecord = {}, everyMs = 10_000) =>
    repeat(but(looked, fields), buckets, everyMs, (index) => ({
      requestParameters: { bucketName: `example-${index}` },
    }));
  return {
    fires: [
      { why: 'ten buckets in two minutes', timeline: walk(10), severity: 'medium' },
      {
        why: 'half of it refused',
        timeline: walk(10).map((record, index) => (index % 2 ? but(record, { errorCode: 'AccessDenied' }) : record)),
      },
      { why: 'the tenth a second before the window closes', timeline: walk(10, {}, 33_222) },
      { why: 'in the console', timeline: walk(10, { sessionCredentialFromConsole: 'true' }), severity: 'low' },
      { why: 'by Terraform', timeline: walk(10, { userAgent: 'Terraform/1.9' }), severity: 'low' },
    ],
    quiet: [
      { why: 'nine buckets', timeline: walk(9) },
      {
        why: 'the tenth when the window has closed',
        timeline: [...walk(9), but(later(looked, 5 * MINUTE), { requestParameters: { bucketName: 'example-9' } })],
      },
      { why: 'one bucket ten times', timeline: repeat(looked, 10, 10_000) },
      { why: 'by a service', timeline: walk(10, byService('config.amazonaws.com')) },
      {
        why: 'the buckets have no such setting',
        timeline: walk(10, { eventName: 'GetBucketPolicy', errorCode: 'NoSuchBucketPolicy' }),
      },
    ],
  };
};
