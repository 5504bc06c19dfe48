import fc from 'fast-check';
import { actorOf } from '../../lambda/intake/actor';
import { asArray, at, document, field, flag, numeric, pick, text } from '../../lambda/intake/fields';
import { callName, isUnreadable, toTrailEvent } from '../../lambda/intake/normalise';
import { outcomeOf } from '../../lambda/intake/outcome';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { but, byService, call, consoleLogin, role, root, user } from '../../lambda/rules/sample';

const event = (record: unknown): TrailEvent => {
  const read = toTrailEvent(record);
  if (isUnreadable(read)) throw new Error(read.unreadable);
  return read;
};
const reason = (record: unknown): string => {
  const read = toTrailEvent(record);
  return isUnreadable(read) ? read.unreadable : 'readable';
};

describe('an event', () => {
  const record = call('ec2.amazonaws.com', 'RunInstances', { awsRegion: 'eu-west-1' });

  it('has what everything else reads', () => {
    expect(event(record)).toMatchObject({
      id: record['eventID'],
      timeMs: Date.parse('2026-03-10T10:00:00Z'),
      account: '111122223333',
      region: 'eu-west-1',
      service: 'ec2.amazonaws.com',
      call: 'RunInstances',
      actor: 'arn:aws:iam::111122223333:user/alice',
      outcome: 'succeeded',
      readOnly: false,
      sourceIp: '198.51.100.7',
      sourceService: undefined,
      crossAccount: false,
    });
  });

  it('is the original of an addendum', () => {
    expect(event(but(record, { addendum: { reason: 'UPDATED_DATA', originalEventID: 'the-first' } })).id).toBe(
      'the-first',
    );
    expect(event(but(record, { eventID: 'own', addendum: { reason: 'DELIVERY_DELAY' } })).id).toBe('own');
  });

  it('came from a service where no address is given', () => {
    expect(event(but(record, byService('config.amazonaws.com')))).toMatchObject({
      sourceIp: undefined,
      sourceService: 'config.amazonaws.com',
      actor: 'config.amazonaws.com',
    });
    expect(event(but(record, { sourceIPAddress: 'AWS Internal' })).sourceService).toBe('AWS Internal');
    expect(event(but(record, { sourceIPAddress: '2001:db8::7' })).sourceIp).toBe('2001:db8::7');
    expect(event(but(record, { sourceIPAddress: '' }))).toMatchObject({
      sourceIp: undefined,
      sourceService: undefined,
    });
  });

  it('is of the other side when the caller belongs to another account', () => {
    expect(event(but(record, { userIdentity: user('mallory', '999988887777') })).crossAccount).toBe(true);
  });

  it('takes account and region from the envelope where the record lacks them', () => {
    const { recipientAccountId: _, awsRegion: __, userIdentity: ___, ...bare } = record;
    expect(toTrailEvent(bare, { account: '444455556666', region: 'eu-north-1' })).toMatchObject({
      account: '444455556666',
      region: 'eu-north-1',
    });
    expect(event(bare)).toMatchObject({ account: 'unknown', region: 'unknown', actor: 'unknown' });
  });

  it.each([
    [42, 'expected a CloudTrail record (an object), found number 42'],
    [null, 'expected a CloudTrail record (an object), found null'],
    [[], 'expected a CloudTrail record (an object), found an array'],
    [{ eventTime: '2026-03-10T10:00:00Z' }, 'no eventID'],
    [{ eventID: 'a' }, 'no eventTime'],
    [{ eventID: 'a', eventTime: 'yesterday\u001b[31m' }, 'eventTime "yesterday\\u001b[31m" is not a time'],
    [{ eventID: 'a', eventTime: '2026-02-30T25:00:00Z' }, 'is not a time'],
    [{ eventID: 'a', eventTime: 1_700_000_000 }, 'eventTime number 1700000000 is not a time'],
    [{ eventID: 'a', eventTime: '2026-03-10T10:00:00' }, 'is not a time'],
  ])('can not be made of %j', (record, why) => {
    expect(reason(record)).toContain(why);
  });

  it('reads times with fractions and zones', () => {
    expect(event({ eventID: 'a', eventTime: '2026-03-10T11:00:00.250+01:00' }).timeMs).toBe(
      Date.parse('2026-03-10T10:00:00.250Z'),
    );
  });

  it('never throws, and is never without identity, whatever the record holds', () => {
    const names = [
      'eventID',
      'eventTime',
      'userIdentity',
      'addendum',
      'eventSource',
      'eventName',
      'errorCode',
      'sourceIPAddress',
      'recipientAccountId',
      '__proto__',
      'constructor',
    ];
    const anything = fc.anything({ maxDepth: 4, withNullPrototype: true });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything), fc.boolean(), (odd, valid) => {
        const read = toTrailEvent(valid ? { ...record, ...odd, eventID: 'a', eventTime: '2026-03-10T10:00:00Z' } : odd);
        if (isUnreadable(read)) expect(read.unreadable).not.toBe('');
        else
          expect(
            [read.id, read.actor, read.account, read.service, read.call].every(
              (one) => typeof one === 'string' && one !== '',
            ),
          ).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a call name', () => {
  it.each([
    ['UpdateFunctionCode20150331v2', 'UpdateFunctionCode'],
    ['CreateFunction20150331', 'CreateFunction'],
    ['UpdateDistribution2020_05_31', 'UpdateDistribution'],
    ['GetObject', 'GetObject'],
    ['DescribeInstancesV2', 'DescribeInstancesV2'],
    ['20150331', '20150331'],
  ])('%s is %s', (eventName, expected) => {
    expect(callName(eventName)).toBe(expected);
  });
});

describe('an outcome', () => {
  it.each([
    [undefined, undefined, 'succeeded'],
    [null, null, 'succeeded'],
    [undefined, 'Failed authentication', 'failed'],
    ['AccessDenied', 'x', 'denied'],
    ['AccessDeniedException', undefined, 'denied'],
    ['Client.UnauthorizedOperation', undefined, 'denied'],
    ['UnauthorizedException', undefined, 'denied'],
    ['AuthorizationError', undefined, 'denied'],
    ['AuthFailure', undefined, 'denied'],
    ['NotAuthorized', undefined, 'denied'],
    ['Forbidden', undefined, 'denied'],
    ['KMSAccessDeniedException', undefined, 'denied'],
    ['VpceAccessDenied', undefined, 'denied'],
    ['Client.VcpuLimitExceeded', undefined, 'failed'],
    ['TrailNotFoundException', undefined, 'failed'],
    ['NoSuchBucketPolicy', undefined, 'failed'],
    ['Client.DryRunOperation', undefined, 'failed'],
    [{ odd: true }, undefined, 'failed'],
  ])('%j with message %j is %s', (code, message, expected) => {
    expect(outcomeOf(code, message)).toBe(expected);
  });
});

describe('an actor', () => {
  const actor = (identity: unknown) => actorOf(identity, '111122223333', 'us-east-1');
  it.each([
    ['root', root(), 'root:111122223333'],
    ['an IAM user', user('alice'), 'arn:aws:iam::111122223333:user/alice'],
    ['a role, whatever its session', role('Deploy', 'run-1741600000'), 'arn:aws:iam::111122223333:role/Deploy'],
    [
      'a person on a single sign-on role',
      role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', 'alice@example.com'),
      'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com',
    ],
    [
      'a session without its issuer',
      { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/x' },
      'arn:aws:iam::111122223333:role/Deploy',
    ],
    ['a failed sign-in', consoleLogin('alice', 'Failure')['userIdentity'], 'arn:aws:iam::111122223333:user/alice'],
    [
      'a hidden user name',
      { type: 'IAMUser', accountId: '111122223333', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      '111122223333/HIDDEN_DUE_TO_SECURITY_REASONS',
    ],
    [
      'a federated user',
      {
        type: 'FederatedUser',
        arn: 'arn:aws:sts::111122223333:federated-user/x',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:user/alice' } },
      },
      'arn:aws:iam::111122223333:user/alice',
    ],
    ['an Identity Center user', { type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } }, 'identity-center:u-1'],
    ['another account', { type: 'AWSAccount', accountId: '999988887777', principalId: 'AIDAX' }, '999988887777/AIDAX'],
    ['nobody', { type: 'AWSAccount', accountId: 'ANONYMOUS_PRINCIPAL', principalId: '' }, 'anonymous'],
    ['a service', { type: 'AWSService', invokedBy: 'config.amazonaws.com' }, 'config.amazonaws.com'],
    ['an identity without type', { arn: 'arn:aws:iam::111122223333:user/x' }, 'arn:aws:iam::111122223333:user/x'],
    ['only a principal', { principalId: 'AIDAX', accountId: '1' }, 'AIDAX'],
    ['nothing', undefined, 'unknown'],
    ['no object', 'x', 'unknown'],
  ])('%s', (_who, identity, expected) => {
    expect(actor(identity)).toBe(expected);
  });

  it('of a failed sign-in is the actor of a successful one', () => {
    expect(event(consoleLogin('alice', 'Failure')).actor).toBe(event(consoleLogin('alice', 'Success')).actor);
  });

  it('names the partition of its region', () => {
    const { arn: _, ...identity } = user('alice');
    expect(actorOf(identity, '111122223333', 'us-gov-west-1')).toBe('arn:aws-us-gov:iam::111122223333:user/alice');
    expect(actorOf(identity, '111122223333', 'cn-north-1')).toBe('arn:aws-cn:iam::111122223333:user/alice');
  });
});

describe('fields of odd records', () => {
  it('may be nested as deep as JSON allows', () => {
    const deep = (open: string, close: string) =>
      JSON.parse(`${open.repeat(50_000)}1${close.repeat(50_000)}`) as unknown;
    expect(text(deep('[', ']'))).toBe('1');
    expect(asArray(deep('{"items":', '}'))).toEqual([1]);
    const nested = deep('[', ']');
    expect(
      isUnreadable(toTrailEvent({ eventID: nested, eventTime: '2026-03-10T10:00:00Z', userIdentity: { arn: nested } })),
    ).toBe(false);
  });

  it('are own fields only', () => {
    const hostile = JSON.parse('{"__proto__": {"x": 1}, "constructor": {"y": 2}}') as unknown;
    expect(field({}, '__proto__')).toBeUndefined();
    expect(field({}, 'constructor')).toBeUndefined();
    expect(at(hostile, '__proto__', 'x')).toBe(1);
    expect(at(hostile, 'constructor', 'prototype')).toBeUndefined();
  });

  it.each([
    [undefined, []],
    [null, []],
    [{}, []],
    [
      [1, 2],
      [1, 2],
    ],
    [{ items: [1] }, [1]],
    [{ items: {} }, []],
    [{ a: 1 }, [{ a: 1 }]],
    ['x', ['x']],
  ])('asArray(%j) is %j', (value, expected) => {
    expect(asArray(value)).toEqual(expected);
  });

  it('are found in any letter case, told from strings, and parsed', () => {
    expect(pick({ GroupId: 'sg-1' }, 'groupId')).toBe('sg-1');
    expect(text(['private'])).toBe('private');
    expect(text({})).toBeUndefined();
    expect(numeric('22')).toBe(22);
    expect(numeric('')).toBeUndefined();
    expect(flag('False')).toBe(false);
    expect(flag('no')).toBeUndefined();
    expect(document('{"a":1}')).toEqual({ a: 1 });
    expect(document('{')).toBeUndefined();
    expect(document('[1]')).toBeUndefined();
  });
});
