import { actorOf } from './actor';
import { field, flag, text } from './fields';
import { outcomeOf } from './outcome';
import type { CloudTrailRecord, Outcome, TrailEvent, UnreadableRecord } from './trail-event';

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
  return new RecordEvent(id, timeMs, record, envelope);
}

/** An event that works out what few rules ask for when it is asked: most events concern no rule. */
class RecordEvent implements TrailEvent {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly call: string;
  readonly outcome: Outcome;
  readonly readOnly: boolean | undefined;
  readonly crossAccount: boolean;
  readonly identity: unknown;
  private principal: string | undefined;
  private isFromAddress: boolean | undefined;

  constructor(
    readonly id: string,
    readonly timeMs: number,
    readonly record: CloudTrailRecord,
    envelope: Envelope | undefined,
  ) {
    this.identity = record['userIdentity'];
    const callerAccount = text(field(this.identity, 'accountId'));
    const recipient = text(record['recipientAccountId']);
    this.account = recipient || text(envelope?.account) || callerAccount || 'unknown';
    this.region = text(record['awsRegion']) || text(envelope?.region) || 'unknown';
    this.service = text(record['eventSource']) || 'unknown';
    this.call = callName(text(record['eventName']) || 'unknown');
    this.outcome = outcomeOf(record['errorCode'], record['errorMessage']);
    this.readOnly = flag(record['readOnly']);
    this.crossAccount = recipient !== undefined && callerAccount !== undefined && callerAccount !== recipient;
  }

  get actor(): string {
    this.principal ??= actorOf(this.identity, this.account, this.region);
    return this.principal;
  }

  get sourceIp(): string | undefined {
    return this.fromAddress ? (this.record['sourceIPAddress'] as string) : undefined;
  }

  get sourceService(): string | undefined {
    const source = this.record['sourceIPAddress'];
    return typeof source !== 'string' || source === '' || this.fromAddress ? undefined : source;
  }

  private get fromAddress(): boolean {
    if (this.isFromAddress === undefined) {
      const source = this.record['sourceIPAddress'];
      this.isFromAddress = typeof source === 'string' && looksLikeAddress(source);
    }
    return this.isFromAddress;
  }
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

/** eventTime in milliseconds, or undefined if it is no time. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  return value.length === 20 ? plainTimeOf(value) : otherTimeOf(value);
}

/** `2026-11-20T08:15:00Z`, which is all that CloudTrail itself writes, without Date.parse but for a new day. */
function plainTimeOf(value: string): number | undefined {
  if (!value.startsWith(lastDay)) {
    const day = value.slice(0, 10);
    const dayMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(dayMs)) return undefined;
    lastDay = day;
    lastDayMs = dayMs;
  }
  const hours = twoDigits(value, 11);
  const minutes = twoDigits(value, 14);
  const seconds = twoDigits(value, 17);
  const punctuated = value[10] === 'T' && value[13] === ':' && value[16] === ':' && value[19] === 'Z';
  if (!punctuated || !(hours < 24) || !(minutes < 60) || !(seconds < 60)) return undefined;
  return lastDayMs + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000;
}
let lastDay = '?';
let lastDayMs = Number.NaN;

/** The number at `index`, or NaN. */
function twoDigits(value: string, index: number): number {
  const tens = value.charCodeAt(index) - 48;
  const ones = value.charCodeAt(index + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Needs a full date and a zone: Date.parse alone takes "1" for a year and reads zoneless text as local time. */
function otherTimeOf(value: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/.test(value)) return undefined;
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** An IPv4 or IPv6 address by its letters only: anonymised records hold addresses that are not valid. */
function looksLikeAddress(source: string): boolean {
  const first = source.charCodeAt(0);
  const digitFirst = first >= 48 && first <= 57;
  if (!digitFirst && !source.includes(':')) return false;
  for (let index = 0; index < source.length; index++) {
    const letter = source.charCodeAt(index);
    const lower = letter | 32;
    // Digits, the colon behind them, the dot, and a to f.
    if (!((letter >= 48 && letter <= 58) || letter === 46 || (lower >= 97 && lower <= 102))) return false;
  }
  return true;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value).slice(0, 40)}`;
}
