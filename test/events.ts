import { isUnreadable, toTrailEvent } from '../lambda/intake/normalise';
import type { TrailEvent } from '../lambda/intake/trail-event';
import type { SampleRecord } from '../lambda/rules/rule';
import { call } from '../lambda/rules/sample';

/** Id of the n-th event of a test. */
export function uuid(serial: number): string {
  return `00000000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;
}

/** An event at a time; `serial` makes its id. */
export function eventAt(timeMs: number, serial: number, fields: SampleRecord = {}): TrailEvent {
  const event = toTrailEvent(
    call('example.amazonaws.com', 'Do', {
      eventID: uuid(serial),
      eventTime: new Date(timeMs).toISOString(),
      ...fields,
    }),
  );
  if (isUnreadable(event)) throw new Error(event.unreadable);
  return event;
}

/** The record as SQS delivers it: an EventBridge envelope. */
export function delivered(detail: SampleRecord, messageId = String(detail['eventID']), envelope: SampleRecord = {}) {
  const body = {
    version: '0',
    id: 'e0000000-0000-4000-8000-000000000000',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.example',
    account: '111122223333',
    time: detail['eventTime'],
    region: 'us-east-1',
    resources: [],
    detail,
    ...envelope,
  };
  return { messageId, body: JSON.stringify(body) };
}
