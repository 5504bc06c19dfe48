import fc from 'fast-check';
import { broken, fine, type Observation, PATIENCE, unknown } from '../../lambda/heartbeat/observation';
import { judge, type Notice, type Troubles } from '../../lambda/heartbeat/states';
import { runs } from '../property';

const MINUTE = 60_000;
const late = (fields: object = {}) => broken('way', 'nothing comes', PATIENCE.late, fields);

/** What is told of observations, one every five minutes. */
function told(observations: readonly (Observation | readonly Observation[])[]): string[] {
  let known: Troubles = {};
  return observations.flatMap((found, index) => {
    const nowMs = index * 5 * MINUTE;
    const { troubles, notices } = judge([found].flat() as Observation[], known, nowMs);
    known = JSON.parse(JSON.stringify(troubles)) as Troubles; // as it is stored
    return notices.map(({ kind, subject }) => `${index * 5} ${kind} ${subject}`);
  });
}

const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

describe('judge', () => {
  it('tells of what did not come after 15 minutes, again after 30, and when it is over', () => {
    expect(told([fine('way'), ...times(10, late()), fine('way'), fine('way')])).toEqual([
      '20 warn way',
      '35 critical way',
      '55 recovered way',
    ]);
  });

  it('says nothing of what was over before anybody was told', () => {
    expect(told([...times(3, late()), fine('way'), ...times(3, late()), fine('way')])).toEqual([]);
  });

  it('counts from when it began, where that is known', () => {
    expect(told([late({ sinceMs: -40 * MINUTE })])).toEqual(['0 critical way']);
  });

  it('reminds every 24 hours, and not of the minute', () => {
    expect(told(times(24 * 12 * 3, late({ sinceMs: 0 })))).toEqual([
      ...['15 warn way', '30 critical way', '1470 reminder way', '2910 reminder way'],
    ]);
  });

  it('tells at once what waits for nothing, and a part of ours when a second look finds the same', () => {
    const stopped = broken('trail', 'stopped', PATIENCE.none);
    const gone = broken('rule', 'gone', PATIENCE.confirmed);
    expect(
      told([
        [stopped, gone],
        [stopped, fine('rule')],
        [stopped, gone],
        [stopped, gone],
      ]),
    ).toEqual(['0 critical trail', '15 critical rule']);
  });

  it('counts what nobody knows like what did not come', () => {
    expect(told([...times(8, unknown('rule', 'AccessDenied')), fine('rule')])).toEqual([
      ...['15 warn rule', '30 critical rule', '40 recovered rule'],
    ]);
  });

  it('keeps what is broken while nobody can look, and never takes that for its end', () => {
    const stopped = broken('trail', 'stopped', PATIENCE.none);
    expect(told([stopped, ...times(12, unknown('trail', 'Throttling')), stopped, fine('trail')])).toEqual([
      '0 critical trail',
      '70 recovered trail',
    ]);
  });

  it('keeps the parts of what could not be looked at', () => {
    const part = broken('rules, one', 'disabled', PATIENCE.confirmed);
    const blind = unknown('rules', 'Throttling');
    expect(
      told([[fine('rules'), part], [fine('rules'), part], blind, blind, [fine('rules'), fine('rules, one')]]),
    ).toEqual(['5 critical rules, one', '20 recovered rules, one']);
  });

  it('is silent about what follows from something that is told', () => {
    const cause = broken('trail', 'stopped', PATIENCE.none, { explains: ['way'] });
    expect(told(times(10, [cause, late()]))).toEqual(['0 critical trail']);
  });

  it('says of what a deployment took away that it is watched no more', () => {
    expect(told([...times(2, broken('rule', 'gone', PATIENCE.confirmed)), fine('other')])).toEqual([
      '5 critical rule',
      '10 recovered rule',
    ]);
  });

  it('never tells a state twice, never recovers from what was not told, and always tells the end', () => {
    const observation = fc.constantFrom(
      ...[fine('x'), unknown('x', 'no'), broken('x', 'late', PATIENCE.late), broken('x', 'gone', PATIENCE.confirmed)],
      broken('x', 'stopped', PATIENCE.none),
    );
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 40 }), (observations) => {
        let known: Troubles = {};
        let level = 0;
        const notices: Notice[] = [];
        for (const [index, one] of [...observations, fine('x')].entries()) {
          const judged = judge([one], known, index * 5 * MINUTE);
          known = judged.troubles;
          for (const notice of judged.notices) {
            const next = { warn: 1, critical: 2, reminder: level, recovered: 0 }[notice.kind];
            if (notice.kind === 'recovered') expect(level).toBeGreaterThan(0);
            else expect(next).toBeGreaterThan(level);
            level = next;
            notices.push(notice);
          }
        }
        expect(level).toBe(0);
        expect(known).toEqual({});
      }),
      runs(500),
    );
  });
});
