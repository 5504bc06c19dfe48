import { agentContains } from '../../intake/caller';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import {
  EC2,
  groupInWords,
  groupResources,
  groupRules,
  isAllowedGroup,
  OPENING_SETTINGS,
  openingKey,
  openingsInWords,
  untrustedOpenings,
} from './security-group-rules';

const openedTo = (event: TrailEvent, settings: Settings) => untrustedOpenings(groupRules(event), settings);

export default defineRule({
  id: 'security-group-untrusted-ingress',
  title: 'Sensitive port opened to an untrusted network',
  severity: (event, settings) => shifted('medium', agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0),
  rows: ['1-17'],
  attack: ['TA0005/T1562.007', 'TA0003/T1133'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: EC2,
      calls: ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules'],
    },
  ],
  // Without trusted networks every address would be untrusted: each partner's office an alert.
  when: (event, settings) =>
    settings.trustedNetworks.length > 0 && !isAllowedGroup(event, settings) && openedTo(event, settings).length > 0,
  per: (event, settings) => openingKey(event, openedTo(event, settings)),
  quietMs: HOUR,
  settings: [...OPENING_SETTINGS, 'trustedNetworks'],
  sleepsWithout: ['trustedNetworks'],
  headline: (event, settings) =>
    `${event.actor} opened ${groupInWords(event)}: ${openingsInWords(openedTo(event, settings))}`,
  resources: groupResources,
  why: 'A door to a sensitive port, opened for one address that is none of ours, is how an intruder with API keys gets onto the machines.',
  runbook: [
    'Find out whose address it is (whois), and whether the actor called from it: compare with the source address of this event.',
    'If nobody vouches for it, close it: aws ec2 revoke-security-group-ingress --group-id <group> --security-group-rule-ids <sgr-…>.',
    'Look in flow logs for connections from the address; treat the machines that it reached as compromised.',
    "If the network is yours or a partner's, add it to trustedNetworks.",
  ],
  falsePositives: ['A home office or a partner with an address that is not in trustedNetworks yet.'],
  blindSpots: [
    'Off while trustedNetworks is empty.',
    'Ports that are not in sensitivePorts.',
    'Openings to other security groups and to prefix lists.',
  ],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    'https://attack.mitre.org/techniques/T1133/',
  ],
});

export const examples = (): Examples => {
  const settings = { trustedNetworks: ['198.51.100.0/24', '2001:db8:12::/48'] };
  const opened = (fields: object) =>
    call(EC2, 'AuthorizeSecurityGroupIngress', {
      requestParameters: {
        groupId: 'sg-0a1b2c3d4e5f60718',
        ipPermissions: {},
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        ...fields,
      },
      responseElements: { _return: true },
    });
  const stranger = opened({ cidrIp: '203.0.113.7/32' });
  return {
    fires: [
      { why: 'SSH for one foreign address', timeline: [stranger], settings, severity: 'medium' },
      {
        why: 'a range of ports with a sensitive one in it',
        timeline: [opened({ fromPort: 20, toPort: 30, cidrIp: '203.0.113.0/24' })],
        settings,
        severity: 'medium',
      },
      {
        why: 'all traffic for one foreign address',
        timeline: [opened({ ipProtocol: '-1', cidrIp: '203.0.113.7/32' })],
        settings,
      },
      {
        why: 'a foreign IPv6 network',
        timeline: [
          opened({
            ipPermissions: {
              items: [
                {
                  ipProtocol: 'tcp',
                  fromPort: 22,
                  toPort: 22,
                  ipv6Ranges: { items: [{ cidrIpv6: '2001:db8:13::/48' }] },
                },
              ],
            },
          }),
        ],
        settings,
      },
      {
        why: 'a network wider than the trusted one inside it',
        timeline: [opened({ cidrIp: '198.51.0.0/16' })],
        settings,
      },
      {
        why: 'a rule changed to a foreign address',
        timeline: [
          call(EC2, 'ModifySecurityGroupRules', {
            requestParameters: {
              ModifySecurityGroupRulesRequest: {
                GroupId: 'sg-0a1b2c3d4e5f60718',
                SecurityGroupRule: {
                  SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.7/32' },
                },
              },
            },
          }),
        ],
        settings,
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(stranger, { userAgent: 'HashiCorp Terraform/1.9.0' })],
        settings,
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'no trusted networks are configured', timeline: [stranger] },
      { why: 'the address is trusted', timeline: [opened({ cidrIp: '198.51.100.7/32' })], settings },
      { why: 'a private network', timeline: [opened({ cidrIp: '172.16.0.0/12' })], settings },
      {
        why: 'a port that is not sensitive',
        timeline: [opened({ fromPort: 8081, toPort: 8081, cidrIp: '203.0.113.7/32' })],
        settings,
      },
      { why: "the whole world: another rule's alert", timeline: [opened({ cidrIp: '0.0.0.0/0' })], settings },
      { why: 'the call was refused', timeline: [denied(stranger)], settings },
    ],
  };
};
