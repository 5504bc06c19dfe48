import { HOUR } from '../../lambda/rules/rule';
import { type AlertDifference, differences, lostMessages } from '../../replay/tuning/compare';
import { loudDays, loudDayText } from '../../replay/tuning/days';
import { alert, START_MS } from './sample-alert';

const short = (of: readonly AlertDifference[]) =>
  of.map(({ kind, message, before, after }) => [kind, message, before?.alertId, after?.alertId]);

describe('differences of two replays', () => {
  const first = alert({ alertId: 'a1', eventIds: ['e1', 'e2'] });
  const second = alert({ alertId: 'a2', eventIds: ['e3'] }, START_MS + HOUR);

  it('are none of the same alerts, in any order', () => {
    expect(differences([first, second], [second, first])).toEqual([]);
  });

  it('are by the id first', () => {
    const after = { ...first, severity: 'high' as const };
    expect(short(differences([first], [after, { ...first, alertId: 'b1' }]))).toEqual([
      ['changed', 'same', 'a1', 'a1'],
      ['gained', 'gained', undefined, 'b1'],
    ]);
  });

  it('are by the events where the id is another', () => {
    // Both overlap with both in time; only the events tell which is which.
    const long = { firstEventMs: START_MS, lastFiringMs: START_MS + HOUR };
    const before = [
      { ...first, ...long },
      { ...second, ...long },
    ];
    const after = [
      { ...second, ...long, alertId: 'b2', firstFiringMs: START_MS, mode: 'shadow' as const },
      { ...first, ...long, alertId: 'b1', firstFiringMs: START_MS + 1 },
    ];
    expect(short(differences(before, after))).toEqual([['changed', 'lost', 'a2', 'b2']]);
  });

  it('are by the time where the events are others too, of the same rule and key', () => {
    const other = { ...first, eventIds: ['e9'], alertId: 'b1' };
    expect(differences([first], [other])).toEqual([]);
    for (const fields of [{ key: 'x' }, { rule: 'x' }, { firstEventMs: START_MS + 1, lastFiringMs: START_MS + 2 }]) {
      expect(short(differences([first], [{ ...other, ...fields }]))).toHaveLength(2);
    }
  });

  it('pair each alert once', () => {
    expect(short(differences([first, { ...first, alertId: 'a3' }], [{ ...first, alertId: 'b1' }]))).toEqual([
      ['lost', 'lost', 'a3', undefined],
    ]);
  });

  it('come by time', () => {
    expect(short(differences([second], [first])).map(([kind]) => kind)).toEqual(['gained', 'lost']);
  });

  it('tell of messages apart from alerts', () => {
    const spoken = { ...first, continues: 'a0' };
    expect(short(differences([first], [spoken]))).toEqual([['changed', 'lost', 'a1', 'a1']]);
    expect(short(differences([spoken], [first]))).toEqual([['changed', 'gained', 'a1', 'a1']]);
    const [silent] = differences([{ ...first, mode: 'shadow' }], [{ ...first, suppressed: 'x' }]);
    expect(silent).toMatchObject({ message: 'none', fields: ['mode', 'suppressed'] });
  });
});

describe('lost messages', () => {
  const high = alert({ severity: 'high' });

  it.each([
    ['gone', undefined, 2, 1],
    ['of less severity than asked for', { ...high, severity: 'medium' as const }, 3, 1],
    ['of less severity, as asked for', { ...high, severity: 'medium' as const }, 2, 0],
    ['below what is asked for', undefined, 4, 0],
  ])('%s', (_what, after, level, expected) => {
    expect(lostMessages(differences([high], after === undefined ? [] : [after]), level)).toHaveLength(expected);
  });
});

describe('loud days', () => {
  const midnight = START_MS + 24 * HOUR;
  const alerts = [
    alert({ rule: 'b' }, midnight - 1),
    alert({ rule: 'a' }, midnight),
    alert({ rule: 'b' }, midnight),
    alert({ rule: 'b' }, midnight + HOUR),
    alert({ rule: 'c' }, midnight),
    alert({ rule: 'd' }, midnight),
    alert({ rule: 'd', continues: 'x' }, midnight),
    alert({ rule: 'd', severity: 'info' }, midnight),
  ];

  it('are of UTC, by the first firing, and name the three loudest rules', () => {
    const days = loudDays(alerts, 1);
    expect(days).toEqual([
      {
        day: '2026-03-02',
        alerts: 5,
        loudest: [
          { rule: 'b', alerts: 2 },
          { rule: 'a', alerts: 1 },
          { rule: 'c', alerts: 1 },
        ],
      },
    ]);
    expect(days.map((day) => loudDayText(day, 1))).toEqual([
      '2026-03-02 (UTC): 5 alerts with a message, more than 1; loudest: b 2, a 1, c 1',
    ]);
  });

  it('have more than the most', () => {
    expect(loudDays(alerts, 5)).toEqual([]);
    expect(loudDays(alerts, 0).map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02']);
  });
});
