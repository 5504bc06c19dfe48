import type { ReceivedEvent } from '../intake/receive-batch';
import type { Task } from '../run-tasks';
import type { LineageStore } from './lineage-store';
import { sessionOriginOf } from './session-origin';

/** Notes who took a role, for each event that says so: one write each, none for any other event. */
export function lineageTasks(store: LineageStore | undefined, events: readonly ReceivedEvent[]): Task[] {
  if (store === undefined) return [];
  return events.flatMap(({ event, messageId }) => {
    const origin = sessionOriginOf(event);
    return origin === undefined ? [] : [{ level: 0, messageIds: [messageId], run: () => store.note(origin) }];
  });
}
