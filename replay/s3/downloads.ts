import { setMaxListeners } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { visible } from '../../lambda/alerts/neutral';
import type { InputProblem } from '../reading/input-problem';
import type { Supply } from '../supply';
import type { ObjectFolder } from './object-folder';
import type { ObjectStore, StoredObject } from './object-store';
import { isPassing, type Refusal, refusalOf } from './refusal';

export interface DownloadOptions {
  readonly store: ObjectStore;
  readonly folder: ObjectFolder;
  /** By number of input; undefined for local files. */
  readonly objects: readonly (StoredObject | undefined)[];
  /** Objects that are downloaded at once. */
  readonly atOnce: number;
  /** Bytes that may be downloaded, or coming, before anybody asked for them. */
  readonly aheadBytes: number;
  /** Stops everything. */
  readonly signal: AbortSignal;
  /** Nothing more can be had: told once. */
  readonly onRefused: (problem: InputProblem) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Times that one object is asked for again in a row when nothing more of it comes. */
const TRIES_MAX = 5;
const PAUSE_MS = 200;

/** Problems of one kind that are told one by one; a million objects that nobody may read must not be a million lines. */
const TOLD_MAX = 10;

/** An object on its way, or here and in use. */
interface Arrival {
  readonly arrived: Promise<'ready' | readonly InputProblem[]>;
  /** Who waits for it or reads it. */
  users: number;
}

/** Downloads objects in the order in which they are announced, a bounded part ahead of whoever reads them. */
export class Downloads implements Supply {
  /** What came from where so far; `kept` were there already. */
  readonly counts = { fetched: 0, fetchedBytes: 0, kept: 0, keptBytes: 0 };
  private readonly arrivals = new Map<number, Arrival>();
  private order: readonly number[] = [];
  private at = 0;
  /** Begun since the announcement, by number of input. */
  private begun: Uint8Array;
  /** Brought at least once, by number of input: what is read again was not kept by others. */
  private readonly met: Uint8Array;
  private running = 0;
  /** Of objects that are here or coming and nobody is done with. */
  private aheadBytes = 0;
  private readonly troubles = new Map<string, { count: number; reason: string; bucket: string }>();
  /** What was told with an input, by its number: asked for again, it is told again, and S3 is not. */
  private readonly failed = new Map<number, readonly InputProblem[]>();
  private isRefused = false;

  constructor(private readonly options: DownloadOptions) {
    this.begun = new Uint8Array(options.objects.length);
    this.met = new Uint8Array(options.objects.length);
    setMaxListeners(0, options.signal); // every request under way listens to it
  }

  announce(inputs: readonly number[]): void {
    this.order = inputs;
    this.at = 0;
    this.begun = new Uint8Array(this.options.objects.length);
    this.advance();
  }

  ready(input: number): Promise<'ready' | readonly InputProblem[]> {
    const object = this.options.objects[input];
    if (object === undefined) return Promise.resolve('ready');
    const failed = this.failed.get(input);
    if (failed !== undefined) return Promise.resolve(failed);
    const arrival = this.arrivals.get(input) ?? this.begin(input, object);
    arrival.users += 1;
    return arrival.arrived;
  }

  done(input: number): void {
    const object = this.options.objects[input];
    const arrival = this.arrivals.get(input);
    if (object === undefined || arrival === undefined) return;
    arrival.users -= 1;
    if (arrival.users > 0) return;
    this.options.folder.release(object);
    this.forget(input, object);
  }

  /** Problems that were not told one by one. To be called once, at the end. */
  untold(): InputProblem[] {
    return [...this.troubles.values()].flatMap(({ count, reason, bucket }) =>
      count <= TOLD_MAX
        ? []
        : [
            {
              file: `s3://${bucket}`,
              reason: `${count - TOLD_MAX} more like these: ${reason}`,
              recordsLost: 'unknown',
            },
          ],
    );
  }

  private forget(input: number, object: StoredObject): void {
    this.arrivals.delete(input);
    this.aheadBytes -= object.sizeBytes;
    this.advance();
  }

  private advance(): void {
    const { objects, atOnce, aheadBytes } = this.options;
    while (this.running < atOnce && this.aheadBytes < aheadBytes && this.at < this.order.length && !this.isOver()) {
      const input = this.order[this.at++] as number;
      const object = objects[input];
      const isNew = this.begun[input] === 0 && !this.arrivals.has(input) && !this.failed.has(input);
      if (object !== undefined && isNew) this.begin(input, object);
    }
  }

