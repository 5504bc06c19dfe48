import { Random } from '../../scripts/sample-incident/random';

/** The decision's number in its run, and how many ways are open: which to take, from 0. */
export type Choose = (decision: number, open: number) => number;

/**
 * Lets several workers run in any order of their requests, and kills one of them before or after any of them. Code
 * under test waits at `pass` before each request that is watched; one waits no more at a time.
 */
export class Turns {
  /** How many ways were open at each decision of this run, in order. */
  readonly open: number[] = [];
  /** Workers that were killed in this run. */
  readonly killed: string[] = [];
  /** What happened, for a failure's text. */
  readonly story: string[] = [];
  private readonly waiting = new Map<string, { readonly what: string; readonly go: (isLast: boolean) => void }>();
  private running = 0;
  private changed: () => void = () => undefined;

  /**
   * @param choose which of the open ways, from 0, to take at a decision
   * @param killsMax workers that may be killed in a run
   */
  constructor(
    private readonly choose: Choose,
    private readonly killsMax: number,
  ) {}

  /** Waits for the worker's turn, then sends the request. Never comes true for a worker that is killed. */
  async pass<T>(worker: string, what: string, request: () => Promise<T>): Promise<T> {
    this.running -= 1;
    const isLast = await new Promise<boolean>((go) => {
      this.waiting.set(worker, { what, go });
      this.changed();
    });
    const result = await request();
    if (!isLast) return result;
    this.end();
    return new Promise(() => undefined);
  }

  /** Runs the workers until each is done or dead. */
  async run(workers: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
    const failures: unknown[] = [];
    this.running = Object.keys(workers).length;
    for (const work of Object.values(workers)) {
      work().then(
        () => this.end(),
        (error: unknown) => {
          failures.push(error);
          this.end();
        },
      );
    }
    for (;;) {
      while (this.running > 0) await new Promise<void>((resolve) => (this.changed = resolve));
      if (failures.length > 0) throw failures[0];
      if (this.waiting.size === 0) return;
      this.decide();
    }
  }

  private decide(): void {
    const names = [...this.waiting.keys()].sort();
    const mayKill = this.killed.length < this.killsMax;
    const ways = names.flatMap((name) =>
      (mayKill ? ['go', 'before', 'after'] : ['go']).map((fate) => ({ name, fate })),
    );
    const chosen = this.choose(this.open.length, ways.length);
    const way = ways[chosen];
    if (way === undefined) throw new Error(`no way ${chosen} of ${ways.length}`);
    this.open.push(ways.length);
    const { name, fate } = way;
    const { what, go } = this.waiting.get(name) ?? { what: 'nothing', go: () => undefined };
    this.waiting.delete(name);
    this.story.push(`${name} ${what}${fate === 'go' ? '' : `, dies ${fate} it`}`);
    if (fate !== 'go') this.killed.push(name);
    if (fate === 'before') return;
    this.running += 1;
    go(fate === 'after');
  }

  private end(): void {
    this.running -= 1;
    this.changed();
  }
}

/** Every way that a run can take: `run` is called with each until there is none left. Returns how many there were. */
export async function everyWay(run: (choose: Choose) => Promise<Turns>): Promise<number> {
  let ways: number[] = [];
  for (let runs = 1; ; runs++) {
    const { open } = await run((decision) => ways[decision] ?? 0);
    const taken = open.map((_, at) => ways[at] ?? 0);
    while (taken.length > 0 && (taken.at(-1) ?? 0) + 1 >= (open[taken.length - 1] ?? 0)) taken.pop();
    if (taken.length === 0) return runs;
    ways = [...taken.slice(0, -1), (taken.at(-1) ?? 0) + 1];
  }
}

/** So many of the ways by chance, the same ones each time. */
export async function someWays(count: number, run: (choose: Choose) => Promise<Turns>): Promise<number> {
  const chance = new Random('ways');
  for (let runs = 0; runs < count; runs++) await run((_, open) => chance.whole(0, open - 1));
  return count;
}
