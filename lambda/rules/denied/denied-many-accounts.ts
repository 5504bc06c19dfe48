import { at, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { inNetworks } from '../networks';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, repeat, user } from '../sample';
import type { Settings } from '../settings';
import {
  DENIED_BLIND_SPOTS,
  DENIED_REFERENCES,
  DENIED_RUNBOOK,
  fromClient,
  fromConsole,
  REFUSED,
  refusal,
  refusedResources,
} from './denied-calls';

export default defineRule({
  id: 'denied-many-accounts',
  title: 'One key or address refused in several accounts',
  severity: 'high',
  rows: ['0-9'],
  attack: ['TA0007/T1580', 'TA0008/T1550.001'],
  match: [REFUSED],
  side: 'resource', // a key of one account at the door of another: only the other account's record tells it apart
  settings: ['deniedReadsIgnored', 'trustedNetworks'],
  when: (event, settings) =>
    fromClient(event) && !fromConsole(event) && !settings.deniedReadsIgnored.includes(event.call),
  window: {
    kind: 'distinct',
    per: keyAndAddress,
    value: (event) => event.account,
    threshold: 3,
    withinMs: HOUR,
    unit: 'accounts that refused',
  },
  quietMs: HOUR,
  headline: refusal,
  resources: refusedResources,
  why: 'Whoever found keys tries them everywhere. The same key or address at the doors of several accounts is one intruder, not several broken programs.',
  runbook: [
    'Which of your networks or vendors is the address? Put your own into trustedNetworks.',
    'List the roles and keys that were used from it, in all accounts, and what they were allowed.',
    ...DENIED_RUNBOOK.slice(2),
  ],
  falsePositives: [
    'A central scanner or pipeline with roles in every account: suppress it by its role, or trust its network.',
    'People behind one office address: put it into trustedNetworks.',
  ],
  blindSpots: ['Accounts that do not forward to this detector.', 'Console sessions.', ...DENIED_BLIND_SPOTS],
  references: DENIED_REFERENCES,
});

/** Two independent windows: the access key, and the address where it is not a shared one. */
function keyAndAddress(event: TrailEvent, { trustedNetworks }: Settings): string[] {
  const key = text(at(event.record, 'userIdentity', 'accessKeyId'));
  const address = event.sourceIp;
  return [
    ...(key === undefined || key === '' ? [] : [`key ${key}`]),
    ...(address === undefined || inNetworks(address, trustedNetworks) ? [] : [`address ${address}`]),
  ];
}

export const examples = (): Examples => {
  const refused = denied(call('s3.amazonaws.com', 'ListBuckets'));
  const accounts = ['111122223333', '444455556666', '777788889999'];
  const atDoors = (times: number) =>
    accounts
      .slice(0, times)
      .map((account, index) =>
        but(later(refused, index * 60_000), { recipientAccountId: account, userIdentity: user('alice', account) }),
      );
  const oneKey = accounts.map((recipientAccountId, index) =>
    but(later(refused, index * 60_000), { recipientAccountId, sourceIPAddress: `203.0.113.${index}` }),
  );
  const fromKeys = (records: ReturnType<typeof atDoors>) =>
    records.map((record, index) => ({
      ...record,
      userIdentity: { ...user('alice', accounts[index]), accessKeyId: `AKIAEXAMPLE00000000${index}` },
    }));
  return {
    fires: [
      {
        why: 'the third account one second before the hour is over',
        timeline: fromKeys([...atDoors(2), later(atDoors(3)[2] ?? {}, HOUR - 2 * 60_000 - 1_000)]),
      },
      { why: 'one address, three accounts, a key of each', timeline: fromKeys(atDoors(3)), severity: 'high' },
      { why: 'one key at three accounts, from three addresses', timeline: oneKey },
      {
        why: 'one key from a trusted network: the key still counts',
        timeline: atDoors(3),
        settings: { trustedNetworks: ['198.51.100.0/24'] },
      },
    ],
    quiet: [
      {
        why: 'strangers without credentials',
        timeline: atDoors(3).map((record) =>
          but(record, { userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' } }),
        ),
      },
      {
        why: 'ordinary noise',
        timeline: atDoors(3).map((record) => but(record, { eventName: 'HeadBucket' })),
      },
      {
        why: 'in the console',
        timeline: atDoors(3).map((record) => but(record, { sessionCredentialFromConsole: 'true' })),
      },
      {
        why: 'no key in the records, from several addresses',
        timeline: oneKey.map((record, index) =>
          but(record, { userIdentity: { ...user('alice', accounts[index]), accessKeyId: '' } }),
        ),
      },
      { why: 'two accounts', timeline: fromKeys(atDoors(2)) },
      { why: 'one account, often', timeline: repeat(refused, 50, 10_000) },
      {
        why: 'a trusted network, a key of each account',
        timeline: fromKeys(atDoors(3)),
        settings: { trustedNetworks: ['198.51.100.0/24'] },
      },
      {
        why: 'the third account an hour after the first',
        timeline: fromKeys([...atDoors(2), later(atDoors(3)[2] ?? {}, HOUR - 2 * 60_000)]),
      },
      { why: 'a service', timeline: atDoors(3).map((record) => but(record, byService('config.amazonaws.com'))) },
    ],
  };
};