  private begin(input: number, object: StoredObject): Arrival {
    this.begun[input] = 1;
    this.running += 1;
    this.aheadBytes += object.sizeBytes;
    this.options.folder.use(object);
    const arrival: Arrival = { arrived: this.bring(input, object), users: 0 };
    this.arrivals.set(input, arrival);
    return arrival;
  }

  private async bring(input: number, object: StoredObject): Promise<'ready' | readonly InputProblem[]> {
    try {
      if (this.options.folder.has(object)) {
        if (this.met[input] === 0) {
          this.counts.kept += 1;
          this.counts.keptBytes += object.sizeBytes;
        }
      } else {
        if (this.isOver()) throw new Error('nothing more is asked for');
        await this.download(object);
        this.counts.fetched += 1;
        this.counts.fetchedBytes += object.sizeBytes;
      }
      this.met[input] = 1;
      return 'ready';
    } catch (error) {
      this.options.folder.release(object);
      // Whoever began it holds it by now.
      queueMicrotask(() => this.forget(input, object));
      if (this.isOver()) return [];
      const problems = this.problemsOf(object, error);
      this.failed.set(input, problems);
      return problems;
    } finally {
      this.running -= 1;
      queueMicrotask(() => this.advance());
    }
  }

  private isOver(): boolean {
    return this.isRefused || this.options.signal.aborted;
  }

  /** @throws what the SDK, the network or the disk throws */
  private async download(object: StoredObject): Promise<void> {
    const { folder, signal } = this.options;
    signal.throwIfAborted();
    const { part, descriptor } = folder.begin(object);
    let isOpen = true;
    const close = () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    };
    try {
      await this.write(object, descriptor);
      close();
      folder.keep(object, part);
    } catch (error) {
      close();
      folder.discard(part);
      throw error;
    }
  }

  /** Goes on where a connection broke, as long as more comes. */
  private async write(object: StoredObject, descriptor: number): Promise<void> {
    const { store, signal, sleep } = this.options;
    let received = 0;
    for (let tries = 0; received < object.sizeBytes || tries === 0; tries++) {
      const before = received;
      let failure: unknown;
      try {
        for await (const chunk of await store.read(object, received, signal)) {
          received += chunk.length;
          if (received > object.sizeBytes) throw new ChangedError();
          writeAll(descriptor, chunk);
        }
        if (received === object.sizeBytes) return;
      } catch (error) {
        if (signal.aborted || !isPassing(error)) throw error;
        failure = error;
      }
      if (received > before) tries = 0;
      if (tries >= TRIES_MAX - 1) throw failure ?? new CutShortError(received, object.sizeBytes);
      await sleep(PAUSE_MS * 2 ** tries);
      signal.throwIfAborted();
    }
  }

  private problemsOf(object: StoredObject, error: unknown): InputProblem[] {
    const asked = { action: 's3:GetObject', bucket: object.bucket, key: object.key } as const;
    const refusal = error instanceof ChangedError ? CHANGED : refusalOf(error, asked);
    const problem: InputProblem = {
      file: nameOf(object),
      reason: refusal.reason,
      ...(refusal.fix === undefined ? {} : { fix: refusal.fix }),
      recordsLost: 'unknown',
    };
    if (refusal.isGeneral) {
      this.isRefused = true;
      this.options.onRefused(problem);
      return [];
    }
    const trouble = this.troubles.get(refusal.kind) ?? { count: 0, reason: refusal.reason, bucket: object.bucket };
    this.troubles.set(refusal.kind, trouble);
    trouble.count += 1;
    return trouble.count > TOLD_MAX ? [] : [problem];
  }
}

/** What to call an object; safe to print. */
export function nameOf({ bucket, key }: StoredObject): string {
  return visible(`s3://${bucket}/${key}`);
}

class CutShortError extends Error {
  override readonly name = 'CutShortError';
  constructor(received: number, sizeBytes: number) {
    super(`the connection ended after ${received} of ${sizeBytes} bytes`);
  }
}

/** More came than was listed. */
class ChangedError extends Error {}

const CHANGED: Refusal = {
  kind: 'changed',
  reason: 'it is longer than its listing says',
  fix: 'Run it again.',
  isGeneral: false,
};

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
