import { findingRecord } from '../../lambda/intake/finding';
import { receive } from '../../lambda/intake/receive';
import { RULES } from '../../lambda/rules';
import { alertsOf, engineFor } from '../rules/timeline';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');

/** A finding as GuardDuty sends it, with what intake reads and some of what it does not. */
function guardDuty(detail: object = {}, envelope: object = {}): Record<string, unknown> {
  return {
    version: '0',
    id: 'cd2d702e-ab31-411b-9344-793ce56b1bc7',
    'detail-type': 'GuardDuty Finding',
    source: 'aws.guardduty',
    account: '111122223333',
    time: '2026-03-10T11:30:00Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      schemaVersion: '2.0',
      accountId: '444455556666',
      region: 'eu-west-1',
      partition: 'aws',
      id: '8ab1c2d3e4f5061728394a5b6c7d8e9f',
      type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller',
      severity: 5,
      title: 'An API was called from a malicious address.',
      createdAt: '2026-03-10T11:00:00.000Z',
      updatedAt: '2026-03-10T11:20:00.123Z',
      resource: {
        resourceType: 'AccessKey',
        accessKeyDetails: {
          accessKeyId: 'AKIAEXAMPLE',
          principalId: 'AIDAEXAMPLE',
          userType: 'IAMUser',
          userName: 'bob',
        },
      },
      service: {
        archived: false,
        count: 3,
        action: { actionType: 'AWS_API_CALL', awsApiCallAction: { remoteIpDetails: { ipAddressV4: '198.51.100.9' } } },
      },
      ...detail,
    },
    ...envelope,
  };
}

const anomaly = {
  ...guardDuty(),
  id: '0a1b2c3d-0000-4000-8000-000000000001',
  'detail-type': 'Sign-in Anomaly Alert',
  source: 'aws.signin',
  detail: { whatever: true },
};

const received = (envelope: unknown) => receive({ messageId: 'm', body: JSON.stringify(envelope) }, NOW_MS);

describe('a finding of GuardDuty', () => {
  it('becomes an event of the account that it is about, whoever administers GuardDuty', () => {
    expect(received(guardDuty())).toMatchObject({
      event: {
        id: '8ab1c2d3e4f5061728394a5b6c7d8e9f/2026-03-10T11:20:00.123Z',
        timeMs: Date.parse('2026-03-10T11:20:00.123Z'),
        account: '444455556666',
        region: 'eu-west-1',
        service: 'guardduty.amazonaws.com',
        call: 'Finding',
        outcome: 'succeeded',
        sourceIp: '198.51.100.9',
      },
    });
  });

  it('is the same event when the member and the administrator send it, and another when it is updated', () => {
    const idOf = (envelope: unknown) => findingRecord(envelope)?.['eventID'];
    expect(idOf(guardDuty({}, { account: '444455556666', id: 'other' }))).toBe(idOf(guardDuty()));
    expect(idOf(guardDuty({ updatedAt: '2026-03-10T11:25:00.000Z' }))).not.toBe(idOf(guardDuty()));
  });

  it.each<[string, object, string]>([
    ['a user', { userType: 'IAMUser', userName: 'bob' }, 'bob'],
    ['a role', { userType: 'AssumedRole', userName: 'Ops' }, 'arn:aws:iam::444455556666:role/Ops'],
    ['root', { userType: 'Root' }, 'root:444455556666'],
    ['nobody', {}, 'guardduty.amazonaws.com'],
  ])('names the actor as other events do: %s', (_who, accessKeyDetails, actor) => {
    const found = received(guardDuty({ resource: { accessKeyDetails } }));
    expect('event' in found && found.event.actor).toContain(actor);
  });

  it('is told by its rule alone, with the severity of GuardDuty', () => {
    const record = findingRecord(guardDuty());
    const told = RULES.flatMap((rule) =>
      alertsOf(engineFor(rule), [record]).map(({ severity }) => [rule.id, severity]),
    );
    expect(told).toEqual([['guardduty-finding', 'medium']]);
  });
});

describe('an anomaly of sign-in', () => {
  it('becomes an event of its own, of which only the envelope is read', () => {
    expect(received(anomaly)).toMatchObject({
      event: { id: anomaly.id, account: '111122223333', service: 'signin.amazonaws.com', call: 'SignInAnomaly' },
    });
  });

  it('is told by its rule alone', () => {
    const record = findingRecord(anomaly);
    const told = RULES.flatMap((rule) => alertsOf(engineFor(rule), [record]).map(() => rule.id));
    expect(told).toEqual(['sign-in-anomaly']);
  });
});

describe('what is no finding', () => {
  it.each<[string, object]>([
    ['of a source that anybody can write', { source: 'my.guardduty' }],
    ['of another kind', { 'detail-type': 'GuardDuty Runtime Protection Unhealthy' }],
    ['a record of CloudTrail', { 'detail-type': 'AWS API Call via CloudTrail' }],
  ])('stays what it is: %s', (_what, envelope) => {
    expect(findingRecord(guardDuty({}, envelope))).toBeUndefined();
  });

  it.each([undefined, null, 7, 'x', [], {}])('%p', (value) => {
    expect(findingRecord(value)).toBeUndefined();
  });
});

describe('a finding that lacks what it should have', () => {
  it.each<[string, unknown]>([
    ['everything', {}],
    ['the detail', undefined],
    ['a detail of another type', 'HIDDEN'],
    ['fields of other types', { id: { x: 1 }, updatedAt: 7, accountId: [], resource: 'x', service: { action: [1] } }],
  ])('is an event by its envelope, or unreadable, and throws nothing: %s', (_what, detail) => {
    const found = received({ ...guardDuty(), detail });
    expect('event' in found || 'unreadable' in found).toBe(true);
  });
});
