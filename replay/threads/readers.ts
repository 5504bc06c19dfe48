import type { EngineOptions } from '../engine';
import type { EvidenceMaker, Sample } from '../evidence-again';
import type { Engine, Span } from '../extract';
import { groupBy } from '../group-by';
import { holdMemory } from '../memory';
import type { InputProblem } from '../reading/input-problem';
import type { Input } from '../reading/inputs';
import type { Scan } from '../scan';
import type { Supply } from '../supply';
import { OwnReader, type Reader } from './reader';
import { WorkerReader } from './worker-reader';

/** Inputs that a worker is given at once: it goes on with the next while this thread is busy with one of its own. */
const AHEAD = 3;

/** Inputs, for each thread, that may be read before one that is due: their results wait, and fill memory. */
const EARLY_MAX = 64;

export interface ReadersOptions {
  readonly engine: EngineOptions;
  readonly inputs: readonly Input[];
  /** Brings the inputs that are no local files. */
  readonly supply?: Supply | undefined;
  readonly span: Span;
  /** Threads that read and match, the calling one among them. */
  readonly workers: number;
  /** Stops reading when aborted. */
  readonly signal?: AbortSignal;
}

/** What comes of inputs, in their order. */
export interface Taker {
  take(found: Scan, input: number): void;
  /** The input is over. */
  end(problems: readonly InputProblem[]): void;
}

/** Reads inputs in this thread and in workers beside it: whoever is free takes the next. */
export class Readers {
  private readonly own: Reader;
  private readonly workers: readonly WorkerReader[];
  /** Kept when reading is to stop. */
  private readonly stopped: Promise<void>;

  /** @param engine what `options.engine` makes, for this thread: workers make their own */
  constructor(
    engine: Engine,
    private readonly options: ReadersOptions,
    canReadAgain: boolean,
  ) {
    const { span, workers, inputs, signal } = options;
    this.own = new OwnReader(engine, span, canReadAgain, async () => {
      await turn();
      return !this.isStopped;
    });
    const beside = Math.max(0, Math.min(workers, inputs.length) - 1);
    this.workers = Array.from(
      { length: beside },
      () => new WorkerReader({ engine: options.engine, span, canReadAgain }),
    );
    this.stopped = new Promise((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  private get isStopped(): boolean {
    return this.options.signal?.aborted === true;
  }

  /** Reads all inputs, or until it is stopped: then nothing more is taken. */
  async scanAll(taker: Taker): Promise<void> {
    const { inputs, supply } = this.options;
    const inOrder = new InOrder(taker);
    const early = EARLY_MAX * (this.workers.length + 1);
    let next = 0;
    supply?.announce([...inputs.keys()]);
    const readOn = async (reader: Reader): Promise<void> => {
      while (!this.isStopped && next < inputs.length) {
        if (next >= inOrder.due + early) {
          await inOrder.progress();
          continue;
        }
        const index = next++;
        const arrival = (await supply?.ready(index)) ?? 'ready';
        if (this.isStopped) break;
        if (arrival === 'ready') {
          await reader.scan(inputs[index] as Input, (found) => inOrder.add(index, found));
          supply?.done(index);
        }
        inOrder.end(index, arrival === 'ready' ? [] : arrival);
        if (reader === this.own) await turn();
      }
    };
    await this.shared(readOn);
    inOrder.close();
  }

  /** Reads again what alerts show. */
  async findEvidence(samples: readonly Sample[], maker: EvidenceMaker): Promise<void> {
    const { inputs, supply } = this.options;
    const byInput = [...groupBy(samples, ({ input }) => input)];
    supply?.announce(byInput.map(([index]) => index));
    let next = 0;
    const readOn = async (reader: Reader): Promise<void> => {
      for (let asked = byInput[next++]; asked !== undefined; asked = byInput[next++]) {
        const [index, ofInput] = asked;
        const arrival = (await supply?.ready(index)) ?? 'ready';
        if (arrival !== 'ready') continue;
        const found = await reader.evidence(inputs[index] as Input, ofInput);
        for (const [place, evidence] of found.entries()) {
          if (evidence !== undefined) maker.found.set(ofInput[place] as Sample, evidence);
        }
        supply?.done(index);
        if (reader === this.own) await turn();
      }
    };
    // Whoever stopped reading did not wait for the workers: they may still be at it.
    await (this.isStopped ? readOn(this.own) : this.shared(readOn));
  }

  close(): void {
    for (const worker of this.workers) worker.close();
  }

  /** What this thread and the workers do until nothing is left, or until reading is to stop: an input may be long in coming. */
  private async shared(readOn: (reader: Reader) => Promise<void>): Promise<void> {
    const lanes = this.workers.flatMap((worker) => Array.from({ length: AHEAD }, () => readOn(worker)));
    await Promise.race([Promise.all([...lanes, readOn(this.own)]), this.stopped]);
  }
}

/** Hands on what came of inputs in the inputs' order, whoever is first. */
class InOrder {
  /** The input whose results are handed on at once. */
  due = 0;
  private readonly waiting = new Map<number, { parts: Scan[]; problems?: readonly InputProblem[] }>();
  private onProgress: (() => void)[] = [];
  private isClosed = false;

  constructor(private readonly taker: Taker) {}

  add(index: number, found: Scan): void {
    this.of(index).parts.push(found);
    this.handOn();
  }

  end(index: number, problems: readonly InputProblem[]): void {
    this.of(index).problems = problems;
    this.handOn();
  }

  /** Waits until another input is due. */
  progress(): Promise<void> {
    return new Promise((resolve) => this.onProgress.push(resolve));
  }

  /** Nothing that still comes is handed on. */
  close(): void {
    this.isClosed = true;
  }

  private of(index: number): { parts: Scan[]; problems?: readonly InputProblem[] } {
    const known = this.waiting.get(index) ?? { parts: [] };
    this.waiting.set(index, known);
    return known;
  }

  private handOn(): void {
    if (this.isClosed) return;
    for (let known = this.waiting.get(this.due); known !== undefined; known = this.waiting.get(this.due)) {
      for (const found of known.parts.splice(0)) this.taker.take(found, this.due);
      if (known.problems === undefined) return;
      this.taker.end(known.problems);
      this.waiting.delete(this.due++);
      for (const resolve of this.onProgress.splice(0)) resolve();
    }
  }
}

/** Lets others have a turn: workers' results, what supplies inputs, and Ctrl-C are only heard where something waits. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  holdMemory();
}
