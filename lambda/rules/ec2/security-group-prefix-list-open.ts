import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import type { Settings } from '../settings';
import {
  EC2,
  groupInWords,
  groupResources,
  groupRules,
  isAllowedGroup,
  OPENING_SETTINGS,
  openingKey,
  openingSeverity,
  openingsInWords,
  prefixListOpenings,
} from './security-group-rules';

const openedTo = (event: TrailEvent, settings: Settings) => prefixListOpenings(groupRules(event), settings);

export default defineRule({
  id: 'security-group-prefix-list-open',
  title: 'Security group opened to an unknown prefix list',
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
  when: (event, settings) => !isAllowedGroup(event, settings) && openedTo(event, settings).length > 0,
  per: (event, settings) => openingKey(event, openedTo(event, settings)),
  quietMs: HOUR,
  settings: [...OPENING_SETTINGS, 'prefixListsAllowed'],
  headline: (event, settings) =>
    `${event.actor} opened ${groupInWords(event)}: ${openingsInWords(openedTo(event, settings))}`,
  resources: groupResources,
  why: 'A managed prefix list stands for networks that the event does not show, and its owner can change them later. It may hold 0.0.0.0/0.',
  runbook: [
    'See who is on it: aws ec2 get-managed-prefix-list-entries --prefix-list-id <pl-…>, and whose it is: aws ec2 describe-managed-prefix-lists --prefix-list-ids <pl-…>.',
    'If it holds wide or unknown networks, take the rule away: aws ec2 revoke-security-group-ingress --group-id <group> --security-group-rule-ids <sgr-…>.',
    'If it is known (CloudFront, your offices), put its id into prefixListsAllowed.',
  ],
  falsePositives: [
    "AWS's own lists, for example of CloudFront's origin-facing servers.",
    'A list that your network team keeps: add it to prefixListsAllowed.',
  ],
  blindSpots: ['Entries added later to a list that is in use (ModifyManagedPrefixList).'],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

export const examples = (): Examples => {
  const listed = (
    ports: object,
    sources: object = { prefixListIds: { items: [{ prefixListId: 'pl-0123456789abcdef0' }] } },
  ) =>
    call(EC2, 'AuthorizeSecurityGroupIngress', {
      requestParameters: {
        groupId: 'sg-0a1b2c3d4e5f60718',
        ipPermissions: {
          items: [
            { ipProtocol: 'tcp', ...ports, groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {}, ...sources },
          ],
        },
      },
      responseElements: { _return: true },
    });
  const ssh = listed({ fromPort: 22, toPort: 22 });
  return {
    fires: [
      { why: 'SSH', timeline: [ssh], severity: 'medium' },
      { why: 'all traffic', timeline: [listed({ ipProtocol: '-1' })], severity: 'medium' },
      {
        why: 'a rule was changed',
        timeline: [
          call(EC2, 'ModifySecurityGroupRules', {
            requestParameters: {
              ModifySecurityGroupRulesRequest: {
                GroupId: 'sg-0a1b2c3d4e5f60718',
                SecurityGroupRule: {
                  SecurityGroupRuleId: 'sgr-0aaaaaaaaaaaaaaaa',
                  SecurityGroupRule: {
                    IpProtocol: 'tcp',
                    FromPort: 22,
                    ToPort: 22,
                    PrefixListId: 'pl-0123456789abcdef0',
                  },
                },
              },
            },
          }),
        ],
        severity: 'medium',
      },
      {
        why: 'the list stands in the response',
        timeline: [
          but(ssh, {
            requestParameters: { omitted: true, reason: 'requestParameters too large' },
            responseElements: {
              securityGroupRuleSet: {
                items: [
                  {
                    ipProtocol: 'tcp',
                    fromPort: 22,
                    toPort: 22,
                    prefixListId: 'pl-0123456789abcdef0',
                    isEgress: false,
                  },
                ],
              },
            },
          }),
        ],
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(ssh, { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(ssh)] },
      { why: 'the list is known', timeline: [ssh], settings: { prefixListsAllowed: ['pl-0123*'] } },
      { why: 'a port that may be public', timeline: [listed({ fromPort: 443, toPort: 443 })] },
      {
        why: 'a network in its place',
        timeline: [listed({ fromPort: 22, toPort: 22 }, { ipRanges: { items: [{ cidrIp: '203.0.113.7/32' }] } })],
      },
    ],
  };
};
