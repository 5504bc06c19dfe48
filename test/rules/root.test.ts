import { toTrailEvent } from '../../lambda/intake/normalise';
import type { TrailEvent } from '../../lambda/intake/trail-event';
import accountChange from '../../lambda/rules/root/account-change';
import consoleLoginRule from '../../lambda/rules/root/root-console-login';
import type { SampleRecord } from '../../lambda/rules/rule';
import { but, call, consoleLogin, root } from '../../lambda/rules/sample';
import { DEFAULT_SETTINGS } from '../../lambda/rules/settings';

function event(record: SampleRecord): TrailEvent {
  return toTrailEvent(record) as TrailEvent;
}

describe('what is said of a change to the account', () => {
  const contact = call('account.amazonaws.com', 'PutAlternateContact');
  it.each([
    [{ alternateContactType: 'SECURITY' }, ': SECURITY', 'SECURITY'],
    [{ regionName: 'af-south-1' }, ': af-south-1', 'af-south-1'],
    [{ accountId: '444455556666' }, ': 444455556666', '444455556666'],
    [null, '', '111122223333'],
  ])('with parameters %j', (requestParameters, ending, resource) => {
    const changed = event(but(contact, { requestParameters }));
    expect(accountChange.headline(changed, DEFAULT_SETTINGS)).toBe(
      `arn:aws:iam::111122223333:user/alice called PutAlternateContact (account.amazonaws.com) in 111122223333 from 198.51.100.7${ending}`,
    );
    expect(accountChange.resources?.(changed)).toEqual([resource]);
  });
});

it.each([
  ['Yes', 'with MFA'],
  ['No', 'WITHOUT MFA'],
])('says whether root used MFA: %s', (MFAUsed, words) => {
  const signIn = consoleLogin('root', 'Success', { userIdentity: root(), additionalEventData: { MFAUsed } });
  expect(consoleLoginRule.headline(event(signIn), DEFAULT_SETTINGS)).toBe(
    `Root signed in to the console of 111122223333 from 198.51.100.7 ${words}`,
  );
});
