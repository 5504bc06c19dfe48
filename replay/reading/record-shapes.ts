import { visible } from '../../lambda/alerts/neutral';
import type { Position, ProblemLog } from './input-problem';
import { scanValue } from './json-scan';

/**
 * What EventBridge wrote around a CloudTrail record, without `detail`. Any of it may be missing in a hand-made file.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export interface EventBridgeEnvelope {
  readonly detailType: string;
  readonly id?: string;
  readonly source?: string;
  readonly account?: string;
  readonly region?: string;
  readonly time?: string;
  /** Set on what an archive replayed. */
  readonly replayName?: string;
}

/**
 * Keys under which exports keep their list: CloudTrail's delivery files and Lambda's SQS events (`Records`),
 * LookupEvents (`Events`), CloudWatch Logs (`events`, `logEvents`), SQS ReceiveMessage (`Messages`).
 */
export const LIST_KEYS: ReadonlySet<string> = new Set(['Records', 'Events', 'events', 'logEvents', 'Messages']);

/** Keys under which exports keep JSON as a string: LookupEvents, SQS, Lambda's SQS events, CloudWatch Logs, SNS. */
const STRING_KEYS = ['CloudTrailEvent', 'Body', 'body', 'message', 'Message'] as const;

/** An SNS message in an SQS body in a list is four deep. The bound is there for hostile input, which could be endless. */
const MAX_WRAPPINGS = 8;

type Json = Record<string, unknown>;

/** Takes JSON values of every supported shape and keeps the CloudTrail records in them, in order. */
export class RecordCollector {
  /** All records so far, those that were taken included. */
  total = 0;
  private records: unknown[] = [];
  /** Records that come next and were taken before. */
  private toSkip = 0;
  private envelopes: (EventBridgeEnvelope | undefined)[] | undefined;
  private strangers = 0;
  private firstStranger = '';
  private firstStrangerAt = '';

  constructor(private readonly log: ProblemLog) {}

  /** Takes one value: a record, an envelope, a list of them, or an export around them. */
  add(value: unknown, at: Position, wrappings = 0): void {
    if (isRecord(value)) this.keep(value);
    else if (wrappings > MAX_WRAPPINGS) this.addStranger(`something wrapped more than ${MAX_WRAPPINGS} times`, at);
    else if (Array.isArray(value)) this.addList(value, at, wrappings);
    else if (typeof value === 'string') this.addNested(value, 'the string', at, wrappings);
    else if (typeof value === 'object' && value !== null) this.addObject(value as Json, at, wrappings);
    else this.addStranger(kindOf(value), at);
  }

  /** Takes a list of records; false, and takes nothing, if one of its items is none. */
  addRecords(items: unknown[]): boolean {
    if (!items.every(isRecord)) return false;
    this.records = items;
    this.total += items.length;
    return true;
  }

  /** The input will be read again from its start, without the records taken so far. */
  startAgain(): void {
    this.toSkip = this.total;
    this.total = 0;
  }

  /** Takes one item of a list; what is not an object there was meant to be a record, and is reported. */
  addItem(item: unknown, at: Position, wrappings = 0): void {
    if (typeof item === 'string' || (typeof item === 'object' && item !== null)) this.add(item, at, wrappings);
    else this.log.add({ position: at, reason: `a record is ${kindOf(item)}, not an object`, recordsLost: 1 });
  }

  /** The records since the last call. */
  take(): { records: unknown[]; envelopes?: (EventBridgeEnvelope | undefined)[] } {
    const { records, envelopes } = this;
    this.records = [];
    this.envelopes = undefined;
    if (envelopes === undefined) return { records };
    envelopes.length = records.length; // plain records behind the last envelope leave it too short
    return { records, envelopes };
  }

  /** Reports what was valid JSON but no record; to be called once, at the end of the input. */
  finish(): void {
    if (this.strangers === 0) return;
    const what = `the first is ${this.firstStranger}`;
    if (this.total === 0) {
      const reason = `valid JSON, but no CloudTrail records in it: ${this.strangers === 1 ? this.firstStranger : what}`;
      this.log.add({ reason, fix: SUPPORTED, recordsLost: 0 });
      return;
    }
    const reason = `${this.strangers} JSON values among the records are no CloudTrail records; ${what}`;
    this.log.add({ position: () => this.firstStrangerAt, reason, recordsLost: this.strangers });
  }

