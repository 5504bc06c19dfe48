import type { TrailEvent } from '../../intake/trail-event';
import { isAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import { groupChangeInWords, groupMade } from './security-group-changes';
import {
  EC2,
  groupInWords,
  groupOf,
  groupResources,
  groupRules,
  isAllowedGroup,
  OPENING_SETTINGS,
  openingSeverity,
  openingsInWords,
  worldOpenings,
} from './security-group-rules';

const OPENING = ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules'] as const;

export default defineRule({
  id: 'security-group-new-and-open',
  title: 'New security group, opened to the world at once',
  // By hand one more than the opening itself; infrastructure as code opens what it has just made, as a rule.
  severity: (event, settings) =>
    isMaking(event)
      ? 'info'
      : shifted(openingSeverity(event, openedTo(event, settings), settings), isAutomated(event, settings) ? 0 : 1),
  rows: ['1-19'],
  attack: ['TA0005/T1562.007', 'TA0003/T1133'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['CreateSecurityGroup'] },
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: OPENING },
  ],
  settings: [...OPENING_SETTINGS],
  window: {
    kind: 'sequence',
    withinMs: 15 * MINUTE,
    per: (event) => (isMaking(event) ? groupMade(event) : groupOf(event)),
    steps: [
      { name: 'made', is: isMaking },
      {
        name: 'opened',
        is: (event, settings) =>
          !isMaking(event) && !isAllowedGroup(event, settings) && openedTo(event, settings).length > 0,
      },
    ],
  },
  quietMs: HOUR,
  headline: (event, settings) =>
    isMaking(event)
      ? groupChangeInWords(event)
      : `${event.actor} opened ${groupInWords(event)}, just made: ${openingsInWords(openedTo(event, settings))}`,
  resources: (event) => (isMaking(event) ? [groupMade(event) ?? event.account] : groupResources(event)),
  why: 'Nothing was in this group yet: it was made to be open. That is how a way in is prepared.',
  runbook: [
    'See what is in the group by now: aws ec2 describe-network-interfaces --filters Name=group-id,Values=<group>.',
    'Ask the actor; close it: aws ec2 revoke-security-group-ingress --group-id <group> --security-group-rule-ids <sgr-…>.',
    "If nobody vouches for it, delete the group, isolate what was in it, and deactivate the actor's keys.",
  ],
  falsePositives: ['The wizard for new machines in the console, which opens SSH or remote desktop to the world.'],
  blindSpots: ['Groups opened later than a quarter of an hour, and copied ones.'],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    'https://attack.mitre.org/techniques/T1133/',
  ],
});

function isMaking({ call: name }: TrailEvent): boolean {
  return name === 'CreateSecurityGroup';
}

function openedTo(event: TrailEvent, settings: Settings) {
  return worldOpenings(groupRules(event), settings);
}

export const examples = (): Examples => {
  const GROUP = 'sg-0a1b2c3d4e5f60718';
  const made = call(EC2, 'CreateSecurityGroup', {
    requestParameters: { groupName: 'tmp', groupDescription: 'temporary', vpcId: 'vpc-0a1b2c3d' },
    responseElements: { _return: true, groupId: GROUP },
  });
  const opened = (port: number, cidrIp = '0.0.0.0/0', groupId = GROUP) =>
    later(
      call(EC2, 'AuthorizeSecurityGroupIngress', {
        requestParameters: { groupId, ipPermissions: {}, ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIp },
      }),
      30_000,
    );
  return {
    fires: [
      { why: 'SSH, half a minute later', timeline: [made, opened(22)], severity: 'critical' },
      { why: 'another port', timeline: [made, opened(8081)], severity: 'high' },
      { why: 'at the end of the quarter', timeline: [made, later(opened(22), 15 * MINUTE - 31_000)] },
      { why: 'by Terraform', timeline: [made, but(opened(22), { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'two ports: one alert', timeline: [made, opened(22), later(opened(3389), 1_000)] },
    ],
    quiet: [
      { why: 'an older group: another rule', timeline: [opened(22)] },
      { why: 'a quarter of an hour later', timeline: [made, later(opened(22), 15 * MINUTE - 30_000)] },
      { why: 'HTTPS', timeline: [made, opened(443)] },
      { why: 'to the office', timeline: [made, opened(22, '198.51.100.0/24')] },
      { why: 'another group', timeline: [made, opened(22, '0.0.0.0/0', 'sg-0fedcba9876543210')] },
      { why: 'refused', timeline: [made, denied(opened(22))] },
      { why: 'a group that may be open', timeline: [made, opened(22)], settings: { securityGroupsAllowed: [GROUP] } },
    ],
  };
};
