import type { Dice } from './dice';

interface Task {
  readonly atMs: number;
  /** Decides between tasks of the same moment: by chance, so that seeds try every order. */
  readonly order: number;
  readonly run: () => void;
}

/**
 * Simulated time, and the order of everything that happens in it.
 *
 * Code under test only ever waits for promises that a task here settles. After a task that settles one, everything that
 * can go on runs until it waits again; only then comes the next task. So a schedule is a sequence of tasks, and the same
 * seed gives the same sequence.
 */
export class Scheduler {
  nowMs: number;
  /** Tasks carried out so far. */
  steps = 0;
  private readonly heap: Task[] = [];
  private settled = false;
  private held: Promise<unknown> | undefined;

  constructor(
    private readonly dice: Dice,
    startMs: number,
  ) {
    this.nowMs = startMs;
  }

  /** Runs `task` at a time; at once, among what else is due, if that has passed. */
  at(timeMs: number, run: () => void): void {
    const { heap } = this;
    const task: Task = { atMs: Math.max(timeMs, this.nowMs), order: this.dice.next(), run };
    let index = heap.length;
    heap.push(task);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(task, heap[parent] as Task)) break;
      heap[index] = heap[parent] as Task;
      index = parent;
    }
    heap[index] = task;
  }

  after(ms: number, run: () => void): void {
    this.at(this.nowMs + ms, run);
  }

  /** To be called by a task that settled a promise of the code under test. */
  resumed(): void {
    this.settled = true;
  }

  /** To be called by a task that is over only when this has come true: something outside the simulated world answers. */
  hold(promise: Promise<unknown>): void {
    this.held = this.held === undefined ? promise : Promise.all([this.held, promise]);
  }

  /**
   * Carries out tasks until `isOver`, which is asked whenever everybody waits. Rejects with what a task throws.
   * @throws {Error} nothing is left to do, or `stepsMax` tasks were not enough
   */
  run(isOver: () => boolean, stepsMax: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const next = () => {
        try {
          while (!isOver()) {
            const task = this.pop();
            if (task === undefined) throw new Error('nothing is left to do, and the schedule is not over');
            if (++this.steps > stepsMax) throw new Error(`not over after ${stepsMax} steps`);
            this.nowMs = task.atMs;
            this.settled = false;
            task.run();
            if (this.held !== undefined) {
              this.released().then(() => setImmediate(next), reject);
              return;
            }
            if (this.settled) {
              // A turn of the event loop: all that follows from the promise happens before.
              setImmediate(next);
              return;
            }
          }
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      next();
    });
  }

  /** Comes true when nothing holds the world any more. What is held may hold it again. */
  private async released(): Promise<void> {
    while (this.held !== undefined) {
      const { held } = this;
      this.held = undefined;
      await held;
    }
  }

  private pop(): Task | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child++;
      if (!isBefore(heap[child] as Task, last)) break;
      heap[index] = heap[child] as Task;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
