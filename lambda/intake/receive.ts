import { harmless } from '../alerts/neutral';
import { field, text } from './fields';
import { findingRecord } from './finding';
import { isUnreadable, toTrailEvent } from './normalise';
import type { QueueRecord } from './queue-batch';
import type { TrailEvent } from './trail-event';

/** What became of a record: an event, or why not. */
export type Received =
  | { readonly event: TrailEvent }
  /** An event that is not evaluated live. */
  | { readonly ignored: 'foreign-account' | 'replay' | 'future' }
  /** Will never parse. The excerpt is fit for a log. */
  | { readonly unreadable: string; readonly eventId: string; readonly excerpt: string };

/** eventTime may be this far ahead of our clock; beyond it somebody's clock or word is wrong. */
const FUTURE_MAX_MS = 15 * 60_000;

/** AWS's own event ids are UUIDs of 36 characters. */
const EVENT_ID_MAX = 200;

/**
 * The event in an SQS record that carries an EventBridge envelope. Never throws.
 *
 * An envelope's `account` is AWS's word, the record's `recipientAccountId` the sender's: an event that claims another
 * account than it came from is not evaluated. Archive replays carry `replay-name`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 */
export function receive({ body }: QueueRecord, nowMs: number): Received {
  let envelope: unknown;
  try {
    envelope = JSON.parse(body);
  } catch {
    return unreadable('the body is not JSON', undefined, body);
  }
  const finding = findingRecord(envelope);
  const detail = finding ?? field(envelope, 'detail');
  if (detail === undefined) return unreadable('the body is no EventBridge envelope: it has no detail', undefined, body);
  const eventId = text(field(detail, 'eventID'));
  if (field(envelope, 'replay-name') !== undefined) return { ignored: 'replay' };
  const account = text(field(envelope, 'account'));
  const recipient = text(field(detail, 'recipientAccountId'));
  // Findings of member accounts come to the account that administers GuardDuty; their source is AWS's word too.
  const isForeign = finding === undefined && account !== undefined && recipient !== undefined && account !== recipient;
  if (isForeign) return { ignored: 'foreign-account' };
  const event = toTrailEvent(detail, { account, region: field(envelope, 'region') });
  if (isUnreadable(event)) return unreadable(event.unreadable, eventId, body);
  if (event.id.length > EVENT_ID_MAX) return unreadable(`an eventID of ${event.id.length} characters`, eventId, body);
  if (event.timeMs < 0) return unreadable('eventTime is before 1970', eventId, body);
  if (event.timeMs > nowMs + FUTURE_MAX_MS) return { ignored: 'future' };
  return { event };
}

function unreadable(reason: string, eventId: string | undefined, body: string): Received {
  // Cleaned before it is cut: half a secret is not recognised as one.
  return {
    unreadable: harmless(reason, 200),
    eventId: harmless(eventId ?? 'unknown', 100),
    excerpt: harmless(body.slice(0, 2_000), 200),
  };
}
