import { agentContains } from '../../intake/caller';
import { defineRule, type Examples, HOUR } from '../rule';
import { but, call, denied } from '../sample';
import { shifted } from '../severity';
import { ACL_CALLS, aclOf, aclOpening, isAclUnseen } from './network-acl';
import { EC2 } from './security-group-rules';

export default defineRule({
  id: 'network-acl-world-open',
  title: 'Network ACL opened to the world',
  severity: (event, settings) =>
    shifted(
      aclOpening(event, settings)?.severity ?? 'medium',
      agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0,
    ),
  rows: ['0-2'],
  attack: ['TA0005/T1562.007'],
  match: [{ feed: 'api-writes', outcome: 'succeeded', service: EC2, calls: ACL_CALLS }],
  when: (event, settings) => isAclUnseen(event) || aclOpening(event, settings) !== undefined,
  per: (event, settings) => {
    const opening = aclOpening(event, settings);
    return `${event.account}|${event.region}|${opening?.acl ?? ''}|${opening?.ports ?? ''}|${opening?.source ?? ''}|${event.actor}`;
  },
  quietMs: HOUR,
  settings: ['worldPrefixMaxV4', 'worldPrefixMaxV6', 'publicPorts', 'infrastructureAsCodeAgents'],
  headline: (event, settings) => {
    const opening = aclOpening(event, settings);
    if (opening === undefined) return `${event.actor} called ${event.call} with parameters too large to see`;
    return `${event.actor} opened network ACL ${opening.acl ?? '(not named)'}: ${opening.ports} from ${opening.source}`;
  },
  resources: ({ record }) => {
    const acl = aclOf(record['requestParameters']);
    return acl === undefined ? [] : [acl];
  },
  why: 'A network ACL guards whole subnets. Opening one takes away the second wall behind the security groups.',
  runbook: [
    'Read the ACL: aws ec2 describe-network-acls --network-acl-ids <acl>. Rules count in the order of their numbers.',
    'If the entry is not meant, remove it: aws ec2 delete-network-acl-entry --network-acl-id <acl> --ingress --rule-number <number>.',
    'Check which security groups in its subnets are open too: both must allow for traffic to pass.',
  ],
  falsePositives: [
    'The return traffic of a public subnet (ports 1024-65535): told as low.',
    'A public subnet whose limits are in its security groups.',
  ],
  blindSpots: ['The default ACL of a new VPC allows everything, without this call.'],
  references: [
    'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html',
    'https://attack.mitre.org/techniques/T1562/007/',
  ],
});

export const examples = (): Examples => {
  const entry = (fields: object = {}) =>
    call(EC2, 'CreateNetworkAclEntry', {
      requestParameters: {
        networkAclId: 'acl-0a1b2c3d4e5f60718',
        ruleNumber: 90,
        egress: false,
        ruleAction: 'allow',
        aclProtocol: '6',
        icmpTypeCode: {},
        portRange: { from: 22, to: 22 },
        cidrBlock: '0.0.0.0/0',
        ...fields,
      },
      responseElements: { _return: true },
    });
  const all = { aclProtocol: '-1', portRange: {} };
  return {
    fires: [
      { why: 'SSH', timeline: [entry()], severity: 'medium' },
      { why: 'everything', timeline: [entry(all)], severity: 'medium' },
      { why: 'everything over IPv6', timeline: [entry({ ...all, cidrBlock: undefined, ipv6CidrBlock: '::/0' })] },
      { why: 'an entry replaced', timeline: [but(entry(all), { eventName: 'ReplaceNetworkAclEntry' })] },
      { why: 'return traffic', timeline: [entry({ portRange: { from: 1024, to: 65535 } })], severity: 'low' },
      {
        why: 'one port more than return traffic',
        timeline: [entry({ portRange: { from: 1023, to: 65535 } })],
        severity: 'medium',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(entry(), { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'low',
      },
      {
        why: 'too large to see',
        timeline: [but(entry(), { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'medium',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(entry())] },
      { why: 'a rule that denies', timeline: [entry({ ruleAction: 'deny' })] },
      { why: 'an outbound rule', timeline: [entry({ egress: true })] },
      { why: 'a private network', timeline: [entry({ cidrBlock: '10.0.0.0/8' })] },
      { why: 'HTTPS', timeline: [entry({ portRange: { from: 443, to: 443 } })] },
    ],
  };
};
