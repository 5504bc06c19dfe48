import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Evidence } from '../../lambda/alerts/evidence';
import type { Sample } from '../evidence-again';
import type { Input } from '../reading/inputs';
import type { Scan } from '../scan';
import { HitsReceiver } from '../windows/window-hits';
import type { Reader } from './reader';
import type { FromWorker, ToWorker, WorkerOptions } from './worker';

/** Room for what a worker has just made, three times as much as it can fill: more would fit no cache. */
const YOUNG_MEGABYTES = 12;

/** What a worker has been asked for and has not yet done. */
interface Question {
  readonly take: (found: Scan) => void;
  readonly done: (evidence: (Evidence | undefined)[]) => void;
  readonly fail: (error: Error) => void;
}

/** Reads in a thread of its own, which may be asked for more than it has done. A thread that ends fails all of that. */
export class WorkerReader implements Reader {
  private readonly thread: Worker;
  private readonly receiver = new HitsReceiver();
  private readonly waiting: Question[] = [];
  private failure: Error | undefined;

  constructor(options: WorkerOptions) {
    this.thread = new Worker(join(__dirname, 'replay-worker.js'), {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    this.thread.on('message', (message: FromWorker) => this.hear(message));
    this.thread.on('error', (error: Error) => this.fail(error));
    this.thread.on('exit', () => this.fail(new Error('a reading thread ended')));
  }

  async scan(input: Input, take: (found: Scan) => void): Promise<void> {
    await this.ask({ kind: 'scan', input }, take);
  }

  evidence(input: Input, samples: readonly Sample[]): Promise<(Evidence | undefined)[]> {
    return this.ask({ kind: 'evidence', input, samples }, () => undefined);
  }

  /** Ends the thread, whatever it is doing. */
  close(): void {
    void this.thread.terminate();
  }

  private ask(message: ToWorker, take: (found: Scan) => void): Promise<(Evidence | undefined)[]> {
    return new Promise((done, fail) => {
      if (this.failure !== undefined) throw this.failure;
      this.waiting.push({ take, done, fail });
      this.thread.postMessage(message);
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { fail } of this.waiting.splice(0)) fail(this.failure);
  }

  private hear(message: FromWorker): void {
    if (message.kind === 'done') this.waiting.shift()?.done([...message.evidence]);
    else {
      const { extract, ...scan } = message.scan;
      const hits = this.receiver.receive(extract.hits);
      this.waiting[0]?.take({ ...scan, extract: { ...extract, hits } });
    }
  }
}
