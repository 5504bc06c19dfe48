import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, later } from '../sample';
import { objectCall } from './object-samples';
import { actorAndBucket, NO_DATA_EVENTS, OBJECT_REFERENCES, objectCalls } from './objects';
import { bucketInWords, bucketResources } from './public-access';

/** Words that notes of extortionists carry in their names, in lower case and without what separates words. */
const WORDS = [
  'ransom',
  'howtodecrypt',
  'howtorecover',
  'howtorestore',
  'howtogetback',
  'decryptinstruction',
  'decryptyourfiles',
  'recoveryourfiles',
  'recoverfiles',
  'restorefiles',
  'restoreyourfiles',
  'filesencrypted',
  'filesareencrypted',
  'yourfiles',
  'yourdata',
  'readmetodecrypt',
  'readmeforrestore',
];

/** Notes are for people to read. */
const TEXTS = ['.txt', '.html', '.htm', '.hta', '.md', '.rtf'];

export default defineRule({
  id: 's3-ransom-note',
  title: 'An object named like a note of extortion was written',
  severity: 'high',
  rows: ['2-27'],
  attack: ['TA0040/T1486', 'TA0040/T1485'],
  match: [objectCalls('PutObject')],
  when: (event) => isNote(keyOf(event)),
  per: actorAndBucket,
  quietMs: 6 * HOUR,
  headline: (event) =>
    `${event.actor} wrote ${keyOf(event).slice(0, 120)} to ${bucketInWords(event)} of ${event.account} from ${event.sourceIp ?? 'an unknown address'}`,
  resources: bucketResources,
  why: 'The note comes last: what it is about has been copied, deleted or encrypted already, or is being now.',
  runbook: [
    "Deactivate the actor's keys and revoke its sessions now, whoever it is.",
    'Read the note: aws s3 cp s3://<bucket>/<key> -. Do not answer it.',
    'See what happened to the bucket in the hours before: DeleteObject, CopyObject, PutBucketLifecycle, PutBucketVersioning.',
    'Restore from versions or backups; look at other buckets for the same actor.',
  ],
  falsePositives: ['Documents about such notes: suppress by bucket.'],
  blindSpots: [NO_DATA_EVENTS, 'Notes of other names, and those in e-mail.'],
  references: [...OBJECT_REFERENCES, 'https://attack.mitre.org/techniques/T1486/'],
});

function keyOf({ record }: TrailEvent): string {
  return text(at(record, 'requestParameters', 'key')) ?? '';
}

function isNote(key: string): boolean {
  const name = key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  const letters = name.replace(/[^a-z]/g, '');
  const dot = name.lastIndexOf('.');
  return (dot < 0 || TEXTS.includes(name.slice(dot))) && WORDS.some((word) => letters.includes(word));
}

export const examples = (): Examples => {
  const written = (key: string) => objectCall('PutObject', { requestParameters: { bucketName: 'example-data', key } });
  const note = written('HOW_TO_DECRYPT.txt');
  return {
    fires: [
      { why: 'a note', timeline: [note], severity: 'high' },
      { why: 'in a folder', timeline: [written('reports/RECOVER-YOUR-FILES.html')], severity: 'high' },
      { why: 'without an ending', timeline: [written('!!!Ransom_Note')] },
      { why: 'in every folder: one alert', timeline: [note, later(note, 60_000)] },
    ],
    quiet: [
      { why: 'another name', timeline: [written('HOW_TO_BUILD.txt')] },
      { why: 'a table about them', timeline: [written('ransom-statistics.parquet')] },
      { why: 'refused', timeline: [but(note, { errorCode: 'AccessDenied' })] },
      { why: 'read', timeline: [but(note, { eventName: 'GetObject', readOnly: true })] },
    ],
  };
};
