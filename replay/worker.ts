import { parentPort, workerData } from 'node:worker_threads';
import { type EngineOptions, engineFrom } from './engine';
import { Extractor, type Span } from './extract';
import type { Input } from './inputs';
import { scan } from './scan';

/** A thread that reads inputs and finds hits; windows have one owner, the main thread. */

export interface WorkerOptions {
  readonly engine: EngineOptions;
  readonly span: Span;
  readonly canReadAgain: boolean;
}

export type ToWorker = { readonly index: number; readonly input: Input };

export type FromWorker =
  | { readonly kind: 'scan'; readonly index: number; readonly scan: import('./scan').Scan }
  | { readonly kind: 'done'; readonly index: number };

if (parentPort !== null) {
  const port = parentPort;
  const { engine, span, canReadAgain } = workerData as WorkerOptions;
  const extractor = new Extractor(engineFrom(engine), span, canReadAgain);
  const work = async ({ index, input }: ToWorker): Promise<void> => {
    for await (const found of scan(extractor, input)) {
      port.postMessage({ kind: 'scan', index, scan: found } satisfies FromWorker, [
        found.extract.timesMs.buffer as ArrayBuffer,
        found.extract.hits.rows.buffer,
        found.extract.hits.amounts.buffer,
      ]);
    }
    port.postMessage({ kind: 'done', index } satisfies FromWorker);
  };
  let queue = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    queue = queue.then(() => work(message));
  });
}
