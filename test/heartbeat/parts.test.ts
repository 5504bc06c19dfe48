import { hashOf } from '../../lambda/config/config-hash';
import { isNonce, missedOn, NO_CANARIES, nonceOf, takeSightings } from '../../lambda/heartbeat/canaries';
import { duration, troubleDispatch } from '../../lambda/heartbeat/dispatch';
import { coverageOf, isExcused, NO_COVERAGE } from '../../lambda/heartbeat/grace';
import {
  judgeFunction,
  judgeMapping,
  judgeRule,
  judgeSubscriptions,
  judgeTable,
  type Subscription,
} from '../../lambda/heartbeat/integrity';
import { readManifest } from '../../lambda/heartbeat/read-manifest';
import { type Habits, judgeSilence } from '../../lambda/heartbeat/silence';
import type { Notice } from '../../lambda/heartbeat/states';
import { NO_LATENCIES, quantile, weekOf, withLatency } from '../../lambda/heartbeat/week';

const T = Date.parse('2026-03-10T10:00:00Z');
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const PLACE = { account: '111122223333', region: 'eu-west-1', version: '0.1.0', configHash: 'c0ffee' };

describe('canaries', () => {
  const round = (serial: number) => ({
    nonce: nonceOf(T + serial * 5 * MINUTE, '0123456789abcdef'),
    sentMs: T + serial * 5 * MINUTE,
    sent: ['r read', 'r write'],
  });
  const seen = (serial: number, kind: 'read' | 'write', afterMs: number) => ({
    nonce: round(serial).nonce,
    region: 'r',
    kind,
    seenMs: T + serial * 5 * MINUTE + afterMs,
  });

  it('are missed from the first that did not come back after the last that did', () => {
    const state = { ...NO_CANARIES, rounds: [round(0), round(1), round(2)] };
    const { state: after, returned } = takeSightings(state, [seen(1, 'write', 30_000)], T + 15 * MINUTE);
    expect(returned).toEqual([{ kind: 'write', latencyMs: 30_000 }]);
    expect(missedOn(after, 'r write')?.sentMs).toBe(T + 10 * MINUTE);
    expect(missedOn(after, 'r read')?.sentMs).toBe(T);
    expect(missedOn(after, 'elsewhere write')).toBeUndefined();
    expect(takeSightings(after, [seen(1, 'write', 30_000)], T + 20 * MINUTE).returned).toEqual([]);
  });

  it('never took less than no time, whatever the clocks say, and are forgotten after three hours', () => {
    const state = { ...NO_CANARIES, rounds: [round(0), round(1)] };
    const { state: after, returned } = takeSightings(state, [seen(1, 'read', -5_000)], T + 3 * HOUR + 1);
    expect(returned).toEqual([{ kind: 'read', latencyMs: 0 }]);
    expect(after.rounds.map(({ sentMs }) => sentMs)).toEqual([T + 5 * MINUTE]);
  });

  it('have nonces that sort by time and look like nothing else', () => {
    expect(nonceOf(T, '0123456789abcdef') < nonceOf(T + 1, '0000000000000000')).toBe(true);
    expect(isNonce(nonceOf(T, '0123456789abcdef'))).toBe(true);
    for (const text of ['', 'x', `${nonceOf(T, '0123456789abcdef')}#`, '__proto__']) expect(isNonce(text)).toBe(false);
  });
});

describe('a deployment', () => {
  it('excuses the regions that it adds for an hour, once a day, and no others', () => {
    const first = coverageOf(NO_COVERAGE, ['a', 'b'], T);
    expect([isExcused(first, 'a', T + HOUR - 1), isExcused(first, 'a', T + HOUR)]).toEqual([true, false]);
    const soon = coverageOf(first, ['a', 'b', 'c'], T + 2 * HOUR);
    expect([isExcused(soon, 'b', T + 2 * HOUR), isExcused(soon, 'c', T + 2 * HOUR)]).toEqual([false, false]);
    const later = coverageOf(soon, ['a', 'b', 'c', 'd'], T + DAY);
    expect([isExcused(later, 'c', T + DAY), isExcused(later, 'd', T + DAY)]).toEqual([false, true]);
    expect(coverageOf(later, ['a'], T + DAY + 1).regions).toEqual({ a: { excusedUntilMs: T + HOUR } });
  });
});

