import fc from 'fast-check';
import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { DynamoPaceStore } from '../../lambda/alerts/dynamo-pace-store';
import { MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { DynamoBaselineStore } from '../../lambda/baselines/dynamo-baseline-store';
import { createDetector } from '../../lambda/detect';
import { field, text } from '../../lambda/intake/fields';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { drain } from '../../lambda/notify';
import { activate } from '../../lambda/rules/active-rule';
import { DAY, HOUR, MINUTE, type Rule, SECOND } from '../../lambda/rules/rule';
import { call, isoTime, START_MS } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { DynamoWindowStore } from '../../lambda/windows/dynamo-window-store';
import { type LocalTables, startTables } from '../dynalite';
import { delivered, uuid } from '../events';
import { memoryPorts } from '../memory-ports';
import { runs } from '../property';
import { anyRule } from '../rules/any-rule';

/** The live pipeline from record to message, over memory and over DynamoDB: the same is told. */

// Over HTTP, beside other tests: seconds on an idle machine.
jest.setTimeout(120_000);

let tables: LocalTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const parameter = (name: string) => (event: TrailEvent) => text(field(event.record['requestParameters'], name));
const window = { per: parameter('key'), withinMs: 5 * MINUTE, threshold: 3, unit: 'deeds' };
const RULES = [
  { id: 'single', severity: 'critical' as const },
  { id: 'count', window: { ...window, kind: 'count' as const } },
  { id: 'distinct', window: { ...window, kind: 'distinct' as const, value: parameter('value') } },
  {
    id: 'first-seen',
    // Each use is one that nobody else has: of two callers in one batch either may be the first, and one is told.
    baseline: {
      ...{ kind: 'k', learnDays: 1, expiryDays: 30 },
      subject: parameter('key'),
      value: (event: TrailEvent) => `${parameter('key')(event)} ${parameter('value')(event)}`,
    },
  },
].flatMap((fields: Partial<Rule>) => {
  const rule = anyRule({
    match: [{ feed: 'api-writes', outcome: 'any', service: 'example.amazonaws.com', calls: ['Do'] }],
    per: parameter('key'),
    headline: (event) => `${event.actor} did it`,
    ...fields,
  });
  return activate(rule, DEFAULT_SETTINGS) ?? [];
});

async function told(batches: readonly (readonly { messageId: string; body: string }[])[], inDynamo: boolean) {
  const memory = memoryPorts(START_MS + HOUR);
  const stores = inDynamo
    ? {
        windows: new DynamoWindowStore(tables.client, await tables.create()),
        baselines: new DynamoBaselineStore(tables.client, await tables.create()),
        alerts: new DynamoAlertStore(tables.client, await tables.create({ pending: true })),
        pace: new DynamoPaceStore(tables.client, await tables.create()),
      }
    : { ...memory, pace: new MemoryPaceStore() };
  const ports = { ...memory, ...stores };
  const detector = createDetector({ ...ports, rules: RULES, suppressions: [] });
  for (const records of batches) expect(await detector.handle({ records })).toEqual({ batchItemFailures: [] });
  const composed: unknown[] = [];
  const compose = (...parts: unknown[]) => {
    composed.push(parts);
    return {};
  };
  const composer = { single: compose, digest: compose };
  const topic = { publish: async () => undefined };
  await drain({ ...ports, topic, composer } as unknown as Parameters<typeof drain>[0], Number.POSITIVE_INFINITY);
  expect(await ports.alerts.listPending(1)).toEqual([]);
  expect(memory.log.lines).toEqual([]);
  return composed;
}

/** Nothing that a rule looks at: the account learns since then. */
const LEARNS_SINCE = call('example.amazonaws.com', 'Begin', { eventTime: isoTime(START_MS - 2 * DAY) });

const deedArb = fc.record({
  id: fc.nat(15),
  seconds: fc.nat(40).map((step) => step * 15),
  key: fc.constantFrom('k', 'l', 'x'.repeat(600)),
  value: fc.constantFrom('a', 'b', 'c'),
});

it('is told the same, whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(deedArb, { minLength: 1, maxLength: 8 }), { maxLength: 5 }), async (deeds) => {
      const batches = deeds.map((batch) =>
        batch.map(({ id, seconds, key, value }) =>
          delivered(
            call('example.amazonaws.com', 'Do', {
              eventID: uuid(id),
              requestID: uuid(id),
              eventTime: isoTime(START_MS + seconds * SECOND),
              requestParameters: { key, value },
            }),
          ),
        ),
      );
      batches.unshift([delivered(LEARNS_SINCE)]);
      expect(await told(batches, true)).toEqual(await told(batches, false));
    }),
    // Making a failure small takes longer than a test may.
    { ...runs(8), endOnFailure: true },
  );
});
