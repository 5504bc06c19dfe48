import { createDetector, type DetectorPorts } from '../../lambda/detect';
import { field, text } from '../../lambda/intake/fields';
import { type ActiveRule, activate } from '../../lambda/rules/active-rule';
import { HOUR, MINUTE, type Rule, type SampleRecord, SECOND } from '../../lambda/rules/rule';
import { but, call, later, START_MS } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import type { Severity } from '../../lambda/rules/severity';
import type { Suppression } from '../../lambda/rules/suppression';
import { MemoryWindowStore } from '../../lambda/windows/memory-window-store';
import { delivered } from '../events';
import { memoryPorts } from '../memory-ports';
import { recording } from '../recording';
import { anyRule } from '../rules/any-rule';

const SERVICE = 'example.amazonaws.com';

function ruleOf(id: string, fields: Partial<Rule> = {}): ActiveRule {
  const rule = anyRule({
    id,
    match: [{ feed: 'api-writes', outcome: 'any', service: SERVICE, calls: ['Do'] }],
    per: (event) => event.actor,
    headline: (event) => `${event.actor} did it`,
    ...fields,
  });
  const active = activate(rule, DEFAULT_SETTINGS);
  if (active === undefined) throw new Error(`${id} is off`);
  return active;
}

function setup(rules: readonly ActiveRule[], others: Partial<DetectorPorts> = {}) {
  const memory = memoryPorts(START_MS + HOUR);
  const windows = recording(memory.windows);
  const baselines = recording(memory.baselines);
  const alerts = recording(memory.alerts);
  const ports = { ...memory, windows: windows.store, baselines: baselines.store, alerts: alerts.store };
  const detector = createDetector({ ...ports, rules, suppressions: [], ...others });
  return {
    ...memory,
    stores: { windows, baselines, alerts },
    detect: async (records: readonly SampleRecord[], options: { synthetic?: boolean; deadlineMs?: number } = {}) => {
      const { batchItemFailures } = await detector.handle({
        records: records.map((one) => delivered(one)),
        ...options,
      });
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    handle: (bodies: readonly string[]) =>
      detector.handle({ records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) }),
    alertsOf: (id: string) => memory.alerts.everything().filter(({ alert }) => alert.rule === id),
  };
}

