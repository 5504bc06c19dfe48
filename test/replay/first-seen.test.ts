import { activate } from '../../lambda/rules/active-rule';
import type { Baseline, Rule, SampleRecord, Window } from '../../lambda/rules/rule';
import { DAY, HOUR, MINUTE } from '../../lambda/rules/rule';
import { but, call, denied, later, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import type { Suppression } from '../../lambda/rules/suppression';
import { Collector } from '../../replay/collector';
import { Extractor } from '../../replay/extract';
import { anyRule } from '../rules/any-rule';

const SERVICE = 'example.amazonaws.com';

const learning = {
  kind: 'thing',
  value: ({ record }) => String(record['requestID']),
  teachesOnly: (event) => event.call === 'MakeThing',
  learnDays: 14,
  expiryDays: 30,
} satisfies Baseline;

const ruleWith = (parts: { baseline: Baseline; window?: Window }): Rule =>
  anyRule({
    id: 'under-test',
    match: [{ feed: 'api-writes', outcome: 'any', service: SERVICE, calls: ['UseThing', 'MakeThing'] }],
    ...parts,
    headline: (event) => `${event.actor} called ${event.call}`,
  });

/** Alerts on the records, taken in the given batches: a batch is what one worker extracts at a time. */
function alertsOf(...batches: (readonly SampleRecord[])[]) {
  return alertsBy(ruleWith({ baseline: learning }), batches);
}

function alertsBy(
  rule: Rule,
  batches: readonly (readonly SampleRecord[])[],
  suppressions: readonly Suppression[] = [],
) {
  const active = activate(rule, DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('the rule is off');
  const extractor = new Extractor({ rules: [active], suppressions });
  const collector = new Collector([active]);
  for (const batch of batches) {
    for (const record of batch) extractor.take(record);
    const extract = extractor.flush();
    expect(extract.ruleErrors).toEqual([]);
    collector.add(extract);
  }
  return collector.finish().map(({ eventIds, headline }) => ({ eventIds, headline }));
}

const use = (name: string, afterMs: number) => but(later(call(SERVICE, 'UseThing'), afterMs), { requestID: name });
const make = (name: string, afterMs: number) => but(use(name, afterMs), { eventName: 'MakeThing' });
const idOf = (record: SampleRecord) => String(record['eventID']);
const opening = use('first', 0);

describe('a value seen for the first time', () => {
  it('is told once the learning time is over', () => {
    const early = use('early', 14 * DAY - 1_000);
    const fresh = use('fresh', 14 * DAY);
    expect(alertsOf([opening, early, fresh, use('fresh', 14 * DAY + HOUR), use('early', 15 * DAY)])).toEqual([
      { eventIds: [idOf(fresh)], headline: 'arn:aws:iam::111122223333:user/alice called UseThing' },
    ]);
  });

  it('is not told when an event taught it before, which is itself not told', () => {
    expect(alertsOf([opening, make('made', 15 * DAY), use('made', 15 * DAY + HOUR)])).toEqual([]);
  });

  it('is told when it was made later', () => {
    const used = use('made', 15 * DAY);
    expect(alertsOf([opening, used, make('made', 15 * DAY + HOUR)]).map(({ eventIds }) => eventIds)).toEqual([
      [idOf(used)],
    ]);
  });

  it('is told when making it was refused', () => {
    const used = use('made', 15 * DAY + HOUR);
    const refused = but(denied(make('made', 15 * DAY)), { requestID: 'made' });
    expect(alertsOf([opening, refused, used]).map(({ eventIds }) => eventIds)).toEqual([[idOf(used)]]);
  });

  it('stays known while it is made again and again, and is new when that ended long ago', () => {
    const made = [15, 40, 65].map((day) => make('made', day * DAY));
    expect(alertsOf([opening, ...made, use('made', 90 * DAY)])).toEqual([]);
    expect(alertsOf([opening, ...made, use('made', 96 * DAY)])).toHaveLength(1);
  });

  it('says the same whatever the order and the batches', () => {
    const made = make('made', 15 * DAY);
    const records = [
      opening,
      made,
      use('made', 15 * DAY + HOUR),
      use('fresh', 16 * DAY),
      use('fresh', 16 * DAY + HOUR),
    ];
    const expected = alertsOf(records);
    expect(expected).toHaveLength(1);
    expect(alertsOf([...records].reverse())).toEqual(expected);
    expect(alertsOf(...records.map((record) => [record]))).toEqual(expected);
  });
});

describe('a refused use', () => {
  it('is told with evidence also when the same day began within the learning time', () => {
    const during = denied(use('x', 14 * DAY - HOUR));
    const after = but(denied(use('x', 14 * DAY + HOUR)), { requestID: 'x' });
    const [alert] = alertsOf([opening, but(during, { requestID: 'x' }), after]);
    expect(alert).toEqual({
      eventIds: [idOf(after)],
      headline: 'arn:aws:iam::111122223333:user/alice called UseThing',
    });
  });
});

describe('a subject of an account that has learned', () => {
  const byUser = ruleWith({ baseline: { ...learning, subject: (event) => event.actor } });
  const by = (name: string, record: SampleRecord) => but(record, { userIdentity: user(name) });
  const idsOf = (...records: SampleRecord[]) => alertsBy(byUser, [records]).flatMap(({ eventIds }) => eventIds);

  it('is judged in its first days by what the account knows', () => {
    const strange = by('mallory', use('strange', 20 * DAY + HOUR));
    expect(idsOf(opening, by('mallory', use('first', 20 * DAY)), strange)).toEqual([idOf(strange)]);
  });

  it('is judged by its own habits afterwards', () => {
    const shared = use('shared', 20 * DAY);
    const own = by('bob', use('shared', 35 * DAY));
    const records = [opening, by('bob', use('other', DAY)), by('carol', shared), own];
    expect(idsOf(...records)).toContain(idOf(own));
  });

  it('keeps its habits to itself when it is old, and shares them when it is young', () => {
    const late = use('late', 20 * DAY); // alice is old by then: the account does not learn it from her
    const early = use('early', DAY);
    const again = by('mallory', use('late', 21 * DAY));
    expect(idsOf(opening, early, late, again, by('mallory', use('early', 21 * DAY + HOUR)))).toEqual([
      idOf(late),
      idOf(again),
    ]);
  });

  it('does not grow old by what is refused', () => {
    const refused = by('mallory', but(denied(use('first', 16 * DAY)), { requestID: 'first' }));
    const known = by('mallory', use('first', 40 * DAY));
    expect(idsOf(opening, use('first', 20 * DAY), refused, known)).toEqual([]);
  });
});

describe('a suppressed use', () => {
  const suppression: Suppression = {
    id: 'expected',
    rules: ['under-test'],
    actors: ['*:user/scanner'],
    reason: 'our own scanner',
    owner: 'security',
  };

  it('is judged on its own track and teaches nothing', () => {
    const scanner = but(use('x', 15 * DAY), { userIdentity: user('scanner') });
    const fresh = use('x', 16 * DAY);
    const alerts = alertsBy(ruleWith({ baseline: learning }), [[opening, scanner, fresh]], [suppression]);
    expect(alerts.map(({ eventIds }) => eventIds)).toEqual([[idOf(scanner)], [idOf(fresh)]]);
  });
});

describe('a window beside a baseline', () => {
  const three: Window = {
    kind: 'distinct',
    per: (event) => event.actor,
    value: ({ record }) => String(record['requestID']),
    threshold: 3,
    withinMs: HOUR,
    unit: 'new things',
  };
  const counting = ruleWith({ baseline: learning, window: three });
  const at = (name: string, afterMs: number) => use(name, 20 * DAY + afterMs);

  it('counts values that are new, and no others', () => {
    const fresh = [at('a', 0), at('b', 20 * MINUTE), at('c', 40 * MINUTE)];
    const known = [use('k', DAY), at('k', 10 * MINUTE)];
    const [alert, ...others] = alertsBy(counting, [[opening, ...known, ...fresh]]);
    expect(alert?.eventIds).toEqual(fresh.map(idOf));
    expect(alert?.headline).toBe('arn:aws:iam::111122223333:user/alice called UseThing (3 new things within 1 h)');
    expect(others).toEqual([]);
    expect(alertsBy(counting, [[opening, ...known, ...fresh.slice(1)]])).toEqual([]);
  });

  it('counts the first use of a value, not its later ones', () => {
    const earlier = at('a', -30 * MINUTE);
    expect(alertsBy(counting, [[opening, earlier, at('a', 0), at('b', 20 * MINUTE), at('c', 40 * MINUTE)]])).toEqual(
      [],
    );
  });

  it('counts refused uses each time, also in the middle of a day', () => {
    const refused = (name: string, afterMs: number) => but(denied(at(name, afterMs)), { requestID: name });
    const day = [0, 6 * HOUR, 12 * HOUR].map((afterMs) => refused('a', afterMs));
    const noon = [refused('b', 6 * HOUR + 5 * MINUTE), refused('c', 6 * HOUR + 10 * MINUTE)];
    const [alert] = alertsBy(counting, [[opening, ...day, ...noon]]);
    expect(alert?.eventIds).toEqual([day[1], ...noon].map((record) => idOf(record as SampleRecord)));
  });

  it('counts nothing while the account learns, nor what only teaches', () => {
    const made = ['a', 'b', 'c'].map((name, index) => make(name, 20 * DAY + index * MINUTE));
    const early = ['d', 'e', 'f'].map((name, index) => use(name, DAY + index * MINUTE));
    expect(alertsBy(counting, [[opening, ...made, ...early]])).toEqual([]);
  });

  it('says the same whatever the order and the batches', () => {
    const records = [opening, at('a', 0), at('b', MINUTE), at('a', 2 * MINUTE), at('c', 3 * MINUTE), at('c', DAY)];
    const expected = alertsBy(counting, [records]);
    expect(expected).toHaveLength(1);
    expect(alertsBy(counting, [[...records].reverse()])).toEqual(expected);
    expect(
      alertsBy(
        counting,
        records.map((record) => [record]),
      ),
    ).toEqual(expected);
  });

  it('joins a first use to what went before', () => {
    const steps = ruleWith({
      baseline: {
        ...learning,
        value: ({ call, record }) => `${call} ${record['requestID']}`,
        teachesOnly: () => false,
        learnDays: 0,
      },
      window: {
        kind: 'sequence',
        per: ({ record }) => String(record['requestID']),
        withinMs: HOUR,
        steps: [
          { name: 'made', is: (event) => event.call === 'MakeThing' },
          { name: 'used', is: (event) => event.call === 'UseThing' },
        ],
      },
    });
    const idsOf = (...records: SampleRecord[]) => alertsBy(steps, [records]).map(({ eventIds }) => eventIds);
    const made = make('a', DAY);
    const used = use('a', DAY + MINUTE);
    expect(idsOf(opening, made, used, use('a', DAY + 2 * MINUTE))).toEqual([[idOf(made), idOf(used)]]);
    expect(idsOf(use('a', 0), made, used)).toEqual([]); // in use for long when it was made again
    expect(idsOf(opening, make('b', DAY), used)).toEqual([]);
  });

  it('must be one for which the first and the last of refused uses suffice', () => {
    const counted: Window = { kind: 'count', per: () => 'k', threshold: 3, withinMs: HOUR, unit: 'uses' };
    expect(() => ruleWith({ baseline: learning, window: counted })).toThrow(/under-test: beside a baseline/);
    const steps: Window = {
      kind: 'sequence',
      per: () => 'k',
      withinMs: HOUR,
      steps: [
        { name: 'a', is: () => true, count: 2 },
        { name: 'b', is: () => true },
      ],
    };
    expect(() => ruleWith({ baseline: learning, window: steps })).toThrow(/under-test: beside a baseline/);
  });
});
