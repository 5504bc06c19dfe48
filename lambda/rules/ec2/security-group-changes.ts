import { asArray, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import type { Match } from '../rule';
import { textsNamed } from './launches';
import { EC2, groupOf } from './security-group-rules';

/** Every call that changes who may talk to machines. */
export const GROUP_CHANGES: Match = {
  feed: 'api-writes',
  outcome: 'succeeded',
  service: EC2,
  calls: [
    'AuthorizeSecurityGroupIngress',
    'AuthorizeSecurityGroupEgress',
    'RevokeSecurityGroupIngress',
    'RevokeSecurityGroupEgress',
    'ModifySecurityGroupRules',
    'CreateSecurityGroup',
    'DeleteSecurityGroup',
  ],
};

/** Group that a CreateSecurityGroup made. */
export function groupMade({ record }: TrailEvent): string | undefined {
  return text(pick(record['responseElements'], 'groupId'));
}

/** Calls that put machines, network cards or databases into groups. */
export const GROUP_USES: readonly Match[] = [
  {
    feed: 'api-writes',
    outcome: 'succeeded',
    service: EC2,
    calls: ['RunInstances', 'ModifyInstanceAttribute', 'ModifyNetworkInterfaceAttribute', 'CreateNetworkInterface'],
  },
  {
    feed: 'api-writes',
    outcome: 'succeeded',
    service: 'rds.amazonaws.com',
    calls: ['CreateDBInstance', 'ModifyDBInstance'],
  },
];

/** Most calls name one; a launch with many network cards names some more. */
const GROUPS_MAX = 20;

/** Ids of the groups that one of `GROUP_USES` puts something into. */
export function groupsUsed({ record }: TrailEvent): readonly string[] {
  const parameters = record['requestParameters'];
  const named = [
    ...textsNamed(pick(parameters, 'groupSet'), 'groupid'),
    ...textsNamed(pick(parameters, 'networkInterfaceSet'), 'groupid'),
    ...textsNamed(pick(parameters, 'securityGroupIdSet'), 'groupid'),
    ...asArray(pick(parameters, 'vpcSecurityGroupIds')).flatMap((group) => text(group) ?? []),
    // The groups of a launch template stand in the response alone.
    ...textsNamed(pick(record['responseElements'], 'instancesSet'), 'groupid'),
  ];
  return [...new Set(named)].slice(0, GROUPS_MAX);
}

/** What the call changed about which group, in words. */
export function groupChangeInWords(event: TrailEvent): string {
  const group = groupOf(event) ?? groupMade(event) ?? '(not named)';
  return `${event.actor} called ${event.call} on security group ${group} in ${event.account} ${event.region}`;
}