const did = call(SERVICE, 'Do');
const by = (name: string, record = did) =>
  but(record, {
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${name}`, accountId: '111122223333' },
  });
const idOf = (record: SampleRecord) => String(record['eventID']);
const COUNT = ruleOf('count', {
  window: { kind: 'count', per: (event) => event.actor, withinMs: 10 * MINUTE, threshold: 3, unit: 'deeds' },
});

describe('the detector', () => {
  it('sets aside what will never parse, says so once, and judges the rest', async () => {
    const { handle, log, metrics, alertsOf } = setup([ruleOf('single')]);
    const { batchItemFailures } = await handle(['{', delivered(did).body, '{"detail":{"eventID":"e"}}']);
    expect(batchItemFailures).toEqual([]);
    expect(metrics.total('MalformedEvents')).toBe(2);
    expect(metrics.total('Records')).toBe(3);
    expect(log.lines.map(({ fields }) => fields['reason'])).toEqual(['the body is not JSON', 'no eventTime']);
    expect(alertsOf('single')).toHaveLength(1);
  });

  it('counts what it ignores', async () => {
    const { handle, metrics, log, stores } = setup([ruleOf('single')]);
    await handle([
      delivered(did, 'm', { account: '444455556666' }).body,
      delivered(did, 'm', { 'replay-name': 'r' }).body,
      delivered(later(did, 2 * HOUR)).body,
    ]);
    for (const reason of ['foreign-account', 'replay', 'future'])
      expect(metrics.total(`IgnoredEvents ${reason}`)).toBe(1);
    expect(log.lines).toEqual([]);
    expect(stores.windows.calls).toEqual([]);
  });

  it('goes on when a rule throws, and reports that once', async () => {
    const broken = ruleOf('broken', {
      when: () => {
        throw new Error('a field was \u001b[31mmissing');
      },
    });
    const { detect, alertsOf, metrics, log } = setup([broken, ruleOf('single')]);
    expect(await detect([by('a'), by('b'), by('c')])).toEqual([]);
    expect(alertsOf('single')).toHaveLength(3);
    expect(metrics.total('RuleErrors broken')).toBe(1);
    expect(log.lines).toMatchObject([
      { level: 'error', fields: { rule: 'broken', reason: 'a field was \ufffd[31mmissing' } },
    ]);
    await detect([by('d')]);
    expect(metrics.total('RuleErrors broken')).toBe(2);
  });

  it('leaves out rules that are judged over files only', async () => {
    const silence = ruleOf('silence', {
      replayOnly: true,
      window: { kind: 'silence', per: () => 'k', withinMs: HOUR },
    });
    const { detect, stores } = setup([silence]);
    await detect([did]);
    expect(stores.windows.calls).toEqual([]);
  });

  it('returns the records of the windows that a store did not take, and no others', async () => {
    const { detect, stores, alertsOf, metrics, log } = setup([COUNT]);
    const records = ['a', 'a', 'a', 'b', 'b', 'b'].map((name) => by(name));
    stores.windows.failNext('putSegment');
    const returned = await detect(records);
    expect(returned.sort()).toEqual(records.slice(0, 3).map(idOf).sort());
    expect(alertsOf('count').map(({ alert }) => alert.key)).toEqual(['arn:aws:iam::111122223333:user/b']);
    expect(metrics.total('ReturnedRecords')).toBe(3);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { times: 1 } }]);
    expect(await detect(records)).toEqual([]);
    expect(alertsOf('count')).toHaveLength(2);
  });

  it.each([
    ['windows', 'readSegments'],
    ['alerts', 'readAlerts'],
    ['alerts', 'insertEvidence'],
    ['alerts', 'insertAlert'],
    ['alerts', 'insertMessage'],
  ] as const)('loses nothing when %s fails at %s, or its answer is lost', async (store, method) => {
    for (const how of ['failNext', 'loseNext'] as const) {
      const { detect, stores, alertsOf, alerts } = setup([COUNT]);
      const records = [by('a'), by('a'), by('a')];
      (stores[store][how] as (method: string) => void)(method);
      expect((await detect(records)).sort()).toEqual(records.map(idOf).sort());
      expect(await detect(records)).toEqual([]);
      expect(alertsOf('count')).toMatchObject([{ alert: { count: 3 }, messages: [{ level: 2 }] }]);
      expect(await alerts.listPending(9)).toHaveLength(1);
    }
  });

  it('returns records also for errors that nobody foresaw, and says so', async () => {
    const windows = Object.assign(Object.create(new MemoryWindowStore()) as MemoryWindowStore, {
      putSegment: async () => {
        throw new TypeError('a bug');
      },
    });
    const { detect, metrics, log } = setup([COUNT], { windows });
    expect(await detect([did])).toEqual([idOf(did)]);
    expect(metrics.total('UnexpectedErrors')).toBe(1);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { error: { message: 'a bug' } } }]);
  });

  it('begins nothing after its deadline', async () => {
    const { detect, stores, clock } = setup([COUNT]);
    expect(await detect([did], { deadlineMs: clock.nowMs() })).toEqual([idOf(did)]);
    expect(stores.windows.calls).toEqual([]);
  });

  it('takes one write per window and slot for a batch, and one read', async () => {
    const { detect, stores } = setup([COUNT]);
    await detect(Array.from({ length: 100 }, (_, index) => by('a', later(did, index * SECOND))));
    expect(stores.windows.calls.filter((name) => name === 'putSegment')).toHaveLength(1);
    expect(stores.windows.calls.filter((name) => name === 'readSegments')).toHaveLength(1);
  });

  it('reads around a late event without reading the hours between', async () => {
    const { detect, stores, alertsOf } = setup([COUNT]);
    await detect([by('a', later(did, -20 * HOUR)), by('a', later(did, -20 * HOUR + MINUTE)), by('a')]);
    expect(stores.windows.calls.filter((name) => name === 'readSegments')).toHaveLength(2);
    expect(alertsOf('count')).toEqual([]);
    await detect([by('a', later(did, -20 * HOUR + 2 * MINUTE))]);
    expect(alertsOf('count')).toHaveLength(1);
  });

  it('cuts large batches: a segment is never larger than 200 events', async () => {
    const { detect, stores, alertsOf } = setup([COUNT]);
    await detect(Array.from({ length: 250 }, () => by('a')));
    expect(stores.windows.calls.filter((name) => name === 'putSegment')).toHaveLength(2);
    expect(alertsOf('count')).toMatchObject([{ alert: { count: 250 } }]);
  });

  it('stops reading when nothing more could be told, and goes on writing', async () => {
    const { detect, stores, alertsOf } = setup([COUNT]);
    await detect(Array.from({ length: 300 }, () => by('a'))); // 100 times the threshold
    stores.windows.calls.length = 0;
    await detect([by('a')]);
    expect(stores.windows.calls).toEqual(['putSegment']);
    expect(alertsOf('count')).toMatchObject([{ alert: { count: 300, multiple: 100 } }]);
    // Ten minutes before the bucket's end an event may be in a firing of the next one.
    await detect([by('a', later(did, 51 * MINUTE))]);
    expect(stores.windows.calls).toContain('readSegments');
  });

  it('keeps suppressed and shadow events out of the live alert', async () => {
    const suppression: Suppression = { id: 'known', rules: ['*'], actors: ['*scanner'], reason: 'r', owner: 'o' };
    const perAccount = ruleOf('count', {
      window: { kind: 'count', per: (event) => event.account, withinMs: MINUTE, threshold: 3, unit: 'deeds' },
    });
    const { detect, alertsOf } = setup([perAccount, ruleOf('shadow', { mode: 'shadow' })], {
      suppressions: [suppression],
    });
    await detect([by('scanner'), by('scanner'), by('a'), by('a')]);
    expect(alertsOf('count')).toEqual([]);
    await detect([by('scanner')]);
    expect(alertsOf('count')).toMatchObject([{ alert: { track: 'suppressed:known' }, messages: [] }]);
    expect(
      alertsOf('shadow')
        .map(({ alert, messages }) => [alert.track, messages.filter(({ untold }) => untold !== true).length])
        .sort(),
    ).toEqual([
      ['shadow', 0],
      ['suppressed:known', 0],
    ]);
  });

  it('keeps synthetic records apart, and their hands off baselines', async () => {
    const firstSeen = ruleOf('first-seen', {
      baseline: { kind: 'k', value: () => 'v', learnDays: 14, expiryDays: 30 },
    });
    const { detect, stores, alertsOf, alerts } = setup([ruleOf('single'), firstSeen]);
    expect(await detect([did], { synthetic: true })).toEqual([]);
    expect(stores.baselines.calls).toEqual([]);
    expect(alertsOf('single')).toMatchObject([{ alert: { track: 'test' } }]);
    expect(alertsOf('first-seen')).toMatchObject([{ alert: { track: 'test' } }]);
    await detect([but(did, {})]);
    expect(
      alertsOf('single')
        .map(({ alert }) => alert.track)
        .sort(),
    ).toEqual(['live', 'test']);
    expect((await alerts.listPending(9)).map(({ track }) => track).sort()).toEqual(['live', 'test', 'test']);
  });

  it('tells a first use again with the same alert when its record comes again', async () => {
    const firstSeen = ruleOf('first-seen', { baseline: { kind: 'k', value: () => 'v', learnDays: 0, expiryDays: 30 } });
    const { detect, stores, alertsOf, alerts } = setup([firstSeen]);
    stores.alerts.failNext('insertMessage');
    expect(await detect([did, by('other')])).toHaveLength(2);
    expect(await detect([did, by('other')])).toEqual([]);
    expect(alertsOf('first-seen')).toHaveLength(1);
    expect(await alerts.listPending(9)).toHaveLength(1);
  });

  it('counts in a window only what is new, where a baseline stands beside it', async () => {
    const value = (event: { record: { readonly [field: string]: unknown } }) =>
      text(field(event.record['requestParameters'], 'value'));
    const newOnly = ruleOf('new-only', {
      baseline: { kind: 'k', value, learnDays: 0, expiryDays: 30 },
      window: { kind: 'distinct', per: () => 'k', value, withinMs: HOUR, threshold: 3, unit: 'values' },
    });
    const { detect, stores, alertsOf } = setup([newOnly]);
    const use = (name: string) => but(did, { requestParameters: { value: name } });
    const [a, b, c] = [use('a'), use('b'), use('c')];
    await detect([a, b, use('a'), use('b')]);
    expect(alertsOf('new-only')).toEqual([]);
    stores.windows.failNext('putLatest');
    expect(await detect([c])).toEqual([idOf(c)]);
    expect(await detect([c])).toEqual([]);
    expect(alertsOf('new-only')).toMatchObject([{ alert: { count: 3 } }]);
  });

  it('returns only the records of the account whose facts could not be read', async () => {
    const firstSeen = ruleOf('first-seen', {
      baseline: { kind: 'k', value: () => 'v', learnDays: 14, expiryDays: 30 },
    });
    const { detect, stores } = setup([firstSeen, ruleOf('single')]);
    stores.baselines.setDown(() => true);
    const unrelated = call(SERVICE, 'DoNothing');
    expect(await detect([did, unrelated])).toEqual([idOf(did)]);
  });
});

describe('a window that holds more than may be read', () => {
  const flood = (memory: MemoryWindowStore) => setup([COUNT], { windows: memory });

  it('is told as such, in every bucket that is not proven at the highest tier', async () => {
    const small = new MemoryWindowStore(150); // one segment, and no more
    const { detect, alertsOf, metrics, alerts } = flood(small);
    for (let index = 0; index < 3; index++) expect(await detect([by('a', later(did, index * 6 * MINUTE))])).toEqual([]);
    const found = alertsOf('count');
    expect(found.map(({ alert }) => alert.kind)).toEqual(['too-much']);
    expect(found[0]?.alert).toMatchObject({ level: 2, track: 'live' });
    expect(metrics.total('TooMuchToCount count')).toBeGreaterThan(0);
    expect(await alerts.listPending(9)).toMatchObject([{ kind: 'too-much' }]);
  });

  it('is not told where what was read proves the highest tier', async () => {
    const { detect, alertsOf } = flood(new MemoryWindowStore(180));
    await detect([by('a', later(did, -6 * MINUTE))]);
    await detect([by('a'), by('a'), by('a')]);
    expect(alertsOf('count').map(({ alert }) => alert.kind)).toEqual(['window']);
  });
});

describe('when a table does not answer', () => {
  const critical = (severity: Severity = 'critical') => ruleOf('critical', { severity });

  it.each(['windows', 'alerts', 'both'] as const)('a critical single event is told all the same (%s)', async (down) => {
    const { detect, stores, ops, metrics, alertsOf } = setup([critical()]);
    stores.windows.setDown(() => down !== 'alerts');
    stores.alerts.setDown(() => down !== 'windows');
    expect(await detect([did])).toEqual([idOf(did)]);
    if (down === 'windows') expect(alertsOf('critical')).toMatchObject([{ messages: [{ level: 4 }] }]);
    else {
      expect(ops.published).toMatchObject([{ subject: expect.stringMatching(/^\[CRITICAL\] A rule of a test/) }]);
      expect(metrics.total('DegradedPublishes')).toBe(1);
    }
    stores.windows.setDown(() => false);
    stores.alerts.setDown(() => false);
    expect(await detect([did])).toEqual([]);
    const [stored] = alertsOf('critical');
    if (down !== 'windows') expect(ops.published[0]?.alertIds).toEqual([stored?.alert.alertId]);
    expect(stored?.messages).toHaveLength(1);
  });

  it('it is told once while its record comes again and again', async () => {
    const { detect, stores, ops, clock } = setup([critical()]);
    stores.alerts.setDown(() => true);
    for (let minute = 0; minute < 30; minute += 6) {
      await detect([did]);
      clock.timeMs += 6 * MINUTE;
    }
    expect(ops.published).toHaveLength(1);
    await detect([did]);
    expect(ops.published).toHaveLength(2);
  });

  it('a storm is not told faster than a mailbox bears', async () => {
    const { detect, stores, ops, clock } = setup([critical()]);
    stores.alerts.setDown(() => true);
    const records = Array.from({ length: 100 }, (_, index) => by(`user-${index}`));
    expect(await detect(records)).toHaveLength(100);
    expect(ops.published).toHaveLength(3);
    clock.timeMs += 15_000;
    await detect(records);
    expect(ops.published).toHaveLength(4);
  });

  it('nothing else is told past the table: not what is less severe, counted, shadow or a test', async () => {
    const counted = ruleOf('counted', {
      severity: 'critical',
      window: { kind: 'count', per: () => 'k', withinMs: MINUTE, threshold: 1, unit: 'deeds' },
    });
    const others = [critical('high'), counted, ruleOf('shadow', { severity: 'critical', mode: 'shadow' })];
    const { detect, stores, ops } = setup(others);
    stores.alerts.setDown(() => true);
    await detect([did]);
    const test = setup([critical()]);
    test.stores.alerts.setDown(() => true);
    await test.detect([did], { synthetic: true });
    expect([...ops.published, ...test.ops.published]).toEqual([]);
  });

  it('and the topic refuses too, the record still comes again', async () => {
    const { detect, stores, ops, metrics, log } = setup([critical()]);
    stores.alerts.setDown(() => true);
    ops.failure = new Error('no');
    expect(await detect([did])).toEqual([idOf(did)]);
    expect(metrics.total('PublishFailures')).toBe(1);
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'warn']);
  });

  it('the most severe rules are judged first', async () => {
    const judged: string[] = [];
    const low = ruleOf('low', { severity: 'low' });
    const high = ruleOf('high', { severity: 'high' });
    const windows = Object.assign(Object.create(new MemoryWindowStore()) as MemoryWindowStore, {
      putSegment: async ({ window }: { window: string }) => void judged.push(window.split('#')[0] ?? ''),
    });
    const { detect } = setup([low, high, critical()], { windows });
    await detect([did]);
    expect(judged).toEqual(['critical', 'high', 'low']);
  });
});
