import type { TrailEvent } from './trail-event';

/** What is remembered of events, so that rules that ask the same of one event, or of each, ask cheaply. */

/** Remembers the answer about the last event: rules ask about one event one after the other. */
export function oncePerEvent<T>(ask: (event: TrailEvent) => T): (event: TrailEvent) => T {
  let last: TrailEvent | undefined;
  let answer: T;
  return (event) => {
    if (event !== last) {
      answer = ask(event);
      last = event;
    }
    return answer;
  };
}

/** Texts and joined texts that are remembered at a time; they come from records, so there is no end of them. */
const TEXTS_MAX = 20_000;
/** Lists that are remembered for a text: those of the settings and the rules, and not those made for one question. */
const LISTS_MAX = 64;

interface Answer {
  readonly list: readonly string[];
  readonly isYes: boolean;
}

/** Remembers what a question about a text and a list was answered: agents and actors come again and again. */
export class Answers {
  private readonly byText = new Map<string, Answer[]>();
  private lastText: string | undefined;
  private last: Answer[] = [];

  /** @param ask must depend on nothing but text and list; lists must not change */
  constructor(private readonly ask: (text: string, list: readonly string[]) => boolean) {}

  about(text: string, list: readonly string[]): boolean {
    if (text !== this.lastText) this.turnTo(text);
    for (const answer of this.last) if (answer.list === list) return answer.isYes;
    if (this.last.length === LISTS_MAX) this.last.length = 0;
    const isYes = this.ask(text, list);
    this.last.push({ list, isYes });
    return isYes;
  }

  private turnTo(text: string): void {
    let answers = this.byText.get(text);
    if (answers === undefined) {
      if (this.byText.size === TEXTS_MAX) this.byText.clear();
      answers = [];
      this.byText.set(text, answers);
    }
    this.last = answers;
    this.lastText = text;
  }
}

/**
 * Joins two texts to one, the same string for the same two as long as it is remembered. Maps tell a string that they
 * know by its address; one that was just put together has to be copied, hashed and compared first.
 */
export class Joined {
  private byFirst = new Map<string, Map<string, string>>();
  private size = 0;
  private lastFirst: string | undefined;
  private last = new Map<string, string>();

  constructor(private readonly between: string) {}

  of(first: string, second: string): string {
    if (first !== this.lastFirst) this.turnTo(first);
    let joined = this.last.get(second);
    if (joined === undefined) {
      joined = `${first}${this.between}${second}`;
      this.last.set(second, joined);
      if (++this.size === TEXTS_MAX) this.forget();
    }
    return joined;
  }

  private turnTo(first: string): void {
    let bySecond = this.byFirst.get(first);
    if (bySecond === undefined) {
      bySecond = new Map();
      this.byFirst.set(first, bySecond);
    }
    this.last = bySecond;
    this.lastFirst = first;
  }

  private forget(): void {
    this.byFirst = new Map();
    this.size = 0;
    this.lastFirst = undefined;
  }
}
