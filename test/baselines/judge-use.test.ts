import { BaselineJudge, type SeenUse } from '../../lambda/baselines/judge-use';
import { MemoryBaselineStore } from '../../lambda/baselines/memory-baseline-store';
import { StoreUnavailableError } from '../../lambda/errors';
import { activate } from '../../lambda/rules/active-rule';
import { type Baseline, DAY, HOUR, type SampleRecord } from '../../lambda/rules/rule';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { eventAt, uuid } from '../events';
import { recording } from '../recording';
import { anyRule } from '../rules/any-rule';

const START_MS = Date.parse('2026-01-01T00:00:00Z');
const OF_ACCOUNT: Baseline = { kind: 'image', value: () => 'v', learnDays: 14, expiryDays: 30 };
const OF_SUBJECT: Baseline = { ...OF_ACCOUNT, kind: 'region', subject: () => 'role' };

function setup(baseline: Baseline) {
  const active = activate(anyRule({ baseline }), DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('the rule is off');
  const recorded = recording(new MemoryBaselineStore());
  let judge = new BaselineJudge(recorded.store, [baseline]);
  let serial = 0;
  interface Use {
    readonly value?: string;
    readonly subject?: string;
    readonly track?: string;
    readonly id?: number;
    readonly fields?: SampleRecord;
    readonly teachesOnly?: boolean;
    readonly nowMs?: number;
  }
  const firstSeen = (timeMs: number, use: Use = {}) => {
    serial += 1;
    const { value = 'v', subject = '111122223333', track = 'live', id = serial, teachesOnly = false } = use;
    const seen: SeenUse = {
      ...{ subject, value, track },
      received: {
        hit: { active, order: 0, keys: [subject], weight: 1, level: 0, steps: 0, values: [value], teachesOnly },
        event: eventAt(timeMs, id, use.fields),
        messageId: 'm',
      },
    };
    return judge.firstSeen(baseline, seen, use.nowMs ?? timeMs);
  };
  return {
    ...recorded,
    firstSeen,
    /** True if the use would raise an alert. */
    isNew: async (timeMs: number, use?: Use) => (await firstSeen(timeMs, use)) !== undefined,
    begin: () => judge.seeAccount('111122223333', START_MS),
    /** Another worker, or the same after a cold start. */
    restart: () => {
      judge = new BaselineJudge(recorded.store, [baseline]);
    },
  };
}

const onDay = (days: number) => START_MS + days * DAY;
const DENIED = { fields: { errorCode: 'AccessDenied' } };

describe('a first use', () => {
  it('is learned in silence in the first days of the account, whoever comes', async () => {
    const { begin, isNew } = setup(OF_ACCOUNT);
    await begin();
    expect(await isNew(onDay(14) - 1_000, { value: 'early' })).toBe(false);
    expect(await isNew(onDay(14), { value: 'early' })).toBe(false);
    expect(await isNew(onDay(14), { value: 'fresh' })).toBe(true);
    expect(await isNew(onDay(14), { value: 'fresh' })).toBe(false);
  });

  it('counts the days from the first event of the account, hit or not, and writes that once', async () => {
    const { begin, isNew, calls } = setup(OF_ACCOUNT);
    await begin();
    await begin();
    expect(calls).toEqual(['startLearning']);
    expect(await isNew(onDay(20))).toBe(true);
  });

  it('is told within an hour of what was learned elsewhere, and nobody asks more often than that', async () => {
    const { begin, isNew, calls, store } = setup(OF_ACCOUNT);
    await begin();
    const atMinute = (minute: number) => START_MS + minute * 60_000;
    for (let minute = 0; minute < 300; minute++) await isNew(atMinute(minute));
    expect(calls.filter((call) => call === 'startLearning')).toHaveLength(5);
    await store.learnSince('account 111122223333', new Map([[OF_ACCOUNT.kind, onDay(-20)]]));
    expect(await isNew(atMinute(300) - 1_000, { value: 'early' })).toBe(false);
    expect(await isNew(atMinute(300), { value: 'fresh' })).toBe(true);
  });

  it('is new again for its own event, before and after a restart, and known for others', async () => {
    const { begin, isNew, restart } = setup(OF_ACCOUNT);
    await begin();
    for (const restarts of [false, false, true]) {
      if (restarts) restart();
      expect(await isNew(onDay(20), { id: 7 })).toBe(true);
      expect(await isNew(onDay(20), { id: 8 })).toBe(false);
    }
  });

  it('is new for its event when the answer of the store was lost', async () => {
    const { begin, firstSeen, isNew, loseNext } = setup(OF_ACCOUNT);
    await begin();
    loseNext('insert');
    await expect(firstSeen(onDay(20), { id: 7 })).rejects.toThrow(StoreUnavailableError);
    expect(await isNew(onDay(20), { id: 8 })).toBe(false);
    expect(await isNew(onDay(20), { id: 7 })).toBe(true);
  });

  it('is found by one of two workers that see it at once', async () => {
    const { begin, firstSeen, store } = setup(OF_ACCOUNT);
    await begin();
    const other = new BaselineJudge(store, [OF_ACCOUNT]);
    const found = await Promise.all([
      firstSeen(onDay(20), { id: 7 }),
      other.firstSeen(
        OF_ACCOUNT,
        {
          ...{ subject: '111122223333', value: 'v', track: 'live' },
          received: {
            hit: {
              active: undefined as never,
              order: 0,
              keys: [],
              weight: 1,
              level: 0,
              steps: 0,
              values: [],
              teachesOnly: false,
            },
            event: eventAt(onDay(20), 8),
            messageId: 'm',
          },
        },
        onDay(20),
      ),
    ]);
    expect(found.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('asks the store once for a value that is in use all day', async () => {
    const { begin, isNew, calls } = setup(OF_ACCOUNT);
    await begin();
    await isNew(onDay(20));
    calls.length = 0;
    for (let minute = 0; minute < 60; minute++) await isNew(onDay(20) + minute * 60_000);
    expect(calls).toEqual([]);
    await isNew(onDay(20) + 12 * HOUR);
    expect(calls).toEqual(['find', 'touch']);
  });

  it('stays known while it is used, and is new when that ended longer ago than the expiry', async () => {
    const { begin, isNew } = setup(OF_ACCOUNT);
    await begin();
    for (const day of [20, 45, 70, 100]) expect(await isNew(onDay(day))).toBe(day === 20);
    expect(await isNew(onDay(131))).toBe(true);
  });

  it('is judged by the time of the event, late or not', async () => {
    const { begin, isNew } = setup(OF_ACCOUNT);
    await begin();
    expect(await isNew(onDay(20))).toBe(true);
    expect(await isNew(onDay(15), { nowMs: onDay(20) })).toBe(false);
    expect(await isNew(onDay(1), { value: 'w', nowMs: onDay(20) })).toBe(false);
  });

  it('that is refused is told, and does not make the value known', async () => {
    const { begin, firstSeen, isNew } = setup(OF_ACCOUNT);
    await begin();
    expect(await firstSeen(onDay(20), DENIED)).toMatchObject({ unlearned: 'denied' });
    expect(await firstSeen(onDay(20), DENIED)).toMatchObject({ unlearned: 'denied' });
    expect(await isNew(onDay(21))).toBe(true);
    expect(await isNew(onDay(22), DENIED)).toBe(false);
  });

  it('that is suppressed is judged and does not make the value known; a shadow one does', async () => {
    const { begin, firstSeen, isNew } = setup(OF_ACCOUNT);
    await begin();
    expect(await firstSeen(onDay(20), { track: 'suppressed:ours' })).toMatchObject({ unlearned: 'suppressed' });
    expect(await isNew(onDay(21), { track: 'shadow' })).toBe(true);
    expect(await isNew(onDay(21))).toBe(false);
  });

  it('that only teaches makes the value known and is not told', async () => {
    const { begin, isNew } = setup(OF_ACCOUNT);
    await begin();
    expect(await isNew(onDay(20), { teachesOnly: true })).toBe(false);
    expect(await isNew(onDay(20))).toBe(false);
    expect(await isNew(onDay(20), { value: 'w', teachesOnly: true, ...DENIED })).toBe(false);
    expect(await isNew(onDay(20), { value: 'w' })).toBe(true);
  });

  it('of a test is always new and touches nothing', async () => {
    const { isNew, calls } = setup(OF_ACCOUNT);
    expect(await isNew(onDay(20), { track: 'test' })).toBe(true);
    expect(await isNew(onDay(20), { track: 'test' })).toBe(true);
    expect(calls).toEqual([]);
  });
});

describe('a first use of a subject', () => {
  it('is judged by the account while the subject is young, and teaches both', async () => {
    const { begin, isNew } = setup(OF_SUBJECT);
    await begin();
    await isNew(onDay(1), { subject: 'old role' });
    // A new role, long after the account learned: no quiet days, and no alarm for what others do.
    expect(await isNew(onDay(30), { subject: 'new role', value: 'elsewhere' })).toBe(true);
    expect(await isNew(onDay(30), { subject: 'new role' })).toBe(false);
    expect(await isNew(onDay(31), { subject: 'newer role', value: 'elsewhere' })).toBe(false);
    // Grown up, it is judged by its own habits.
    expect(await isNew(onDay(50), { subject: 'new role', value: 'elsewhere' })).toBe(false);
    expect(await isNew(onDay(50), { subject: 'new role', value: 'v' })).toBe(false);
    expect(await isNew(onDay(50), { subject: 'new role', value: 'third' })).toBe(true);
  });

  it('is new for an old subject, whatever others do', async () => {
    const { begin, isNew } = setup(OF_SUBJECT);
    await begin();
    await isNew(onDay(1), { subject: 'a', value: 'x' });
    await isNew(onDay(1), { subject: 'b', value: 'y' });
    expect(await isNew(onDay(30), { subject: 'a', value: 'y' })).toBe(true);
  });

  it('is known to the account as long as anybody goes on with it', async () => {
    const { begin, isNew } = setup(OF_SUBJECT);
    await begin();
    for (const day of [1, 25, 50, 75]) await isNew(onDay(day), { subject: 'old', value: 'v' });
    expect(await isNew(onDay(100), { subject: 'new', value: 'v' })).toBe(false);
    // What an old subject alone began is its own.
    expect(await isNew(onDay(100), { subject: 'old', value: 'own' })).toBe(true);
    expect(await isNew(onDay(101), { subject: 'new', value: 'own' })).toBe(true);
  });

  it('that is refused does not begin the days of its subject', async () => {
    const { begin, isNew } = setup(OF_SUBJECT);
    await begin();
    await isNew(onDay(1), { subject: 'old', value: 'v' });
    await isNew(onDay(25), { subject: 'old', value: 'v' });
    await isNew(onDay(30), { subject: 'new', ...DENIED });
    // Its first success on day 50 is in its first days: the account knows the value, so nothing is said.
    expect(await isNew(onDay(50), { subject: 'new', value: 'v' })).toBe(false);
  });

  it('comes to the same after a failure at any step', async () => {
    for (const method of ['startLearning', 'find', 'insert'] as const) {
      for (const how of ['failNext', 'loseNext'] as const) {
        const recorded = setup(OF_SUBJECT);
        await recorded.begin();
        recorded.restart();
        recorded[how](method);
        await expect(recorded.firstSeen(onDay(30), { subject: 's', id: 7 })).rejects.toThrow(StoreUnavailableError);
        expect(await recorded.firstSeen(onDay(30), { subject: 's', id: 7 })).toMatchObject({ id: uuid(7) });
      }
    }
  });
});
