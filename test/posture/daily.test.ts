import fc from 'fast-check';
import { MemoryAlertStore } from '../../lambda/alerts/memory-alert-store';
import { StoreUnavailableError } from '../../lambda/errors';
import { CHECKS } from '../../lambda/posture/checks';
import { auditDaily } from '../../lambda/posture/daily';
import type { Problem } from '../../lambda/posture/facts';
import { newsIn, type PostureChange, type PostureSummary } from '../../lambda/posture/news';
import { MemoryPostureStore, type PostureStore } from '../../lambda/posture/posture-store';
import type { Audit, CheckResult, LocatedFinding } from '../../lambda/posture/result';
import { compare, levelOfChanges } from '../../lambda/posture/state';
import type { Suppression } from '../../lambda/rules/suppression';
import { TestClock, TestLog, TestMetrics } from '../memory-ports';

const ACCOUNT = '111122223333';
const DAY = 86_400_000;
/** A Tuesday, so that a week's summary is six days away. */
const TUESDAY = Date.UTC(2026, 5, 16, 5, 20);
const check = CHECKS.find(({ id }) => id === 'user-without-mfa') as (typeof CHECKS)[number];

function finding(name: string, differs: Partial<LocatedFinding> = {}): LocatedFinding {
  const resource = `arn:aws:iam::${ACCOUNT}:user/${name}`;
  return { resource, name, detail: `${name} has no MFA device`, severity: 'high', region: 'global', ...differs };
}

const problem = (differs: Partial<Problem> = {}): Problem => ({
  kind: 'denied',
  permission: 'iam:GetCredentialReport',
  region: undefined,
  what: undefined,
  reason: 'AccessDenied',
  ...differs,
});

function result(findings: readonly LocatedFinding[], problems: readonly Problem[] = []): CheckResult {
  return { check, findings, problems, status: findings.length > 0 ? 'fail' : problems.length > 0 ? 'unknown' : 'pass' };
}

function auditOf(...results: CheckResult[]): Audit {
  return {
    account: ACCOUNT,
    partition: 'aws',
    startedMs: 0,
    endedMs: 1_000,
    regions: ['eu-west-1'],
    skipped: [{ region: 'me-south-1', why: 'not enabled in this account' }],
    results,
  };
}

function world() {
  const alerts = new MemoryAlertStore();
  const states = new MemoryPostureStore();
  const clock = new TestClock(TUESDAY);
  const log = new TestLog();
  const run = async (
    audit: Audit,
    differs: { states?: PostureStore; suppressions?: readonly Suppression[]; atMs?: number } = {},
  ) => {
    if (differs.atMs !== undefined) await clock.sleep(differs.atMs - clock.nowMs());
    const known = new Set((await alerts.listPending(1_000)).map(({ alertId }) => alertId));
    await auditDaily({
      audit: async () => audit,
      states: differs.states ?? states,
      alerts,
      suppressions: differs.suppressions ?? [],
      clock,
      log,
      metrics: new TestMetrics(),
    });
    const pending = (await alerts.listPending(1_000)).filter(({ alertId }) => !known.has(alertId));
    return Promise.all(
      pending.map(async (message) => ({ message, news: newsIn(await alerts.readEvidence(message)) as PostureChange })),
    );
  };
  return { alerts, states, run };
}

test('tells only what changed, and what is resolved', async () => {
  const { run } = world();
  const [first, ...more] = await run(auditOf(result([finding('ana'), finding('ben')])));
  expect(more).toEqual([]);
  expect(first?.message).toMatchObject({
    kind: 'posture',
    rule: 'user-without-mfa',
    level: 3,
    account: ACCOUNT,
    count: 2,
  });
  expect(first?.news.opened.listed.map(({ detail }) => detail)).toEqual([
    'ana has no MFA device',
    'ben has no MFA device',
  ]);
  expect(first?.news.fix[0]).toContain('--user-name ana');

  expect(await run(auditOf(result([finding('ben'), finding('ana')])), { atMs: TUESDAY + DAY })).toEqual([]);

  const [third] = await run(auditOf(result([finding('ben'), finding('eva')])), { atMs: TUESDAY + 2 * DAY });
  expect(third?.news).toMatchObject({
    opened: { count: 1, listed: [{ detail: 'eva has no MFA device' }] },
    resolved: { count: 1, listed: [{ detail: 'ana has no MFA device' }] },
    standing: 2,
  });
  const [fourth] = await run(auditOf(result([])), { atMs: TUESDAY + 3 * DAY });
  expect(fourth?.message).toMatchObject({ level: 1, headline: expect.stringMatching(/: 2 resolved$/) });
});

