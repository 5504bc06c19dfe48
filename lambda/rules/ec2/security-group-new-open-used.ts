import type { TrailEvent } from '../../intake/trail-event';
import { isAutomated } from '../callers';
import { defineRule, type Examples, HOUR, MINUTE } from '../rule';
import { but, call, denied, later } from '../sample';
import type { Settings } from '../settings';
import { levelOf, type Severity, shifted } from '../severity';
import { GROUP_USES, groupChangeInWords, groupMade, groupsUsed } from './security-group-changes';
import {
  EC2,
  groupInWords,
  groupOf,
  groupRules,
  isAllowedGroup,
  OPENING_SETTINGS,
  openingSeverity,
  openingsInWords,
  worldOpenings,
} from './security-group-rules';

const OPENING = ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules'] as const;

export default defineRule({
  id: 'security-group-new-open-used',
  title: 'New group, open to the world, put on a machine',
  severity,
  rows: ['1-19'],
  attack: ['TA0005/T1562.007', 'TA0003/T1133'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ['CreateSecurityGroup'] },
    { feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: OPENING },
    ...GROUP_USES,
  ],
  settings: [...OPENING_SETTINGS],
  window: {
    kind: 'sequence',
    withinMs: HOUR,
    per: groups,
    steps: [
      { name: 'made', is: (event) => stepOf(event) === 'made' },
      { name: 'opened', is: opens },
      { name: 'used', is: (event) => stepOf(event) === 'used' },
    ],
  },
  quietMs: HOUR,
  headline: (event, settings) => {
    switch (stepOf(event)) {
      case 'made':
        return groupChangeInWords(event);
      case 'opened':
        return `${event.actor} opened ${groupInWords(event)}: ${openingsInWords(worldOpenings(groupRules(event), settings))}`;
      default:
        return `${event.actor} called ${event.call} in ${event.account} ${event.region} with security group ${groupsUsed(event).slice(0, 3).join(', ')}, made and opened within the hour`;
    }
  },
  resources: groups,
  why: 'Made, opened to everybody, and put on a machine within an hour: somebody built a way in, and it is open now.',
  runbook: [
    'Close it at once: aws ec2 revoke-security-group-ingress --group-id <group> --security-group-rule-ids <sgr-…>.',
    'Isolate the machine or database, keep its disks, and look in flow logs for who connected.',
    'Ask the actor; if nobody vouches for it, deactivate its keys and revoke its sessions.',
  ],
  falsePositives: ['A machine for a test, set up in a hurry, with the defaults of the console.'],
  blindSpots: ['Groups that existed before, and groups of load balancers and clusters.'],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
    'https://attack.mitre.org/techniques/T1133/',
  ],
});

function stepOf({ call: name }: TrailEvent): 'made' | 'opened' | 'used' {
  if (name === 'CreateSecurityGroup') return 'made';
  return (OPENING as readonly string[]).includes(name) ? 'opened' : 'used';
}

function groups(event: TrailEvent): readonly string[] {
  if (stepOf(event) === 'used') return groupsUsed(event);
  const group = stepOf(event) === 'made' ? groupMade(event) : groupOf(event);
  return group === undefined ? [] : [group];
}

/** Public ports and pings do not count. */
function opens(event: TrailEvent, settings: Settings): boolean {
  if (stepOf(event) !== 'opened' || isAllowedGroup(event, settings)) return false;
  const [gravest] = worldOpenings(groupRules(event), settings);
  return gravest !== undefined && levelOf(gravest.severity) >= levelOf('medium');
}

/** The opening decides: critical by hand; by infrastructure as code as severe as the opening itself. */
function severity(event: TrailEvent, settings: Settings): Severity {
  if (stepOf(event) !== 'opened') return 'info';
  const opened = openingSeverity(event, worldOpenings(groupRules(event), settings), settings);
  return isAutomated(event, settings) ? opened : shifted(opened, 2);
}

export const examples = (): Examples => {
  const GROUP = 'sg-0a1b2c3d4e5f60718';
  const made = call(EC2, 'CreateSecurityGroup', {
    requestParameters: { groupName: 'tmp', vpcId: 'vpc-0a1b2c3d' },
    responseElements: { _return: true, groupId: GROUP },
  });
  const opened = (port: number) =>
    later(
      call(EC2, 'AuthorizeSecurityGroupIngress', {
        requestParameters: {
          groupId: GROUP,
          ipPermissions: {},
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          cidrIp: '0.0.0.0/0',
        },
      }),
      30_000,
    );
  const used = later(
    call(EC2, 'ModifyInstanceAttribute', {
      requestParameters: {
        instanceId: 'i-0123456789abcdef0',
        groupSet: { items: [{ groupId: 'sg-0fedcba9876543210' }, { groupId: GROUP }] },
      },
    }),
    60_000,
  );
  const launched = but(used, {
    eventName: 'RunInstances',
    requestParameters: {
      instanceType: 't3.micro',
      groupSet: {},
      networkInterfaceSet: { items: [{ deviceIndex: 0, groupSet: { items: [{ groupId: GROUP }] } }] },
    },
  });
  const database = but(used, {
    eventSource: 'rds.amazonaws.com',
    eventName: 'ModifyDBInstance',
    requestParameters: { dBInstanceIdentifier: 'orders', vpcSecurityGroupIds: [GROUP] },
  });
  const terraform = { userAgent: 'Terraform/1.9' };
  return {
    fires: [
      { why: 'put on a machine', timeline: [made, opened(22), used], severity: 'critical' },
      { why: 'a machine launched with it', timeline: [made, opened(22), launched], severity: 'critical' },
      {
        why: 'by a launch template: the response tells',
        timeline: [
          made,
          opened(22),
          but(launched, {
            requestParameters: {},
            responseElements: {
              instancesSet: { items: [{ instanceId: 'i-0', groupSet: { items: [{ groupId: GROUP }] } }] },
            },
          }),
        ],
      },
      {
        why: 'put on a network card',
        timeline: [made, opened(22), but(used, { eventName: 'ModifyNetworkInterfaceAttribute' })],
      },
      { why: 'put on a database', timeline: [made, opened(22), database] },
      { why: 'a port that is not sensitive', timeline: [made, opened(8081), used], severity: 'critical' },
      { why: 'at the end of the hour', timeline: [made, opened(22), later(used, HOUR - 61_000)] },
      {
        why: 'all by Terraform',
        timeline: [made, opened(22), used].map((record) => but(record, terraform)),
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'not used', timeline: [made, opened(22)] },
      { why: 'an hour later', timeline: [made, opened(22), later(used, HOUR - 60_000)] },
      { why: 'an older group', timeline: [opened(22), used] },
      { why: 'HTTPS', timeline: [made, opened(443), used] },
      {
        why: 'another group used',
        timeline: [
          made,
          opened(22),
          but(used, { requestParameters: { groupSet: { items: [{ groupId: 'sg-0fedcba9876543210' }] } } }),
        ],
      },
      { why: 'the use was refused', timeline: [made, opened(22), denied(used)] },
      { why: 'used before it was opened', timeline: [made, later(used, -30_000), later(opened(22), 10 * MINUTE)] },
    ],
  };
};
