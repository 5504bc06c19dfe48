import type { Observation } from './observation';

/** How much people were told of something: 0 nothing yet, 1 a warning, 2 that it is critical. */
export type Told = 0 | 1 | 2;

/** Something that is not right, as it is kept from run to run. */
export interface Trouble {
  readonly status: 'broken' | 'unknown';
  readonly says: string;
  readonly advice?: string;
  readonly sinceMs: number;
  readonly told: Told;
  /** When people were last told of it; 0 if never. */
  readonly toldMs: number;
}

export type Troubles = { readonly [subject: string]: Trouble };

/** A change of state that people are told, once. */
export interface Notice {
  readonly kind: 'warn' | 'critical' | 'reminder' | 'recovered';
  readonly subject: string;
  readonly says: string;
  readonly advice?: string;
  readonly sinceMs: number;
  /** How grave it is; for what recovered, how grave it was. */
  readonly told: 1 | 2;
}

/** While something stays broken, it is said again this often. Elapsed time, so that no clock change moves it. */
const REMINDER_MS = 24 * 60 * 60_000;

/**
 * What people are told, out of what the checks found now and what was known before.
 *
 *     ok ──wrong for warnMs──▶ warn ──for criticalMs──▶ critical ──▶ reminder every day
 *      ▲                         │                          │
 *      └──────── recovered ◀─────┴──────────────────────────┘
 *
 * A state is told when it is entered and never twice; it only rises until the thing is right again. What was found
 * broken stays so while nobody can look. Subjects that begin with another and a comma are parts of it.
 */
export function judge(
  observations: readonly Observation[],
  known: Troubles,
  nowMs: number,
): { readonly troubles: Troubles; readonly notices: readonly Notice[] } {
  const troubles: Record<string, Trouble> = {};
  const notices: Notice[] = [];
  const looked = new Set<string>();
  const explained = explainedBy(observations);
  for (const observation of observations) {
    const { subject } = observation;
    looked.add(subject);
    const before = Object.hasOwn(known, subject) ? known[subject] : undefined;
    if (observation.status === 'ok') {
      if (before !== undefined && before.told > 0) notices.push(recovered(subject, before));
      continue;
    }
    if (explained.has(subject)) {
      if (before !== undefined) troubles[subject] = before;
      continue;
    }
    const trouble = troubleOf(observation, before, nowMs);
    const notice = noticeOf(subject, trouble, before, nowMs);
    if (notice !== undefined) notices.push(notice);
    troubles[subject] = notice === undefined ? trouble : { ...trouble, toldMs: nowMs };
  }
  const blind = observations.filter(({ status }) => status !== 'ok').map(({ subject }) => `${subject}, `);
  for (const [subject, before] of Object.entries(known)) {
    if (looked.has(subject)) continue;
    // Where the whole is broken or unknown, the parts that nobody could look at are as they were.
    if (blind.some((prefix) => subject.startsWith(prefix))) troubles[subject] = before;
    // A part that a deployment took away is looked at no more.
    else if (before.told > 0) notices.push(recovered(subject, before, ', and is watched no more'));
  }
  return { troubles, notices };
}

/** What is wrong only because something else is, which is told itself. */
export function explainedBy(observations: readonly Observation[]): ReadonlySet<string> {
  return new Set(observations.flatMap(({ status, explains }) => (status === 'broken' ? (explains ?? []) : [])));
}

function troubleOf(observation: Observation, before: Trouble | undefined, nowMs: number): Trouble {
  const isBlind = observation.status === 'unknown' && before?.status === 'broken';
  const { says, advice } = isBlind ? before : observation;
  const status = isBlind ? 'broken' : (observation.status as 'broken' | 'unknown');
  const isSame = before !== undefined && before.status === status;
  const keptMs = isSame ? before.sinceMs : nowMs;
  const ageMs = nowMs - (observation.sinceMs ?? keptMs);
  const { warnMs, criticalMs } = observation.patience;
  const reached: Told = ageMs >= criticalMs ? 2 : ageMs >= warnMs ? 1 : 0;
  return {
    ...{ status, says, sinceMs: Math.min(keptMs, observation.sinceMs ?? keptMs) },
    ...(advice === undefined ? {} : { advice }),
    told: Math.max(reached, before?.told ?? 0) as Told,
    toldMs: before?.toldMs ?? 0,
  };
}

function noticeOf(subject: string, trouble: Trouble, before: Trouble | undefined, nowMs: number): Notice | undefined {
  const { told, says, advice, sinceMs } = trouble;
  if (told === 0) return undefined;
  const rose = told > (before?.told ?? 0);
  if (!rose && nowMs - trouble.toldMs < REMINDER_MS) return undefined;
  return {
    kind: rose ? (told === 2 ? 'critical' : 'warn') : 'reminder',
    ...{ subject, says, sinceMs, told },
    ...(advice === undefined ? {} : { advice }),
  };
}

function recovered(subject: string, { says, sinceMs, told }: Trouble, more = ''): Notice {
  return { kind: 'recovered', subject, says: `${says}${more}`, sinceMs, told: told === 2 ? 2 : 1 };
}
