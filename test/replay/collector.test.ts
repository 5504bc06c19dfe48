import fc from 'fast-check';
import { field, numeric, text } from '../../lambda/intake/fields';
import { activate } from '../../lambda/rules/active-rule';
import type { Rule, Window } from '../../lambda/rules/rule';
import { call, isoTime } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { Collector, DEFAULT_LATENESS_MS } from '../../replay/collector';
import { Extractor } from '../../replay/extract';
import { hasMessage, type ReplayAlert } from '../../replay/replay-alert';
import { anyRule } from '../rules/any-rule';

const START_MS = Date.parse('2026-03-10T00:00:00Z');

const parameter = (name: string) => (event: { record: { readonly [field: string]: unknown } }) =>
  text(field(event.record['requestParameters'], name));

function ruleWith(window: Window | undefined, quietMs: number): Rule {
  return anyRule({
    id: 'under-test',
    headline: (event) => `somebody did something to ${parameter('key')(event)}`,
    match: [{ feed: 'api-writes', outcome: 'any', service: 'example.amazonaws.com', calls: ['Do'] }],
    per: parameter('key'),
    quietMs,
    ...(window === undefined ? {} : { window }),
  });
}

interface Deed {
  readonly id: number;
  readonly seconds: number;
  readonly key: string;
  readonly value: string;
  readonly weight: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  id: fc.nat(60),
  seconds: fc.nat(400),
  key: fc.constantFrom('k1', 'k2'),
  value: fc.constantFrom('a', 'b', 'c', 'd'),
  weight: fc.integer({ min: 1, max: 4 }),
});

/** One record for each id: a repeat is the same record, as delivered twice. */
const deeds = fc.uniqueArray(deed, { maxLength: 30, selector: (one) => one.id });

const recordOf = ({ id, seconds, key, value, weight }: Deed) =>
  call('example.amazonaws.com', 'Do', {
    eventID: `00000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`,
    eventTime: isoTime(START_MS + seconds * 1_000),
    requestParameters: { key, value, weight },
  });

function replay(
  rule: Rule,
  records: readonly unknown[],
  latenessMs = DEFAULT_LATENESS_MS,
  retainedMax?: number,
): { alerts: ReplayAlert[]; late: number } {
  const active = activate(rule, DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('off');
  const collector = new Collector([active], latenessMs, retainedMax);
  const extractor = new Extractor({ rules: [active], suppressions: [] });
  for (const record of records) {
    extractor.take(record);
    const extract = extractor.flush();
    expect([...extract.ruleErrors, ...extract.unreadable]).toEqual([]);
    collector.add(extract);
  }
  return { alerts: collector.finish(), late: collector.late };
}

const windows: Record<string, Window | undefined> = {
  single: undefined,
  count: { kind: 'count', per: parameter('key'), withinMs: 60_000, threshold: 3, unit: 'deeds' },
  sum: {
    kind: 'sum',
    per: parameter('key'),
    withinMs: 60_000,
    threshold: 6,
    unit: 'things',
    weight: (event) => numeric(field(event.record['requestParameters'], 'weight')),
  },
  distinct: {
    kind: 'distinct',
    per: parameter('key'),
    withinMs: 60_000,
    threshold: 3,
    unit: 'values',
    value: parameter('value'),
  },
  sequence: {
    kind: 'sequence',
    per: parameter('key'),
    withinMs: 60_000,
    steps: [
      { name: 'a', is: (event) => parameter('value')(event) === 'a', count: 2 },
      { name: 'b', is: (event) => parameter('value')(event) !== 'c' },
    ],
  },
};

describe.each(Object.keys(windows))('%s windows', (kind) => {
  const rule = ruleWith(windows[kind], 120_000);
  /** A rule without a window looks back five minutes, and is quiet no shorter than that. */
  const quietMs = kind === 'single' ? 300_000 : 120_000;

  it('say the same for any order, and for repeats', () => {
    fc.assert(
      fc.property(
        deeds.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
        ),
        ([list, shuffled]) => {
          const sorted = [...list].sort((a, b) => a.seconds - b.seconds);
          expect(replay(rule, shuffled.map(recordOf)).alerts).toEqual(replay(rule, sorted.map(recordOf)).alerts);
        },
      ),
    );
  });

  it('have a message in every cluster of firings, at its greatest severity, and none too many', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const { alerts } = replay(rule, list.map(recordOf));
        for (const cluster of clustersOf(alerts, quietMs)) {
          expect(cluster.some(hasMessage)).toBe(true);
          // Of two neighbouring alerts of a cluster, the later speaks only if it has more to say or the one before is silent.
          for (const [index, alert] of cluster.entries()) {
            const before = cluster[index - 1];
            if (before === undefined || !hasMessage(before) || !hasMessage(alert)) continue;
            expect(alert.count >= before.count * 10 || alert.severity !== before.severity).toBe(true);
          }
          for (const alert of cluster) {
            if (alert.continues !== null)
              expect(cluster.find((other) => other.alertId === alert.continues)).toBeDefined();
          }
        }
      }),
    );
  });

  it('say the same when the past is judged and forgotten early', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const sorted = [...list].sort((a, b) => a.seconds - b.seconds).map(recordOf);
        const bare = ({ alertId, severity, count, eventIds, continues }: ReplayAlert) => ({
          alertId,
          severity,
          count,
          eventIds,
          continues,
        });
        const early = replay(rule, sorted, 30_000, 1);
        expect(early.alerts.map(bare)).toEqual(replay(rule, sorted).alerts.map(bare));
        expect(early.late).toBe(0);
      }),
    );
  });
});

describe('lateness', () => {
  const rule = ruleWith(undefined, 120_000);

  it('counts what comes too late, and judges it all the same', () => {
    const deedAt = (id: number, seconds: number) => recordOf({ id, seconds, key: `k${id}`, value: 'a', weight: 1 });
    const { alerts, late } = replay(rule, [deedAt(1, 400), deedAt(2, 399), deedAt(3, 100)], 60_000, 1);
    expect(late).toBe(1);
    expect(alerts.map((alert) => alert.count)).toEqual([1, 1, 1]);
  });
});

/** Alerts of each key, split where the gap between firing times is the quiet period or more. Keys are told by eventIds' alerts. */
function clustersOf(alerts: readonly ReplayAlert[], quietMs: number): ReplayAlert[][] {
  const clusters: ReplayAlert[][] = [];
  const sorted = [...alerts].sort((a, b) => a.firstFiringMs - b.firstFiringMs);
  const lastOf = new Map<string, ReplayAlert[]>();
  for (const alert of sorted) {
    const key = keyOf(alert);
    const last = lastOf.get(key);
    if (last !== undefined && alert.firstFiringMs - Math.max(...last.map((one) => one.lastFiringMs)) < quietMs)
      last.push(alert);
    else {
      const cluster = [alert];
      lastOf.set(key, cluster);
      clusters.push(cluster);
    }
  }
  return clusters;
}

function keyOf(alert: ReplayAlert): string {
  return alert.evidence[0]?.headline ?? '';
}
