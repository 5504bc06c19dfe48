import { RULES } from '../../lambda/rules';
import { DAY, HOUR } from '../../lambda/rules/rule';
import type { ReplayAlert } from '../../replay/replay-alert';
import { groupsOf, isLoud, Signs, whyNever, whyNotRoutine } from '../../replay/tuning/routine';
import { alert, START_MS } from './sample-alert';

const groupOf = (alerts: readonly ReplayAlert[]) => {
  const [group] = groupsOf(alerts);
  if (group === undefined) throw new Error('no group');
  return group;
};

describe('groups', () => {
  it('are what one rule tells of one actor in one account, the loudest first', () => {
    const groups = groupsOf([
      alert({ rule: 'denied-writes' }),
      alert(),
      alert(),
      alert({ account: '444455556666' }),
      alert({ actor: 'arn:aws:iam::111122223333:role/other' }),
    ]);
    expect(groups.map(({ messages }) => messages)).toEqual([2, 1, 1, 1]);
    expect(groups[0]).toMatchObject({ rule: 'denied-reads', account: '111122223333' });
  });

  it('count messages, and hold what is spoken for too', () => {
    const first = alert();
    const group = groupOf([first, alert({ continues: first.alertId }), alert({ severity: 'high', continues: 'x' })]);
    expect(group).toMatchObject({ messages: 1, level: 3 });
    expect(group.alerts).toHaveLength(3);
  });

  it('hold nothing that sends no message anyway', () => {
    expect(groupsOf([alert({ mode: 'shadow' }), alert({ suppressed: 'x' }), alert({ severity: 'info' })])).toEqual([]);
  });

  it.each([
    [2, false],
    [3, true],
  ])('of %i messages are loud: %s', (messages, expected) => {
    expect(isLoud(groupOf(Array.from({ length: messages }, () => alert())))).toBe(expected);
  });
});

describe('routine', () => {
  const month = { fromMs: START_MS, toMs: START_MS + 30 * DAY };
  const on = (...days: number[]) => groupOf(days.map((day) => alert({}, START_MS + day * DAY)));

  it.each([
    ['every week', [2, 9, 16, 23], true],
    ['every day for a third of the time', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], true],
    ['every day for a week', [20, 21, 22, 23, 24, 25, 26], false],
    ['on two days far apart', [1, 1.1, 28], false],
    ['at the edges of three parts, within little time', [3.7, 3.8, 7.4, 7.6], false],
    ['to the last moment', [0, 15, 30], true],
  ])('%s: %j', (_what, days, expected) => {
    expect(whyNotRoutine(on(...days), month) === undefined).toBe(expected);
  });

  it('says how short it was', () => {
    expect(whyNotRoutine(on(3, 3.25, 3.5), month)).toBe('all within 12 h of 30 d: an incident looks like this too');
    expect(whyNotRoutine(on(3), { fromMs: START_MS, toMs: START_MS + 3 * HOUR })).toMatch(/^all within 1 min of 3 h/);
  });
});

describe('signs', () => {
  const rows = new Map([
    ['denied-reads', ['0-9']],
    ['denied-breadth', ['0-9']],
    ['snapshot-shared', ['2-9']],
    ['user-created', ['2-5']],
    ['logs-removed', ['2-34']],
  ]);
  const group = groupOf([alert()]);
  const against = (...others: readonly ReplayAlert[]) => new Signs([...group.alerts, ...others], rows).against(group);
  const elsewhere = {
    actor: 'arn:aws:iam::111122223333:user/mallory',
    severity: 'high',
    rule: 'snapshot-shared',
  } as const;

  it('are none where nobody did anything', () => {
    expect(against()).toBeUndefined();
    expect(against(alert(elsewhere, START_MS, '198.51.100.1'))).toBeUndefined();
  });

  it('are high and critical alerts of the same actor', () => {
    expect(against(alert({ rule: 'snapshot-shared', severity: 'high' }, START_MS, '198.51.100.1'))).toMatch(
      /^high alert snapshot-shared by the same actor \(alert-\d+\)$/,
    );
    expect(against(alert({ rule: 'snapshot-shared', severity: 'medium' }, START_MS, '198.51.100.1'))).toBeUndefined();
  });

  it('are not those of the group itself, but of its rule about others', () => {
    expect(against(alert({ severity: 'critical' }))).toBeUndefined();
    expect(against(alert({ ...elsewhere, rule: 'denied-reads' }))).toMatch(/by the same address/);
  });

  it.each([
    ['shadow' as const, null],
    ['live' as const, 'some-suppression'],
  ])('are those that nobody was told too: %s, %s', (mode, suppressed) => {
    expect(against(alert({ rule: 'snapshot-shared', severity: 'high', mode, suppressed }))).toBeDefined();
  });

  it('are those of the same address', () => {
    expect(against(alert(elsewhere))).toMatch(/by the same address/);
  });

  it('are those about the same events', () => {
    const eventIds = group.alerts.flatMap((one) => one.eventIds);
    expect(against(alert({ ...elsewhere, eventIds }, START_MS, '198.51.100.1'))).toMatch(/by the same events/);
  });

  it('are those of whoever took the role', () => {
    const behind = { takers: [{ actor: elsewhere.actor }], complete: true };
    const taken = groupOf([alert({ behind })]);
    const theirs = alert(elsewhere, START_MS, '198.51.100.1');
    expect(new Signs([...taken.alerts, theirs], rows).against(taken)).toMatch(/by the same actor/);
  });

  it('are many other kinds of alerts of medium or more, of other rows', () => {
    const others = ['snapshot-shared', 'user-created', 'logs-removed'].map((rule) => alert({ rule }));
    expect(against(...others)).toBe('alerts of 3 other kinds by the same actor, of medium or more');
    expect(against(...others.slice(1))).toBeUndefined();
    expect(against(...others.slice(1), alert({ rule: 'denied-breadth' }))).toBeUndefined();
    expect(against(...others.slice(1), alert({ rule: 'snapshot-shared', severity: 'low' }))).toBeUndefined();
    expect(against(...others.slice(1), alert({ ...elsewhere, severity: 'medium' }))).toBeUndefined();
  });

  it('know nobody by a name that stands for nobody', () => {
    const nobody = groupOf([alert({ actor: 'unknown' })]);
    const other = alert({ ...elsewhere, actor: 'unknown' }, START_MS, '198.51.100.1');
    expect(new Signs([...nobody.alerts, other], rows).against(nobody)).toBeUndefined();
  });
});

describe('rules that are never silenced', () => {
  const never = (id: string) => {
    const rule = RULES.find((one) => one.id === id);
    if (rule === undefined) throw new Error(`no rule ${id}`);
    return whyNever(rule);
  };

  it.each([
    ['trailhound-changed', /Trailhound itself/],
    ['cloudtrail-stopped', /the logs that everything else is found in/],
    ['cloudtrail-tampering-attempted', /the logs/],
    ['honey-bucket-touched', /bait/],
    ['honey-credentials-used', /bait/],
  ])('%s', (id, said) => {
    expect(never(id)).toMatch(said);
  });

  it('are few', () => {
    expect(never('denied-reads')).toBeUndefined();
    expect(RULES.filter((rule) => whyNever(rule) === undefined).length).toBeGreaterThan(RULES.length * 0.75);
  });
});
