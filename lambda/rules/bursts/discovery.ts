import type { TrailEvent } from '../../intake/trail-event';
import { NOT_BY_SERVICE } from '../callers';
import type { Match } from '../rule';

/** Reads of the whole account that programs rarely place, and whoever finds keys places first. */
const named = (service: string, calls: NonNullable<Match['calls']>): Match => ({
  feed: 'api-reads',
  outcome: 'any',
  service: `${service}.amazonaws.com`,
  calls,
});

/**
 * Every read that arrives is looked at. A deployment forwards only the reads that rules name, unless it forwards all:
 * so those that tell most are named here.
 */
export const READS: readonly [Match, ...Match[]] = [
  { feed: 'api-reads', outcome: 'any', record: NOT_BY_SERVICE },
  named('iam', [
    'ListUsers',
    'ListRoles',
    'ListGroups',
    'ListPolicies',
    'ListMFADevices',
    'GetAccountSummary',
    'GetAccountPasswordPolicy',
    'GetAccountAuthorizationDetails',
    'GetCredentialReport',
  ]),
  named('sts', ['GetCallerIdentity']),
  named('s3', ['ListBuckets']),
  named('ec2', [
    'DescribeRegions',
    'DescribeKeyPairs',
    'DescribeSnapshots',
    'DescribeAddresses',
    'DescribeVpnConnections',
  ]),
  named('lambda', ['ListFunctions']),
  named('rds', ['DescribeDBInstances', 'DescribeDBSnapshots']),
  named('dynamodb', ['ListTables']),
  named('secretsmanager', ['ListSecrets']),
  named('ssm', ['DescribeParameters']),
  named('kms', ['ListKeys', 'ListAliases']),
  named('cloudtrail', ['DescribeTrails', 'ListTrails']),
  named('guardduty', ['ListDetectors']),
  named('organizations', ['DescribeOrganization', 'ListAccounts']),
  named('ses', ['ListIdentities', 'GetAccountSendingEnabled', 'GetSendQuota']),
  named('sns', ['ListTopics']),
  named('sqs', ['ListQueues']),
  named('ecr', ['DescribeRepositories']),
  named('ecs', ['ListClusters']),
  named('eks', ['ListClusters']),
  named('route53', ['ListHostedZones']),
  named('bedrock', ['ListFoundationModels']),
  named('ce', ['GetCostAndUsage']),
];

/** `ec2.amazonaws.com:DescribeRegions`: the group of a value is its service. */
export function serviceAndCall(event: TrailEvent): string {
  return `${event.service}:${event.call}`;
}

/** Services that the calls must be of, besides their number: a program of one service is no discovery. */
export const SERVICES_MIN = 5;

export const DISCOVERY_WHY =
  'Whoever gets hold of keys first finds out what they open: dozens of different questions to many services, within minutes.';

export const DISCOVERY_BLIND_SPOTS = [
  'In a deployment, reads that are not forwarded: unless all are, only those that rules name and those that fail.',
  'Slow discovery, or with many principals.',
  'Calls with the user agent of infrastructure as code are counted apart and only stored; the caller writes the agent.',
] as const;

export const DISCOVERY_REFERENCES = [
  'https://attack.mitre.org/techniques/T1526/',
  'https://attack.mitre.org/techniques/T1580/',
  'https://attack.mitre.org/techniques/T1087/004/',
] as const;

/** Kinds of discovery calls in so many services, for examples: [service, call]. */
export function kindsOfCalls(count: number, services: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [
    `${['iam', 'ec2', 's3', 'rds', 'lambda', 'ecs', 'sns', 'sqs'][index % services]}.amazonaws.com`,
    `${['List', 'Describe', 'Get'][index % 3]}Thing${index}`,
  ]);
}
