import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, later, repeat } from '../sample';
import { objectCall } from './object-samples';
import {
  actorAndBucket,
  bytesTransferred,
  isClients,
  NO_DATA_EVENTS,
  OBJECT_SETTINGS,
  objectCalls,
  objectInWords,
  objectSeverity,
} from './objects';
import { bucketResources } from './public-access';

/** DeleteObjects takes at most so many keys. */
const KEYS_MAX = 1_000;
/** Bytes that one key takes in the request: tags of XML and a key of ordinary length. */
const BYTES_OF_KEY = 100;
/** Where the record does not tell the size of the request. */
const KEYS_UNSEEN = 25;

export default defineRule({
  id: 's3-mass-deletion',
  title: 'Many objects of a bucket deleted in minutes',
  severity: (event, settings) => objectSeverity('medium', event, settings),
  rows: ['1-12', '1-13', '2-27'],
  attack: ['TA0040/T1485', 'TA0040/T1490'],
  match: [objectCalls('DeleteObject', 'DeleteObjects')],
  settings: [...OBJECT_SETTINGS],
  when: isClients,
  window: {
    kind: 'sum',
    per: actorAndBucket,
    weight: objectsDeleted,
    threshold: 100,
    withinMs: 15 * MINUTE,
    unit: 'objects deleted (some of them estimated)',
  },
  quietMs: 12 * HOUR,
  headline: objectInWords,
  resources: bucketResources,
  why: 'Extortionists copy what is there, delete it, and ask for money. What is deleted is gone, unless the bucket keeps versions.',
  runbook: [
    "If it goes on, stop it: deactivate the actor's keys or deny it in the bucket's policy now.",
    'Does the bucket keep versions? Then remove the delete markers: aws s3api list-object-versions --bucket <bucket>.',
    'Look for copies made before: GetObject by the same actor, and for a note left in the bucket.',
    'Restore from backups; switch on versions and Object Lock for buckets that matter.',
  ],
  falsePositives: ['Cleaning up, and jobs that write many temporary objects: suppress by actor and bucket.'],
  blindSpots: [
    NO_DATA_EVENTS,
    'How many objects a call of DeleteObjects names is not in the record: it is estimated from the size of the request.',
    'Deletion by lifecycle rules, which leaves no events.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/logging-with-S3.html',
    'https://attack.mitre.org/techniques/T1485/',
  ],
});

function objectsDeleted(event: TrailEvent): number {
  if (event.call === 'DeleteObject') return 1;
  const bytes = bytesTransferred(event, 'In');
  return bytes > 0 ? Math.min(Math.max(Math.round(bytes / BYTES_OF_KEY), 1), KEYS_MAX) : KEYS_UNSEEN;
}

export const examples = (): Examples => {
  const deleted = objectCall('DeleteObject');
  const many = repeat(deleted, 100, 5_000);
  const batch = (bytesTransferredIn?: number) =>
    objectCall('DeleteObjects', {
      requestParameters: { bucketName: 'example-data', delete: '' },
      additionalEventData: bytesTransferredIn === undefined ? null : { bytesTransferredIn },
    });
  return {
    fires: [
      { why: 'a hundred, one by one', timeline: many, severity: 'medium' },
      {
        why: 'the last a second before the window closes',
        timeline: [...many.slice(0, 99), later(deleted, 15 * MINUTE - 1_000)],
      },
      { why: 'in one large call', timeline: [batch(95_000)], severity: 'medium' },
      { why: 'in four calls of unknown size', timeline: repeat(batch(), 4, MINUTE) },
      {
        why: 'of a sensitive bucket',
        timeline: many.map((record) => but(record, { requestParameters: { bucketName: 'example-backup' } })),
        severity: 'high',
      },
      { why: 'off hours', timeline: many, settings: { workingHours: ['sun 00:00-24:00'] }, severity: 'high' },
    ],
    quiet: [
      { why: 'ninety-nine', timeline: many.slice(0, 99) },
      { why: 'the last when the window has closed', timeline: [...many.slice(0, 99), later(deleted, 15 * MINUTE)] },
      { why: 'a small call', timeline: [batch(2_000)] },
      { why: 'three calls of unknown size', timeline: repeat(batch(), 3, MINUTE) },
      { why: 'refused', timeline: many.map((record) => but(record, { errorCode: 'AccessDenied' })) },
      { why: 'by a service', timeline: many.map((record) => but(record, byService('cloudformation.amazonaws.com'))) },
    ],
  };
};
