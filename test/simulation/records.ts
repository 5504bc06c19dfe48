import { ACCOUNT, type Delivery, type Meaning, type Noise, type PlannedEvent, type Schedule } from './schedule';

/** The queue's record of a delivery: an EventBridge envelope with a CloudTrail record. */
export function bodyOf({ events, startMs }: Schedule, delivery: Delivery): string {
  const event = events[delivery.event] as PlannedEvent;
  if (delivery.kind === 'noise') return noiseBody(event, delivery.noise, startMs);
  return JSON.stringify(envelope(recordOf(event, delivery.version)));
}

function envelope(detail: object): object {
  return {
    version: '0',
    id: 'e',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.example',
    account: ACCOUNT,
    region: 'us-east-1',
    detail,
  };
}

function recordOf({ id, timeMs, sourceIp, denied, versions }: PlannedEvent, version: number) {
  const meanings = Object.entries(versions[version] ?? {}).map(([rule, meaning]) => [rule, written(meaning)]);
  return {
    eventVersion: '1.11',
    // A later version is an event of its own that names the first.
    ...(version === 0 ? { eventID: id } : { eventID: `${id}-v${version}`, addendum: addendumTo(id) }),
    eventTime: eventTime(timeMs),
    eventSource: 'example.amazonaws.com',
    eventName: 'Act',
    eventType: 'AwsApiCall',
    eventCategory: 'Management',
    readOnly: false,
    awsRegion: 'us-east-1',
    recipientAccountId: ACCOUNT,
    sourceIPAddress: sourceIp,
    userIdentity: { type: 'IAMUser', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/alice`, userName: 'alice' },
    ...(denied ? { errorCode: 'AccessDenied' } : {}),
    requestParameters: Object.fromEntries(meanings),
  };
}

function addendumTo(id: string) {
  return { reason: 'UPDATED_DATA', updatedFields: 'requestParameters', originalEventID: id };
}

/** CloudTrail's own form, in whole seconds. */
function eventTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

function written(meaning: Meaning): object {
  return Number.isNaN(meaning.weight) ? { ...meaning, weight: 'NaN' } : meaning;
}

/** Records that must leave no trace, made from an event that would leave one. */
function noiseBody(event: PlannedEvent, noise: Noise, startMs: number): string {
  const record = { ...recordOf(event, 0), eventID: `${event.id}-${noise}` };
  switch (noise) {
    case 'foreign-account':
      return JSON.stringify({ ...envelope(record), account: '444455556666' });
    case 'archive-replay':
      return JSON.stringify({ ...envelope(record), 'replay-name': 'september' });
    case 'future':
      return JSON.stringify(envelope({ ...record, eventTime: eventTime(startMs + 400 * 24 * 3_600_000) }));
    case 'not-json':
      return JSON.stringify(envelope(record)).slice(0, -9);
    case 'no-detail':
      return JSON.stringify({ ...envelope(record), detail: undefined });
    case 'no-time':
      return JSON.stringify(envelope({ ...record, eventTime: 'yesterday' }));
  }
}
