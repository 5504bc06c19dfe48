import { parentPort, workerData } from 'node:worker_threads';
import { type EngineOptions, engineFrom } from './engine';
import { Extractor, type Span } from './extract';
import type { Input } from './inputs';
import { type Scan, scan } from './scan';
import { HitsSender, type SentHits } from './window-hits';

/** A thread that reads inputs and finds hits; windows have one owner, the main thread. */

export interface WorkerOptions {
  readonly engine: EngineOptions;
  readonly span: Span;
  readonly canReadAgain: boolean;
}

export type ToWorker = { readonly index: number; readonly input: Input };

/** Its hits are for the thread's own `HitsReceiver`. */
export type SentScan = Scan & { readonly extract: { readonly hits: SentHits } };

export type FromWorker =
  | { readonly kind: 'scan'; readonly index: number; readonly scan: SentScan }
  | { readonly kind: 'done'; readonly index: number };

if (parentPort !== null) {
  const port = parentPort;
  const { engine, span, canReadAgain } = workerData as WorkerOptions;
  const extractor = new Extractor(engineFrom(engine), span, canReadAgain);
  const sender = new HitsSender();
  const work = async ({ index, input }: ToWorker): Promise<void> => {
    for await (const found of scan(extractor, input)) {
      const { extract } = found;
      const hits = sender.send(extract.hits);
      port.postMessage(
        { kind: 'scan', index, scan: { ...found, extract: { ...extract, hits } } } satisfies FromWorker,
        [extract.timesMs.buffer as ArrayBuffer, hits.rows.buffer, hits.amounts.buffer],
      );
    }
    port.postMessage({ kind: 'done', index } satisfies FromWorker);
  };
  let queue = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    queue = queue.then(() => work(message));
  });
}