test('tells what became more severe, not what became less', async () => {
  const { run } = world();
  await run(auditOf(result([finding('ana', { severity: 'medium' })])));
  const [worse] = await run(auditOf(result([finding('ana', { severity: 'critical' })])));
  expect(worse?.message.level).toBe(4);
  expect(worse?.news.moreSevere.count).toBe(1);
  expect(await run(auditOf(result([finding('ana', { severity: 'low' })])))).toEqual([]);
});

test('what is only info is stored and not told, neither when it goes', async () => {
  const { run, states } = world();
  expect(await run(auditOf(result([finding('ana', { severity: 'info' })])))).toEqual([]);
  expect((await states.read(ACCOUNT, check.id))?.open).toHaveLength(1);
  expect(await run(auditOf(result([])))).toEqual([]);
});

test('what cannot be read is told once, hides no resolution, and is told when it is known again', async () => {
  const { run } = world();
  await run(auditOf(result([finding('ana')])));
  const [unknown] = await run(auditOf(result([], [problem()])));
  expect(unknown?.message.level).toBe(1);
  expect(unknown?.news).toMatchObject({
    resolved: { count: 0 },
    becameUnknown: ['needs iam:GetCredentialReport'],
    standing: 1,
  });
  expect(await run(auditOf(result([], [problem()])))).toEqual([]);
  const [again] = await run(auditOf(result([])));
  expect(again?.news).toMatchObject({ resolved: { count: 1 }, knownAgain: true, standing: 0 });
});

test('a problem in one region, or with one bucket, hides that alone', () => {
  const here = finding('a', { region: 'eu-west-1' });
  const there = finding('b', { region: 'us-east-1' });
  const bucket = finding('c', { resource: 'arn:aws:s3:::locked', region: 'us-east-1' });
  const options = { account: ACCOUNT, nowMs: TUESDAY, suppressions: [] };
  const before = compare(undefined, result([here, there, bucket]), options).after;
  const resolvedWith = (...problems: Problem[]) =>
    compare(before, result([], problems), options).changes.resolved.map(({ detail }) => detail[0]);
  expect(resolvedWith(problem({ region: 'eu-west-1' }))).toEqual(['b', 'c']);
  expect(resolvedWith(problem({ what: 'bucket locked' }))).toEqual(['a', 'b']);
  expect(resolvedWith(problem())).toEqual([]);
});

test('suppressed findings are stored, not told; when the suppression ends they are', async () => {
  const { run, states } = world();
  const suppressions: Suppression[] = [
    { id: 's1', rules: [check.id], resources: ['*/ana'], reason: 'x', owner: 'y', expiresMs: TUESDAY + DAY },
  ];
  const [first] = await run(auditOf(result([finding('ana'), finding('ben')])), { suppressions });
  expect(first?.news).toMatchObject({ opened: { count: 1 }, standing: 1, suppressed: 1 });
  expect((await states.read(ACCOUNT, check.id))?.open.map(({ suppressed }) => suppressed)).toEqual(['s1', undefined]);
  const [second] = await run(auditOf(result([finding('ana'), finding('ben')])), { suppressions, atMs: TUESDAY + DAY });
  expect(second?.news.opened.listed.map(({ detail }) => detail)).toEqual(['ana has no MFA device']);
});

