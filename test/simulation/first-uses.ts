import { DynamoBaselineStore } from '../../lambda/baselines/dynamo-baseline-store';
import { startOfBucket } from './oracle';
import { ACCOUNT, type PlannedEvent, type PlannedRule } from './schedule';
import { clientOf } from './tables';
import type { World } from './world';

const DAY_MS = 24 * 3_600_000;

/**
 * What must come of first uses. Which use is the first is decided by arrival, and so is when an account began to
 * learn: these are taken from the table as it is in the end, after checking that it could be so.
 */
export interface ExpectedUses {
  readonly rule: PlannedRule;
  readonly subject: string;
  /** As `nameOfUse` names it. */
  readonly of: string;
  /** Alerts that there must be, and may be: one for each value. */
  readonly least: number;
  readonly most: number;
  readonly name: string;
}

export interface StoredFacts {
  /** Event that is stored as the first use, by rule, learner and value. */
  readonly firstIds: ReadonlyMap<string, string>;
  /** When learning began, by rule and learner. */
  readonly startsMs: ReadonlyMap<string, number>;
}

interface PlannedUse {
  readonly rule: PlannedRule;
  readonly event: PlannedEvent;
  readonly subject: string;
  readonly value: string;
  readonly teaches: boolean;
  readonly teachesOnly: boolean;
}

const ACCOUNT_LEARNER = `account ${ACCOUNT}`;

/** Uses of one event, or of all refused ones of a period, which are one alert. */
export function nameOfUse({ id, denied, timeMs }: PlannedEvent, { expiryDays }: PlannedRule): string {
  return denied ? `refused in ${startOfBucket(timeMs, expiryDays * DAY_MS)}` : id;
}

/** The baselines table as it is in the end. */
export async function storedFacts(world: World): Promise<StoredFacts> {
  const store = new DynamoBaselineStore(
    clientOf(async (command) => world.tables.execute(command)),
    'baselines',
  );
  const firstIds = new Map<string, string>();
  const startsMs = new Map<string, number>();
  for (const { rule, subject, value } of usesIn(world)) {
    for (const learner of [ACCOUNT_LEARNER, `subject ${subject}`]) {
      const fact = await store.find({ kind: rule.id, subject: learner, value });
      if (fact !== undefined) firstIds.set(factName(rule, learner, value), fact.firstId);
      const startMs = await store.findLearning(learner, rule.id);
      if (startMs !== undefined) startsMs.set(factName(rule, learner), startMs);
    }
  }
  return { firstIds, startsMs };
}

export function expectedFirstUses(world: World, { firstIds, startsMs }: StoredFacts) {
  const all = usesIn(world);
  const unlearned: string[] = [];
  const byName = new Map<string, { least: number; most: number; readonly first: PlannedUse }>();
  const valuesSeen = new Set<string>();
  const newUses = new Set<string>();
  for (const use of all) {
    const { rule, event, subject, value, teaches, teachesOnly } = use;
    const { timeMs } = event;
    const what = `${rule.id} ${subject} ${value} by ${event.id}`;
    const startMs = startsMs.get(factName(rule, ACCOUNT_LEARNER));
    if (startMs === undefined) {
      unlearned.push(`${what}: the account never began to learn`);
      continue;
    }
    const ownStartMs = startsMs.get(factName(rule, `subject ${subject}`)) ?? Number.POSITIVE_INFINITY;
    const isYoung = !rule.ownSubject || timeMs < ownStartMs + rule.learnDays * DAY_MS;
    const learner = isYoung ? ACCOUNT_LEARNER : `subject ${subject}`;
    const firstId = firstIds.get(factName(rule, learner, value));
    if (teaches && firstId === undefined) unlearned.push(`${what}: nothing was learned`);
    if (
      firstId !== undefined &&
      !all.some((other) => other.event.id === firstId && other.value === value && other.teaches)
    ) {
      unlearned.push(`${what}: learned from ${firstId}, which taught no such thing`);
    }
    if (teachesOnly || timeMs < startMs + rule.learnDays * DAY_MS) continue;
    const of = nameOfUse(event, rule);
    if (teaches && firstId === event.id) newUses.add(JSON.stringify([rule.id, event.id]));
    // Refused uses of one value in one period are one alert.
    const alert = JSON.stringify([rule.id, subject, of, value]);
    if (valuesSeen.has(alert)) continue;
    valuesSeen.add(alert);
    const name = JSON.stringify([rule.id, subject, of]);
    const expected = byName.get(name) ?? { least: 0, most: 0, first: use };
    byName.set(name, expected);
    if (teaches) {
      if (firstId === event.id) expected.least++;
      if (firstId === event.id || mayHaveBeenForgotten(use, all)) expected.most++;
    } else {
      // Known or not when it came, where others taught the value.
      if (!all.some((other) => other.rule === rule && other.value === value && other.teaches)) expected.least++;
      expected.most++;
    }
  }
  const uses = [...byName]
    .filter(([, { first }]) => first.rule.kind === 'first-seen')
    .map(([name, { least, most, first }]): ExpectedUses => {
      const { rule, subject, event } = first;
      return { rule, subject, of: nameOfUse(event, rule), least, most, name };
    });
  const usesAnythingNew = ({ id }: PlannedRule, event: PlannedEvent) => newUses.has(JSON.stringify([id, event.id]));
  return { uses, unlearned, usesAnythingNew };
}

/** Where uses lie further apart than a value is remembered, an earlier first use may have had its alert. */
function mayHaveBeenForgotten(use: PlannedUse, all: readonly PlannedUse[]): boolean {
  const expiryMs = use.rule.expiryDays * DAY_MS;
  return all.some(
    ({ rule, value, event }) =>
      rule === use.rule && value === use.value && Math.abs(event.timeMs - use.event.timeMs) > expiryMs,
  );
}

function usesIn({ schedule, attempts }: World): PlannedUse[] {
  const seen = new Set<PlannedEvent>();
  for (const { delivery } of attempts) {
    if (delivery.kind === 'event') seen.add(schedule.events[delivery.event] as PlannedEvent);
  }
  return schedule.rules
    .filter(({ kind, gated }) => kind === 'first-seen' || gated)
    .flatMap((rule) =>
      [...seen].flatMap((event) => {
        const meaning = event.versions[0][rule.id];
        const subject = rule.ownSubject ? meaning?.keys[0] : ACCOUNT;
        if (meaning === undefined || subject === undefined) return [];
        const { values = [], teachesOnly = false } = meaning;
        return values.map((value) => ({ rule, event, subject, value, teaches: !event.denied, teachesOnly }));
      }),
    );
}

function factName({ id }: PlannedRule, learner: string, value?: string): string {
  return JSON.stringify([id, learner, value]);
}
