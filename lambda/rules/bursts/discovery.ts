import type { TrailEvent } from '../../intake/trail-event';
import type { Match } from '../rule';

const named = (service: string, ...calls: [string, ...string[]]): Match => ({
  feed: 'api-reads',
  outcome: 'any',
  service: `${service}.amazonaws.com`,
  calls,
});

/**
 * Questions about the whole account, which programs rarely ask and whoever finds keys asks first. Not those that
 * controllers and agents ask all day (DescribeInstances, DescribeLogStreams): named reads are forwarded from every region.
 */
export const QUESTIONS: readonly [Match, ...Match[]] = [
  named(
    'iam',
    'GenerateCredentialReport',
    'GetAccountAuthorizationDetails',
    'GetAccountPasswordPolicy',
    'GetAccountSummary',
    'GetCredentialReport',
    'GetUser',
    'ListAccountAliases',
    'ListAttachedUserPolicies',
    'ListGroups',
    'ListGroupsForUser',
    'ListInstanceProfiles',
    'ListMFADevices',
    'ListOpenIDConnectProviders',
    'ListPolicies',
    'ListRoles',
    'ListSAMLProviders',
    'ListUserPolicies',
    'ListUsers',
    'ListVirtualMFADevices',
  ),
  named('sts', 'GetCallerIdentity'),
  named('organizations', 'DescribeOrganization', 'ListAccounts', 'ListRoots'),
  named('account', 'GetAlternateContact', 'GetContactInformation', 'ListRegions'),
  named('s3', 'ListBuckets', 'GetAccountPublicAccessBlock'),
  named(
    'ec2',
    'DescribeAccountAttributes',
    'DescribeAddresses',
    'DescribeFlowLogs',
    'DescribeKeyPairs',
    'DescribeRegions',
    'DescribeReservedInstances',
    'DescribeSnapshots',
    'DescribeTransitGateways',
    'DescribeVpcPeeringConnections',
    'DescribeVpcs',
    'DescribeVpnConnections',
  ),
  named('rds', 'DescribeDBClusters', 'DescribeDBInstances', 'DescribeDBSnapshots'),
  named('redshift', 'DescribeClusters'),
  named('dynamodb', 'ListTables', 'ListBackups'),
  named('elasticache', 'DescribeCacheClusters'),
  named('es', 'ListDomainNames'),
  named('elasticfilesystem', 'DescribeFileSystems'),
  named('backup', 'ListBackupVaults'),
  named('lambda', 'ListFunctions', 'ListLayers'),
  named('apigateway', 'GetRestApis', 'GetApis'),
  named('ecs', 'ListTaskDefinitions'),
  named('ecr', 'DescribeRepositories'),
  named('eks', 'ListClusters'),
  named('lightsail', 'GetInstances'),
  named('secretsmanager', 'ListSecrets'),
  named('ssm', 'DescribeParameters', 'DescribeInstanceInformation', 'ListCommands'),
  named('kms', 'ListAliases', 'ListKeys'),
  named('acm', 'ListCertificates'),
  named('cloudtrail', 'DescribeTrails', 'ListEventDataStores', 'ListTrails'),
  named('guardduty', 'ListDetectors'),
  named('config', 'DescribeConfigurationRecorders'),
  named('securityhub', 'DescribeHub'),
  named('access-analyzer', 'ListAnalyzers'),
  named('logs', 'DescribeMetricFilters', 'DescribeSubscriptionFilters'),
  named('ses', 'GetAccount', 'GetAccountSendingEnabled', 'GetSendQuota', 'ListIdentities'),
  named('sns', 'ListSubscriptions', 'ListTopics'),
  named('sqs', 'ListQueues'),
  named('route53', 'ListHostedZones'),
  named('route53domains', 'ListDomains'),
  named('cloudfront', 'ListDistributions'),
  named('cloudformation', 'ListStacks'),
  named('codebuild', 'ListProjects'),
  named('codecommit', 'ListRepositories'),
  named('cognito-idp', 'ListUserPools'),
  named('glue', 'GetDatabases', 'GetConnections'),
  named('sagemaker', 'ListNotebookInstances'),
  named('bedrock', 'GetFoundationModelAvailability', 'GetUseCaseForModelAccess', 'ListFoundationModels'),
  named('servicequotas', 'ListServiceQuotas'),
  named('ce', 'GetCostAndUsage', 'GetCostForecast'),
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
  'Slow discovery, or with many principals.',
  'Calls with the user agent of infrastructure as code are counted apart and only stored; the caller writes the agent.',
] as const;

export const DISCOVERY_REFERENCES = [
  'https://attack.mitre.org/techniques/T1526/',
  'https://attack.mitre.org/techniques/T1580/',
  'https://attack.mitre.org/techniques/T1087/004/',
] as const;

/** So many different questions to so many services, for examples: [service, call]. */
export function questions(count: number, services: number): [string, string][] {
  const asked = QUESTIONS.filter(({ calls = [] }) => calls.length > 1).slice(0, services);
  const rounds = asked.flatMap(({ service = '', calls = [] }) =>
    calls.map((name, round) => ({ service, name, round })),
  );
  return rounds
    .sort((a, b) => a.round - b.round)
    .slice(0, count)
    .map(({ service, name }) => [service, name]);
}
