import { Random } from './random';
import {
  apiCall,
  type Call,
  type Caller,
  type CloudTrailRecord,
  type JsonObject,
  type SignIn,
  serviceEvent,
  signIn,
} from './record';
import { at } from './time';

/** A part of the story, as told in the README: what happened, and what one would like to hear of it. */
export interface ChapterText {
  /** Short and stable: kebab-case. */
  readonly id: string;
  readonly kind: 'attack' | 'everyday';
  /** What happens, in a sentence or two. */
  readonly what: string;
  /** What a detector should say, or why it should stay quiet. */
  readonly says: string;
}

export interface Chapter extends ChapterText {
  readonly eventIds: readonly string[];
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A record with the exact moment of the call, which `eventTime` rounds to seconds. */
export interface Moment {
  readonly timeMs: number;
  readonly record: CloudTrailRecord;
  /** CloudTrail certainly delivers this one twice; other records are delivered twice now and then. */
  readonly deliveredTwice: boolean;
}

/** Writes one chapter's records while a clock runs. */
export class Scene {
  readonly moments: Moment[] = [];
  readonly random: Random;
  #nowMs = 0;

  constructor(id: string) {
    this.random = new Random(`scene ${id}`);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Sets the clock: `'18 00:55:20'`. */
  at(when: string): this {
    this.#nowMs = at(when);
    return this;
  }

  atMs(timeMs: number): this {
    this.#nowMs = timeMs;
    return this;
  }

  /** Lets between `low` and `high` seconds pass. */
  wait(low: number, high: number = low): this {
    this.#nowMs += Math.round(this.random.between(low, high) * 1000);
    return this;
  }

  call(caller: Caller, region: string, call: Call, options: { deliveredTwice?: boolean } = {}): CloudTrailRecord {
    return this.#keep(apiCall(caller, this.#nowMs, region, call, this.random), options.deliveredTwice);
  }

  signIn(caller: Caller, region: string, act: SignIn): CloudTrailRecord {
    return this.#keep(signIn(caller, this.#nowMs, region, act, this.random));
  }

  serviceEvent(account: string, region: string, event: { service: string; name: string; details: JsonObject }): void {
    this.#keep(serviceEvent(account, this.#nowMs, region, event, this.random));
  }

  #keep(record: CloudTrailRecord, deliveredTwice = false): CloudTrailRecord {
    this.moments.push({ timeMs: this.#nowMs, record, deliveredTwice });
    return record;
  }
}

export class Story {
  readonly #told: { text: ChapterText; moments: readonly Moment[] }[] = [];

  chapter(text: ChapterText, play: (scene: Scene) => void): void {
    const scene = new Scene(text.id);
    play(scene);
    this.#told.push({ text, moments: scene.moments });
  }

  /** All that reached CloudTrail, in the order of the calls. `recorded` says whether a trail still logged then. */
  moments(recorded: (moment: Moment) => boolean): Moment[] {
    return this.#told
      .flatMap(({ moments }) => moments.filter(recorded))
      .sort((one, other) => one.timeMs - other.timeMs);
  }

  chapters(recorded: (moment: Moment) => boolean): Chapter[] {
    return this.#told
      .map(({ text, moments }) => {
        const kept = moments.filter(recorded);
        const times = kept.map(({ timeMs }) => timeMs);
        const eventIds = kept.map(({ record }) => record.eventID);
        return { ...text, eventIds, firstMs: Math.min(...times), lastMs: Math.max(...times) };
      })
      .sort((one, other) => one.firstMs - other.firstMs);
  }
}
