import type { Clock, Log, Metrics } from '../ports';
import type { QueueRecord } from './queue-batch';
import { receive } from './receive';
import type { TrailEvent } from './trail-event';

export interface ReceivedEvent {
  readonly event: TrailEvent;
  readonly messageId: string;
}

/** The events of a batch. Records that are none are set aside here, with a line in the log and a count, and are done. */
export function receiveBatch(
  records: readonly QueueRecord[],
  { clock, log, metrics }: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
): ReceivedEvent[] {
  const nowMs = clock.nowMs();
  const events: ReceivedEvent[] = [];
  for (const record of records) {
    const received = receive(record, nowMs);
    if ('event' in received) events.push({ event: received.event, messageId: record.messageId });
    else if ('ignored' in received) metrics.count('IgnoredEvents', 1, { reason: received.ignored });
    else {
      const { unreadable: reason, eventId, excerpt } = received;
      metrics.count('MalformedEvents', 1);
      log.warn('A record was set aside: it will never parse', { reason, eventId, excerpt });
    }
  }
  return events;
}
