import type { TrailEvent } from '../../intake/trail-event';
import { type Examples, HOUR, MINUTE, type Rule } from '../rule';
import { but, byService, later, repeat } from '../sample';
import type { Severity } from '../severity';
import { objectCall } from './object-samples';
import {
  actorAndBucket,
  bytesTransferred,
  GIB,
  isClients,
  NO_DATA_EVENTS,
  OBJECT_REFERENCES,
  OBJECT_SETTINGS,
  objectCalls,
  objectInWords,
  objectSeverity,
} from './objects';
import { bucketResources } from './public-access';

type BulkRule = Omit<Rule, 'id' | 'title'>;

/** What the two rules on amounts of data have in common; they differ in how much, and how grave it is. */
export function bulkTransferRule(severity: Severity, gibibytes: number): BulkRule {
  return {
    severity: (event, settings) => objectSeverity(severity, event, settings),
    rows: ['1-12', '1-13'],
    attack: ['TA0009/T1530', 'TA0010/T1567.002'],
    match: [objectCalls('GetObject', 'PutObject', 'UploadPart')],
    settings: [...OBJECT_SETTINGS],
    when: isClients,
    window: {
      kind: 'sum',
      // In and out apart: they are different matters.
      per: (event) => {
        const key = actorAndBucket(event);
        return key === undefined ? undefined : `${key}|${isRead(event) ? 'out' : 'in'}`;
      },
      weight: (event) => bytesTransferred(event, isRead(event) ? 'Out' : 'In'),
      threshold: gibibytes * GIB,
      withinMs: 15 * MINUTE,
      unit: 'bytes',
    },
    quietMs: 12 * HOUR,
    headline: objectInWords,
    resources: bucketResources,
    why: 'So much data at once is a copy of everything: a backup, a migration, or a theft.',
    runbook: [
      'Ask the actor, or the owner of the program.',
      "Is the address one of yours? A download to elsewhere is a theft until explained; an upload may be your data in somebody else's bucket.",
      "If nobody vouches for it, deactivate its keys and deny it in the bucket's policy; list what was moved.",
    ],
    falsePositives: ['Analysis, backups, migrations: suppress by actor and bucket.'],
    blindSpots: [
      NO_DATA_EVENTS,
      'Moving it slowly, or by many users; copies within S3, which carry no bytes to the caller.',
    ],
    references: OBJECT_REFERENCES,
  };
}

function isRead({ call: name }: TrailEvent): boolean {
  return name === 'GetObject';
}

/** Timelines around the amount of a rule. */
export function bulkTransferExamples(severity: Severity, more: Severity, gibibytes: number): Examples {
  const carried = (share: number, fields: object = {}) =>
    objectCall('GetObject', {
      additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut: share * GIB },
      ...fields,
    });
  const part = carried(gibibytes / 5);
  const all = repeat(part, 5, MINUTE);
  const sent = all.map((record) =>
    but(record, { eventName: 'PutObject', additionalEventData: { bytesTransferredIn: (gibibytes / 5) * GIB } }),
  );
  const parts = sent.map((record) => but(record, { eventName: 'UploadPart' }));
  return {
    fires: [
      { why: 'in five parts, to the caller', timeline: all, severity },
      { why: 'in one', timeline: [carried(gibibytes)], severity },
      { why: 'uploaded', timeline: sent, severity },
      { why: 'uploaded in parts of one object', timeline: parts, severity },
      { why: 'written as decimal numbers', timeline: repeat(carried(gibibytes / 5 + 0.001), 5, MINUTE) },
      {
        why: 'of a sensitive bucket',
        timeline: all.map((record) => but(record, { requestParameters: { bucketName: 'example-backup' } })),
        severity: more,
      },
      { why: 'off hours', timeline: all, settings: { workingHours: ['sun 00:00-24:00'] }, severity: more },
    ],
    quiet: [
      { why: 'four parts', timeline: all.slice(1) },
      { why: 'a byte less', timeline: [carried(gibibytes - 1 / GIB)] },
      { why: 'the last when the window has closed', timeline: [...all.slice(0, 4), later(part, 15 * MINUTE)] },
      { why: 'as much in as out', timeline: [...all.slice(0, 3), ...sent.slice(3)] },
      { why: 'by a service', timeline: all.map((record) => but(record, byService('athena.amazonaws.com'))) },
    ],
  };
}
