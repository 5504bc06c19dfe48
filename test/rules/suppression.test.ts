import fc from 'fast-check';
import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { activate } from '../../lambda/rules/active-rule';
import { defineRule, type Rule, type SampleRecord } from '../../lambda/rules/rule';
import { ACCOUNT, byService, call, role, START_MS, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { SUPPRESSED, type Suppression, suppressionOf, trackOf } from '../../lambda/rules/suppression';
import { runs } from '../property';
import { alertsOf } from './timeline';

const RULE: Rule = defineRule({
  id: 'bucket-changed',
  title: 'Bucket changed by somebody',
  severity: 'medium',
  rows: ['0-0'],
  attack: ['TA0010/T1537'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: 's3.amazonaws.com',
      calls: ['PutBucketPolicy', 'DeleteObjects'],
    },
  ],
  resources: (event) => bucketsOf(event),
  headline: () => 'a bucket changed',
  why: 'It matters.',
  runbook: ['Look.'],
  falsePositives: ['Tests.'],
  blindSpots: ['Everything else.'],
  references: ['https://docs.aws.amazon.com/'],
});

function bucketsOf(event: TrailEvent): string[] {
  const parameters = event.record['requestParameters'] as { buckets?: string[] } | null;
  return parameters?.buckets ?? [];
}

const record = (fields: SampleRecord = {}) =>
  call('s3.amazonaws.com', 'PutBucketPolicy', {
    userIdentity: role('deploy', 'session-1'),
    requestParameters: { buckets: ['logs', 'assets'] },
    ...fields,
  });
const eventOf = (fields: SampleRecord = {}) => toTrailEvent(record(fields)) as TrailEvent;

const ANSWERED = { reason: 'planned', owner: 'platform' };
const of = (fields: Partial<Suppression>): Suppression => ({ id: 'x', rules: ['*'], ...ANSWERED, ...fields });
const covers = (fields: Partial<Suppression>, event = eventOf(), rule = RULE) =>
  suppressionOf([of(fields)], rule, event) !== undefined;