describe('crashes', () => {
  /** A store that fails at its n-th request. */
  const failing = (inner: PostureStore, at: number): PostureStore => {
    let requests = 0;
    const attempt = <T>(work: () => Promise<T>) => {
      requests += 1;
      return requests === at ? Promise.reject(new StoreUnavailableError('made up')) : work();
    };
    return {
      read: (...args) => attempt(() => inner.read(...args)),
      write: (...args) => attempt(() => inner.write(...args)),
    };
  };

  test('between message and state are made good by the next run, without a second message', async () => {
    for (const at of [1, 2]) {
      const { run, states, alerts } = world();
      const found = auditOf(result([finding('ana')]));
      await expect(run(found, { states: failing(states, at) })).rejects.toThrow('made up');
      await run(found);
      expect(await alerts.listPending(10)).toHaveLength(1);
      expect((await states.read(ACCOUNT, check.id))?.revision).toBe(1);
    }
  });

  test('and a finding that came meanwhile is told too', async () => {
    const { run, states, alerts } = world();
    await expect(run(auditOf(result([finding('ana')])), { states: failing(states, 2) })).rejects.toThrow();
    await run(auditOf(result([finding('ana'), finding('ben')])));
    const counts = (await alerts.listPending(10)).map(({ count }) => count).sort();
    expect(counts).toEqual([1, 2]);
  });

  test('one check that cannot be told does not keep the others', async () => {
    const { run, states } = world();
    const other = CHECKS.find(({ id }) => id === 'root-access-key') as (typeof CHECKS)[number];
    const both = auditOf(result([finding('ana')]), { ...result([finding('root')]), check: other });
    const broken: PostureStore = {
      read: (account, id) => (id === check.id ? Promise.reject(new Error('bug')) : states.read(account, id)),
      write: (...args) => states.write(...args),
    };
    const told = await run(both, { states: broken });
    expect(told.map(({ message }) => message.rule)).toEqual(['root-access-key']);
  });
});

test('a summary comes once a week, from Monday on, also when nothing changed', async () => {
  const { run } = world();
  const same = auditOf(result([finding('ana'), finding('ben', { severity: 'info' })]));
  await run(same);
  const summaries: string[] = [];
  for (let day = 1; day <= 20; day++) {
    for (const { message, news } of await run(same, { atMs: TUESDAY + day * DAY })) {
      expect(message.rule).toBe('posture-summary');
      summaries.push(`${new Date(TUESDAY + day * DAY).toISOString().slice(0, 10)} ${message.headline}`);
      expect(news as unknown as PostureSummary).toMatchObject({
        checks: { pass: 0, fail: 1, unknown: 0 },
        findings: { high: 1, info: 1 },
        failing: [{ check: 'user-without-mfa', count: 1, severity: 'high' }],
        skipped: ['me-south-1'],
      });
    }
  }
  expect(summaries).toEqual(
    ['2026-06-22', '2026-06-29', '2026-07-06'].map(
      (date) => `${date} 0 checks passed, 1 failed, 0 unknown; standing: 1 high`,
    ),
  );
});

describe('any history', () => {
  const names = ['a', 'b', 'c', 'd'];
  const one = fc.record({
    found: fc.subarray(names),
    severity: fc.constantFrom('low', 'high'),
    denied: fc.boolean(),
  });
  const findingsOf = ({ found, severity }: { found: string[]; severity: string }) =>
    found.map((name) => finding(name, { severity: severity as 'low' }));

  test('the same audit twice changes nothing; order says nothing', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (history) => {
        let state: ReturnType<typeof compare>['after'] | undefined;
        for (const day of history) {
          const options = { account: ACCOUNT, nowMs: TUESDAY, suppressions: [] };
          const problems = day.denied ? [problem()] : [];
          const found = compare(state, result(findingsOf(day), problems), options);
          const reversed = compare(state, result(findingsOf(day).reverse(), problems), options);
          expect(new Set(reversed.changes.opened)).toEqual(new Set(found.changes.opened));
          state = found.after;
          const again = compare(state, result(findingsOf(day), problems), options);
          expect(levelOfChanges(again.changes)).toBe(0);
          expect(again.after.open).toEqual(state.open);
        }
      }),
    );
  });

  test('what was told as open and not as resolved is what stands', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 10 }), (history) => {
        let state: ReturnType<typeof compare>['after'] | undefined;
        const standing = new Set<string>();
        for (const day of history) {
          const problems = day.denied ? [problem()] : [];
          const options = { account: ACCOUNT, nowMs: TUESDAY, suppressions: [] };
          const { changes, after } = compare(state, result(findingsOf(day), problems), options);
          for (const { resource } of changes.opened) {
            expect(standing.has(resource)).toBe(false);
            standing.add(resource);
          }
          for (const { resource } of changes.resolved) expect(standing.delete(resource)).toBe(true);
          state = after;
          expect(new Set(after.open.map(({ resource }) => resource))).toEqual(standing);
          for (const name of day.found) expect(standing.has(finding(name).resource)).toBe(true);
        }
      }),
    );
  });
});
