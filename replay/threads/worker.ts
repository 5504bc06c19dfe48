import { parentPort, workerData } from 'node:worker_threads';
import type { Evidence } from '../../lambda/alerts/evidence';
import { type EngineOptions, engineFrom } from '../engine';
import type { Sample } from '../evidence-again';
import type { Span } from '../extract';
import type { Input } from '../reading/inputs';
import type { Scan } from '../scan';
import { HitsSender, type SentHits } from '../windows/window-hits';
import { OwnReader } from './reader';

/** A thread that reads for another: windows have one owner, the main thread. */

export interface WorkerOptions {
  readonly engine: EngineOptions;
  readonly span: Span;
  readonly canReadAgain: boolean;
}

/** Answered in the order in which they were asked. */
export type ToWorker =
  | { readonly kind: 'scan'; readonly input: Input }
  | { readonly kind: 'evidence'; readonly input: Input; readonly samples: readonly Sample[] };

/** Its hits are for the thread's own `HitsReceiver`. */
export type SentScan = Scan & { readonly extract: { readonly hits: SentHits } };

export type FromWorker =
  | { readonly kind: 'part'; readonly scan: SentScan }
  | { readonly kind: 'done'; readonly evidence: readonly (Evidence | undefined)[] };

if (parentPort !== null) {
  const port = parentPort;
  const { engine, span, canReadAgain } = workerData as WorkerOptions;
  const reader = new OwnReader(engineFrom(engine), span, canReadAgain);
  const sender = new HitsSender();
  const sendPart = (found: Scan) => {
    const { extract } = found;
    const hits = sender.send(extract.hits);
    port.postMessage({ kind: 'part', scan: { ...found, extract: { ...extract, hits } } } satisfies FromWorker, [
      extract.timesMs.buffer as ArrayBuffer,
      hits.rows.buffer,
      hits.amounts.buffer,
    ]);
  };
  const work = async (asked: ToWorker): Promise<void> => {
    let evidence: (Evidence | undefined)[] = [];
    if (asked.kind === 'scan') await reader.scan(asked.input, sendPart);
    else evidence = await reader.evidence(asked.input, asked.samples);
    port.postMessage({ kind: 'done', evidence } satisfies FromWorker);
  };
  let queue = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    queue = queue.then(() => work(message));
  });
}
