/** Calls of the generated corpus, by service: about 280, four reads for each write, as accounts have them. */
const READS: Readonly<Record<string, string>> = {
  'ec2.amazonaws.com':
    'DescribeInstances DescribeInstanceStatus DescribeVolumes DescribeSnapshots DescribeImages DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeTags DescribeRegions DescribeAvailabilityZones DescribeKeyPairs DescribeAddresses DescribeNetworkInterfaces DescribeRouteTables DescribeInternetGateways DescribeNatGateways DescribeLaunchTemplates DescribeInstanceTypes DescribeVolumeStatus DescribeNetworkAcls DescribeVpcEndpoints DescribeFlowLogs DescribeInstanceAttribute DescribeAccountAttributes',
  's3.amazonaws.com':
    'ListBuckets GetBucketAcl GetBucketPolicy GetBucketLocation GetBucketLogging GetBucketVersioning GetBucketEncryption GetBucketTagging GetBucketPublicAccessBlock GetBucketReplication GetBucketLifecycle GetBucketCors GetBucketNotification GetBucketOwnershipControls GetAccountPublicAccessBlock',
  'iam.amazonaws.com':
    'GetUser GetRole GetPolicy GetPolicyVersion ListUsers ListRoles ListPolicies ListAccessKeys ListAttachedRolePolicies ListRolePolicies ListGroupsForUser GetAccountSummary GetInstanceProfile ListInstanceProfiles GetRolePolicy ListMFADevices GetAccessKeyLastUsed GetLoginProfile ListAttachedUserPolicies ListGroups',
  'sts.amazonaws.com': 'AssumeRole GetCallerIdentity AssumeRoleWithWebIdentity AssumeRoleWithSAML',
  'kms.amazonaws.com': 'Decrypt GenerateDataKey DescribeKey ListKeys ListAliases GetKeyPolicy GetKeyRotationStatus',
  'lambda.amazonaws.com':
    'GetFunction20150331v2 ListFunctions20150331 GetPolicy20150331v2 ListTags20170331 GetFunctionConfiguration20150331v2 ListEventSourceMappings20150331',
  'dynamodb.amazonaws.com': 'DescribeTable ListTables DescribeTimeToLive DescribeContinuousBackups ListTagsOfResource',
  'rds.amazonaws.com':
    'DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBParameterGroups ListTagsForResource DescribeDBSubnetGroups DescribeEvents',
  'logs.amazonaws.com':
    'DescribeLogGroups DescribeLogStreams DescribeMetricFilters DescribeSubscriptionFilters GetLogEvents FilterLogEvents',
  'monitoring.amazonaws.com': 'DescribeAlarms GetDashboard ListDashboards DescribeAlarmsForMetric',
  'cloudtrail.amazonaws.com': 'DescribeTrails GetTrailStatus GetEventSelectors LookupEvents ListTrails',
  'cloudformation.amazonaws.com':
    'DescribeStacks DescribeStackEvents DescribeStackResources ListStacks GetTemplate DescribeChangeSet ListStackResources GetTemplateSummary',
  'ecs.amazonaws.com':
    'DescribeClusters DescribeServices DescribeTasks ListTasks ListClusters DescribeTaskDefinition ListServices DescribeContainerInstances',
  'ecr.amazonaws.com':
    'GetAuthorizationToken DescribeRepositories ListImages DescribeImages GetDownloadUrlForLayer BatchGetImage BatchCheckLayerAvailability',
  'eks.amazonaws.com': 'DescribeCluster ListClusters ListNodegroups DescribeNodegroup ListAddons',
  'ssm.amazonaws.com':
    'GetParameter GetParameters GetParametersByPath DescribeParameters DescribeInstanceInformation ListCommands GetCommandInvocation ListAssociations DescribeDocument UpdateInstanceInformation',
  'secretsmanager.amazonaws.com': 'GetSecretValue DescribeSecret ListSecrets GetResourcePolicy',
  'autoscaling.amazonaws.com':
    'DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeLaunchConfigurations DescribePolicies DescribeScalingActivities',
  'elasticloadbalancing.amazonaws.com':
    'DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth DescribeListeners DescribeRules DescribeTags DescribeLoadBalancerAttributes',
  'sqs.amazonaws.com': 'GetQueueAttributes ListQueues GetQueueUrl ListQueueTags',
  'sns.amazonaws.com': 'ListTopics GetTopicAttributes ListSubscriptionsByTopic ListSubscriptions',
  'route53.amazonaws.com': 'ListHostedZones ListResourceRecordSets GetHostedZone GetChange',
  'cloudfront.amazonaws.com': 'ListDistributions GetDistribution GetDistributionConfig',
  'acm.amazonaws.com': 'ListCertificates DescribeCertificate ListTagsForCertificate',
  'config.amazonaws.com':
    'DescribeConfigRules DescribeConfigurationRecorders DescribeConfigurationRecorderStatus GetComplianceDetailsByConfigRule',
  'guardduty.amazonaws.com': 'ListDetectors GetDetector ListFindings GetFindings',
  'organizations.amazonaws.com': 'DescribeOrganization ListAccounts DescribeAccount ListRoots',
  'events.amazonaws.com': 'ListRules DescribeRule ListTargetsByRule DescribeEventBus',
  'elasticache.amazonaws.com': 'DescribeCacheClusters DescribeReplicationGroups DescribeSnapshots',
  'tagging.amazonaws.com': 'GetResources GetTagKeys GetTagValues',
  'health.amazonaws.com': 'DescribeEventAggregates DescribeEvents',
  'support.amazonaws.com': 'DescribeTrustedAdvisorChecks DescribeTrustedAdvisorCheckResult',
};

