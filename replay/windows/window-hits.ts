import { writeUuid } from '../../lambda/windows/packed-uuid';
import { Numbers } from './numbers';
import { HIT_WORDS, writeMoment } from './packed-hit';

/**
 * Hits of rules that count in windows, as columns: millions of them are made, and columns cross threads at the cost of
 * copying bytes. Plain data.
 */
export interface WindowHits {
  /**
   * Where hits count, and the values of distinct windows: tables that only grow, the same for all hits of an extractor
   * until it forgets them. Between threads, only what is new in them is sent.
   */
  readonly groups: readonly HitGroup[];
  readonly values: readonly string[];
  /** `ROW_WORDS` for each hit and key: a packed hit, then the group's index. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** For each row the weight; for distinct windows, the index of the value. */
  readonly amounts: Float64Array<ArrayBuffer>;
  /** Row → id, for ids that are no UUIDs. */
  readonly oddIds: ReadonlyMap<number, string>;
  /** Row → index in `texts`, for rows that alerts may show. */
  readonly shown: ReadonlyMap<number, number>;
  /** Records that alerts may show, see `recordText`. */
  readonly texts: readonly string[];
}

/** Where hits count. */
export interface HitGroup {
  /** Index in the engine's rules. */
  readonly rule: number;
  /** `live`, `shadow`, or a suppression's id with its prefix. */
  readonly track: string;
  readonly key: string;
}

export const ROW_WORDS = HIT_WORDS + 1;

export class WindowHitsBuilder {
  private groups: HitGroup[] = [];
  private words = new Uint32Array(ROW_WORDS * 256);
  private amounts = new Float64Array(256);
  private rows = 0;
  /** Of the row before: rules ask one after the other about one event. */
  private lastId: string | undefined;
  private values = new Numbers();
  private oddIds = new Map<number, string>();
  private shown = new Map<number, number>();
  private texts: string[] = [];

  /** @returns its index, for `add` until `forget` */
  addGroup(group: HitGroup): number {
    return this.groups.push(group) - 1;
  }

  /** @returns the row */
  add(group: number, id: string, timeMs: number, level: number, steps: number, amount: number): number {
    const row = this.rows++;
    const offset = row * ROW_WORDS;
    if (offset === this.words.length) {
      const { words, amounts } = this;
      this.words = new Uint32Array(offset * 2);
      this.words.set(words);
      this.amounts = new Float64Array(row * 2);
      this.amounts.set(amounts);
    }
    if (id === this.lastId && row > 0) {
      for (let word = 0; word < 4; word++) this.words[offset + word] = this.words[offset - ROW_WORDS + word] as number;
    } else if (writeUuid(id, this.words, offset)) this.lastId = id;
    else {
      this.oddIds.set(row, id);
      this.lastId = undefined;
    }
    writeMoment(this.words, offset, timeMs, level, steps);
    this.words[offset + HIT_WORDS] = group;
    this.amounts[row] = amount;
    return row;
  }

  /** The amount of a hit on a distinct window. */
  indexOf(value: string): number {
    return this.values.of(value);
  }

  addText(text: string): number {
    return this.texts.push(text) - 1;
  }

  /** The row is one that alerts may show. */
  show(row: number, text: number): void {
    this.shown.set(row, text);
  }

  /** Entries of the tables. */
  get tabled(): number {
    return this.groups.length + this.values.texts.length;
  }

  /** Begins new tables; to be called behind `take`. */
  forget(): void {
    this.groups = [];
    this.values = new Numbers();
  }

  /** All since the last call. */
  take(): WindowHits {
    const { groups, oddIds, shown, texts } = this;
    const values = this.values.texts;
    const rows = this.words.slice(0, this.rows * ROW_WORDS);
    const amounts = this.amounts.slice(0, this.rows);
    this.rows = 0;
    this.oddIds = new Map();
    this.shown = new Map();
    this.texts = [];
    return { groups, rows, amounts, values, oddIds, shown, texts };
  }
}

/** Hits on their way to another thread: what is new in the tables, and how much of them was sent before. */
export interface SentHits extends WindowHits {
  readonly groupsBefore: number;
  readonly valuesBefore: number;
}

/** Sends the hits of one extractor to another thread. */
export class HitsSender {
  private groups: readonly HitGroup[] = [];
  private groupsSent = 0;
  private values: readonly string[] = [];
  private valuesSent = 0;

  send(hits: WindowHits): SentHits {
    const { groups, values } = hits;
    const groupsBefore = groups === this.groups ? this.groupsSent : 0;
    const valuesBefore = values === this.values ? this.valuesSent : 0;
    this.groups = groups;
    this.groupsSent = groups.length;
    this.values = values;
    this.valuesSent = values.length;
    return {
      ...hits,
      groups: groups.slice(groupsBefore),
      values: values.slice(valuesBefore),
      groupsBefore,
      valuesBefore,
    };
  }
}

/** Receives what one `HitsSender` sent, in the order in which it was sent. */
export class HitsReceiver {
  private groups: HitGroup[] = [];
  private values: string[] = [];

  receive({ groupsBefore, valuesBefore, ...hits }: SentHits): WindowHits {
    // What is in the hands of others keeps the tables that it was made with.
    if (groupsBefore === 0) this.groups = [];
    if (valuesBefore === 0) this.values = [];
    for (const group of hits.groups) this.groups.push(group);
    for (const value of hits.values) this.values.push(value);
    return { ...hits, groups: this.groups, values: this.values };
  }
}
