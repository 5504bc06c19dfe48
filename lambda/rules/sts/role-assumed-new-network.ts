import { lessIfAutomated } from '../callers';
import { addressBlock, inNetworks, isPrivateNetwork } from '../networks';
import { DAY, defineRule, type Examples, HOUR } from '../rule';
import { but, byService, later } from '../sample';
import { assumed, refused } from './role-samples';
import { ASSUMED, assumedInWords, isPrivileged, ROLE_REFERENCES, roleOf, roleResources } from './roles';

const LEARN_DAYS = 14;

export default defineRule({
  id: 'role-assumed-new-network',
  title: 'Privileged role assumed from a network new to it',
  severity: (event, settings) => lessIfAutomated('medium', event, settings),
  rows: ['1-9'],
  attack: ['TA0001/T1078.004', 'TA0008/T1550.001'],
  match: [ASSUMED],
  settings: ['privilegedRoles', 'trustedNetworks', 'infrastructureAsCodeAgents'],
  when: (event, settings) =>
    isPrivileged(event, settings) &&
    event.sourceIp !== undefined &&
    !isPrivateNetwork(event.sourceIp) &&
    !inNetworks(event.sourceIp, settings.trustedNetworks),
  baseline: {
    kind: 'role-network',
    subject: roleOf,
    value: ({ sourceIp }) => sourceIp && addressBlock(sourceIp),
    learnDays: LEARN_DAYS,
    expiryDays: 90,
  },
  headline: assumedInWords,
  resources: roleResources,
  why: "A powerful role, taken from where nobody took it before. Stolen keys are used from the thief's address.",
  runbook: [
    'Whose address is it (whois)? A home, a hotel, a VPN of yours, a hosting company?',
    'Ask the actor whether it was them, by another way than the account.',
    'If nobody vouches for it, revoke the sessions of the role (IAM console, Revoke sessions) and deactivate the keys of the actor.',
    'Add networks of your own to trustedNetworks.',
  ],
  falsePositives: ['People who travel or work from home, programs that move to another network.'],
  blindSpots: [
    `The first ${LEARN_DAYS} days of an account.`,
    'A network counts as a whole: an IPv4 /24, an IPv6 /48. Addresses of cloud providers are shared.',
    'Roles that the setting privilegedRoles does not name.',
  ],
  references: ROLE_REFERENCES,
});

export const examples = (): Examples => {
  const from = (sourceIPAddress: string, afterMs: number, fields = {}) =>
    later(assumed('PlatformAdmin', { sourceIPAddress, ...fields }), afterMs);
  const opening = from('198.51.100.7', 0);
  const away = from('203.0.113.7', LEARN_DAYS * DAY);
  return {
    fires: [
      { why: 'from another network', timeline: [opening, away], severity: 'medium' },
      { why: 'twice from it: one alert', timeline: [opening, away, later(away, HOUR)] },
      { why: 'over IPv6', timeline: [opening, but(away, { sourceIPAddress: '2001:db8:12::7' })] },
      { why: 'by CDK', timeline: [opening, but(away, { userAgent: 'aws-cdk/2.276.0' })], severity: 'low' },
    ],
    quiet: [
      { why: 'a second before learning ends', timeline: [opening, later(away, -1_000)] },
      { why: 'from the same network', timeline: [opening, from('198.51.100.200', LEARN_DAYS * DAY)] },
      {
        why: 'a role that is not privileged',
        timeline: [opening, but(away, { requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/Reader' } })],
      },
      { why: 'from a trusted network', timeline: [opening, away], settings: { trustedNetworks: ['203.0.113.0/24'] } },
      { why: 'from a private network', timeline: [opening, but(away, { sourceIPAddress: '10.1.2.3' })] },
      { why: 'by a service', timeline: [opening, but(away, byService('ec2.amazonaws.com'))] },
      {
        why: 'refused',
        timeline: [opening, later(refused('PlatformAdmin', { sourceIPAddress: '203.0.113.7' }), LEARN_DAYS * DAY)],
      },
    ],
  };
};
