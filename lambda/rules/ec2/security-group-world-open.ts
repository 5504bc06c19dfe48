import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, byService, call, denied, later, role } from '../sample';
import type { Settings } from '../settings';
import {
  EC2,
  groupInWords,
  groupResources,
  groupRules,
  isAllowedGroup,
  isUnseen,
  OPENING_SETTINGS,
  openingKey,
  openingSeverity,
  openingsInWords,
  worldOpenings,
} from './security-group-rules';

const openedTo = (event: TrailEvent, settings: Settings) => worldOpenings(groupRules(event), settings);

export default defineRule({
  id: 'security-group-world-open',
  title: 'Security group opened to the world',
  severity: (event, settings) => openingSeverity(event, openedTo(event, settings), settings),
  rows: ['0-2'],
  attack: ['TA0005/T1562.007', 'TA0003/T1133'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: EC2,
      calls: ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules'],
    },
  ],
  when: (event, settings) =>
    !isAllowedGroup(event, settings) && (isUnseen(event) || openedTo(event, settings).length > 0),
  per: (event, settings) => openingKey(event, openedTo(event, settings)),
  quietMs: HOUR,
  settings: [...OPENING_SETTINGS],
  headline: (event, settings) =>
    `${event.actor} opened ${groupInWords(event)}: ${openingsInWords(openedTo(event, settings))}`,
  resources: groupResources,
  why: 'Anybody on the internet can now reach these ports on every machine in the group. Scanners find an open port within minutes.',
  runbook: [
    'Close it: aws ec2 revoke-security-group-ingress --group-id <group> --security-group-rule-ids <sgr-…> (ids: aws ec2 describe-security-group-rules --filters Name=group-id,Values=<group>).',
    'Ask the actor why. If nobody vouches for it, deactivate its keys and revoke its sessions.',
    'List what was exposed: aws ec2 describe-network-interfaces --filters Name=group-id,Values=<group>.',
    'Look in flow logs and on the machines for connections to these ports since the opening.',
    'If it is meant to be public, put the port into publicPorts or the group into securityGroupsAllowed.',
  ],
  falsePositives: [
    'A public service on an unusual port.',
    'A developer who opens SSH to everywhere for a moment: still worth closing.',
    'ModifySecurityGroupRules on an outbound rule: the call does not say the direction.',
  ],
  blindSpots: [
    'Ranges that together cover the world but are added by several calls, each narrower than worldPrefixMaxV4 or V6.',
    'Managed prefix lists and other security groups as sources: who is in them is not in the event.',
    'Whether the machines have a public address, or a network ACL that still refuses.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html',
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

export const examples = (): Examples => {
  const flat = (fields: object) =>
    call(EC2, 'AuthorizeSecurityGroupIngress', {
      requestParameters: { groupId: 'sg-0a1b2c3d4e5f60718', ipPermissions: {}, ...fields },
      responseElements: { requestId: 'f0f0f0f0-0000-4000-8000-000000000001', _return: true },
    });
  const listed = (permission: object, groupId = 'sg-0a1b2c3d4e5f60718') =>
    flat({
      groupId,
      ipPermissions: { items: [{ groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {}, ...permission }] },
    });
  const answered = (rule: object, fields: object = {}) =>
    but(flat(fields), {
      responseElements: {
        _return: true,
        securityGroupRuleSet: {
          items: [
            {
              groupOwnerId: '111122223333',
              groupId: 'sg-0a1b2c3d4e5f60718',
              securityGroupRuleId: 'sgr-0aaaaaaaaaaaaaaaa',
              isEgress: false,
              ...rule,
            },
          ],
        },
      },
    });
  const modified = (securityGroupRule: unknown, name = 'ModifySecurityGroupRules') =>
    call(EC2, name, {
      requestParameters: {
        ModifySecurityGroupRulesRequest: { GroupId: 'sg-0a1b2c3d4e5f60718', SecurityGroupRule: securityGroupRule },
      },
      responseElements: { ModifySecurityGroupRulesResponse: { return: true } },
    });
  const ssh = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 };
  const world = { items: [{ cidrIp: '0.0.0.0/0' }] };
  const open = flat({ ...ssh, cidrIp: '0.0.0.0/0' });
  const wide = { ipProtocol: 'tcp', fromPort: 2000, toPort: 2999, cidrIp: '0.0.0.0/0' };
  const halves = { ...ssh, ipRanges: { items: [{ cidrIp: '0.0.0.0/1' }, { cidrIp: '128.0.0.0/1' }] } };
  const onlyEverything = { worldPrefixMaxV4: 0 };
  const changed = {
    SecurityGroupRuleId: 'sgr-0aaaaaaaaaaaaaaaa',
    SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, CidrIpv4: '0.0.0.0/0' },
  };
  return {
    fires: [
      { why: 'SSH, in the flat form', timeline: [open], severity: 'high' },
      {
        why: 'SSH, in the list form',
        timeline: [listed({ ...ssh, ipRanges: world })],
        severity: 'high',
      },
      {
        why: 'SSH over IPv6',
        timeline: [listed({ ...ssh, ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] } })],
        severity: 'high',
      },
      {
        why: 'only the response tells: the request was left out',
        timeline: [
          but(answered({ ...ssh, cidrIpv4: '0.0.0.0/0' }), {
            requestParameters: { omitted: true, reason: 'requestParameters too large' },
          }),
        ],
        severity: 'high',
      },
      { why: 'a rule was changed', timeline: [modified(changed)], severity: 'high' },
      {
        why: 'one of several changed rules',
        timeline: [modified([{ ...changed, SecurityGroupRule: { CidrIpv4: '203.0.113.7/32' } }, changed])],
        severity: 'high',
      },
      {
        why: 'a rule was changed to all traffic: it may be the outbound one',
        timeline: [modified({ SecurityGroupRule: { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' } })],
        severity: 'high',
      },
      {
        why: 'all traffic, without ports',
        timeline: [listed({ ipProtocol: '-1', ipRanges: world })],
        severity: 'critical',
      },
      { why: 'a thousand ports', timeline: [flat(wide)], severity: 'critical' },
      { why: 'one port less than a thousand', timeline: [flat({ ...wide, toPort: 2998 })], severity: 'high' },
      {
        why: 'a port that is neither sensitive nor public',
        timeline: [flat({ ipProtocol: 'udp', fromPort: 4000, toPort: 4000, cidrIp: '0.0.0.0/0' })],
        severity: 'medium',
      },
      {
        why: 'public ports with a sensitive one between them',
        timeline: [flat({ ipProtocol: 'tcp', fromPort: 80, toPort: 443, cidrIp: '0.0.0.0/0' })],
        severity: 'high',
      },
      {
        why: 'ping',
        timeline: [flat({ ipProtocol: 'icmp', fromPort: -1, toPort: -1, cidrIp: '0.0.0.0/0' })],
        severity: 'low',
      },
      {
        why: "a network of everything, written with somebody's address",
        timeline: [flat({ ...ssh, cidrIp: '198.51.100.7/0' })],
        severity: 'high',
      },
      {
        why: 'both halves of the address space',
        timeline: [listed(halves)],
        settings: onlyEverything,
        severity: 'high',
      },
      {
        why: 'the gravest of several openings decides',
        timeline: [
          flat({
            ipPermissions: {
              items: [
                { ipProtocol: 'tcp', fromPort: 443, toPort: 443, ipRanges: world },
                { ipProtocol: 'tcp', fromPort: 0, toPort: 65535, ipRanges: world },
              ],
            },
          }),
        ],
        severity: 'critical',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0' })],
        severity: 'medium',
      },
      {
        why: 'by CloudFormation, on behalf of a role',
        timeline: [
          but(open, {
            ...byService('cloudformation.amazonaws.com'),
            userIdentity: { ...role('Deploy', 'ci'), invokedBy: 'cloudformation.amazonaws.com' },
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'request and response too large to see',
        timeline: [
          but(open, {
            requestParameters: { omitted: true, reason: 'requestParameters too large' },
            responseElements: { omitted: true, reason: 'responseElements too large' },
          }),
        ],
        severity: 'high',
      },
      { why: 'the same opening twice within the hour: one alert', timeline: [open, later(open, 600_000)] },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'one address', timeline: [flat({ ...ssh, cidrIp: '203.0.113.7/32' })] },
      { why: 'a network of 256 addresses that begins with zeros', timeline: [flat({ ...ssh, cidrIp: '0.0.0.0/24' })] },
      { why: 'private space, wide as it is', timeline: [flat({ ...ssh, cidrIp: '10.0.0.0/8' })] },
      { why: 'HTTPS', timeline: [flat({ ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0' })] },
      {
        why: 'one half of the address space, where only everything counts',
        timeline: [listed({ ...ssh, ipRanges: { items: [{ cidrIp: '0.0.0.0/1' }] } })],
        settings: onlyEverything,
      },
      { why: 'a group that may be open', timeline: [open], settings: { securityGroupsAllowed: ['sg-0a1b*'] } },
      {
        why: 'the request is too large to see, and the response tells of one address',
        timeline: [
          but(answered({ ...ssh, cidrIpv4: '203.0.113.7/32' }), {
            requestParameters: { omitted: true, reason: 'requestParameters too large' },
          }),
        ],
      },
      {
        why: 'the response says that the rule is outbound',
        timeline: [answered({ ...ssh, cidrIpv4: '0.0.0.0/0', isEgress: true })],
      },
      { why: 'from another security group', timeline: [listed({ ...ssh, groups: { items: [{ groupId: 'sg-0b' }] } })] },
      {
        why: 'a changed rule for one address',
        timeline: [
          modified({ ...changed, SecurityGroupRule: { ...changed.SecurityGroupRule, CidrIpv4: '203.0.113.7/32' } }),
        ],
      },
      { why: 'the rule was taken away', timeline: [but(open, { eventName: 'RevokeSecurityGroupIngress' })] },
    ],
  };
};