describe('parts of the deployment', () => {
  const pattern = { source: [{ prefix: 'aws.' }], detail: { readOnly: [true] } };
  const expected = { patternHash: hashOf(pattern), reads: true, target: 'queue', explains: ['way'] };
  const good = {
    state: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    pattern: JSON.stringify(pattern),
    targets: ['queue'],
  };
  const says = (found: Parameters<typeof judgeRule>[3]) => judgeRule('s', 'the rule', expected, found).says;

  it('are rules in their state, with their pattern and target', () => {
    expect(says(good)).toBe('');
    expect(says({ ...good, pattern: '{"detail":{"readOnly":[true]},"source":[{"prefix":"aws."}]}' })).toBe('');
    expect(says(undefined)).toBe('the rule is gone');
    expect(says({ ...good, state: 'DISABLED' })).toBe('the rule is disabled');
    expect(says({ ...good, state: undefined })).toBe('the rule is disabled');
    expect(says({ ...good, state: 'ENABLED' })).toBe('the rule gets no read-only events any more');
    expect(says({ ...good, pattern: '{"detail":{"readOnly":[false]}}' })).toBe(
      'the rule has another pattern than it was deployed with',
    );
    expect(says({ ...good, pattern: 'not JSON' })).toBe('the rule has another pattern than it was deployed with');
    expect(says({ ...good, pattern: undefined })).toBe('the rule has another pattern than it was deployed with');
    expect(says({ ...good, targets: ['elsewhere'] })).toBe('the rule does not lead to its target any more');
  });

  it('are mappings, functions and tables that work', () => {
    expect(['Enabled', 'Updating'].map((state) => judgeMapping('m', state, false, []).status)).toEqual(['ok', 'ok']);
    expect(['Disabled', 'Disabling', undefined].map((state) => judgeMapping('m', state, false, []).says)).toEqual([
      ...['m is disabled', 'm is disabling', 'm is gone'],
    ]);
    expect(judgeFunction('f', { state: 'Inactive', reservedConcurrency: 5 }, []).status).toBe('ok');
    expect(judgeFunction('f', { state: 'Active', reservedConcurrency: 0 }, []).says).toBe(
      'f may not run: its concurrency is set to 0',
    );
    expect(judgeFunction('f', undefined, []).says).toBe('f is gone');
    expect(judgeTable('t', undefined, false).map(({ says }) => says)).toEqual(['t is gone']);
    expect(
      judgeTable('t', { status: 'DELETING', isProtected: false, hasStream: false }, true).map(({ says }) => says),
    ).toEqual(['t is deleting']);
    expect(
      judgeTable('t', { status: 'ACTIVE', isProtected: false, hasStream: false }, true).map(({ says }) => says),
    ).toEqual(['', 't can be deleted: its protection is off, and has no stream: alerts wait for the next minute']);
  });

  it('are subscriptions of every configured address, and of whoever else was there', () => {
    const mail = (endpoint: string, isConfirmed = true): Subscription => ({
      ...{ protocol: 'email', endpoint },
      arn: isConfirmed ? endpoint : undefined,
    });
    const judged = (found: ReturnType<typeof mail>[], known = {}) =>
      judgeSubscriptions('ops', found, ['a@example.com'], known, T);
    const wrong = ({ observations }: ReturnType<typeof judged>) =>
      observations.filter(({ status }) => status !== 'ok').map(({ says }) => says);
    expect(wrong(judged([mail('a@example.com')]))).toEqual([]);
    expect(wrong(judged([]))).toEqual([
      'nobody gets what the ops topic sends',
      'a@example.com on the ops topic is not subscribed any more',
    ]);
    expect(wrong(judged([mail('a@example.com', false), mail('b@example.com')]))).toEqual([
      'a@example.com on the ops topic has not confirmed its subscription',
    ]);
    const { known } = judged([mail('a@example.com'), mail('b@example.com')]);
    expect(wrong(judged([mail('a@example.com')], known))).toEqual([
      'email b@example.com on the ops topic is not subscribed any more',
    ]);
  });
});

describe('silence', () => {
  const seen = (seenMs: number) => [{ account: '444455556666', region: 'eu-west-1', feed: 'writes', seenMs }];

  it('is judged by the habit of the place, after a week, and never of the hub’s own account', () => {
    let habits: Habits = {};
    const wrong: string[] = [];
    const look = (nowMs: number, lastMs: number) => {
      const judged = judgeSilence(seen(lastMs), habits, '111122223333', nowMs);
      ({ habits } = judged);
      return judged.observations.filter(({ status }) => status !== 'ok').map(({ says }) => says);
    };
    for (let hour = 0; hour < 8 * 24; hour++) wrong.push(...look(T + hour * HOUR, T + Math.floor(hour / 3) * 3 * HOUR));
    expect(wrong).toEqual([]);
    const lastMs = T + 8 * DAY;
    expect(look(lastMs + 6 * HOUR, lastMs)).toEqual([]);
    expect(look(lastMs + 6 * HOUR + 1, lastMs)).toHaveLength(2);
    expect(judgeSilence(seen(T), habits, '444455556666', T + 90 * DAY).observations).toEqual([]);
  });

  it('forgets what was usual a month ago', () => {
    const habit = {
      sinceMs: T - 90 * DAY,
      lastMs: T - MINUTE,
      longestMs: 5 * DAY,
      longestBeforeMs: 0,
      fortnight: Math.floor(T / (14 * DAY)),
    };
    const habitAt = (nowMs: number) =>
      judgeSilence(seen(nowMs), { 'account 444455556666': { ...habit, lastMs: nowMs } }, '1', nowMs).habits[
        'account 444455556666'
      ];
    expect(habitAt(T + 14 * DAY)).toMatchObject({ longestMs: 0, longestBeforeMs: 5 * DAY });
    expect(habitAt(T + 28 * DAY)).toMatchObject({ longestMs: 0, longestBeforeMs: 0 });
  });

  it('does not believe in events of the future', () => {
    const { habits } = judgeSilence(seen(T + DAY), {}, '1', T);
    expect(Object.values(habits).map(({ lastMs }) => lastMs)).toEqual([T, T]);
  });
});

