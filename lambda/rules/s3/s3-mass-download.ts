import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later, repeat } from '../sample';
import { objectCall } from './object-samples';
import {
  actorAndBucket,
  isClients,
  NO_DATA_EVENTS,
  OBJECT_REFERENCES,
  OBJECT_SETTINGS,
  objectCalls,
  objectInWords,
  objectSeverity,
} from './objects';
import { bucketResources } from './public-access';

export default defineRule({
  id: 's3-mass-download',
  title: 'Many objects of a bucket read in minutes',
  severity: (event, settings) => objectSeverity('medium', event, settings),
  rows: ['1-12', '1-13'],
  attack: ['TA0009/T1530', 'TA0010/T1567.002'],
  match: [objectCalls('GetObject')],
  settings: [...OBJECT_SETTINGS],
  when: isClients,
  window: { kind: 'count', per: actorAndBucket, threshold: 1_000, withinMs: 15 * MINUTE, unit: 'objects read' },
  quietMs: 12 * HOUR,
  headline: objectInWords,
  resources: bucketResources,
  why: 'That is somebody who takes the bucket home, object by object.',
  runbook: [
    'Ask the actor, or the owner of the program.',
    'Is the address one of yours? A download to elsewhere is a theft until explained.',
    "If nobody vouches for it, deactivate its keys and deny it in the bucket's policy; list what was read.",
  ],
  falsePositives: ['Analysis, backups, synchronisation: suppress by actor and bucket.'],
  blindSpots: [NO_DATA_EVENTS, 'Reading slowly, or from many users.'],
  references: OBJECT_REFERENCES,
});

export const examples = (): Examples => {
  const read = objectCall('GetObject');
  const many = repeat(read, 1_000, 500);
  const ofBackup = many.map((record) => but(record, { requestParameters: { bucketName: 'example-backup' } }));
  return {
    fires: [
      { why: 'a thousand in eight minutes', timeline: many, severity: 'medium' },
      {
        why: 'the last a second before the window closes',
        timeline: [...many.slice(0, 999), later(read, 15 * MINUTE - 1_000)],
      },
      { why: 'of a sensitive bucket', timeline: ofBackup, severity: 'high' },
      {
        why: 'of a sensitive bucket, off hours',
        timeline: ofBackup,
        settings: { workingHours: ['sun 00:00-24:00'] },
        severity: 'critical',
      },
    ],
    quiet: [
      { why: 'one less', timeline: many.slice(0, 999) },
      { why: 'the last when the window has closed', timeline: [...many.slice(0, 999), later(read, 15 * MINUTE)] },
      {
        why: 'of two buckets',
        timeline: many.map((record, index) =>
          index % 2 ? record : but(record, { requestParameters: { bucketName: 'example-images' } }),
        ),
      },
      { why: 'by a service', timeline: many.map((record) => but(record, byService('athena.amazonaws.com'))) },
    ],
  };
};
