import { activate } from '../../lambda/rules/active-rule';
import type { SampleRecord } from '../../lambda/rules/rule';
import { DAY, defineRule, HOUR } from '../../lambda/rules/rule';
import { but, call, denied, later } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { Collector } from '../../replay/collector';
import { Extractor } from '../../replay/extract';

const SERVICE = 'example.amazonaws.com';

const rule = defineRule({
  id: 'under-test',
  title: 'A thing was used for the first time',
  severity: 'medium',
  rows: ['0-11'],
  attack: ['TA0005/T1578.002'],
  match: [{ feed: 'api-writes', outcome: 'any', service: SERVICE, calls: ['UseThing', 'MakeThing'] }],
  baseline: {
    kind: 'thing',
    value: ({ record }) => String(record['requestID']),
    teachesOnly: (event) => event.call === 'MakeThing',
    learnDays: 14,
    expiryDays: 30,
  },
  headline: (event) => `${event.actor} called ${event.call}`,
  why: 'w',
  runbook: ['r'],
  falsePositives: ['f'],
  blindSpots: ['b'],
  references: ['https://example.com'],
});

/** Alerts on the records, taken in the given batches: a batch is what one worker extracts at a time. */
function alertsOf(...batches: (readonly SampleRecord[])[]) {
  const active = activate(rule, DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('the rule is off');
  const extractor = new Extractor({ rules: [active], suppressions: [] });
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
