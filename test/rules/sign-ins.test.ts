import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import type { SampleRecord } from '../../lambda/rules/rule';
import { but, consoleLogin, root } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';
import { attempt, fromTrustedNetwork, signInResources, userKey } from '../../lambda/rules/sign-in/sign-ins';

function event(record: SampleRecord): TrailEvent {
  return toTrailEvent(record) as TrailEvent;
}

const failure = consoleLogin('alice', 'Failure');
const hidden = but(failure, { userIdentity: { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' } });

it.each([
  [failure, 'Sign-in as alice to 111122223333 from 198.51.100.7 failed'],
  [consoleLogin('alice', 'Success'), 'Sign-in as alice to 111122223333 from 198.51.100.7 succeeded'],
  [hidden, 'Sign-in as a user that does not exist to 111122223333 from 198.51.100.7 failed'],
  [
    but(failure, { sourceIPAddress: undefined, userIdentity: root() }),
    'Sign-in as the root user to 111122223333 from an unknown address failed',
  ],
])('says who tried what from where', (record, sentence) => {
  expect(attempt(event(record))).toBe(sentence);
});

it('names users by account, and those that do not exist not at all', () => {
  expect(userKey(event(failure))).toBe('111122223333/alice');
  expect(signInResources(event(failure))).toEqual(['alice']);
  expect(userKey(event(hidden))).toBeUndefined();
  expect(signInResources(event(hidden))).toEqual([]);
});

it('trusts networks, not services or records without an address', () => {
  const settings = { ...DEFAULT_SETTINGS, trustedNetworks: ['198.51.100.0/24', '2001:db8:12::/48'] };
  const from = (sourceIPAddress: unknown) => fromTrustedNetwork(event(but(failure, { sourceIPAddress })), settings);
  expect(from('198.51.100.7')).toBe(true);
  expect(from('2001:db8:12:1::7')).toBe(true);
  expect(from('203.0.113.7')).toBe(false);
  expect(from('cloudformation.amazonaws.com')).toBe(false);
  expect(from(undefined)).toBe(false);
});