const WRITES: Readonly<Record<string, string>> = {
  'ec2.amazonaws.com':
    'RunInstances TerminateInstances StartInstances StopInstances CreateTags DeleteTags CreateSnapshot CreateVolume AttachVolume AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress CreateSecurityGroup CreateNetworkInterface DeleteNetworkInterface ModifyInstanceAttribute CreateLaunchTemplateVersion',
  's3.amazonaws.com':
    'CreateBucket PutBucketPolicy PutBucketTagging PutBucketLifecycle PutBucketEncryption PutBucketAcl PutBucketPublicAccessBlock DeleteBucket',
  'iam.amazonaws.com':
    'CreateRole PutRolePolicy AttachRolePolicy CreatePolicyVersion CreateUser CreateAccessKey UpdateAccessKey DeleteAccessKey TagRole UpdateAssumeRolePolicy PassRole UpdateLoginProfile',
  'lambda.amazonaws.com':
    'UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2 CreateFunction20150331 AddPermission20150331v2 PublishVersion20150331',
  'logs.amazonaws.com': 'CreateLogStream CreateLogGroup PutRetentionPolicy',
  'cloudformation.amazonaws.com': 'CreateStack UpdateStack CreateChangeSet ExecuteChangeSet DeleteStack',
  'ecs.amazonaws.com': 'RegisterTaskDefinition UpdateService RunTask StopTask SubmitTaskStateChange',
  'ecr.amazonaws.com': 'PutImage InitiateLayerUpload CompleteLayerUpload CreateRepository',
  'dynamodb.amazonaws.com': 'CreateTable UpdateTable TagResource',
  'rds.amazonaws.com': 'CreateDBSnapshot ModifyDBInstance AddTagsToResource',
  'ssm.amazonaws.com': 'PutParameter SendCommand StartSession',
  'secretsmanager.amazonaws.com': 'PutSecretValue RotateSecret CreateSecret',
  'autoscaling.amazonaws.com': 'UpdateAutoScalingGroup SetDesiredCapacity',
  'elasticloadbalancing.amazonaws.com': 'RegisterTargets DeregisterTargets ModifyListener',
  'route53.amazonaws.com': 'ChangeResourceRecordSets',
  'kms.amazonaws.com': 'CreateGrant RetireGrant CreateKey',
  'sqs.amazonaws.com': 'CreateQueue SetQueueAttributes',
  'sns.amazonaws.com': 'CreateTopic Subscribe',
  'events.amazonaws.com': 'PutRule PutTargets',
  'monitoring.amazonaws.com': 'PutMetricAlarm',
  'signin.amazonaws.com': 'ConsoleLogin',
};

export interface Call {
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
}

const list = (calls: Readonly<Record<string, string>>, readOnly: boolean): Call[] =>
  Object.entries(calls).flatMap(([service, names]) => names.split(' ').map((name) => ({ service, name, readOnly })));

export const READ_CALLS: readonly Call[] = list(READS, true);
export const WRITE_CALLS: readonly Call[] = list(WRITES, false);
