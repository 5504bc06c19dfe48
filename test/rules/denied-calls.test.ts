import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { REFUSED, refusal, refusedResource, refusedResources } from '../../lambda/rules/denied/denied-calls';
import { compilePattern } from '../../lambda/rules/pattern';
import { call, user } from '../../lambda/rules/sample';

function refusedWith(errorMessage: unknown): TrailEvent {
  return toTrailEvent(
    call('s3.amazonaws.com', 'PutBucketPolicy', { errorCode: 'AccessDenied', errorMessage }),
  ) as TrailEvent;
}

const WHO = 'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ';

describe('the resource that a refusal names', () => {
  it.each([
    [
      'a bucket in quotation marks',
      `${WHO}s3:PutBucketPolicy on resource: "arn:aws:s3:::example-data" because no identity-based policy allows the s3:PutBucketPolicy action`,
      'arn:aws:s3:::example-data',
    ],
    ['a user by name', `${WHO}iam:CreateAccessKey on resource: user bob because no policy allows it`, 'user bob'],
    [
      'the last words',
      `${WHO}sts:AssumeRole on resource: arn:aws:iam::111122223333:role/web`,
      'arn:aws:iam::111122223333:role/web',
    ],
    ['any', `${WHO}organizations:LeaveOrganization on resource: * because no policy allows it`, undefined],
    ['none', `${WHO}s3:ListAllMyBuckets because no identity-based policy allows it`, undefined],
    ['nothing after the words', `${WHO}x on resource: `, undefined],
    ['no message', undefined, undefined],
    ['a message of another type', { odd: true }, undefined],
  ])('%s', (_what, message, resource) => {
    expect(refusedResource(refusedWith(message))).toBe(resource);
    expect(refusedResources(refusedWith(message))).toEqual(resource === undefined ? [] : [resource]);
  });
});

describe('what comes from EventBridge', () => {
  const admitted = compilePattern(REFUSED.record ?? {});

  it('is not what services are refused', () => {
    expect(admitted({ userIdentity: { type: 'AWSService', invokedBy: 'delivery.logs.amazonaws.com' } })).toBe(false);
  });

  it('is what everybody else is refused, also without a type', () => {
    expect(admitted({ userIdentity: user('alice') })).toBe(true);
    expect(admitted({ userIdentity: {} })).toBe(true);
    expect(admitted({})).toBe(true);
  });
});

describe('the sentence about a refusal', () => {
  it('says who was refused what, where and from where', () => {
    expect(refusal(refusedWith(`${WHO}s3:PutBucketPolicy`))).toBe(
      'arn:aws:iam::111122223333:user/alice was refused s3 PutBucketPolicy in 111122223333 us-east-1 from 198.51.100.7',
    );
  });

  it('says when a guard rail of the organization refused', () => {
    expect(refusal(refusedWith(`${WHO}x with an explicit deny in a service control policy`))).toContain(
      'PutBucketPolicy by a service control policy in',
    );
  });
});
