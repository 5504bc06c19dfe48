import { actorAndTool, lessIfAutomated, whereFrom } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later, repeat } from '../sample';
import { KMS, keyOf } from './destruction';

export default defineRule({
  id: 'kms-keys-destroyed-many',
  title: 'Several encryption keys disabled or being deleted',
  severity: (event, settings) => lessIfAutomated('critical', event, settings),
  rows: ['2-7'],
  attack: ['TA0040/T1485', 'TA0040/T1486'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: KMS,
      calls: ['ScheduleKeyDeletion', 'DisableKey', 'DeleteImportedKeyMaterial'],
    },
  ],
  settings: ['infrastructureAsCodeAgents'],
  window: {
    kind: 'distinct',
    per: actorAndTool,
    value: keyOf,
    threshold: 3,
    withinMs: HOUR,
    unit: 'keys disabled or being deleted',
  },
  quietMs: HOUR,
  headline: (event) =>
    `${event.actor} called ${event.call} on key ${keyOf(event) ?? '(not named)'} ${whereFrom(event)}`,
  resources: (event) => {
    const key = keyOf(event);
    return key === undefined ? [] : [key];
  },
  why: 'One key may be a mistake. Several in an hour are extortion: whoever holds your keys holds your data.',
  runbook: [
    "Deactivate the actor's keys and revoke its sessions now.",
    'Cancel and enable, in every region: aws kms cancel-key-deletion --key-id <key>; aws kms enable-key --key-id <key>.',
    'Check the policies of the keys that are left, and grants on them: aws kms list-grants --key-id <key>.',
    'Look for copies of data that left before: rules snapshot-shared, s3-mass-download, data-exported.',
  ],
  falsePositives: ['Taking an environment down by hand.'],
  blindSpots: ['Keys of several accounts or by several actors are counted apart. Slower than three in an hour.'],
  references: [
    'https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html',
    'https://attack.mitre.org/techniques/T1486/',
  ],
});

export const examples = (): Examples => {
  const id = (index: number) => `1234abcd-12ab-34cd-56ef-12345678900${index}`;
  const disabled = call(KMS, 'DisableKey', { requestParameters: { keyId: id(0) } });
  const many = (keys: number, everyMs = MINUTE) =>
    repeat(disabled, keys, everyMs, (index) => ({ requestParameters: { keyId: id(index) } }));
  const third = { requestParameters: { keyId: id(2) } };
  return {
    fires: [
      { why: 'three in two minutes', timeline: many(3), severity: 'critical' },
      { why: 'the third a second before the hour', timeline: [...many(2), but(later(disabled, HOUR - 1_000), third)] },
      {
        why: 'in different ways',
        timeline: many(3).map((record, index) =>
          but(record, { eventName: ['DisableKey', 'ScheduleKeyDeletion', 'DeleteImportedKeyMaterial'][index] }),
        ),
      },
      {
        why: 'by Terraform',
        timeline: many(3).map((record) => but(record, { userAgent: 'Terraform/1.9' })),
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'two', timeline: many(2) },
      { why: 'the third when the hour is over', timeline: [...many(2), but(later(disabled, HOUR), third)] },
      {
        why: 'one key, by id and by ARN',
        timeline: repeat(disabled, 3, MINUTE, (index) => ({
          requestParameters: { keyId: index === 1 ? `arn:aws:kms:us-east-1:111122223333:key/${id(0)}` : id(0) },
        })),
      },
      { why: 'refused', timeline: many(3).map(denied) },
    ],
  };
};
