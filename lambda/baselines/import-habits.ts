import { forEachLimited } from '../concurrency';
import type { BaselineStore, FactName } from './baseline-store';

/** One thing that was learned elsewhere: a fact, or since when somebody learns. */
export type Habit =
  | {
      readonly fact: FactName;
      readonly lastUsedMs: number;
      readonly expiryMs: number;
    }
  | {
      /** `account …` or `subject …`, as the store names learners. */
      readonly learner: string;
      /** Kind → when its learning began. */
      readonly sinceMs: ReadonlyMap<string, number>;
    };

/** Stands for the first event of a fact: no event has it, so that the value is new for none. */
const IMPORTED = 'imported';

/** Requests at a time: a few hundred a second, far below what a table takes. */
const CONCURRENCY = 16;

/**
 * Tells the store what was learned elsewhere. Safe to repeat, to break off and to run beside a working detector: facts
 * are only added and kept alive, and learning only begins earlier than it did. What is forgotten by now is left out.
 * @returns facts and learners that were told, left out not counted
 * @throws {StoreUnavailableError}
 */
export async function importHabits(store: BaselineStore, habits: readonly Habit[], nowMs: number): Promise<number> {
  let told = 0;
  await forEachLimited(habits, CONCURRENCY, async (habit) => {
    if ('learner' in habit) {
      await store.learnSince(habit.learner, habit.sinceMs);
    } else {
      const { fact, lastUsedMs, expiryMs } = habit;
      if (lastUsedMs < nowMs - expiryMs) return;
      const stored = await store.insert(fact, { id: IMPORTED, timeMs: lastUsedMs }, expiryMs);
      if (!stored) await store.touch(fact, lastUsedMs, expiryMs);
    }
    told += 1;
  });
  return told;
}