describe('weeks', () => {
  it.each([
    ['2026-03-09T06:59:00Z', 'Europe/Madrid', '2026-03-02'],
    ['2026-03-09T07:00:00Z', 'Europe/Madrid', '2026-03-09'],
    ['2026-03-30T05:59:00Z', 'Europe/Madrid', '2026-03-23'],
    ['2026-03-30T06:00:00Z', 'Europe/Madrid', '2026-03-30'],
    ['2026-10-26T06:59:00Z', 'Europe/Madrid', '2026-10-19'],
    ['2026-10-26T07:00:00Z', 'Europe/Madrid', '2026-10-26'],
    ['2026-03-15T23:59:59Z', 'UTC', '2026-03-09'],
    ['2026-03-15T21:30:00Z', 'Pacific/Auckland', '2026-03-16'],
    ['2026-01-01T12:00:00Z', 'America/New_York', '2025-12-29'],
  ])('begin on Mondays at eight on the wall: %s in %s is of %s', (time, zone, week) => {
    expect(weekOf(Date.parse(time), zone)).toBe(week);
  });

  it('have quantiles to within a step', () => {
    let latencies = NO_LATENCIES;
    for (let second = 1; second <= 100; second++) latencies = withLatency(latencies, 'write', second * 1_000);
    for (const [share, seconds] of [
      [0.5, 50],
      [0.95, 95],
      [1, 100],
    ] as const) {
      const found = (quantile(latencies.write, share) ?? 0) / 1_000;
      expect(found).toBeGreaterThanOrEqual(seconds);
      expect(found).toBeLessThanOrEqual(seconds * 1.2);
    }
    expect(quantile(latencies.read, 0.5)).toBeUndefined();
    expect(quantile(withLatency(NO_LATENCIES, 'read', 0).read, 0.5)).toBe(1_000);
    expect(withLatency(NO_LATENCIES, 'read', 1e15).read.length).toBeLessThanOrEqual(60);
  });
});

describe('what is told', () => {
  const notice = (fields: Partial<Notice> = {}): Notice => ({
    ...{ kind: 'warn', subject: 's', says: 'it is broken', sinceMs: T, told: 1 },
    ...fields,
  });

  it('is one message for a run, the gravest first, with the same id in every repetition', () => {
    const notices = [
      notice({ kind: 'recovered', subject: 'a' }),
      notice({ subject: 'b' }),
      notice({ kind: 'critical', subject: 'c', told: 2, says: 'worse' }),
    ];
    const one = troubleDispatch(notices, PLACE, T + HOUR);
    expect(one).toMatchObject({
      level: 4,
      kind: 'trouble',
      subject: '[CRITICAL] Trailhound heartbeat (and 2 more): worse - 111122223333',
      headline: 'worse (and 2 more)',
    });
    expect(troubleDispatch(notices, PLACE, T + HOUR)?.id).toBe(one?.id);
    expect(troubleDispatch([], PLACE, T)).toBeUndefined();
    expect(troubleDispatch([notice({ kind: 'recovered' })], PLACE, T)).toMatchObject({ level: 1, kind: 'recovered' });
  });

  it('is harmless and short, whatever a trail is called and however much broke', () => {
    const hostile = 'trail https://evil.example.com/x {{boom}} <b>';
    const notices = Array.from({ length: 500 }, (_, index) =>
      notice({ subject: `s${index}`, says: hostile.repeat(20) }),
    );
    const { subject = '', text = '', headline = '' } = troubleDispatch(notices, PLACE, T) ?? {};
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(text.length).toBeLessThan(21_000);
    expect(text).not.toMatch(/https:\/\/|\{\{|<b>/);
    expect(headline.length).toBeLessThanOrEqual(320);
  });

  it('says how long it lasted', () => {
    expect([0, 59_000, 61 * MINUTE, 26 * HOUR].map(duration)).toEqual(['0 min', '0 min', '1 h 1 min', '1 d 2 h']);
  });
});

describe('the manifest', () => {
  const whole = {
    ...{
      account: '1',
      region: 'r',
      regions: ['r'],
      version: 'v',
      configHash: 'h',
      bus: 'b',
      rules: { a: 'x' },
      jewels: { a: {} },
    },
    ...{
      functions: { a: 'x' },
      mappings: { a: 'x' },
      queues: { a: {} },
      tables: { a: 'x' },
      topics: { a: 'x' },
      alarms: { a: 'x' },
    },
  };

  it('is refused when any part is missing, empty or of another kind: less to look at is not well', () => {
    expect(() => readManifest(whole)).not.toThrow();
    for (const part of Object.keys(whole)) {
      for (const value of [undefined, null, '', [], {}, 7]) {
        expect(() => readManifest({ ...whole, [part]: value })).toThrow(part);
      }
    }
    for (const event of [undefined, null, {}, 'x', []]) expect(() => readManifest(event)).toThrow('manifest');
  });
});
