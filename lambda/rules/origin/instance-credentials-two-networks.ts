import { text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { fromClient } from '../callers';
import { addressBlock, inNetworks } from '../networks';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied, later, role } from '../sample';
import type { Settings } from '../settings';
import { callFrom, callingInstance, didOrTried, ROLE_CALLS } from './origins';
import { INSTANCE_REFERENCES, INSTANCE_RUNBOOK } from './stolen-instances';

export default defineRule({
  id: 'instance-credentials-two-networks',
  title: 'Credentials of an instance used from two networks',
  severity: 'high',
  rows: ['1-2', '2-18'],
  attack: ['TA0006/T1552.005', 'TA0008/T1550.001'],
  match: ROLE_CALLS,
  settings: ['privateKeysOutside'],
  when: (event) => callingInstance(event) !== undefined && fromClient(event) && !throughEndpoint(event),
  window: {
    kind: 'distinct',
    // IPv4 and IPv6 apart: an instance may well have one of each.
    per: (event) =>
      `${event.account}|${callingInstance(event) ?? ''}|${event.sourceIp?.includes(':') ? 'IPv6' : 'IPv4'}`,
    value: ({ sourceIp }, { privateKeysOutside }: Settings) =>
      sourceIp === undefined || inNetworks(sourceIp, privateKeysOutside) ? undefined : addressBlock(sourceIp),
    threshold: 2,
    withinMs: HOUR,
    unit: 'networks',
  },
  headline: (event) =>
    `${event.actor} as instance ${callingInstance(event)} ${didOrTried(event)} ${callFrom(event)}; the instance also calls from elsewhere`,
  resources: (event) => [callingInstance(event) ?? []].flat(),
  why: 'An instance calls from one place. Its credentials in another place were taken out of it.',
  runbook: INSTANCE_RUNBOOK,
  falsePositives: [
    'An instance that was stopped and started, or got another elastic address, within the hour.',
    'A gateway with several addresses: name them in privateKeysOutside.',
  ],
  blindSpots: [
    'An instance that itself made no call within the hour, or whose reads are not forwarded.',
    'Calls through VPC endpoints: they show private addresses, and are left out.',
  ],
  references: INSTANCE_REFERENCES,
});

function throughEndpoint({ record }: TrailEvent): boolean {
  return text(record['vpcEndpointId']) !== undefined;
}

export const examples = (): Examples => {
  const atHome = call('ssm.amazonaws.com', 'UpdateInstanceInformation', {
    userIdentity: role('web', 'i-0123456789abcdef0'),
    userAgent: 'aws-sdk-go/1.55.5 (go1.23; linux; amd64) amazon-ssm-agent/3.3',
  });
  const away = but(later(atHome, 30 * 60_000), {
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    readOnly: true,
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.27.1',
  });
  return {
    fires: [
      { why: 'the agent at home, a read from elsewhere', timeline: [atHome, away], severity: 'high' },
      { why: 'it is refused', timeline: [atHome, denied(away)] },
      { why: 'elsewhere first', timeline: [atHome, later(away, -HOUR)] },
      {
        why: 'other credentials of the same instance',
        timeline: [
          atHome,
          but(away, { userIdentity: { ...role('web', 'i-0123456789abcdef0'), accessKeyId: 'ASIAEXAMPLEANOTHER01' } }),
        ],
      },
      {
        why: 'an old, short instance ID',
        timeline: [atHome, away].map((record) => but(record, { userIdentity: role('web', 'i-01234567') })),
      },
      {
        why: 'all hour long: one alert',
        timeline: [atHome, away, later(away, 10 * 60_000), later(atHome, 50 * 60_000)],
      },
    ],
    quiet: [
      { why: 'from the same network', timeline: [atHome, but(away, { sourceIPAddress: '198.51.100.99' })] },
      { why: 'an hour later', timeline: [atHome, later(away, 30 * 60_000)] },
      { why: 'two instances', timeline: [atHome, but(away, { userIdentity: role('web', 'i-0fedcba9876543210') })] },
      {
        why: 'a session with another name',
        timeline: [but(atHome, { userIdentity: role('web', 's') }), but(away, { userIdentity: role('web', 's') })],
      },
      { why: 'one by IPv6', timeline: [atHome, but(away, { sourceIPAddress: '2001:db8:12::7' })] },
      {
        why: 'through an endpoint',
        timeline: [atHome, but(away, { sourceIPAddress: '10.0.3.4', vpcEndpointId: 'vpce-0123456789abcdef0' })],
      },
      { why: 'a gateway of ours', timeline: [atHome, away], settings: { privateKeysOutside: ['203.0.113.7/32'] } },
      {
        why: 'a service on behalf of it',
        timeline: [
          atHome,
          but(away, {
            userIdentity: { ...role('web', 'i-0123456789abcdef0'), invokedBy: 'cloudformation.amazonaws.com' },
          }),
        ],
      },
    ],
  };
};
