import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jarsOf, run, scratch } from '../tools';

export interface Question {
  readonly patterns: Readonly<Record<string, unknown>>;
  /** Events as JSON texts. */
  readonly events: readonly string[];
}

export interface Answer {
  /** Patterns that it does not take, and why. */
  readonly refused: Readonly<Record<string, string>>;
  /** For each event the ids of the patterns that accept it, sorted; null where the event cannot be read. */
  readonly accepted: readonly (readonly string[] | null)[];
}

/** CPU seconds for the matches of all events, from their texts and from parsed events, and how many there were. */
export interface Timing {
  readonly fromTextSeconds: number;
  readonly fromParsedSeconds: number;
  readonly matches: number;
}

const LIMIT_MS = 180_000;

/** EventBridge's own matcher, as published by AWS. @see https://github.com/aws/event-ruler */
export class Ruler {
  private readonly jars = jarsOf(join(__dirname, 'pom.xml'));
  private readonly folder = scratch();

  match(question: Question): Answer {
    const answer = join(this.folder, 'answer.json');
    this.java('match', this.write(question), answer);
    return JSON.parse(readFileSync(answer, 'utf8')) as Answer;
  }

  /** CPU of its whole process for the matches of all events, in the last of some rounds. */
  time(question: Question, rounds: number): Timing {
    const lines = this.java('time', this.write(question), String(rounds)).trim().split('\n');
    const [text = 0, parsed = 0, matches = 0] = (lines.at(-1) ?? '').split(' ').map(Number);
    return { fromTextSeconds: text / 1e9, fromParsedSeconds: parsed / 1e9, matches };
  }

  private write(question: Question): string {
    const file = join(this.folder, 'question.json');
    writeFileSync(file, JSON.stringify(question));
    return file;
  }

  private java(...args: readonly string[]): string {
    return run('java', ['-Xmx2g', '-cp', this.jars, join(__dirname, 'AskRuler.java'), ...args], LIMIT_MS);
  }
}
