import { join } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { Collector } from './collector';
import { type EngineOptions, engineFrom } from './engine';
import { EvidenceMaker } from './evidence-again';
import { Extractor, type RuleError, type Span } from './extract';
import type { Habits } from './habits';
import type { InputProblem } from './input-problem';
import type { Input } from './inputs';
import type { ReplayAlert } from './replay-alert';
import { type Scan, scan } from './scan';
import type { Supply } from './supply';
import { HitsReceiver } from './window-hits';
import type { FromWorker, ToWorker, WorkerOptions } from './worker';

export interface ReplayOptions {
  readonly engine: EngineOptions;
  readonly inputs: readonly Input[];
  /** Brings the inputs that are no local files. */
  readonly supply?: Supply | undefined;
  readonly span: Span;
  /** Threads that read and match; 1 reads in the calling thread. */
  readonly workers: number;
  /** How far out of order events may come in event time, in milliseconds. */
  readonly latenessMs: number;
  /** Stops reading when aborted: what was read so far is judged. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly inputs: number;
  readonly events: number;
  readonly readBytes: number;
  /** There will be at least so many: of rules that one event is enough for. */
  readonly alerts: number;
}

export interface ReplayResult {
  /** All alerts, also info, suppressed, shadow and continued ones, by time. */
  readonly alerts: readonly ReplayAlert[];
  readonly inputs: number;
  /** Events within the span. */
  readonly events: number;
  /** Records that were read but are no events. */
  readonly unreadable: number;
  /** Events that came later than the lateness. */
  readonly late: number;
  readonly problems: readonly InputProblem[];
  /** One for each rule that threw, with how often. */
  readonly ruleErrors: readonly (RuleError & { readonly times: number })[];
  readonly firstEventMs: number | undefined;
  readonly lastEventMs: number | undefined;
  /** True when reading was stopped before the end. */
  readonly interrupted: boolean;
}

/**
 * Replays the inputs. Workers read and match; this thread owns every window and takes what they found in the order of
 * the inputs, so that the result does not depend on their number.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  return (await run(options)).result;
}

/** Replays the inputs for what rules with a baseline learn from them. */
export async function learn(options: ReplayOptions): Promise<{ result: ReplayResult; habits: Habits }> {
  const { result, collector } = await run(options);
  return { result, habits: collector.habits() };
}

async function run(options: ReplayOptions): Promise<{ result: ReplayResult; collector: Collector }> {
  const engine = engineFrom(options.engine);
  const tally = new Tally();
  const canReadAgain = options.inputs.every(isFile);
  const collector = new Collector(engine.rules, options.latenessMs, undefined, canReadAgain);
  const take = (found: Scan, input: number): void => {
    collector.add(found.extract, input);
    tally.add(found);
    const { inputs, events, readBytes } = tally;
    options.onProgress?.({ inputs, events, readBytes, alerts: collector.certain() });
  };
  const interrupted = () => options.signal?.aborted === true;
  const { supply } = options;
  supply?.announce([...options.inputs.keys()]);
  const useWorkers = options.workers > 1 && options.inputs.length > 1;
  if (useWorkers) await scanInWorkers(options, canReadAgain, take, tally, interrupted);
  else {
    const extractor = new Extractor(engine, options.span, canReadAgain);
    const pause = pauses();
    for (const [index, input] of options.inputs.entries()) {
      if (interrupted()) break;
      const arrival = await supply?.ready(index);
      if (interrupted()) break;
      if (arrival !== undefined && arrival !== 'ready') tally.problems.push(...arrival);
      else {
        for await (const found of scan(extractor, input)) {
          take(found, index);
          if (interrupted()) break;
        }
        supply?.done(index);
      }
      await pause();
      holdYoungSpace();
      tally.inputs++;
    }
  }
  const evidence = new EvidenceMaker(engine.rules);
  await evidence.addFromInputs(options.inputs, collector.wanted(), supply);
  const result: ReplayResult = {
    alerts: collector.finish(evidence),
    inputs: tally.inputs,
    events: tally.events,
    unreadable: tally.unreadable,
    late: collector.late,
    problems: tally.problems,
    ruleErrors: [...tally.ruleErrors.values()],
    firstEventMs: tally.firstEventMs,
    lastEventMs: tally.lastEventMs,
    interrupted: interrupted(),
  };
  return { result, collector };
}

/**
 * Reading files at once never waits, and Ctrl-C is only heard where something waits.
 * @returns lets others have a turn, ten times a second at most
 */
function pauses(): () => Promise<void> | undefined {
  let lastMs = performance.now();
  return () => {
    if (performance.now() - lastMs < 100) return undefined;
    lastMs = performance.now();
    return new Promise((resolve) => setImmediate(resolve));
  };
}

/**
 * Records die young, a few at a time. V8 gives them ever more room, up to 32 MB, which no processor's cache holds, and
 * takes it back at times: a quarter of it is as fast.
 */
