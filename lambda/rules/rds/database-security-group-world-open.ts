import { agentContains } from '../../intake/caller';
import { isOmitted, pick, text } from '../../intake/fields';
import type { TrailEvent } from '../../intake/trail-event';
import { coverWorld } from '../networks';
import { defineRule, type Examples, HOUR } from '../rule';
import { ACCOUNT, but, call, denied } from '../sample';
import type { Settings } from '../settings';
import { shifted } from '../severity';

const RDS = 'rds.amazonaws.com';
const REDSHIFT = 'redshift.amazonaws.com';
const ELASTICACHE = 'elasticache.amazonaws.com';

export default defineRule({
  id: 'database-security-group-world-open',
  title: 'Database security group opened to outsiders',
  severity: (event, settings) =>
    shifted(
      strangerIn(event, settings) === undefined ? 'high' : 'medium',
      agentContains(event, settings.infrastructureAsCodeAgents) ? -1 : 0,
    ),
  rows: ['0-2'],
  attack: ['TA0005/T1562.007', 'TA0009/T1213.006'],
  match: [
    { feed: 'api-writes', outcome: 'succeeded', service: RDS, calls: ['AuthorizeDBSecurityGroupIngress'] },
    { feed: 'api-writes', outcome: 'succeeded', service: REDSHIFT, calls: ['AuthorizeClusterSecurityGroupIngress'] },
    { feed: 'api-writes', outcome: 'succeeded', service: ELASTICACHE, calls: ['AuthorizeCacheSecurityGroupIngress'] },
  ],
  when: (event, settings) =>
    isOmitted(event.record['requestParameters']) ||
    isWorld(event, settings) ||
    strangerIn(event, settings) !== undefined,
  per: (event) =>
    `${event.account}|${event.region}|${event.service}|${groupOf(event) ?? ''}|${networkOf(event) ?? ''}|${ownerOf(event) ?? ''}|${event.actor}`,
  quietMs: HOUR,
  settings: ['worldPrefixMaxV4', 'worldPrefixMaxV6', 'organizationAccounts', 'infrastructureAsCodeAgents'],
  headline: (event, settings) => {
    const stranger = strangerIn(event, settings);
    const who =
      stranger !== undefined
        ? `a security group of account ${stranger}, which is not one of yours`
        : (networkOf(event) ?? 'somebody: the parameters were too large to see');
    return `${event.actor} opened database security group ${groupOf(event) ?? '(not named)'} to ${who}`;
  },
  resources: (event) => {
    const group = groupOf(event);
    return group === undefined ? [] : [group];
  },
  why: 'The databases behind this group now take connections from outside; only their passwords are left in the way.',
  runbook: [
    'Close it: aws rds revoke-db-security-group-ingress, aws redshift revoke-cluster-security-group-ingress or aws elasticache revoke-cache-security-group-ingress, with the same group and source.',
    'Ask the actor why; if nobody vouches for it, deactivate its keys.',
    "Look in the databases' logs for connections from unknown addresses since then.",
  ],
  falsePositives: ['A partner account that is not in organizationAccounts.'],
  blindSpots: [
    'Databases in a VPC use EC2 security groups: the rules for those see them.',
    'Narrow networks of strangers: only networks as wide as worldPrefixMaxV4 or V6 count.',
  ],
  references: [
    'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AuthorizeDBSecurityGroupIngress.html',
    'https://docs.aws.amazon.com/redshift/latest/APIReference/API_AuthorizeClusterSecurityGroupIngress.html',
    'https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AuthorizeCacheSecurityGroupIngress.html',
  ],
});

/** The parameters are `cIDRIP`, `dBSecurityGroupName`: AWS lowers the first letter only. */
function networkOf({ record }: TrailEvent): string | undefined {
  return text(pick(record['requestParameters'], 'cidrIp'));
}

function isWorld(event: TrailEvent, settings: Settings): boolean {
  return coverWorld([networkOf(event) ?? ''], settings.worldPrefixMaxV4, settings.worldPrefixMaxV6);
}

function ownerOf({ record }: TrailEvent): string | undefined {
  return text(pick(record['requestParameters'], 'ec2SecurityGroupOwnerId'));
}

/** Account of an EC2 security group that was let in, if it is neither this one nor one of the organization. */
function strangerIn(event: TrailEvent, settings: Settings): string | undefined {
  const owner = ownerOf(event);
  if (owner === undefined || owner === '' || owner === event.account) return undefined;
  return settings.organizationAccounts.includes(owner) ? undefined : owner;
}

function groupOf({ record }: TrailEvent): string | undefined {
  const request = record['requestParameters'];
  return (
    text(pick(request, 'dbSecurityGroupName')) ??
    text(pick(request, 'clusterSecurityGroupName')) ??
    text(pick(request, 'cacheSecurityGroupName'))
  );
}

export const examples = (): Examples => {
  const rds = (fields: object) =>
    call(RDS, 'AuthorizeDBSecurityGroupIngress', { requestParameters: { dBSecurityGroupName: 'orders', ...fields } });
  const world = rds({ cIDRIP: '0.0.0.0/0' });
  const cache = (owner: string) =>
    call(ELASTICACHE, 'AuthorizeCacheSecurityGroupIngress', {
      requestParameters: {
        cacheSecurityGroupName: 'sessions',
        eC2SecurityGroupName: 'web',
        eC2SecurityGroupOwnerId: owner,
      },
    });
  return {
    fires: [
      { why: 'RDS', timeline: [world], severity: 'high' },
      {
        why: 'Redshift',
        timeline: [
          call(REDSHIFT, 'AuthorizeClusterSecurityGroupIngress', {
            requestParameters: { clusterSecurityGroupName: 'reports', cIDRIP: '0.0.0.0/0' },
          }),
        ],
        severity: 'high',
      },
      { why: 'ElastiCache, to a group of an unknown account', timeline: [cache('999988887777')], severity: 'medium' },
      {
        why: 'by Terraform: one lower',
        timeline: [but(world, { userAgent: 'HashiCorp Terraform/1.9.0' })],
        severity: 'medium',
      },
      {
        why: 'too large to see',
        timeline: [but(world, { requestParameters: { omitted: true, reason: 'requestParameters too large' } })],
        severity: 'high',
      },
    ],
    quiet: [
      { why: 'the call was refused', timeline: [denied(world)] },
      { why: 'one address', timeline: [rds({ cIDRIP: '203.0.113.7/32' })] },
      { why: 'a group of the same account', timeline: [cache(ACCOUNT)] },
      {
        why: 'a group of the organization',
        timeline: [cache('444455556666')],
        settings: { organizationAccounts: ['444455556666'] },
      },
    ],
  };
};
