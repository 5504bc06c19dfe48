import { toTrailEvent } from '../../lambda/intake/normalise';
import { ROOT_USER, signInEnd, signInNameHidden, signInUser, signInWithMfa } from '../../lambda/intake/sign-in';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import type { SampleRecord } from '../../lambda/rules/rule';
import { but, consoleLogin, role, root } from '../../lambda/rules/sample';
import { identityCenterRecord } from '../../lambda/rules/sign-in/sign-ins';

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

function event(record: SampleRecord): TrailEvent {
  return toTrailEvent(record) as TrailEvent;
}

const success = consoleLogin('alice', 'Success');
const failure = consoleLogin('alice', 'Failure');

describe('how a sign-in ended', () => {
  it.each([
    ['a console sign-in', success, 'success'],
    ['a failed one, which has no errorCode', failure, 'failure'],
    ['a failed one without a message', but(failure, { errorMessage: undefined }), 'failure'],
    ['a failed one without a response', but(failure, { responseElements: null }), 'failure'],
    ['a sign-in whose record does not tell', but(success, { responseElements: null }), undefined],
    [
      'a right code, which is one step only',
      but(success, { eventName: 'CheckMfa', responseElements: { CheckMfa: 'Success' } }),
      undefined,
    ],
    [
      'a wrong code',
      but(failure, { eventName: 'CheckMfa', responseElements: { CheckMfa: 'Failure' }, errorMessage: undefined }),
      'failure',
    ],
    [
      'a wrong password at Identity Center',
      identityCenterRecord('CredentialVerification', 'Failure', 'PASSWORD'),
      'failure',
    ],
    [
      'a right one, which is one step only',
      identityCenterRecord('CredentialVerification', 'Success', 'PASSWORD'),
      undefined,
    ],
    [
      'a whole sign-in at Identity Center',
      identityCenterRecord('UserAuthentication', 'Success', 'PASSWORD'),
      'success',
    ],
    ['another event of the service', but(success, { eventName: 'SwitchRole' }), undefined],
    ['an event of that name from elsewhere', but(success, { eventSource: 'signin.example.com' }), undefined],
  ] as const)('%s', (_what, record, end) => {
    expect(signInEnd(event(record))).toBe(end);
  });
});

describe('who signs in', () => {
  it('has one name in failure and success', () => {
    expect(signInUser(event(failure))).toBe('alice');
    expect(signInUser(event(success))).toBe('alice');
  });

  it.each([
    ['root', but(success, { userIdentity: root() }), ROOT_USER],
    ['a name that does not exist', but(failure, { userIdentity: { type: 'IAMUser', userName: HIDDEN } }), undefined],
    ['an empty name', but(failure, { userIdentity: { type: 'IAMUser', userName: '' } }), undefined],
    ['a federated user', but(success, { userIdentity: role('Admin', 'alice') }), undefined],
    [
      'an Identity Center user',
      identityCenterRecord('UserAuthentication', 'Success', 'TOTP'),
      '94482488-3041-7000-0000-000000000001',
    ],
    [
      'one whom an external provider vouches for',
      identityCenterRecord('UserAuthentication', 'Success', 'EXTERNAL_IDP'),
      undefined,
    ],
    ['nobody', but(success, { userIdentity: undefined }), undefined],
  ] as const)('%s', (_what, record, user) => {
    expect(signInUser(event(record))).toBe(user);
  });

  it('knows hidden names of both services', () => {
    expect(signInNameHidden(event(but(failure, { userIdentity: { type: 'IAMUser', userName: HIDDEN } })))).toBe(true);
    expect(signInNameHidden(event(but(failure, { additionalEventData: { UserName: HIDDEN } })))).toBe(true);
    expect(signInNameHidden(event(failure))).toBe(false);
  });
});

describe('whether a second factor took part', () => {
  it.each([
    ['the console says so', success, true],
    ['the console says no', but(success, { additionalEventData: { MFAUsed: 'No' } }), false],
    ['the console does not say', but(success, { additionalEventData: null }), false],
    ['the check of a code', but(success, { eventName: 'CheckMfa', additionalEventData: null }), true],
    ['a code at Identity Center', identityCenterRecord('CredentialVerification', 'Failure', 'TOTP'), true],
    ['a password at Identity Center', identityCenterRecord('CredentialVerification', 'Failure', 'PASSWORD'), false],
    ['an external provider', identityCenterRecord('UserAuthentication', 'Success', 'EXTERNAL_IDP'), false],
    [
      'no word about the credential',
      identityCenterRecord('UserAuthentication', 'Success', 'PASSWORD', { additionalEventData: {} }),
      false,
    ],
  ] as const)('%s', (_what, record, used) => {
    expect(signInWithMfa(event(record))).toBe(used);
  });
});
