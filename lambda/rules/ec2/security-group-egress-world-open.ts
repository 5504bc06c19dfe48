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
  isUnseen,
  OPENING_SETTINGS,
  openingKey,
  openingSeverity,
  openingsInWords,
  worldOpenings,
} from './security-group-rules';

const openedTo = (event: TrailEvent, settings: Settings) => worldOpenings(groupRules(event), settings);

export default defineRule({
  id: 'security-group-egress-world-open',
  title: 'Outbound traffic to the whole world allowed',
  // Low at most: every new group allows all outbound traffic, without a call of its own. Public ports stay info.
  severity: (event, settings) => shifted(openingSeverity(event, openedTo(event, settings), settings), -3),
  rows: ['0-2'],
  attack: ['TA0005/T1562.007', 'TA0010/T1048'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['AuthorizeSecurityGroupEgress'] }],
  when: (event, settings) =>
    !isAllowedGroup(event, settings) && (isUnseen(event) || openedTo(event, settings).length > 0),
  per: (event, settings) => openingKey(event, openedTo(event, settings)),
  quietMs: HOUR,
  settings: [...OPENING_SETTINGS],
  headline: (event, settings) =>
    `${event.actor} let ${groupInWords(event)} out: ${openingsInWords(openedTo(event, settings))}`,
  resources: groupResources,
  why: 'Where outbound traffic was limited on purpose, this is the way out for stolen data and for remote control.',
  runbook: [
    'See whether the group was limited before: aws ec2 describe-security-group-rules --filters Name=group-id,Values=<group>.',
    'If it was, ask the actor why; take the rule away: aws ec2 revoke-security-group-egress --group-id <group> --security-group-rule-ids <sgr-…>.',
    'Look in flow logs for large transfers out of the group since then.',
  ],
  falsePositives: ['Terraform: it takes the default outbound rule away and writes it again with every new group.'],
  blindSpots: [
    'New groups allow all outbound traffic by default, without this call.',
    'A changed rule (ModifySecurityGroupRules) does not say its direction: it counts as inbound.',
  ],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html',
    'https://attack.mitre.org/techniques/T1048/',
  ],
});

export const examples = (): Examples => {
  const allowed = (permission: object) =>
    call(EC2, 'AuthorizeSecurityGroupEgress', {
      requestParameters: {
        groupId: 'sg-0a1b2c3d4e5f60718',
        ipPermissions: { items: [{ groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {}, ...permission }] },
      },
      responseElements: { _return: true },
    });
  const world = { ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } };
  const all = allowed({ ipProtocol: '-1', ...world });
  const answered = {
    _return: true,
    securityGroupRuleSet: {
      items: [{ ipProtocol: '-1', fromPort: -1, toPort: -1, cidrIpv4: '0.0.0.0/0', isEgress: true }],
    },
  };
  return {
    fires: [
      { why: 'all traffic', timeline: [all], severity: 'low' },
      {
        why: 'all traffic, told by the response',
        timeline: [but(all, { requestParameters: {}, responseElements: answered })],
        severity: 'low',
      },
      {
        why: 'one port over IPv6',
        timeline: [
          allowed({ ipProtocol: 'tcp', fromPort: 8080, toPort: 8080, ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] } }),
        ],
        severity: 'low',
      },
      {
        why: 'too large to see',
        timeline: [but(all, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'low',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(all)] },
      { why: 'HTTPS only', timeline: [allowed({ ipProtocol: 'tcp', fromPort: 443, toPort: 443, ...world })] },
      {
        why: 'to private space',
        timeline: [allowed({ ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] } })],
      },
      { why: 'the rule was taken away', timeline: [but(all, { eventName: 'RevokeSecurityGroupEgress' })] },
    ],
  };
};
