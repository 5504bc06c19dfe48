import { Collector } from './collector';
import { engineFrom } from './engine';
import { EvidenceMaker } from './evidence-again';
import type { RuleError } from './extract';
import type { Habits } from './habits';
import { collectGarbage } from './memory';
import type { InputProblem } from './reading/input-problem';
import type { Input } from './reading/inputs';
import type { ReplayAlert } from './replay-alert';
import type { Scan } from './scan';
import { Readers, type ReadersOptions } from './threads/readers';

/** When it is stopped, what was read so far is judged. */
export interface ReplayOptions extends ReadersOptions {
  /** How far out of order events may come in event time, in milliseconds. */
  readonly latenessMs: number;
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
 * Replays the inputs. All threads read and match; this one owns every window and takes what they found in the order of
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
  const readers = new Readers(engine, options, canReadAgain);
  const evidence = new EvidenceMaker(engine.rules);
  try {
    await readers.scanAll({
      take(found, input) {
        collector.add(found.extract, input);
        tally.add(found);
        const { inputs, events, readBytes } = tally;
        options.onProgress?.({ inputs, events, readBytes, alerts: collector.certain() });
      },
      end(problems) {
        tally.problems.push(...problems);
        tally.inputs++;
      },
    });
    // Reading, judging and making evidence each need other things: what one leaves behind makes room for the next.
    const makeRoom = () => (tally.events < MANY_EVENTS ? undefined : collectGarbage());
    makeRoom();
    const wanted = collector.wanted();
    makeRoom();
    await readers.findEvidence(wanted, evidence);
  } finally {
    readers.close();
  }
  const interrupted = options.signal?.aborted === true;
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
    interrupted,
  };
  return { result, collector };
}

/** Events that leave enough behind for a collection to be worth its tenth of a second. */
const MANY_EVENTS = 250_000;

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
