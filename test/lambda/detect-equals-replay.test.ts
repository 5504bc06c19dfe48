import fc from 'fast-check';
import { alertIdOf, bucketOf } from '../../lambda/alerts/alert';
import type { StoredAlert } from '../../lambda/alerts/alert-store';
import { createDetector } from '../../lambda/detect';
import { field, numeric, text } from '../../lambda/intake/fields';
import { isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { type ActiveRule, activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { DAY, MINUTE, type Rule, type SampleRecord, SECOND } from '../../lambda/rules/rule';
import { call, isoTime } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { levelOf, severityAt } from '../../lambda/rules/severity';
import { SUPPRESSED, type Suppression, trackOf } from '../../lambda/rules/suppression';
import type { Mark } from '../../lambda/windows/verdict';
import { Collector } from '../../replay/collector';
import { Extractor } from '../../replay/extract';
import type { ReplayAlert } from '../../replay/replay-alert';
import { memoryPorts } from '../memory-ports';
import { runs } from '../property';
import { anyRule } from '../rules/any-rule';
import { oracleOfMarks } from '../windows/oracle';

/**
 * The live pipeline, whatever it is fed and in whatever pieces, comes to the alerts that the replay finds in the sorted
 * whole.
 */

const START_MS = Date.parse('2026-03-10T00:00:00Z');

const parameter = (name: string) => (event: TrailEvent) => text(field(event.record['requestParameters'], name));
const keys = (event: TrailEvent) => (parameter('keys')(event) ?? '').split('+');

function ruleOf(id: string, fields: Partial<Rule>): ActiveRule {
  const active = activate(
    anyRule({
      id,
      match: [{ feed: 'api-writes', outcome: 'any', service: 'example.amazonaws.com', calls: ['Do'] }],
      per: keys,
      quietMs: 2 * MINUTE,
      headline: (event) => `${event.actor} did it`,
      ...fields,
    }),
    DEFAULT_SETTINGS,
  );
  if (active === undefined) throw new Error(`${id} is off`);
  return active;
}

const severityInRecord = (event: TrailEvent) => severityAt(numeric(parameter('level')(event)) ?? 0);
const window = { per: keys, withinMs: MINUTE, unit: 'events' };
const RULES: readonly ActiveRule[] = [
  ruleOf('single', { quietMs: 5 * MINUTE }),
  ruleOf('single-by-event', { severity: severityInRecord, quietMs: 5 * MINUTE }),
  ruleOf('count', { window: { ...window, kind: 'count', threshold: 3, tiers: [{ threshold: 5, severity: 'high' }] } }),
  ruleOf('count-shadow', { mode: 'shadow', window: { ...window, kind: 'count', threshold: 2 } }),
  ruleOf('sum', {
    window: {
      ...window,
      kind: 'sum',
      threshold: 6,
      tiers: [{ threshold: 9, severity: 'critical' }],
      weight: (event) => numeric(parameter('weight')(event)),
    },
  }),
  ruleOf('sequence', {
    severity: severityInRecord,
    window: {
      per: keys,
      withinMs: MINUTE,
      kind: 'sequence',
      steps: [
        { name: 'first', is: (event) => 'ac'.includes(parameter('value')(event) ?? ''), count: 2 },
        { name: 'then', is: (event) => 'bc'.includes(parameter('value')(event) ?? '') },
      ],
    },
  }),
];
const DISTINCT = [
  ruleOf('distinct', {
    window: {
      ...window,
      kind: 'distinct',
      threshold: 3,
      value: parameter('value'),
      tiers: [{ threshold: 4, severity: 'high' }],
    },
  }),
  ruleOf('distinct-by-event', {
    severity: severityInRecord,
    window: { ...window, kind: 'distinct', threshold: 2, value: parameter('value') },
  }),
];
const FIRST_SEEN = ruleOf('first-seen', {
  baseline: { kind: 'value', value: parameter('value'), learnDays: 0, expiryDays: 17 },
});
const NEW_ONLY = ruleOf('new-only', {
  baseline: { kind: 'new-only', subject: parameter('keys'), value: parameter('value'), learnDays: 0, expiryDays: 17 },
  window: { ...window, kind: 'distinct', threshold: 2, value: parameter('value') },
});
const SUPPRESSIONS: readonly Suppression[] = [
  { id: 'known', rules: ['*'], actors: ['*/bob'], reason: 'r', owner: 'o', expiresMs: START_MS + 4 * MINUTE },
];

interface Deed {
  readonly id: number;
  readonly seconds: number;
  readonly keys: string;
  readonly value: string;
  readonly weight: number;
  readonly level: number;
  readonly user: string;
  readonly addendum: boolean;
}

const deedArb: fc.Arbitrary<Deed> = fc.record({
  id: fc.nat(30),
  // Multiples of 5 seconds: equal times, and the edges of windows, slots and buckets, are common.
  seconds: fc.nat(100).map((step) => step * 5),
  keys: fc.constantFrom('k', 'k', 'l', 'k+l'),
  value: fc.constantFrom('a', 'b', 'c', 'd'),
  weight: fc.integer({ min: 0, max: 4 }),
  level: fc.integer({ min: 0, max: 4 }),
  user: fc.constantFrom('alice', 'alice', 'bob'),
  addendum: fc.boolean(),
});

/** Versions of an event have its time: an addendum restates it. */
const deedsArb = fc.array(deedArb, { minLength: 1, maxLength: 40 }).map((deeds) => {
  const secondsOf = new Map(deeds.map(({ id, seconds }) => [id, seconds]));
  return deeds.map((deed) => ({ ...deed, seconds: secondsOf.get(deed.id) ?? deed.seconds }));
});

function recordOf({ id, seconds, keys, value, weight, level, user, addendum }: Deed, index: number): SampleRecord {
  const uuid = (serial: number) => `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`;
  return call('example.amazonaws.com', 'Do', {
    eventID: addendum ? uuid(1_000 + index) : uuid(id),
    ...(addendum ? { addendum: { originalEventID: uuid(id), reason: 'UPDATED_DATA' } } : {}),
    eventTime: isoTime(START_MS + seconds * SECOND),
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${user}`, accountId: '111122223333' },
    requestParameters: { keys, value, weight, level: String(level) },
  });
}

async function live(rules: readonly ActiveRule[], batches: readonly (readonly SampleRecord[])[]) {
  const ports = memoryPorts(START_MS + DAY);
  const detector = createDetector({ ...ports, rules, suppressions: SUPPRESSIONS });
  for (const batch of batches) {
    const result = await detector.handle({
      records: batch.map((detail, index) => ({
        messageId: `message ${index}`,
        body: JSON.stringify({ account: '111122223333', region: 'us-east-1', detail }),
      })),
    });
    expect(result.batchItemFailures).toEqual([]);
  }
  expect(ports.log.lines).toEqual([]);
  return ports.alerts.everything();
}

function overFiles(rules: readonly ActiveRule[], records: readonly SampleRecord[]): ReplayAlert[] {
  const extractor = new Extractor({ rules, suppressions: SUPPRESSIONS });
  for (const record of records) extractor.take(record);
  const collector = new Collector(rules);
  collector.add(extractor.flush());
  return collector.finish();
}

/** Deeds with the batches, as indices of deeds, in which they are delivered: in any order, with repeats. */
const deliveryArb = deedsArb.chain((deeds) => {
  const all = deeds.map((_, index) => index);
  return fc
    .tuple(
      fc.shuffledSubarray([...all, ...all], { minLength: all.length }),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
    )
    .map(([some, every, sizes]) => ({ deeds, batches: cut([...some, ...every], sizes) }));
});

function recordsOf({ deeds, batches }: { deeds: readonly Deed[]; batches: readonly (readonly number[])[] }) {
  const records = deeds.map(recordOf);
  return { records, batches: batches.map((batch) => batch.map((index) => records[index] as SampleRecord)) };
}

function cut<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0, index = 0; start < items.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    batches.push(items.slice(start, start + size));
    start += size;
  }
  return batches;
}

describe('the live pipeline and the replay', () => {
  it('find the same alerts of single events, counts, sums and sequences, with the same numbers', async () => {
    await fc.assert(
      fc.asyncProperty(deliveryArb, async (delivery) => {
        const { records, batches } = recordsOf(delivery);
        const stored = await live(RULES, batches);
        const found = overFiles(RULES, records);
        expect(sorted(stored.map(({ alert }) => numbersOf(alert)))).toEqual(sorted(found.map(replayNumbersOf)));
      }),
      runs(400),
    );
  });

  it('find, of distinct values, alerts of brute force only, one in each cluster, at its highest level', async () => {
    await fc.assert(
      fc.asyncProperty(deliveryArb, async (delivery) => {
        const { records, batches } = recordsOf(delivery);
        const stored = (await live(DISTINCT, batches)).map(({ alert }) => alert);
        const clusters = DISTINCT.flatMap((active) => bruteForceClusters(active, records));
        const possible = new Set(clusters.flatMap(({ alertIds }) => alertIds));
        expect(stored.filter(({ alertId }) => !possible.has(alertId))).toEqual([]);
        for (const { alertIds, level } of clusters) {
          const found = stored.filter(({ alertId }) => alertIds.includes(alertId));
          expect(Math.max(...found.map((alert) => alert.level))).toBe(level);
        }
      }),
      runs(300),
    );
  });

  it('tell every cluster, at its highest level', async () => {
    await fc.assert(
      fc.asyncProperty(deliveryArb, async (delivery) => {
        const { batches } = recordsOf(delivery);
        const stored = await live([...RULES, ...DISTINCT], batches);
        for (const { alert, messages } of stored) {
          const close = stored.filter(
            (other) =>
              other.alert.group === alert.group &&
              Math.abs(other.alert.bucketMs - alert.bucketMs) <= alert.quietMs &&
              gap(alert, other.alert) < alert.quietMs,
          );
          const told = Math.max(-1, ...close.flatMap((one) => one.messages.map(({ level }) => level)));
          if (alert.track === 'live' && alert.level > 0) expect(told).toBeGreaterThanOrEqual(alert.level);
          if (alert.track !== 'live') expect(messages.filter(({ untold }) => untold !== true)).toEqual([]);
        }
      }),
      runs(200),
    );
  });

  it('find the same first uses, when records come in order', async () => {
    await fc.assert(
      fc.asyncProperty(deedsArb, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), async (deeds, sizes) => {
        const records = [...deeds].sort((a, b) => a.seconds - b.seconds || a.id - b.id).map(recordOf);
        const stored = await live([FIRST_SEEN, NEW_ONLY], cut([...records, ...records], sizes));
        const found = overFiles([FIRST_SEEN, NEW_ONLY], records);
        expect(stored.map(({ alert }) => alert.alertId).sort()).toEqual(found.map(({ alertId }) => alertId).sort());
      }),
      runs(200),
    );
  });
});

/** Firings of a distinct rule by definition, over every mark of every event, split where a gap is quiet or longer. */
function bruteForceClusters(active: ActiveRule, records: readonly SampleRecord[]) {
  const dispatcher = createDispatcher([active], (_rule, error) => {
    throw error;
  });
  const marks = new Map<string, { key: string; track: string; marks: Mark[] }>();
  for (const record of records) {
    const event = toTrailEvent(record);
    if (isUnreadable(event)) throw new Error(event.unreadable);
    const track = trackOf(SUPPRESSIONS, active, event);
    for (const { level, keys: ofHit, values } of dispatcher.hits(event)) {
      for (const key of ofHit) {
        const name = `${track} ${key}`;
        const known = marks.get(name) ?? { key, track, marks: [] };
        marks.set(name, known);
        known.marks.push(...values.map((value) => ({ id: event.id, timeMs: event.timeMs, level, value })));
      }
    }
  }
  const { rule, quietMs, window } = active;
  if (window === undefined) throw new Error('a distinct rule has a window');
  const clusters: { alertIds: string[]; level: number; lastMs: number }[] = [];
  for (const { key, track, marks: ofKey } of marks.values()) {
    let current: (typeof clusters)[number] | undefined;
    for (const { timeMs, level } of oracleOfMarks(window, ofKey)) {
      if (current === undefined || timeMs - current.lastMs >= quietMs) {
        current = { alertIds: [], level: 0, lastMs: timeMs };
        clusters.push(current);
      }
      current.alertIds.push(alertIdOf(rule.id, 1, key, track, bucketOf(timeMs, quietMs), quietMs));
      current.level = Math.max(current.level, level);
      current.lastMs = timeMs;
    }
  }
  return clusters;
}

type Numbers = Pick<
  StoredAlert,
  'alertId' | 'rule' | 'track' | 'level' | 'count' | 'firstFiringMs' | 'lastFiringMs' | 'firstEventMs'
>;

function numbersOf({ alertId, rule, track, level, count, firstFiringMs, lastFiringMs, firstEventMs }: Numbers) {
  const numbers = { alertId, rule, track, level };
  // A sequence that is told at the highest level is settled: from then on its numbers are at least so.
  return rule === 'sequence' ? numbers : { ...numbers, count, firstFiringMs, lastFiringMs, firstEventMs };
}

function replayNumbersOf(alert: ReplayAlert) {
  const track = alert.suppressed === null ? alert.mode : SUPPRESSED + alert.suppressed;
  return numbersOf({ ...alert, track, level: levelOf(alert.severity) });
}

function sorted<T extends { readonly alertId: string }>(alerts: readonly T[]): T[] {
  return [...alerts].sort((a, b) => (a.alertId < b.alertId ? -1 : 1));
}

function gap(a: StoredAlert, b: StoredAlert): number {
  return Math.max(a.firstFiringMs, b.firstFiringMs) - Math.min(a.lastFiringMs, b.lastFiringMs);
}
