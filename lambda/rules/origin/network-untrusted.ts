import { field } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { actorKey } from '../callers';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, consoleLogin, denied, later, role, root } from '../sample';
import type { Severity } from '../severity';
import {
  CHANGES,
  callFrom,
  callingInstance,
  didOrTried,
  isPerson,
  ORIGIN_REFERENCES,
  ORIGIN_RUNBOOK,
  strangeNetwork,
} from './origins';

export default defineRule({
  id: 'network-untrusted',
  title: 'Change or sign-in from outside the trusted networks',
  severity: untrustedSeverity,
  rows: ['1-2'],
  attack: ['TA0001/T1078.004'],
  match: [
    ...CHANGES,
    { feed: 'sign-in', outcome: 'succeeded', service: 'signin.amazonaws.com', calls: ['ConsoleLogin'] },
  ],
  settings: ['trustedNetworks'],
  sleepsWithout: ['trustedNetworks'],
  when: (event, settings) =>
    settings.trustedNetworks.length > 0 &&
    // A failed sign-in is anybody's. Root and the credentials of instances are told by rules of their own.
    (event.call !== 'ConsoleLogin' || event.outcome === 'succeeded') &&
    field(event.record['userIdentity'], 'type') !== 'Root' &&
    callingInstance(event) === undefined &&
    strangeNetwork(event, settings) !== undefined,
  per: (event, settings) => `${actorKey(event)}|${strangeNetwork(event, settings) ?? ''}`,
  quietMs: 12 * HOUR,
  headline: (event) => `${event.actor} ${didOrTried(event)} ${callFrom(event)}, which is no trusted network`,
  why: 'You said where your people and systems call from. This came from elsewhere.',
  runbook: ORIGIN_RUNBOOK,
  falsePositives: ['A network of your own that is not in trustedNetworks yet; people who travel.'],
  blindSpots: [
    'Reads. A thief who works from inside a trusted network, such as the company VPN.',
    'Programs with a role: functions and containers have no address of their own. Theirs are stored, not told.',
  ],
  references: ORIGIN_REFERENCES,
});

/** Medium for users and people, one less when it failed; information only for programs with a role. */
function untrustedSeverity(event: TrailEvent): Severity {
  if (field(event.record['userIdentity'], 'type') === 'AssumedRole' && !isPerson(event)) return 'info';
  return event.outcome === 'succeeded' ? 'medium' : 'low';
}

export const examples = (): Examples => {
  const settings = { trustedNetworks: ['203.0.113.0/24', '2001:db8:12::/48'] };
  const change = call('ec2.amazonaws.com', 'CreateTags');
  return {
    fires: [
      { why: 'a change by a user', timeline: [change], settings, severity: 'medium' },
      { why: 'it was refused', timeline: [denied(change)], settings, severity: 'low' },
      { why: 'a console sign-in', timeline: [consoleLogin('alice', 'Success')], settings, severity: 'medium' },
      { why: 'by IPv6', timeline: [but(change, { sourceIPAddress: '2001:db8:13::7' })], settings },
      {
        why: 'a person of single sign-on',
        timeline: [
          but(change, {
            userIdentity: role('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', 'alice'),
          }),
        ],
        settings,
        severity: 'medium',
      },
      {
        why: 'all morning: one alert',
        timeline: [change, later(change, HOUR), later(change, HOUR + 60_000)],
        settings,
      },
    ],
    quiet: [
      { why: 'no trusted networks are configured', timeline: [change] },
      { why: 'from a trusted network', timeline: [but(change, { sourceIPAddress: '203.0.113.9' })], settings },
      {
        why: 'from a trusted network, by IPv6',
        timeline: [but(change, { sourceIPAddress: '2001:db8:12::7' })],
        settings,
      },
      { why: 'from a private address', timeline: [but(change, { sourceIPAddress: '172.16.3.4' })], settings },
      { why: 'a read', timeline: [but(change, { eventName: 'DescribeTags', readOnly: true })], settings },
      { why: 'a failed sign-in', timeline: [consoleLogin('alice', 'Failure')], settings },
      {
        why: 'a program with a role: stored only',
        timeline: [but(change, { userIdentity: role('web', 's') })],
        settings,
      },
      {
        why: 'an instance: other rules',
        timeline: [but(change, { userIdentity: role('web', 'i-0123456789abcdef0') })],
        settings,
      },
      { why: 'root: other rules', timeline: [but(change, { userIdentity: root() })], settings },
      { why: 'a service', timeline: [but(change, byService('autoscaling.amazonaws.com'))], settings },
    ],
  };
};
