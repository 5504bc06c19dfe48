import { text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';
import { ACL_CALLS, aclOf, aclOpening } from './network-acl';
import {
  EC2,
  groupInWords,
  groupOf,
  groupRules,
  isAllowedGroup,
  OPENING_SETTINGS,
  openingKey,
  openingSeverity,
  openingsInWords,
  worldOpenings,
} from './security-group-rules';

const openedTo = (event: TrailEvent, settings: Settings) => worldOpenings(groupRules(event), settings);

export default defineRule({
  id: 'security-group-world-open-attempt',
  title: 'Attempt to open a network to the world failed',
  severity: (event, settings) => {
    const acl = aclOpening(event, settings);
    return shifted(acl?.severity ?? openingSeverity(event, openedTo(event, settings), settings), -2);
  },
  rows: ['0-2'],
  attack: ['TA0005/T1562.007', 'TA0003/T1133'],
  match: [
    {
      feed: 'api-writes',
      outcome: ['denied', 'failed'],
      service: EC2,
      calls: ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules', ...ACL_CALLS],
    },
  ],
  when: (event, settings) =>
    !alreadyThere(event) &&
    !isAllowedGroup(event, settings) &&
    (aclOpening(event, settings) !== undefined || openedTo(event, settings).length > 0),
  per: (event, settings) => {
    const acl = aclOpening(event, settings);
    return `${openingKey(event, openedTo(event, settings))}|${acl?.acl ?? ''}|${acl?.ports ?? ''}|${acl?.source ?? ''}`;
  },
  quietMs: HOUR,
  settings: [...OPENING_SETTINGS],
  headline: (event, settings) => {
    const acl = aclOpening(event, settings);
    const what =
      acl === undefined
        ? `${groupInWords(event)}: ${openingsInWords(openedTo(event, settings))}`
        : `network ACL ${acl.acl ?? '(not named)'}: ${acl.ports} from ${acl.source}`;
    return `${event.actor} tried to open ${what} (${text(event.record['errorCode'])?.slice(0, 60) ?? event.outcome})`;
  },
  resources: (event) => {
    const name = groupOf(event) ?? aclOf(event.record['requestParameters']);
    return name === undefined ? [] : [name];
  },
  why: 'Nothing was opened. But whoever tries this with credentials that do not allow it may be trying what they can do.',
  runbook: [
    'Ask the actor whether the attempt was theirs.',
    'If not, deactivate its keys and revoke its sessions, and list its other calls: aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=<name>.',
    'Look for a later call that succeeded, also by other principals and in other regions.',
  ],
  falsePositives: ['A developer without the permission, or a policy that forbids open groups doing its work.'],
  blindSpots: ['Attempts whose record has no parameters, or parameters too large to see.'],
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

/** `InvalidPermission.Duplicate` and `NetworkAclEntryAlreadyExists`: scripts repeat themselves; nothing is new. */
function alreadyThere({ record }: TrailEvent): boolean {
  const code = text(record['errorCode']) ?? '';
  return code.includes('Duplicate') || code.includes('AlreadyExists');
}

export const examples = (): Examples => {
  const refused = {
    errorCode: 'Client.UnauthorizedOperation',
    errorMessage: 'You are not authorized to perform this operation.',
  };
  const request = {
    groupId: 'sg-0a1b2c3d4e5f60718',
    ipPermissions: {
      items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
    },
  };
  const ssh = call(EC2, 'AuthorizeSecurityGroupIngress', { requestParameters: request, ...refused });
  const entry = (fields: object = {}) =>
    call(EC2, 'CreateNetworkAclEntry', {
      requestParameters: {
        networkAclId: 'acl-0a1b2c3d4e5f60718',
        egress: false,
        ruleAction: 'allow',
        aclProtocol: '-1',
        cidrBlock: '0.0.0.0/0',
        ...fields,
      },
      ...refused,
    });
  return {
    fires: [
      { why: 'SSH, refused', timeline: [ssh], severity: 'low' },
      {
        why: 'all traffic, refused',
        timeline: [
          but(ssh, { requestParameters: { ...request, ipPermissions: {}, ipProtocol: '-1', cidrIp: '0.0.0.0/0' } }),
        ],
        severity: 'medium',
      },
      {
        why: 'a dry run: the call would have been allowed',
        timeline: [but(ssh, { errorCode: 'Client.DryRunOperation' })],
        severity: 'low',
      },
      { why: 'no such group', timeline: [but(ssh, { errorCode: 'Client.InvalidGroup.NotFound' })], severity: 'low' },
      { why: 'a network ACL', timeline: [entry()], severity: 'low' },
    ],
    quiet: [
      {
        why: "it succeeded: another rule's alert",
        timeline: [but(ssh, { errorCode: undefined, errorMessage: undefined })],
      },
      { why: 'the rule is there already', timeline: [but(ssh, { errorCode: 'Client.InvalidPermission.Duplicate' })] },
      { why: 'the record has no parameters', timeline: [denied(ssh)] },
      {
        why: 'a network of 256 addresses',
        timeline: [
          but(ssh, {
            requestParameters: {
              ...request,
              ipPermissions: {},
              ipProtocol: 'tcp',
              fromPort: 22,
              toPort: 22,
              cidrIp: '0.0.0.0/24',
            },
          }),
        ],
      },
      { why: 'a network ACL entry that denies', timeline: [entry({ ruleAction: 'deny' })] },
    ],
  };
};
