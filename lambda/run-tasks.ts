import { forEachLimited } from './concurrency';
import { asError, StoreUnavailableError } from './errors';
import type { Clock, Log, Metrics } from './ports';

/** What can be judged by itself. If it fails, the records that brought it come again. */
export interface Task {
  /** The most severe first: an outage may leave no time for the rest. */
  readonly level: number;
  readonly messageIds: readonly string[];
  readonly run: () => Promise<void>;
}

/** Windows and facts judged at a time. */
const CONCURRENCY = 16;

/** Runs the tasks and adds the records of those that failed to `returned`. Never rejects. */
export async function runTasks(
  tasks: readonly Task[],
  returned: Set<string>,
  deadlineMs: number,
  { clock, log, metrics }: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
): Promise<void> {
  const unavailable: string[] = [];
  const bySeverity = [...tasks].sort((a, b) => b.level - a.level);
  await forEachLimited(bySeverity, CONCURRENCY, async ({ messageIds, run }) => {
    try {
      if (clock.nowMs() >= deadlineMs) throw new StoreUnavailableError('no time was left');
      await run();
    } catch (error) {
      for (const messageId of messageIds) returned.add(messageId);
      if (error instanceof StoreUnavailableError) unavailable.push(error.message);
      else {
        metrics.count('UnexpectedErrors', 1);
        log.error('Unexpected error; its records are returned', { error: asError(error) });
      }
    }
  });
  if (unavailable[0] !== undefined) {
    log.warn('A store did not answer', { reason: unavailable[0], times: unavailable.length });
  }
}