function holdYoungSpace(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const factor = (young?.space_size ?? 0) < YOUNG_BYTES ? 2 : 1;
  if (factor === youngFactor) return;
  youngFactor = factor;
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
const YOUNG_BYTES = 8 * 1024 * 1024;
let youngFactor = 2;

/** Standard input and pipes have no size, and can't be read twice. */
function isFile({ path, sizeBytes }: Input): boolean {
  return path !== '-' && sizeBytes > 0;
}

class Tally {
  inputs = 0;
  events = 0;
  readBytes = 0;
  unreadable = 0;
  firstEventMs: number | undefined;
  lastEventMs: number | undefined;
  readonly problems: InputProblem[] = [];
  readonly ruleErrors = new Map<string, RuleError & { times: number }>();

  add({ extract, problems, readBytes }: Scan): void {
    this.events += extract.events;
    this.readBytes += readBytes;
    this.unreadable += extract.unreadable.length;
    this.problems.push(...problems);
    for (const timeMs of extract.timesMs) {
      if (this.firstEventMs === undefined || timeMs < this.firstEventMs) this.firstEventMs = timeMs;
      if (this.lastEventMs === undefined || timeMs > this.lastEventMs) this.lastEventMs = timeMs;
    }
    for (const error of extract.ruleErrors) {
      const known = this.ruleErrors.get(error.rule);
      if (known === undefined) this.ruleErrors.set(error.rule, { ...error, times: 1 });
      else known.times++;
    }
  }
}

/** Inputs that a worker may have waiting, so that it never idles between two. */
const AHEAD = 2;

/** Room for what a worker has just made, three times as much as it can fill: more would fit no cache. */
const YOUNG_MEGABYTES = 12;

function scanInWorkers(
  { engine, inputs, supply, span, workers, signal }: ReplayOptions,
  canReadAgain: boolean,
  take: (found: Scan, input: number) => void,
  tally: Tally,
  interrupted: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    /** What is known of inputs that are not yet due: scans, or why there are none; undefined marks the end of an input. */
    const waiting = new Map<number, (Scan | readonly InputProblem[] | undefined)[]>();
    let next = 0;
    let due = 0;
    const count = Math.min(workers, inputs.length);
    const threads: Worker[] = [];
    let isStopped = false;
    const stop = (error?: unknown) => {
      isStopped = true;
      signal?.removeEventListener('abort', stopped);
      for (const thread of threads) void thread.terminate();
      if (error === undefined) resolve();
      else reject(error as Error);
    };
    // An input may be long in coming: whoever interrupts does not wait for it.
    const stopped = () => stop();
    signal?.addEventListener('abort', stopped);
    const post = (thread: Worker, index: number) =>
      thread.postMessage({ index, input: inputs[index] as Input } satisfies ToWorker);
    const give = (thread: Worker) => {
      // Results wait for their turn: an input far ahead of the one that is due would only fill memory.
      if (next < inputs.length && next < due + count * 64) {
        const index = next++;
        if (supply === undefined) post(thread, index);
        else {
          supply.ready(index).then((arrival) => {
            if (isStopped) return;
            if (arrival === 'ready') post(thread, index);
            else ended(thread, index, [arrival, undefined]);
          }, stop);
        }
        return true;
      }
      return false;
    };
    const idle: Worker[] = [];
    const drain = () => {
      for (;;) {
        const scans = waiting.get(due);
        if (scans === undefined) break;
        let isOver = false;
        for (const found of scans.splice(0)) {
          if (found === undefined) isOver = true;
          else if ('extract' in found) take(found, due);
          else tally.problems.push(...found);
        }
        if (!isOver) break;
        waiting.delete(due);
        due++;
        tally.inputs++;
      }
      while (idle.length > 0 && give(idle[0] as Worker)) idle.shift();
      if (due === inputs.length || interrupted()) stop();
    };
    const add = (index: number, found: (Scan | readonly InputProblem[] | undefined)[]) => {
      const known = waiting.get(index) ?? [];
      waiting.set(index, known);
      known.push(...found);
      if (index === due) drain();
    };
    const ended = (thread: Worker, index: number, found: (readonly InputProblem[] | undefined)[]) => {
      if (!give(thread)) idle.push(thread);
      add(index, found);
    };
    for (let index = 0; index < count; index++) {
      const thread = new Worker(join(__dirname, 'replay-worker.js'), {
        workerData: { engine, span, canReadAgain } satisfies WorkerOptions,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
      });
      const receiver = new HitsReceiver();
      threads.push(thread);
      thread.on('error', stop);
      thread.on('message', (message: FromWorker) => {
        if (message.kind === 'scan') {
          const { extract, ...scan } = message.scan;
          add(message.index, [{ ...scan, extract: { ...extract, hits: receiver.receive(extract.hits) } }]);
        } else {
          supply?.done(message.index);
          ended(thread, message.index, [undefined]);
        }
      });
      for (let ahead = 0; ahead < AHEAD; ahead++) give(thread);
    }
  });
}