describe('a suppression', () => {
  it.each<[string, Partial<Suppression>, boolean]>([
    ['the rule', { rules: ['bucket-changed'] }, true],
    ['a glob of rules', { rules: ['other', 'bucket-*'] }, true],
    ['another rule', { rules: ['bucket-change'] }, false],
    ['no rule', { rules: [] }, false],

    ['the role, by its own ARN', { actors: [`arn:aws:iam::${ACCOUNT}:role/deploy`] }, true],
    ['the role in any account', { actors: ['arn:aws:iam::*:role/deploy'] }, true],
    ['the session', { actors: [`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session-1`] }, false],
    ['a role whose name begins alike', { actors: [`arn:aws:iam::${ACCOUNT}:role/deplo`] }, false],
    ['letter case', { actors: [`arn:aws:iam::${ACCOUNT}:role/Deploy`] }, false],
    ['no actor', { actors: [] }, false],

    ['the account', { accounts: ['444455556666', ACCOUNT] }, true],
    ['another account', { accounts: ['444455556666'] }, false],
    ['the region', { regions: ['us-*'] }, true],
    ['another region', { regions: ['eu-west-1'] }, false],

    ['the address', { sourceIps: ['198.51.100.7/32'] }, true],
    ['the network', { sourceIps: ['203.0.113.0/24', '198.51.100.0/24'] }, true],
    ['another network', { sourceIps: ['198.51.101.0/24'] }, false],

    ['all that was touched', { resources: ['logs', 'assets'] }, true],
    ['all that was touched, by globs', { resources: ['*s'] }, true],
    ['a part of what was touched', { resources: ['logs'] }, false],

    [
      'everything at once',
      {
        actors: ['*:role/deploy'],
        accounts: [ACCOUNT],
        regions: ['us-east-1'],
        sourceIps: ['198.51.100.0/24'],
        resources: ['*'],
      },
      true,
    ],
    [
      'everything but one',
      {
        actors: ['*:role/deploy'],
        accounts: [ACCOUNT],
        regions: ['us-east-1'],
        sourceIps: ['203.0.113.0/24'],
        resources: ['*'],
      },
      false,
    ],
  ])('by %s', (_what, fields, expected) => {
    expect(covers(fields)).toBe(expected);
  });

  it('ends by the time of the event, to the millisecond', () => {
    expect(covers({ expiresMs: START_MS + 1_000 })).toBe(true);
    expect(covers({ expiresMs: START_MS + 1 })).toBe(true);
    expect(covers({ expiresMs: START_MS })).toBe(false);
    expect(covers({ expiresMs: START_MS - 1 })).toBe(false);
  });

  it('does not cover what it asks for and the event lacks', () => {
    const nothingTouched = eventOf({ requestParameters: null });
    expect(covers({ resources: ['*'] }, nothingTouched)).toBe(false);
    expect(covers({ resources: ['*'] }, eventOf(), { ...RULE, resources: undefined } as never)).toBe(false);
    const byAws = eventOf(byService('autoscaling.amazonaws.com'));
    expect(covers({ sourceIps: ['0.0.0.0/0'] }, byAws)).toBe(false);
    expect(covers({ actors: ['autoscaling.amazonaws.com'] }, byAws)).toBe(true);
    const odd = eventOf({ sourceIPAddress: 'not an address' });
    expect(covers({ sourceIps: ['0.0.0.0/0', '::/0'] }, odd)).toBe(false);
  });

  it('is the first of those that cover the event', () => {
    const suppressions = [
      of({ id: 'a', accounts: ['444455556666'] }),
      of({ id: 'b', regions: ['us-*'] }),
      of({ id: 'c', rules: ['bucket-changed'] }),
    ];
    expect(suppressionOf(suppressions, RULE, eventOf())?.id).toBe('b');
    expect(suppressionOf(suppressions.slice(2), RULE, eventOf())?.id).toBe('c');
    expect(suppressionOf([], RULE, eventOf())).toBeUndefined();
  });

  it('never takes the matching fields from what a caller writes into the event', () => {
    const hostile = eventOf({
      userIdentity: user('*'),
      sourceIPAddress: '198.51.100.0/24',
      requestParameters: { buckets: ['*', '?'] },
    });
    expect(covers({ actors: [`arn:aws:iam::${ACCOUNT}:user/ci`] }, hostile)).toBe(false);
    expect(covers({ resources: ['logs'] }, hostile)).toBe(false);
    expect(covers({ sourceIps: ['198.51.100.0/24'] }, hostile)).toBe(false);
  });

  const field = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const texts = (...words: string[]) => fc.subarray(words, { minLength: 0 });
  const anySuppression = fc.record({
    id: fc.constant('x'),
    reason: fc.constant('r'),
    owner: fc.constant('o'),
    rules: texts('bucket-changed', 'bucket-*', 'other'),
    actors: field(texts('*:role/deploy', '*:user/ana', '*')),
    accounts: field(texts(ACCOUNT, '444455556666')),
    regions: field(texts('us-east-1', 'eu-*')),
    sourceIps: field(texts('198.51.100.0/24', '203.0.113.0/24')),
    resources: field(texts('logs', 'assets', 'a*')),
    expiresMs: field(fc.constantFrom(START_MS - 1, START_MS, START_MS + 1)),
  }) as fc.Arbitrary<Suppression>;
  const anyEvent = fc
    .record({
      userIdentity: fc.constantFrom(role('deploy', 's'), user('ana'), user('eva')),
      awsRegion: fc.constantFrom('us-east-1', 'eu-west-1'),
      sourceIPAddress: fc.constantFrom('198.51.100.7', '203.0.113.9', 'ec2.amazonaws.com'),
      requestParameters: fc.constantFrom(null, { buckets: [] }, { buckets: ['logs'] }, { buckets: ['logs', 'assets'] }),
    })
    .map((fields) => eventOf(fields));
  const FIELDS = ['actors', 'accounts', 'regions', 'sourceIps', 'resources', 'expiresMs'] as const;

  it('only shrinks with every field that is added, and only grows with every value', () => {
    fc.assert(
      fc.property(anySuppression, anyEvent, fc.constantFrom(...FIELDS), (suppression, event, name) => {
        const { [name]: values, ...without } = suppression;
        const wide = suppressionOf([without], RULE, event) !== undefined;
        const narrow = suppressionOf([suppression], RULE, event) !== undefined;
        expect(narrow && !wide).toBe(false);
        if (!Array.isArray(values) || values.length === 0) return;
        const fewer = { ...suppression, [name]: values.slice(1) };
        expect(suppressionOf([fewer], RULE, event) !== undefined && !narrow).toBe(false);
      }),
      runs(1_000),
    );
  });

  it('covers nothing by an empty list', () => {
    fc.assert(
      fc.property(
        anySuppression,
        anyEvent,
        fc.constantFrom('rules', ...FIELDS.slice(0, 5)),
        (suppression, event, name) => {
          expect(suppressionOf([{ ...suppression, [name]: [] }], RULE, event)).toBeUndefined();
        },
      ),
      runs(300),
    );
  });
});

describe('a suppressed event', () => {
  const active = activate(RULE, DEFAULT_SETTINGS);
  if (active === undefined) throw new Error('the rule is live');

  it('is decided before the window, for each event by its own time', () => {
    const planned = [of({ id: 'planned', expiresMs: START_MS + 60_000 })];
    const trackAt = (eventTime: string) => trackOf(planned, active, eventOf({ eventTime }));
    expect(['2026-03-10T10:01:00Z', '2026-03-10T10:00:59Z', '2026-03-10T10:00:00Z'].map(trackAt)).toEqual([
      'live',
      `${SUPPRESSED}planned`,
      `${SUPPRESSED}planned`,
    ]);
  });

  it('opens no episode in which a stranger with the same role is a repeat', () => {
    const scanner = of({ id: 'scanner', sourceIps: ['198.51.100.0/24'] });
    const alerts = alertsOf({ rules: [active], suppressions: [scanner] }, [
      record({ sourceIPAddress: '198.51.100.7' }),
      record({ sourceIPAddress: '203.0.113.66', eventTime: '2026-03-10T10:05:00Z' }),
    ]);
    expect(
      alerts.map(({ suppressed, continues, evidence }) => [suppressed, continues, evidence[0]?.caller.sourceIp]),
    ).toEqual([
      ['scanner', null, '198.51.100.7'],
      [null, null, '203.0.113.66'],
    ]);
  });
});
