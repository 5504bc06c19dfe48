import fc from 'fast-check';
import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { type ActiveRule, activate } from '../../lambda/rules/active-rule';
import { createDispatcher } from '../../lambda/rules/dispatch';
import { callingInstance } from '../../lambda/rules/origin/origins';
import type { Detection, Match } from '../../lambda/rules/rule';
import { but, call, role } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';

const SERVICES = ['ec2.amazonaws.com', 's3.amazonaws.com', '__proto__'];
const CALLS = ['Tag', 'Untag', 'constructor'];
const name = fc.constantFrom(...CALLS);

const match = fc
  .record({
    feed: fc.constantFrom('api-writes', 'api-reads', 'errors' as const),
    outcome: fc.constantFrom('any', 'succeeded', 'denied' as const),
    service: fc.option(fc.constantFrom(...SERVICES), { nil: undefined }),
    calls: fc.option(fc.uniqueArray(name, { minLength: 1 }), { nil: undefined }),
    type: fc.option(fc.constantFrom('IAMUser', 'AssumedRole'), { nil: undefined }),
  })
  .map(({ feed, outcome, service, calls, type }): object => ({
    ...{ feed, outcome },
    ...(service === undefined ? {} : { service }),
    ...(service === undefined || calls === undefined ? {} : { calls }),
    ...(type === undefined ? {} : { record: { userIdentity: { type: [type] } } }),
  }));

const record = fc
  .record({
    eventSource: fc.constantFrom(...SERVICES, 'other.amazonaws.com'),
    eventName: fc.constantFrom(...CALLS, 'Other'),
    readOnly: fc.boolean(),
    errorCode: fc.option(fc.constantFrom('AccessDenied', 'Throttling'), { nil: undefined }),
    type: fc.constantFrom('IAMUser', 'AssumedRole', 'Root', undefined, 7, ['IAMUser']),
  })
  .map(({ type, ...fields }) => but(call('', ''), { ...fields, userIdentity: { type } }));

/** What the words of a match say, one after the other. */
function admits(one: Match, event: TrailEvent): boolean {
  const { feed, outcome, service, calls, record: pattern } = one;
  const named = calls !== undefined;
  const reads = feed === 'api-reads' ? named || event.readOnly === true : true;
  const writes = feed === 'api-writes' ? named || event.readOnly !== true : true;
  const fails = feed === 'errors' ? event.outcome !== 'succeeded' : true;
  const types = (pattern?.['userIdentity'] as { type: string[] } | undefined)?.type;
  const type = (event.identity as { type?: unknown }).type;
  return (
    reads &&
    writes &&
    fails &&
    (outcome === 'any' || outcome === event.outcome) &&
    (service === undefined || service === event.service) &&
    (calls === undefined || calls.includes(event.call)) &&
    (types === undefined || [type].flat().some((one) => one === types[0]))
  );
}

describe('the dispatcher', () => {
  it('finds the rules of which a match admits the event, in their order, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(match, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
        fc.array(record, { maxLength: 8 }),
        (matches, records) => {
          const rules = matches.map((ofRule, index) => {
            const rule = { id: `rule-${index}`, severity: 'low', match: ofRule } as unknown as Detection;
            return activate(rule, DEFAULT_SETTINGS) as ActiveRule;
          });
          const dispatcher = createDispatcher(rules, (_id, error) => {
            throw error;
          });
          for (const one of records) {
            const event = toTrailEvent(one) as TrailEvent;
            const expected = matches.flatMap((ofRule, index) =>
              ofRule.some((each) => admits(each as Match, event)) ? [index] : [],
            );
            const hits = dispatcher.hits(event);
            expect(hits.map(({ order }) => order)).toEqual(expected);
            expect(hits.map(({ active }) => active)).toEqual(expected.map((index) => rules[index]));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a calling instance', () => {
  const instanceOf = (session: string) =>
    callingInstance(toTrailEvent(call('', '', { userIdentity: role('web', session) })) as TrailEvent);
  const digits = 'fedcba9876543210fed';

  it.each([8, 9, 16, 17])('is named by %d hexadecimal digits', (length) => {
    const name = `i-${digits.slice(0, length)}`;
    expect(instanceOf(name)).toBe(name);
    expect(instanceOf(name.toUpperCase())).toBe(name.toUpperCase());
  });

  it.each([
    `i-${digits.slice(0, 7)}`,
    `i-${digits.slice(0, 18)}`,
    `j-${digits.slice(0, 17)}`,
    `xi-${digits.slice(0, 17)}`,
    `i-${digits.slice(0, 16)}g`,
    digits.slice(0, 17),
    '',
  ])('is not named by %j', (session) => {
    expect(instanceOf(session)).toBeUndefined();
  });
});

describe('an address', () => {
  it('is told by its letters alone', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'0129afgAFG:./-@`ż٣'), maxLength: 12 });
    fc.assert(
      fc.property(letters, (sourceIPAddress) => {
        const { sourceIp } = toTrailEvent(call('', '', { sourceIPAddress })) as TrailEvent;
        const like = /^[0-9a-fA-F:.]+$/.test(sourceIPAddress) && /^\d|:/.test(sourceIPAddress);
        expect(sourceIp).toBe(like ? sourceIPAddress : undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});
