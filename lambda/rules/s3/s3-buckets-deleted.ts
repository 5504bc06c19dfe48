import { actorAndTool } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later, repeat } from '../sample';
import { adjusted, bucketInWords, bucketOf, bucketResources, S3 } from './public-access';

export default defineRule({
  id: 's3-buckets-deleted',
  title: 'Several buckets deleted in minutes',
  severity: (event, settings) => adjusted('medium', event, settings),
  rows: ['1-12', '1-13', '2-27'],
  attack: ['TA0040/T1485'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: S3, calls: ['DeleteBucket'] }],
  settings: ['infrastructureAsCodeAgents', 'sensitiveBuckets'],
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: bucketOf,
    threshold: 5,
    withinMs: 15 * MINUTE,
    unit: 'buckets deleted',
  },
  quietMs: HOUR,
  headline: (event) => `${event.actor} deleted ${bucketInWords(event)} of ${event.account}`,
  resources: bucketResources,
  why: 'A bucket must be empty to be deleted: whoever deletes several has removed all that was in them.',
  runbook: [
    'Ask the actor.',
    "If it goes on, deactivate the actor's keys now.",
    'Take the names again before somebody else does, if programs still use them; restore from backups.',
  ],
  falsePositives: ['Taking an environment down.'],
  blindSpots: ['Emptying without deleting: s3-mass-deletion, with data events.'],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html',
    'https://attack.mitre.org/techniques/T1485/',
  ],
});

export const examples = (): Examples => {
  const deleted = call(S3, 'DeleteBucket', { requestParameters: { bucketName: 'example-0' } });
  const many = (buckets: number) =>
    repeat(deleted, buckets, MINUTE, (index) => ({ requestParameters: { bucketName: `example-${index}` } }));
  const fifth = { requestParameters: { bucketName: 'example-4' } };
  return {
    fires: [
      { why: 'five in four minutes', timeline: many(5), severity: 'medium' },
      {
        why: 'a sensitive one among them',
        timeline: [
          ...many(4),
          but(later(deleted, 4 * MINUTE), { requestParameters: { bucketName: 'example-backup' } }),
        ],
        severity: 'high',
      },
      {
        why: 'the fifth a second before the window closes',
        timeline: [...many(4), but(later(deleted, 15 * MINUTE - 1_000), fifth)],
      },
      {
        why: 'by Terraform',
        timeline: many(5).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'four', timeline: many(4) },
      { why: 'the fifth when the window has closed', timeline: [...many(4), but(later(deleted, 15 * MINUTE), fifth)] },
      { why: 'one, again and again', timeline: repeat(deleted, 5, MINUTE) },
      { why: 'refused', timeline: many(5).map(denied) },
    ],
  };
};