  private keep(record: unknown, envelope?: EventBridgeEnvelope): void {
    this.total += 1;
    if (this.total <= this.toSkip) return;
    if (envelope !== undefined) {
      this.envelopes ??= [];
      this.envelopes[this.records.length] = envelope;
    }
    this.records.push(record);
  }

  private addList(items: unknown[], at: Position, wrappings: number): void {
    // A delivery file's list is taken as it is.
    if (this.records.length === 0 && this.total >= this.toSkip && this.addRecords(items)) return;
    for (const [index, item] of items.entries()) {
      this.addItem(item, () => [at(), `record ${index + 1}`].filter(Boolean).join(', '), wrappings + 1);
    }
  }

  private addObject(value: Json, at: Position, wrappings: number): void {
    const { detail, 'detail-type': detailType } = value;
    if (typeof detailType === 'string' && typeof detail === 'object' && detail !== null && !Array.isArray(detail)) {
      this.keep(detail, envelopeOf(value, detailType));
      return;
    }
    let wraps = false;
    for (const key of Object.keys(value)) {
      const list = value[key];
      if (!LIST_KEYS.has(key) || !Array.isArray(list)) continue;
      wraps = true;
      this.addList(list, at, wrappings);
    }
    if (wraps) return;
    const nestedKey = STRING_KEYS.find((key) => typeof value[key] === 'string');
    if (nestedKey === undefined) this.addStranger(describe(value), at);
    else this.addNested(value[nestedKey] as string, nestedKey, at, wrappings);
  }

  private addNested(text: string, what: string, at: Position, wrappings: number): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // A plain log line or a note is no broken record.
      if (what !== 'CloudTrailEvent' && !text.trimStart().startsWith('{')) {
        this.addStranger(`something with no JSON in ${what}`, at);
        return;
      }
      this.log.add({ position: at, reason: `${what} does not parse: ${syntaxError(text)}`, recordsLost: 1 });
      return;
    }
    this.add(value, at, wrappings + 1);
  }

  private addStranger(description: string, at: Position): void {
    this.strangers += 1;
    if (this.strangers > 1) return;
    this.firstStranger = description;
    this.firstStrangerAt = at();
  }
}

/** What to give instead of something unreadable. */
export const SUPPORTED =
  'Give files that CloudTrail delivered to S3, LookupEvents exports, EventBridge events, or records one a line.';

/**
 * Whether the value is a CloudTrail record as far as reading it goes; what is in it is judged at intake.
 *
 * Lambda's own event sources (`aws:sqs`, `aws:s3`) use some of the same keys.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function isRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { eventVersion, eventSource, userIdentity } = value as Json;
  if (eventVersion === undefined && eventSource === undefined && userIdentity === undefined) return false;
  return !(typeof eventSource === 'string' && eventSource.startsWith('aws:'));
}

function envelopeOf(value: Json, detailType: string): EventBridgeEnvelope {
  const texts = [
    ['id', value['id']],
    ['source', value['source']],
    ['account', value['account']],
    ['region', value['region']],
    ['time', value['time']],
    ['replayName', value['replay-name']],
  ].filter(([, text]) => typeof text === 'string');
  return { detailType, ...Object.fromEntries(texts) };
}

function kindOf(scalar: unknown): string {
  return scalar === null ? 'null' : `a ${typeof scalar}`;
}

function describe(value: Json): string {
  if (value['digestS3Object'] !== undefined) return 'a digest file, which holds hashes of log files';
  const keys = Object.keys(value).slice(0, 3);
  if (keys.length === 0) return 'an empty object';
  return `an object with the keys ${keys.map((key) => `"${visible(key.slice(0, 30))}"`).join(', ')}`;
}

function syntaxError(text: string): string {
  const bytes = Buffer.from(text);
  const scan = scanValue(bytes, 0, { final: true });
  if (scan.kind === 'more') return `it ends in the middle, after ${bytes.length} bytes`;
  if (scan.kind === 'error') return `expected ${scan.expected} at byte ${scan.at + 1}`;
  return 'it goes on behind its end';
}
