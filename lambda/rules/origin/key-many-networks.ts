import { field, text } from '../../intake/fields';
import { oncePerEvent } from '../../intake/once-per-event';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, byService, call, denied, later, repeat, role, user } from '../sample';
import type { Severity } from '../severity';
import {
  callFrom,
  callingInstance,
  didOrTried,
  inManagedEnvironment,
  ORIGIN_REFERENCES,
  ORIGIN_RUNBOOK,
  SHARED_NETWORKS,
  strangeNetwork,
  TELLING_CALLS,
} from './origins';

export default defineRule({
  id: 'key-many-networks',
  title: 'One access key in use from several networks at once',
  severity: keySeverity,
  rows: ['1-2'],
  attack: ['TA0001/T1078.004', 'TA0008/T1550.001'],
  match: TELLING_CALLS,
  settings: ['trustedNetworks'],
  // Credentials of instances have a stricter rule of their own.
  when: (event) => callingInstance(event) === undefined,
  window: {
    kind: 'distinct',
    per: (event) => {
      const key = keyId(event);
      return key && `${event.account}|${key}${inManagedEnvironment(event) ? '|managed environment' : ''}`;
    },
    value: strangeNetwork,
    threshold: 3,
    withinMs: 15 * MINUTE,
    unit: 'networks',
  },
  // What moves about does so all day: twice is often enough to hear of it.
  quietMs: 12 * HOUR,
  headline: (event) => `${event.actor} ${didOrTried(event)} ${callFrom(event)} with a key that is in use elsewhere too`,
  why: 'A session belongs to one laptop or one program. In three places at once, it belongs to somebody else too.',
  runbook: ORIGIN_RUNBOOK,
  falsePositives: [
    'A program that runs in several places with one key. Give each a role of its own.',
    'A client behind a VPN or proxy with many exits: add them to trustedNetworks.',
  ],
  blindSpots: [
    'Two places. Reads that succeed, but for GetCallerIdentity.',
    'Long-lived keys are often shared by a fleet behind several gateways: they are told at low.',
    'Functions and containers have no address of their own: counted apart by their agent, and only stored.',
    SHARED_NETWORKS,
  ],
  references: ORIGIN_REFERENCES,
});

const keyId = oncePerEvent(({ identity }): string | undefined => text(field(identity, 'accessKeyId')) || undefined);

function keySeverity(event: TrailEvent): Severity {
  if (inManagedEnvironment(event)) return 'info';
  return keyId(event)?.startsWith('AKIA') ? 'low' : 'medium';
}

export const examples = (): Examples => {
  const change = call('ec2.amazonaws.com', 'CreateTags', { userIdentity: role('Developer', 'alice') });
  const addresses = ['198.51.100.7', '203.0.113.7', '192.0.2.7', '2001:db8:12::7'];
  const moving = (index: number) => ({ sourceIPAddress: addresses[index] });
  return {
    fires: [
      { why: 'a session in three networks', timeline: repeat(change, 3, 60_000, moving), severity: 'medium' },
      { why: 'one of them by IPv6', timeline: repeat(change, 3, 60_000, (index) => moving(index + 1)) },
      {
        why: 'refused calls and a question count',
        timeline: [
          change,
          but(denied(later(change, 1_000)), moving(1)),
          but(later(change, 2_000), {
            ...moving(2),
            eventSource: 'sts.amazonaws.com',
            eventName: 'GetCallerIdentity',
            readOnly: true,
          }),
        ],
      },
      {
        why: 'a long-lived key',
        timeline: repeat(but(change, { userIdentity: user('ci') }), 3, 60_000, moving),
        severity: 'low',
      },
      {
        why: 'the third at the edge of the window',
        timeline: [...repeat(change, 2, 60_000, moving), but(later(change, 15 * MINUTE - 1_000), moving(2))],
      },
    ],
    quiet: [
      { why: 'two networks', timeline: repeat(change, 9, 60_000, (index) => moving(index % 2)) },
      {
        why: 'three addresses of one network',
        timeline: repeat(change, 3, 60_000, (index) => ({ sourceIPAddress: `203.0.113.${index + 1}` })),
      },
      {
        why: 'the third when the window has closed',
        timeline: [...repeat(change, 2, 60_000, moving), but(later(change, 15 * MINUTE), moving(2))],
      },
      {
        why: 'one of them is trusted',
        timeline: repeat(change, 3, 60_000, moving),
        settings: { trustedNetworks: ['192.0.2.0/24'] },
      },
      {
        why: 'one of them is private',
        timeline: [...repeat(change, 2, 60_000, moving), but(change, { sourceIPAddress: '10.0.0.7' })],
      },
      {
        why: 'three sessions of the role',
        timeline: repeat(change, 3, 60_000, (index) => ({
          ...moving(index),
          userIdentity: { ...role('Developer', 'alice'), accessKeyId: `ASIAEXAMPLESESSION0${index}` },
        })),
      },
      {
        why: 'a function: stored only',
        timeline: repeat(but(change, { userAgent: 'Boto3/1.38 exec-env/AWS_Lambda_python3.13' }), 3, 60_000, moving),
      },
      {
        why: 'an instance: another rule',
        timeline: repeat(but(change, { userIdentity: role('web', 'i-0123456789abcdef0') }), 3, 60_000, moving),
      },
      { why: 'a service', timeline: repeat(but(change, byService('ec2.amazonaws.com')), 3, 60_000) },
    ],
  };
};
