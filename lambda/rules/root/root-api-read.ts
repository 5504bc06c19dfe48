import { flag } from '../../intake/fields';
import { DAY, defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, later, repeat, role, root } from '../sample';
import { BY_ROOT, isCall, keyOfRoot, LONG_LIVED_KEY, origin, ROOT_REFERENCES, rootItself, rootOf } from './root';

/** Enough that a single status check tells nobody; a look around by script has more in its first minute. */
const READS = 5;

export default defineRule({
  id: 'root-api-read',
  title: 'Root user looked around outside the console',
  severity: 'medium',
  rows: ['0-3'],
  attack: ['TA0007/T1580'],
  match: [{ feed: 'api-reads', outcome: 'any', record: BY_ROOT }],
  when: (event) =>
    rootItself(event) &&
    isCall(event) &&
    // Console pages read hundreds of things, and the sign-in before them was an alert of its own.
    flag(event.record['sessionCredentialFromConsole']) !== true &&
    !keyOfRoot(event).startsWith(LONG_LIVED_KEY), // root-api-key-used tells it, as critical
  window: { kind: 'count', per: (event) => event.account, threshold: READS, withinMs: HOUR, unit: 'reads by root' },
  quietMs: DAY,
  headline: (event) => `${rootOf(event)} called ${event.call} (${event.service}) from ${origin(event)}`,
  why: 'Root outside the console means a session that somebody made for tools. Looking around is what comes before changes.',
  runbook: [
    'Ask the holder of the root credentials what ran, and where.',
    'List what root did: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=root.',
    'If nobody vouches for it, reset the root password and look for root access keys: aws iam get-account-summary --query SummaryMap.AccountAccessKeysPresent.',
  ],
  falsePositives: [
    'Console sessions in records before 2023, which are not marked as such.',
    'An audit of root credentials by the management account (AssumeRoot).',
  ],
  blindSpots: [
    'Reads reach a deployment only if they fail, are among the named reads, or all reads are forwarded.',
    'Reads in console sessions, and fewer than five reads in an hour.',
  ],
  references: ROOT_REFERENCES,
});

export const examples = (): Examples => {
  const read = call('iam.amazonaws.com', 'ListUsers', { userIdentity: root() });
  return {
    fires: [
      { why: 'five reads in five minutes', timeline: repeat(read, 5, MINUTE), severity: 'medium' },
      {
        why: 'the fifth comes one second before the hour is over',
        timeline: [...repeat(read, 4, MINUTE), later(read, HOUR - 1_000)],
      },
      { why: 'a burst of reads is one alert for the day', timeline: repeat(read, 300, 5_000) },
      { why: 'refused reads are reads', timeline: repeat(but(read, { errorCode: 'AccessDenied' }), 5, MINUTE) },
    ],
    quiet: [
      { why: 'four reads', timeline: repeat(read, 4, MINUTE) },
      { why: 'five reads, the fifth an hour after the first', timeline: repeat(read, 5, HOUR / 4) },
      {
        why: 'with a long-lived key: root-api-key-used tells it',
        timeline: repeat(but(read, { userIdentity: root({ accessKeyId: 'AKIAROOTEXAMPLE00001' }) }), 5, MINUTE),
      },
      { why: 'service events', timeline: repeat(but(read, { eventType: 'AwsServiceEvent' }), 5, MINUTE) },
      {
        why: 'a page of the console',
        timeline: repeat(but(read, { sessionCredentialFromConsole: 'true' }), 300, 1_000),
      },
      { why: 'a role read', timeline: repeat(but(read, { userIdentity: role('Audit', 'scan') }), 5, MINUTE) },
      {
        why: 'a service read on behalf of the account',
        timeline: repeat(but(read, { userIdentity: root({ invokedBy: 'trustedadvisor.amazonaws.com' }) }), 5, MINUTE),
      },
    ],
  };
};
