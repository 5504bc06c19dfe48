import { visible } from '../alerts/neutral';
import type { PosturePermission } from '../config/posture-permissions';
import { asError } from '../errors';
import type { AwsClients } from './aws-clients';
import type { Problem } from './facts';

/** A call that gave nothing, and why. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(`${problem.permission}: ${problem.reason}`, options);
  }
}

/** How many calls are under way at once, over all services and regions. */
export class Limit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly max: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.max) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // Whoever waits takes the place over, so that nobody slips in between.
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

export interface ReaderOptions {
  readonly aws: AwsClients;
  readonly account: string;
  readonly limit: Limit;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** No call begins after it. */
  readonly deadlineMs: number;
}

/** Names of errors, by service, that mean that somebody may not ask. */
const DENIED =
  /^(?:AccessDenied|AccessDeniedException|AccessDeniedError|UnauthorizedOperation|AuthorizationError|AuthorizationErrorException|UnauthorizedException|Forbidden|NotAuthorized)$/;

interface Asking {
  /** The one of many things that is asked about. */
  readonly what?: string;
  /** Names of errors that are an answer: there is none of it. */
  readonly absent?: readonly string[];
}

/**
 * Asks AWS for one source in one place. P are the permissions that the source declares: it can name no others.
 * Problems that leave a part of the answer whole are gathered in `problems`.
 */
export class Reader<P extends PosturePermission = PosturePermission> {
  readonly problems: Problem[] = [];

  constructor(
    private readonly options: ReaderOptions,
    /** Undefined for sources that belong to no region. */
    readonly region: string | undefined,
  ) {}

  get aws(): AwsClients {
    return this.options.aws;
  }

  get account(): string {
    return this.options.account;
  }

  /** Region to ask: that of the source, or the home region. */
  get place(): string {
    return this.region ?? this.aws.homeRegion;
  }

  sleep(ms: number): Promise<void> {
    return this.options.sleep(ms);
  }

  /** The answer; undefined for an error that means that there is none. @throws {ReadError} */
  async read<T>(permission: P, request: () => Promise<T>): Promise<T>;
  async read<T>(permission: P, request: () => Promise<T>, asking: Asking): Promise<T | undefined>;
  async read<T>(permission: P, request: () => Promise<T>, { what, absent = [] }: Asking = {}): Promise<T | undefined> {
    try {
      return await this.options.limit.run(() => {
        if (this.options.nowMs() >= this.options.deadlineMs) throw new Error('no time was left');
        return request();
      });
    } catch (thrown) {
      const error = asError(thrown);
      if (absent.includes(error.name)) return undefined;
      throw new ReadError(this.problemOf(permission, error, what), { cause: thrown });
    }
  }

  /** The same for one thing of many: `{ value }`, or undefined after the problem is noted. */
  async tryRead<T>(
    permission: P,
    request: () => Promise<T>,
    asking: Asking,
  ): Promise<{ readonly value: T | undefined } | undefined> {
    try {
      return { value: await this.read(permission, request, asking) };
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      this.problems.push(error.problem);
      return undefined;
    }
  }

  /** All items of an answer in pages. @throws {ReadError} also when the pages go round in a circle */
  async pages<T>(
    permission: P,
    request: (
      token: string | undefined,
    ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
  ): Promise<T[]> {
    const all: T[] = [];
    let token: string | undefined;
    do {
      const before = token;
      const page = await this.read(permission, () => request(before));
      for (const item of page.items) all.push(item); // not by spread: a page may be larger than the stack
      token = page.next === '' ? undefined : page.next;
      if (token !== undefined && token === before) {
        throw new ReadError(this.problemOf(permission, new Error('the pages go round in a circle'), undefined));
      }
    } while (token !== undefined);
    return all;
  }

  private problemOf(permission: P, error: Error, what: string | undefined): Problem {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    const denied = DENIED.test(error.name) || (error.name === 'UnknownError' && status === 403);
    const reason = error.name === 'Error' ? error.message : error.name;
    return {
      kind: denied ? 'denied' : 'failed',
      permission,
      region: this.region,
      what: what === undefined ? undefined : visible(what).slice(0, 100),
      reason: visible(reason).slice(0, 100),
    };
  }
}
