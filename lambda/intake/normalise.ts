import { actorOf } from './actor';
import { field, text } from './fields';
import { outcomeOf } from './outcome';
import type { CloudTrailRecord, TrailEvent, UnreadableRecord } from './trail-event';

/** What an EventBridge envelope says beside the record in its `detail`. */
export interface Envelope {
  readonly account?: unknown;
  readonly region?: unknown;
}

/**
 * The event in a record. Never throws: a record without an identity or a time is returned as unreadable, with the
 * reason; every other oddity becomes `unknown`, undefined or the record's own words.
 */
export function toTrailEvent(value: unknown, envelope?: Envelope): TrailEvent | UnreadableRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { unreadable: `expected a CloudTrail record (an object), found ${describe(value)}` };
  }
  const record = value as CloudTrailRecord;
  const addendum = record['addendum'];
  const id = (addendum === undefined ? undefined : text(field(addendum, 'originalEventID'))) ?? text(record['eventID']);
  if (id === undefined || id === '')
    return { unreadable: 'no eventID: the event could not be told from its duplicates' };
  const timeMs = timeOf(record['eventTime']);
  if (timeMs === undefined) {
    const found = record['eventTime'];
    return {
      unreadable:
        found === undefined || found === null
          ? 'no eventTime'
          : `eventTime ${describe(found)} is not a time (expected for example 2026-11-20T08:15:00Z)`,
    };
  }
  const identity = record['userIdentity'];
  const callerAccount = text(field(identity, 'accountId'));
  const recipient = text(record['recipientAccountId']);
  const account = recipient || text(envelope?.account) || callerAccount || 'unknown';
  const region = text(record['awsRegion']) || text(envelope?.region) || 'unknown';
  const source = record['sourceIPAddress'];
  const isAddress = typeof source === 'string' && looksLikeAddress(source);
  const readOnly = record['readOnly'];
  return {
    id,
    timeMs,
    account,
    region,
    service: text(record['eventSource']) || 'unknown',
    call: callName(text(record['eventName']) || 'unknown'),
    actor: actorOf(identity, account, region),
    outcome: outcomeOf(record['errorCode'], record['errorMessage']),
    readOnly:
      typeof readOnly === 'boolean' ? readOnly : readOnly === 'true' ? true : readOnly === 'false' ? false : undefined,
    sourceIp: isAddress ? source : undefined,
    sourceService: isAddress || typeof source !== 'string' || source === '' ? undefined : source,
    crossAccount: recipient !== undefined && callerAccount !== undefined && callerAccount !== recipient,
    record,
  };
}

export function isUnreadable(event: TrailEvent | UnreadableRecord): event is UnreadableRecord {
  return 'unreadable' in event;
}

const VERSIONED = /(?:\d{8}|\d{4}_\d{2}_\d{2})(?:v\d+)?$/;

/**
 * Call name without an API version, which Lambda (`…20150331v2`) and CloudFront (`…2020_05_31`) append.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
 */
export function callName(eventName: string): string {
  const last = eventName.charCodeAt(eventName.length - 1);
  return last >= 48 && last <= 57 ? eventName.replace(VERSIONED, '') || eventName : eventName;
}

/** eventTime in milliseconds, or undefined if it is no time. The common form is read without Date.parse. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  // 2026-11-20T08:15:00Z: the only form that CloudTrail itself writes.
  if (value.length === 20 && value.charCodeAt(19) === 90 && value.charCodeAt(10) === 84) {
    if (value !== lastTimeText) {
      lastTimeMs = Date.parse(value);
      lastTimeText = value;
    }
    return Number.isNaN(lastTimeMs) ? undefined : lastTimeMs;
  }
  // Requires a full date and a zone: Date.parse alone takes "1" for a year and reads zoneless text as local time.
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/.test(value)) return undefined;
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
let lastTimeText = '';
let lastTimeMs = Number.NaN;

/** An IPv4 or IPv6 address by its letters only: anonymised records hold addresses that are not valid. */
function looksLikeAddress(source: string): boolean {
  const first = source.charCodeAt(0);
  const digitFirst = first >= 48 && first <= 57;
  if (!digitFirst && !source.includes(':')) return false;
  return /^[0-9a-fA-F:.]+$/.test(source);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value).slice(0, 40)}`;
}
