import { judgeTrails, type Trail } from '../../lambda/heartbeat/trails';

const NOW_MS = Date.parse('2026-03-10T10:00:00Z');

const trail = (fields: Partial<Trail> = {}): Trail => ({
  arn: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail',
  name: 'org-trail',
  homeRegion: 'us-east-1',
  isMultiRegion: true,
  isOrganization: false,
  isLogging: true,
  selectors: {
    EventSelectors: [
      { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ],
  },
  latestDeliveryMs: NOW_MS - 300_000,
  latestDeliveryError: undefined,
  ...fields,
});
const advanced = (...conditions: object[]) => ({
  EventSelectors: [],
  AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }, ...conditions] }],
});
const basic = (fields: object) => ({
  EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true, ...fields }],
});
const judged = (...trails: Trail[]) =>
  judgeTrails('eu-west-1', trails, NOW_MS)
    .filter(({ status }) => status !== 'ok')
    .map(({ subject, says }) => `${subject}: ${says}`);

describe('a region’s trail', () => {
  it.each([
    ['basic selectors', trail()],
    ['advanced selectors', trail({ selectors: advanced() })],
    [
      'KMS left out, which AWS suggests',
      trail({ selectors: basic({ ExcludeManagementEventSources: ['kms.amazonaws.com', 'rdsdata.amazonaws.com'] }) }),
    ],
    [
      'KMS left out with an advanced selector',
      trail({ selectors: advanced({ Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }) }),
    ],
    ['a trail that has not delivered yet', trail({ latestDeliveryMs: undefined })],
  ])('is right with %s', (_, one) => {
    expect(judged(one)).toEqual([]);
  });

  it.each([
    ['no trail', []],
    ['a trail of one region', [trail({ isMultiRegion: false })]],
    ['one that does not log', [trail({ isLogging: false })]],
    ['no management events', [trail({ selectors: basic({ IncludeManagementEvents: false }) })]],
    ['reads only', [trail({ selectors: basic({ ReadWriteType: 'ReadOnly' }) })]],
    ['no selectors at all', [trail({ selectors: { EventSelectors: [] } })]],
    [
      'a principal left out',
      [trail({ selectors: advanced({ Field: 'userIdentity.arn', NotEquals: ['arn:aws:iam::111122223333:user/m'] }) })],
    ],
    ['a call left out', [trail({ selectors: advanced({ Field: 'eventName', NotEquals: ['CreateUser'] }) })]],
    [
      'a service left out',
      [trail({ selectors: advanced({ Field: 'eventSource', NotEquals: ['iam.amazonaws.com'] }) })],
    ],
    [
      'a good one that does not log, and one that logs and is blind',
      [trail({ isLogging: false }), trail({ selectors: basic({ IncludeManagementEvents: false }) })],
    ],
  ] as [string, Trail[]][])('is broken at once with %s, and explains that no canary comes', (_, trails) => {
    const [only, ...others] = judgeTrails('eu-west-1', trails, NOW_MS);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      ...{ status: 'broken', subject: 'trail of eu-west-1', patience: { warnMs: 0, criticalMs: 0 } },
      explains: ['canaries, write of eu-west-1', 'canaries, read of eu-west-1'],
    });
    expect(only?.says).not.toMatch(/undefined|\[object/);
    expect(only?.advice).toMatch(/\w/);
  });

  it('is right when one of several is', () => {
    expect(judged(trail({ isLogging: false }), trail({ isMultiRegion: false }), trail())).toEqual([]);
  });

  it('tells of files that cannot be delivered, and of those that do not come, unless another trail delivers', () => {
    const refused = trail({ latestDeliveryError: 'AccessDenied' });
    const silent = trail({ latestDeliveryMs: NOW_MS - 61 * 60_000 });
    expect(judged(refused)).toEqual([
      'trail of eu-west-1, delivery: trail org-trail cannot deliver in eu-west-1: AccessDenied',
    ]);
    expect(judged(silent)).toEqual([
      'trail of eu-west-1, delivery: trail org-trail has delivered no file in eu-west-1 for more than an hour',
    ]);
    expect(judged(refused, trail())).toEqual([]);
    expect(judged(silent, trail())).toEqual([]);
  });

  it('never puts a name into a command that no trail can have', () => {
    const [found] = judgeTrails('eu-west-1', [trail({ name: 'x; rm -rf ~', isLogging: false })], NOW_MS);
    expect(found?.advice).toContain('--name <name>');
  });
});
