import type { ReceivedEvent } from '../intake/receive-batch';
import type { Task } from '../run-tasks';
import type { WaitingAlert } from './lineage-store';
import { sessionOriginOf } from './session-origin';
import { type LineagePorts, tellWaiting } from './tell-waiting';

/**
 * Notes who took a role, for each event that says so: one write each, none for any other event. Then, and only where an
 * alert waited for one of them, sees to its update: after all, so that roles that were taken one after the other are one.
 */
export async function noteSessions(
  ports: LineagePorts,
  events: readonly ReceivedEvent[],
  runTasks: (tasks: readonly Task[]) => Promise<void>,
): Promise<void> {
  const { lineage } = ports;
  if (lineage === undefined) return;
  const updates: Task[] = [];
  const notes = events.flatMap(({ event, messageId }): Task[] => {
    const origin = sessionOriginOf(event);
    if (origin === undefined) return [];
    const task = { level: 0, messageIds: [messageId] };
    const tell = (waiting: readonly WaitingAlert[]) => ({
      ...task,
      run: () => tellWaiting(lineage, ports, waiting),
    });
    const run = async () => {
      const waiting = await lineage.note(origin);
      if (waiting.length > 0) updates.push(tell(waiting));
    };
    return [{ ...task, run }];
  });
  await runTasks(notes);
  await runTasks(updates);
}
