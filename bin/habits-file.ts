import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { visible } from '../lambda/alerts/neutral';
import type { Habit } from '../lambda/baselines/import-habits';
import { field, fieldsOf } from '../lambda/intake/fields';
import { isoTime } from '../lambda/intake/iso-time';
import { type Baseline, DAY } from '../lambda/rules/rule';
import type { Habits } from '../replay/habits';
import { UsageError } from './io';
import { cannotWrite, outputFile } from './output-file';

/**
 * A file of habits: what `trailhound learn` found in history, for a deployment to begin with. JSON Lines, so that it can
 * be read, compared and thinned out with ordinary tools before anybody believes it:
 *
 *     {"trailhound":"habits","version":1,"from":"…","to":"…"}
 *     {"learner":"account 111122223333","since":{"image":"2026-08-01T00:00:12Z"}}
 *     {"kind":"image","owner":"account 111122223333","value":"ami-0…","lastUsed":"2026-11-19T14:00:00Z"}
 */
const VERSION = 1;

/** Longer lines are none of ours: names in records are shorter by far. */
const LINE_MAX = 64 * 1024;

/** Writes what was learned and is not forgotten by the last event. Returns how many facts. @throws UsageError */
export async function writeHabits(path: string, habits: Habits, fromMs: number, toMs: number): Promise<number> {
  let facts = 0;
  try {
    const output = outputFile(path);
    const out = createWriteStream(output.path);
    const opened = once(out, 'open');
    await opened;
    const write = async (line: object): Promise<void> => {
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
    };
    await write({ trailhound: 'habits', version: VERSION, from: isoTime(fromMs), to: isoTime(toMs) });
    const kinds = habits.kinds.map(({ baseline }) => baseline.kind);
    for (const [account, sinceMs] of habits.accounts) {
      const since = isoTime(sinceMs);
      await write({ learner: `account ${account}`, since: Object.fromEntries(kinds.map((kind) => [kind, since])) });
    }
    for (const { baseline, lastUsedMs, subjects } of habits.kinds) {
      const { kind, expiryDays } = baseline;
      for (const [subject, sinceMs] of subjects) {
        await write({ learner: `subject ${subject}`, since: { [kind]: isoTime(sinceMs) } });
      }
      for (const [owner, values] of lastUsedMs) {
        for (const [value, usedMs] of values) {
          if (usedMs < toMs - expiryDays * DAY) continue;
          await write({ kind, owner, value, lastUsed: isoTime(usedMs) });
          facts += 1;
        }
      }
    }
    out.end();
    await once(out, 'close');
    output.finish();
  } catch (error) {
    throw cannotWrite(path, error);
  }
  return facts;
}

export interface HabitsFile {
  readonly habits: readonly Habit[];
  /** Kinds that no rule of this version has, with the number of their lines. */
  readonly unknownKinds: ReadonlyMap<string, number>;
}

/**
 * Reads a whole file of habits, and believes none of it before all of it was read.
 * @throws UsageError with the number of the first line that is none of ours
 */
export async function readHabits(
  path: string,
  baselines: ReadonlyMap<string, Baseline>,
  nowMs: number,
): Promise<HabitsFile> {
  const habits: Habit[] = [];
  const unknownKinds = new Map<string, number>();
  const known = (kind: string): Baseline | undefined => {
    const baseline = baselines.get(kind);
    if (baseline === undefined) unknownKinds.set(kind, (unknownKinds.get(kind) ?? 0) + 1);
    return baseline;
  };
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      const read = parsed(line);
      if (number === 1) checkHeader(read);
      else if (line !== '') {
        const habit = habitOf(read, known, nowMs);
        if (habit !== undefined) habits.push(habit);
      }
    }
  } catch (error) {
    const where = number > 0 ? ` line ${number}` : '';
    throw new UsageError(`${visible(path)}${where}: ${reasonOf(error)}`);
  }
  if (number === 0) throw new UsageError(`${visible(path)}: empty; trailhound learn <files> --out writes such a file`);
  return { habits, unknownKinds };
}

function parsed(line: string): unknown {
  if (line.length > LINE_MAX) throw new Error(`longer than ${LINE_MAX} characters`);
  try {
    return line === '' ? undefined : JSON.parse(line);
  } catch {
    throw new Error('expected a JSON object');
  }
}

function checkHeader(header: unknown): void {
  if (field(header, 'trailhound') !== 'habits') throw new Error('expected a file written by trailhound learn');
  const version = field(header, 'version');
  if (version !== VERSION) throw new Error(`expected version ${VERSION}, found ${JSON.stringify(version)}`);
}

/** The habit in a line; undefined where no rule of this version wants it. @throws {Error} it is none */
function habitOf(line: unknown, known: (kind: string) => Baseline | undefined, nowMs: number): Habit | undefined {
  const learner = field(line, 'learner');
  if (learner !== undefined) {
    const since = fieldsOf(field(line, 'since'));
    if (since === undefined) throw new Error('expected since: kinds with the time when their learning began');
    const sinceMs = Object.entries(since).flatMap(([kind, time]): [string, number][] =>
      known(kind) === undefined ? [] : [[kind, timeOf(time, nowMs)]],
    );
    return sinceMs.length === 0 ? undefined : { learner: ownerOf(learner), sinceMs: new Map(sinceMs) };
  }
  const [kind, value] = [field(line, 'kind'), field(line, 'value')];
  if (typeof kind !== 'string' || typeof value !== 'string')
    throw new Error('expected a learner, or a kind and a value');
  const subject = ownerOf(field(line, 'owner'));
  const lastUsedMs = timeOf(field(line, 'lastUsed'), nowMs);
  const baseline = known(kind);
  if (baseline === undefined) return undefined;
  return { fact: { kind, subject, value }, lastUsedMs, expiryMs: baseline.expiryDays * DAY };
}

function ownerOf(text: unknown): string {
  if (typeof text !== 'string' || !/^(?:account|subject) ./s.test(text)) {
    throw new Error(
      `expected "account …" or "subject …", found ${visible(JSON.stringify(text) ?? 'nothing').slice(0, 80)}`,
    );
  }
  return text;
}

/** A time from the future would keep a fact alive for good. */
function timeOf(value: unknown, nowMs: number): number {
  const timeMs =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new Error(`expected a time in UTC, found ${visible(JSON.stringify(value) ?? 'nothing').slice(0, 80)}`);
  }
  if (timeMs > nowMs) throw new Error(`${String(value)} is in the future`);
  return timeMs;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
