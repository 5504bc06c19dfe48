import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import { bySomebodyElse, IAM, makesAdmin, resetSentence, targetOf } from '../../lambda/rules/iam/passwords';
import type { SampleRecord } from '../../lambda/rules/rule';
import { call, role, root, user } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';

function event(name: string, requestParameters: unknown, fields: SampleRecord = {}): TrailEvent {
  return toTrailEvent(call(IAM, name, { requestParameters, ...fields })) as TrailEvent;
}

describe('whose password it is', () => {
  it('is the user that the call names', () => {
    expect(targetOf(event('UpdateLoginProfile', { userName: 'bob' }))).toBe('bob');
    expect(targetOf(event('UpdatePassword', { userId: 'id-1' }, { eventSource: 'sso-directory.amazonaws.com' }))).toBe(
      'id-1',
    );
  });

  it.each([[null], [{}], [{ userName: '' }], ['HIDDEN_DUE_TO_SECURITY_REASONS'], [{ userId: 'id-1' }]])(
    'is nobody in %j',
    (parameters) => {
      expect(targetOf(event('UpdateLoginProfile', parameters))).toBeUndefined();
    },
  );
});

describe('somebody else', () => {
  const sso = 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef';
  it.each([
    ['another user', user('alice'), true],
    ['the user', user('bob'), false],
    ['the user, with a path', { ...user('bob'), arn: 'arn:aws:iam::111122223333:user/team/bob' }, false],
    ['root', root(), true],
    ['a person over single sign-on', role(sso, 'alice'), true],
    ['the same person over single sign-on', role(sso, 'bob'), false],
    ['a person whose name ends the same', role(sso, 'jacob'), true],
    ['a session of another role with that name', role('Support', 'bob'), true],
    ['nobody that the record names', undefined, true],
  ])('%s', (_who, userIdentity, other) => {
    expect(bySomebodyElse(event('UpdateLoginProfile', { userName: 'bob' }, { userIdentity }))).toBe(other);
  });

  it('knows an Identity Center user by ID', () => {
    const reset = (userId: string) =>
      bySomebodyElse(
        event(
          'UpdatePassword',
          { userId },
          {
            eventSource: 'sso-directory.amazonaws.com',
            userIdentity: { type: 'IdentityCenterUser', accountId: '111122223333', onBehalfOf: { userId: 'id-1' } },
          },
        ),
      );
    expect(reset('id-1')).toBe(false);
    expect(reset('id-2')).toBe(true);
  });
});

describe('the rights of an administrator', () => {
  const put = (policyDocument: unknown) =>
    makesAdmin(event('PutUserPolicy', { userName: 'bob', policyDocument }), DEFAULT_SETTINGS);
  const statement = (fields: object) => put(JSON.stringify({ Statement: { Effect: 'Allow', ...fields } }));

  it.each([
    ['everything', { Action: '*', Resource: '*' }, true],
    ['everything, written the other way', { Action: ['*:*'], Resource: ['*'] }, true],
    ['all but a few calls', { NotAction: 'iam:*', Resource: '*' }, true],
    ['all but one resource', { Action: '*', NotResource: 'arn:aws:s3:::b' }, true],
    ['everything forbidden', { Effect: 'Deny', Action: '*', Resource: '*' }, false],
    ['one service', { Action: 's3:*', Resource: '*' }, false],
    ['one resource', { Action: '*', Resource: 'arn:aws:s3:::b' }, false],
  ])('%s', (_what, fields, admin) => {
    expect(statement(fields)).toBe(admin);
  });

  it.each([[undefined], ['no JSON'], ['[]'], ['{"Statement":"*"}'], [7], [{ Statement: [null] }]])(
    'are not in a document such as %j',
    (document) => {
      expect(put(document)).toBe(false);
    },
  );

  it('are in a document that is an object already', () => {
    expect(put({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })).toBe(true);
  });

  it('are given by no other call', () => {
    expect(makesAdmin(event('UpdateLoginProfile', { userName: 'bob', groupName: 'admins' }), DEFAULT_SETTINGS)).toBe(
      false,
    );
  });
});

it.each([
  ['UpdateLoginProfile', 'reset the password of bob'],
  ['CreateLoginProfile', 'gave a console password to bob'],
  ['DeleteLoginProfile', 'removed the console password of bob'],
])('says what %s did', (name, deed) => {
  expect(resetSentence(event(name, { userName: 'bob' }))).toBe(
    `arn:aws:iam::111122223333:user/alice ${deed} in 111122223333 from 198.51.100.7`,
  );
  expect(resetSentence(event(name, null, { sourceIPAddress: undefined }))).toBe(
    `arn:aws:iam::111122223333:user/alice ${deed.replace('bob', 'a user that the record does not name')} in 111122223333`,
  );
});
