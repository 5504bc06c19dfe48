import { agentContains } from '../../intake/caller';
import { asArray, flag, pick } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { defineRule, type Examples } from '../rule';
import { but, call, denied } from '../sample';
import { shifted } from '../severity';
import { grantSeverity, parameterOf, publicGrantsIn, publicPolicyRule } from './resource-policy';

const OPENSEARCH = 'es.amazonaws.com';

export default defineRule({
  id: 'resource-policy-public-opensearch',
  title: 'OpenSearch domain policy lets anybody in',
  ...publicPolicyRule({
    kind: 'OpenSearch domain',
    resource: (event) => parameterOf(event, 'domainName'),
    grants: (event) => (isInVpc(event) ? [] : publicGrantsIn(event)),
  }),
  // One lower where the domain asks for a name and a password of its own; that the policy is open is then usual.
  severity: (event, settings) =>
    shifted(
      grantSeverity(publicGrantsIn(event)),
      (hasOwnUsers(event) ? -1 : 0) - (agentContains(event, settings.infrastructureAsCodeAgents) ? 1 : 0),
    ),
  attack: ['TA0009/T1213.006'],
  match: [
    {
      feed: 'api-writes',
      outcome: 'succeeded',
      service: OPENSEARCH,
      calls: ['CreateElasticsearchDomain', 'UpdateElasticsearchDomainConfig', 'CreateDomain', 'UpdateDomainConfig'],
    },
  ],
  why: 'Search clusters that answer without credentials are found by scanners within hours; their data is copied, or held to ransom.',
  runbook: [
    'Read what holds: aws opensearch describe-domain-config --domain-name <domain> (AccessPolicies, VPCOptions, AdvancedSecurityOptions).',
    'Narrow the policy to roles or addresses: aws opensearch update-domain-config --domain-name <domain> --access-policies file://policy.json.',
    'Look for foreign requests in the audit or access logs of the domain, and for indices that vanished.',
    "Ask the actor why; if nobody vouches for it, deactivate the actor's keys.",
  ],
  falsePositives: ['A domain in a VPC whose policy is changed alone: the call does not say where the domain is.'],
  blindSpots: [
    'OpenSearch Serverless, which has network policies instead.',
    'Named foreign accounts: that is sharing.',
  ],
  references: [
    'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html',
    'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html',
  ],
});

/** True when the call puts the domain into a VPC: strangers do not reach it, whatever the policy says. */
function isInVpc({ record }: TrailEvent): boolean {
  return asArray(pick(pick(record['requestParameters'], 'vpcOptions'), 'subnetIds')).length > 0;
}

/** True when the call turns on fine-grained access control. */
function hasOwnUsers({ record }: TrailEvent): boolean {
  return flag(pick(pick(record['requestParameters'], 'advancedSecurityOptions'), 'enabled')) === true;
}

export const examples = (): Examples => {
  const update = (statement: object, fields: object = {}) =>
    call(OPENSEARCH, 'UpdateDomainConfig', {
      requestParameters: {
        domainName: 'logs',
        accessPolicies: JSON.stringify({
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'es:*', Resource: '*', ...statement }],
        }),
        ...fields,
      },
    });
  const open = update({});
  return {
    fires: [
      { why: 'anybody may do everything', timeline: [open], severity: 'critical' },
      { why: 'anybody may read', timeline: [update({ Action: 'es:ESHttpGet' })], severity: 'high' },
      { why: 'a new domain', timeline: [but(open, { eventName: 'CreateDomain' })], severity: 'critical' },
      {
        why: 'by the older API',
        timeline: [but(open, { eventName: 'UpdateElasticsearchDomainConfig' })],
        severity: 'critical',
      },
      {
        why: 'a domain with users of its own: one lower',
        timeline: [update({}, { advancedSecurityOptions: { enabled: true } })],
        severity: 'high',
      },
      {
        why: 'by Terraform: one lower',
        timeline: [but(open, { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'high',
      },
      {
        why: 'parameters too large to see',
        timeline: [but(open, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(open)] },
      { why: 'a domain in a VPC', timeline: [update({}, { vPCOptions: { subnetIds: ['subnet-0a1b2c3d'] } })] },
      {
        why: 'from one network',
        timeline: [update({ Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })],
      },
      { why: 'one role', timeline: [update({ Principal: { AWS: 'arn:aws:iam::111122223333:role/Search' } })] },
    ],
  };
};
