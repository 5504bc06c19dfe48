import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';

type Json = Record<string, unknown>;

/** A record in the shape of CloudTrail's; `n` tells it from others. */
export function sampleRecord(n: number, more: Json = {}): Json {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
    eventTime: `2026-03-01T12:00:${String(n % 60).padStart(2, '0')}Z`,
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RunInstances',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    requestParameters: null,
    eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    ...more,
  };
}

export function sampleRecords(count: number): Json[] {
  return Array.from({ length: count }, (_, n) => sampleRecord(n));
}

export function envelope(detail: unknown, more: Json = {}): Json {
  return {
    version: '0',
    id: '06e856f8-0000-4000-8000-000000000000',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-03-01T12:00:30Z',
    region: 'eu-west-1',
    resources: [],
    detail,
    ...more,
  };
}

export function lookupEvent(record: unknown): Json {
  return { EventId: 'e', EventName: 'RunInstances', Resources: [], CloudTrailEvent: JSON.stringify(record) };
}

/** Records in pairs, as if each pair were a file. */
function inPairs(records: readonly unknown[]): unknown[][] {
  return records.flatMap((_, i) => (i % 2 === 0 ? [records.slice(i, i + 2)] : []));
}

const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** Every shape that replay reads, by name. */
export const SHAPES: Record<string, (records: readonly unknown[]) => string> = {
  'a delivery file': (records) => JSON.stringify({ Records: records }),
  'a delivery file, indented, with other keys around': (records) =>
    pretty({ note: { Records: 'none' }, Records: records, last: [1, { Records: [] }] }),
  'an array': (records) => JSON.stringify(records),
  'an array, indented, with Windows line ends': (records) => pretty(records).replaceAll('\n', '\r\n'),
  'an array with an item on each line': (records) => `[\n${records.map((r) => JSON.stringify(r)).join(',\n')}\n]\n`,
  'JSON Lines': lines,
  'JSON Lines with Windows line ends, blank lines and no last line end': (records) =>
    lines(records).replaceAll('\n', '\r\n\r\n').trimEnd(),
  'records one behind the other, indented': (records) => records.map(pretty).join('\n'),
  'delivery files one behind the other': (records) =>
    inPairs(records)
      .map((Records) => JSON.stringify({ Records }))
      .join(''),
  'delivery files on a line each': (records) => lines(inPairs(records).map((Records) => ({ Records }))),
  'arrays one behind the other, with byte order marks': (records) =>
    inPairs(records)
      .map((pair) => `\ufeff${pretty(pair)}`)
      .join('\n'),
  'EventBridge events, one a line': (records) => lines(records.map((record) => envelope(record))),
  'an array of EventBridge events': (records) => pretty(records.map((record) => envelope(record))),
  'a LookupEvents page': (records) => pretty({ Events: records.map(lookupEvent), NextToken: 'x' }),
  'LookupEvents pages, one a line': (records) =>
    lines(inPairs(records).map((pair) => ({ NextToken: 'x', Events: pair.map(lookupEvent) }))),
  'an array of LookupEvents pages': (records) =>
    JSON.stringify(inPairs(records).map((pair) => ({ Events: pair.map(lookupEvent) }))),
  'LookupEvents entries, one a line': (records) => lines(records.map(lookupEvent)),
  'CloudTrailEvent strings': (records) => JSON.stringify(records.map((record) => JSON.stringify(record))),
  'CloudTrailEvent strings, one a line': (records) => lines(records.map((record) => JSON.stringify(record))),
  'records with tabs between': (records) => records.map((record) => JSON.stringify(record)).join('\t'),
  'SQS messages': (records) =>
    JSON.stringify({ Messages: records.map((record) => ({ MessageId: 'm', Body: JSON.stringify(envelope(record)) })) }),
  'a Lambda event with SQS messages': (records) =>
    JSON.stringify({
      Records: records.map((record) => ({ messageId: 'm', body: JSON.stringify(record), eventSource: 'aws:sqs' })),
    }),
  'CloudWatch Logs, one batch behind the other': (records) =>
    inPairs(records)
      .map((pair) => JSON.stringify({ logEvents: pair.map((record) => ({ message: JSON.stringify(record) })) }))
      .join(''),
};

/** Ways to store a text. */
const ENCODINGS: Record<string, (text: string) => Buffer> = {
  plain: (text) => Buffer.from(text),
  gzip: (text) => gzipSync(text),
  'gzip in two members': (text) => {
    const bytes = Buffer.from(text);
    const middle = bytes.length >> 1;
    return Buffer.concat([gzipSync(bytes.subarray(0, middle)), gzipSync(bytes.subarray(middle))]);
  },
  'UTF-8 with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16, big endian': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'gzip of UTF-16': (text) => gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le')),
};

// What JSON.parse, unlike a literal, makes an own property.
const hostileKeys = fc.constantFrom(
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"Records":[{"eventVersion":"forged"}]}',
  '"\\ud800 \\u2028 {\\"Records\\":[{"',
  '"\\n{"',
);

/** Any record: the keys that make it one, and anything else below. */
export const anyRecord: fc.Arbitrary<unknown> = fc
  .tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 }), hostileKeys)
  .map(([n, extra, hostile]) =>
    // Through text, since -0 and the like do not survive it.
    JSON.parse(JSON.stringify(sampleRecord(n, { requestParameters: extra, responseElements: JSON.parse(hostile) }))),
  );

export const anyShape = fc.constantFrom(...Object.keys(SHAPES));
export const anyEncoding = fc.constantFrom(...Object.keys(ENCODINGS));

/** The records in a shape and an encoding. */
export function written(records: readonly unknown[], shape: string, encoding: string): Buffer {
  const [toText, toBytes] = [SHAPES[shape], ENCODINGS[encoding]];
  if (toText === undefined || toBytes === undefined) throw new Error(`no shape ${shape} or encoding ${encoding}`);
  return toBytes(toText(records));
}
