import {
  assumeRole,
  authorizeIngress,
  bucketCall,
  createSecurityGroup,
  credentials,
  getSecretValue,
  read,
} from './calls';
import { ADDRESS, AGENT, HOME_REGION, PRODUCTION, ROLE, roleArn, roleId, session, sessionArn } from './cast';
import { exampleId, resourceId } from './random';
import type { Call, Caller, JsonObject } from './record';
import { BUCKET, CLUSTER, kmsKeyArn, NETWORK, roleResource, SECRETS } from './resources';
import type { Scene, Story } from './story';
import { javaDate } from './time';

const REGION = HOME_REGION;
const OIDC_PROVIDER = `arn:aws:iam::${PRODUCTION}:oidc-provider/token.actions.githubusercontent.com`;

/** A workflow trades GitHub's token for a session of the deployment role. */
function startWorkflow(scene: Scene, run: string): Caller {
  const lastsSeconds = 3600;
  const subject = 'repo:example-corp/infrastructure:ref:refs/heads/main';
  const gitHub: Caller = {
    account: PRODUCTION,
    identity: {
      type: 'WebIdentityUser',
      principalId: `${OIDC_PROVIDER}:sts.amazonaws.com:${subject}`,
      userName: subject,
      identityProvider: OIDC_PROVIDER,
    },
    sourceIp: ADDRESS.githubRunner,
    userAgent: AGENT.githubAction,
  };
  const sessionName = `terraform-${run}`;
  scene.call(gitHub, REGION, {
    service: 'sts',
    name: 'AssumeRoleWithWebIdentity',
    parameters: { roleArn: roleArn(ROLE.terraform), roleSessionName: sessionName, durationSeconds: lastsSeconds },
    response: {
      credentials: credentials(ROLE.terraform, sessionName, scene.nowMs, lastsSeconds, scene.random),
      subjectFromWebIdentityToken: subject,
      assumedRoleUser: {
        assumedRoleId: `${roleId(ROLE.terraform)}:${sessionName}`,
        arn: sessionArn(ROLE.terraform, sessionName),
      },
      provider: OIDC_PROVIDER,
      audience: 'sts.amazonaws.com',
    },
    resources: roleResource(roleArn(ROLE.terraform)),
  });
  return session(ROLE.terraform, sessionName, scene.nowMs, {
    sourceIp: ADDRESS.githubRunner,
    userAgent: AGENT.terraform,
  });
}

/** The reads by which the provider looks at one bucket; for some settings the answer is that there is none. */
const BUCKET_READS: readonly (readonly [name: string, subresource: string, code?: string, message?: string])[] = [
  ['GetBucketPolicy', 'policy'],
  ['GetBucketAcl', 'acl'],
  ['GetBucketCors', 'cors', 'NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
  [
    'GetBucketWebsite',
    'website',
    'NoSuchWebsiteConfiguration',
    'The specified bucket does not have a website configuration',
  ],
  ['GetBucketVersioning', 'versioning'],
  ['GetBucketRequestPayment', 'requestPayment'],
  ['GetBucketLogging', 'logging'],
  ['GetBucketLifecycle', 'lifecycle'],
  [
    'GetBucketReplication',
    'replication',
    'ReplicationConfigurationNotFoundError',
    'The replication configuration was not found',
  ],
  ['GetBucketEncryption', 'encryption'],
  ['GetBucketTagging', 'tagging'],
  ['GetBucketPublicAccessBlock', 'publicAccessBlock'],
  ['GetBucketOwnershipControls', 'ownershipControls'],
  ['GetBucketLocation', 'location'],
  ['GetAccelerateConfiguration', 'accelerate'],
  [
    'GetBucketObjectLockConfiguration',
    'object-lock',
    'ObjectLockConfigurationNotFoundError',
    'Object Lock configuration does not exist for this bucket',
  ],
];

const MANAGED_BUCKETS = [
  BUCKET.artifacts,
  BUCKET.assets,
  BUCKET.exports,
  BUCKET.invoices,
  BUCKET.loadBalancerLogs,
  BUCKET.reports,
];
const MANAGED_ROLES = [
  'orders-api-task',
  'orders-api-execution',
  'invoice-worker',
  'customer-export-worker',
  'web-asg-instance',
  'search-indexer',
  'mail-sender',
  'report-builder',
];
const MANAGED_POLICIES = ['orders-read', 'orders-queue', 'invoices-read', 'assets-write', 'search-index'];
const FUNCTIONS = ['invoice-worker', 'customer-export-worker', 'mail-sender', 'search-indexer'];
const PARAMETERS = [
  'log-level',
  'feature-flags',
  'queue-url',
  'cache-endpoint',
  'db-endpoint',
  'search-endpoint',
  'image-tag',
  'pool-size',
];
const ALARMS = [
  '5xx',
  'latency',
  'cpu',
  'memory',
  'queue-age',
  'dlq',
  'db-connections',
  'db-storage',
  'cache-evictions',
  'unhealthy-hosts',
];

const alarmName = (alarm: string): string => `orders-${alarm}`;
const logGroup = (name: string): string => `/ecs/${name}`;
const parameterName = (name: string): string => `/prod/orders/${name}`;

/** What a plan asks of the account to compare it with the code. */
function planReads(): Call[] {
  const { vpc, subnets, webGroup, databaseGroup, loadBalancerGroup } = NETWORK[REGION];
  const items = <T extends string>(key: T, value: string) => ({ items: [{ [key]: value }] });
  const policyArn = (name: string): string => `arn:aws:iam::${PRODUCTION}:policy/${name}`;
  return [
    ...MANAGED_BUCKETS.flatMap((bucket) =>
      BUCKET_READS.map(([name, subresource, code, message]) =>
        bucketCall(name, bucket, REGION, subresource, code && message ? { failed: { code, message } } : {}),
      ),
    ),
    ...MANAGED_ROLES.flatMap((roleName) => [
      read('iam', 'GetRole', { roleName }),
      read('iam', 'ListRolePolicies', { roleName }),
      read('iam', 'ListAttachedRolePolicies', { roleName }),
      read('iam', 'ListInstanceProfilesForRole', { roleName }),
    ]),
    ...MANAGED_POLICIES.flatMap((name) => [
      read('iam', 'GetPolicy', { policyArn: policyArn(name) }),
      read('iam', 'GetPolicyVersion', { policyArn: policyArn(name), versionId: 'v3' }),
    ]),
    read('ec2', 'DescribeVpcs', { vpcSet: items('vpcId', vpc), filterSet: {} }),
    read('ec2', 'DescribeVpcAttribute', { vpcId: vpc, attribute: 'enableDnsHostnames' }),
    read('ec2', 'DescribeVpcAttribute', { vpcId: vpc, attribute: 'enableDnsSupport' }),
    ...subnets.map((subnetId) =>
      read('ec2', 'DescribeSubnets', { subnetSet: items('subnetId', subnetId), filterSet: {} }),
    ),
    ...[webGroup, databaseGroup, loadBalancerGroup].map((groupId) =>
      read('ec2', 'DescribeSecurityGroups', {
        securityGroupSet: {},
        securityGroupIdSet: items('groupId', groupId),
        filterSet: {},
      }),
    ),
    ...subnets.map((_, index) =>
      read('ec2', 'DescribeRouteTables', {
        routeTableIdSet: items('routeTableId', resourceId('rtb', `orders ${index}`)),
        filterSet: {},
      }),
    ),
    read('ec2', 'DescribeInternetGateways', {
      internetGatewayIdSet: items('internetGatewayId', resourceId('igw', 'orders')),
      filterSet: {},
    }),
    read('ec2', 'DescribeLaunchTemplates', {
      DescribeLaunchTemplatesRequest: { LaunchTemplateId: { tag: 1, content: resourceId('lt', 'web') } },
    }),
    read('autoscaling', 'DescribeAutoScalingGroups', { autoScalingGroupNames: ['web'] }),
    ...FUNCTIONS.map((functionName) => read('lambda', 'GetFunction20150331v2', { functionName })),
    ...FUNCTIONS.map((functionName) => read('lambda', 'ListVersionsByFunction20150331', { functionName })),
    read('ecs', 'DescribeClusters', { clusters: [CLUSTER], include: ['TAGS', 'CONFIGURATIONS', 'SETTINGS'] }),
    ...['orders-api', 'orders-worker'].map((service) =>
      read('ecs', 'DescribeServices', { cluster: CLUSTER, services: [service], include: ['TAGS'] }),
    ),
    ...['orders-api:41', 'orders-worker:22'].map((taskDefinition) =>
      read('ecs', 'DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] }),
    ),
    read('elasticloadbalancing', 'DescribeLoadBalancers', { names: ['orders'] }),
    read('elasticloadbalancing', 'DescribeTargetGroups', { names: ['orders-api'] }),
    read('elasticloadbalancing', 'DescribeListeners', {
      listenerArns: [
        `arn:aws:elasticloadbalancing:${REGION}:${PRODUCTION}:listener/app/orders/50dc6c495c0c9188/f2f7dc8efc522ab2`,
      ],
    }),
    read('rds', 'DescribeDBInstances', { dBInstanceIdentifier: 'orders-prod' }),
    ...['orders-events', 'orders-alarms'].map((topic) =>
      read('sns', 'GetTopicAttributes', { topicArn: `arn:aws:sns:${REGION}:${PRODUCTION}:${topic}` }),
    ),
    ...['orders', 'artifacts', 'parameters'].flatMap((key) => [
      read('kms', 'DescribeKey', { keyId: kmsKeyArn(REGION, key) }),
      read('kms', 'GetKeyPolicy', { keyId: kmsKeyArn(REGION, key), policyName: 'default' }),
      read('kms', 'GetKeyRotationStatus', { keyId: kmsKeyArn(REGION, key) }),
    ]),
    ...ALARMS.map((alarm) =>
      read('monitoring', 'DescribeAlarms', {
        alarmNames: [alarmName(alarm)],
        alarmTypes: ['CompositeAlarm', 'MetricAlarm'],
      }),
    ),
    ...ALARMS.map((alarm) =>
      read('monitoring', 'ListTagsForResource', {
        resourceARN: `arn:aws:cloudwatch:${REGION}:${PRODUCTION}:alarm:${alarmName(alarm)}`,
      }),
    ),
    ...['orders-api', 'orders-worker', 'invoice-worker'].map((name) =>
      read('logs', 'DescribeLogGroups', { logGroupNamePrefix: logGroup(name) }),
    ),
    ...PARAMETERS.map((name) => read('ssm', 'GetParameter', { name: parameterName(name), withDecryption: true })),
    ...PARAMETERS.map((name) =>
      read('ssm', 'ListTagsForResource', { resourceType: 'Parameter', resourceId: parameterName(name) }),
    ),
    ...SECRETS.slice(0, 4).flatMap((name) => [
      read('secretsmanager', 'DescribeSecret', { secretId: name }),
      read('secretsmanager', 'GetResourcePolicy', { secretId: name }),
    ]),
    ...SECRETS.slice(0, 2).map((name) => getSecretValue(REGION, name)),
  ];
}

const TAGS = [
  { key: 'managed-by', value: 'terraform' },
  { key: 'team', value: 'orders' },
];

function trust(principal: JsonObject): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });
}

function makeRole(name: string, trustPolicy: string, nowMs: number): Call {
  return {
    service: 'iam',
    name: 'CreateRole',
    parameters: {
      path: '/',
      roleName: name,
      assumeRolePolicyDocument: trustPolicy,
      maxSessionDuration: 3600,
      tags: TAGS,
    },
    response: {
      role: {
        path: '/',
        roleName: name,
        roleId: exampleId('AROA', `${PRODUCTION} ${name}`),
        arn: `arn:aws:iam::${PRODUCTION}:role/${name}`,
        createDate: javaDate(nowMs),
        assumeRolePolicyDocument: encodeURIComponent(trustPolicy),
        tags: TAGS,
      },
    },
  };
}

/** What the apply makes and changes. No policy in it grants more than a service needs. */
function applyWrites(scene: Scene): Call[] {
  const { vpc, webGroup } = NETWORK[REGION];
  const migrations = resourceId('sg', 'orders-migrator');
  const policy = (...statements: JsonObject[]): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const queueAccess = policy({
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    Resource: `arn:aws:sqs:${REGION}:${PRODUCTION}:orders-*`,
  });
  return [
    makeRole(ROLE.migrator.name, trust({ AWS: roleArn(ROLE.terraform) }), scene.nowMs),
    makeRole('orders-projector-task', trust({ Service: 'ecs-tasks.amazonaws.com' }), scene.nowMs),
    ...[ROLE.migrator.name, 'orders-projector-task'].map(
      (roleName): Call => ({
        service: 'iam',
        name: 'PutRolePolicy',
        parameters: { roleName, policyName: 'queue', policyDocument: queueAccess },
      }),
    ),
    {
      service: 'iam',
      name: 'AttachRolePolicy',
      parameters: { roleName: 'orders-projector-task', policyArn: 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess' },
    },
    ...['orders-projector', 'orders-migrator', 'orders-api-v2'].map(
      (name): Call => ({
        service: 'logs',
        name: 'CreateLogGroup',
        parameters: { logGroupName: logGroup(name), tags: { team: 'orders' } },
      }),
    ),
    ...['orders-projector', 'orders-migrator', 'orders-api-v2'].map(
      (name): Call => ({
        service: 'logs',
        name: 'PutRetentionPolicy',
        parameters: { logGroupName: logGroup(name), retentionInDays: 90 },
      }),
    ),
    createSecurityGroup(migrations, 'orders-migrator', 'Managed by Terraform', vpc),
    authorizeIngress(PRODUCTION, webGroup, [{ port: 8443, cidrIpv4: '10.42.0.0/16' }]),
    ...['orders-projector:1', 'orders-api:42'].map(
      (taskDefinition): Call => ({
        service: 'ecs',
        name: 'RegisterTaskDefinition',
        parameters: {
          family: taskDefinition.split(':')[0] ?? '',
          networkMode: 'awsvpc',
          cpu: '512',
          memory: '1024',
          requiresCompatibilities: ['FARGATE'],
        },
        response: {
          taskDefinition: {
            taskDefinitionArn: `arn:aws:ecs:${REGION}:${PRODUCTION}:task-definition/${taskDefinition}`,
            status: 'ACTIVE',
          },
        },
      }),
    ),
    {
      service: 'ecs',
      name: 'UpdateService',
      parameters: { cluster: CLUSTER, service: 'orders-api', taskDefinition: 'orders-api:42', desiredCount: 4 },
      response: { service: { serviceName: 'orders-api', status: 'ACTIVE', desiredCount: 4, runningCount: 4 } },
    },
    ...ALARMS.flatMap((alarm): Call[] => [
      {
        service: 'monitoring',
        name: 'PutMetricAlarm',
        parameters: {
          alarmName: alarmName(`projector-${alarm}`),
          namespace: 'AWS/ECS',
          metricName: alarm,
          period: 60,
          evaluationPeriods: 5,
          threshold: 80,
          comparisonOperator: 'GreaterThanThreshold',
          actionsEnabled: true,
        },
      },
      {
        service: 'monitoring',
        name: 'TagResource',
        parameters: {
          resourceARN: `arn:aws:cloudwatch:${REGION}:${PRODUCTION}:alarm:${alarmName(`projector-${alarm}`)}`,
          tags: TAGS,
        },
      },
    ]),
    ...PARAMETERS.flatMap((name): Call[] => [
      {
        service: 'ssm',
        name: 'PutParameter',
        parameters: {
          name: `${parameterName(name)}-v2`,
          type: 'SecureString',
          overwrite: true,
          tier: 'Standard',
          value: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
        response: { version: 2, tier: 'Standard' },
      },
      {
        service: 'ssm',
        name: 'AddTagsToResource',
        parameters: { resourceType: 'Parameter', resourceId: `${parameterName(name)}-v2`, tags: TAGS },
      },
    ]),
    ...['orders-projector', 'orders-projector-dlq', 'orders-replay', 'orders-replay-dlq'].flatMap(
      (queueName): Call[] => {
        const queueUrl = `https://sqs.${REGION}.amazonaws.com/${PRODUCTION}/${queueName}`;
        return [
          {
            service: 'sqs',
            name: 'CreateQueue',
            parameters: { queueName, attributes: { SqsManagedSseEnabled: 'true', MessageRetentionPeriod: '1209600' } },
            response: { queueUrl },
          },
          { service: 'sqs', name: 'TagQueue', parameters: { queueUrl, tags: { team: 'orders' } } },
        ];
      },
    ),
    ...['nightly-replay', 'hourly-projection'].flatMap((name): Call[] => [
      {
        service: 'events',
        name: 'PutRule',
        parameters: {
          name,
          scheduleExpression: name.startsWith('hourly') ? 'rate(1 hour)' : 'cron(0 3 * * ? *)',
          state: 'ENABLED',
        },
        response: { ruleArn: `arn:aws:events:${REGION}:${PRODUCTION}:rule/${name}` },
      },
      {
        service: 'events',
        name: 'PutTargets',
        parameters: {
          rule: name,
          targets: [{ id: 'queue', arn: `arn:aws:sqs:${REGION}:${PRODUCTION}:orders-replay` }],
        },
        response: { failedEntryCount: 0, failedEntries: [] },
      },
    ]),
  ];
}

export function infrastructureAsCode(story: Story): void {
  story.chapter(
    {
      id: 'terraform',
      kind: 'everyday',
      what: `A workflow of the infrastructure repository plans and applies: hundreds of calls a minute, many of them writes. The role \`${ROLE.migrator.name}\` that it makes cannot be assumed at once: six refusals while IAM spreads the news. In the afternoon another plan, without an apply.`,
      says: `Quiet, or a note: bursts by infrastructure as code. (Quieter, never ignored: the caller chooses the user agent.) The refusals all name one role.`,
    },
    (scene) => {
      scene.at('17 10:12:03');
      const terraform = startWorkflow(scene, '7716204419');
      scene.wait(4).call(terraform, REGION, read('sts', 'GetCallerIdentity'));
      for (const call of planReads()) scene.wait(0.05, 0.45).call(terraform, REGION, call);
      scene.wait(6);
      for (const call of applyWrites(scene)) scene.wait(0.1, 0.7).call(terraform, REGION, call);
      for (let attempt = 0; attempt < 6; attempt += 1) {
        scene
          .wait(1.5, 3)
          .call(terraform, REGION, { service: 'sts', name: 'AssumeRole', denied: { on: roleArn(ROLE.migrator) } });
      }
      scene.wait(4).call(terraform, REGION, assumeRole(ROLE.migrator, 'migrate', scene));
      const migrator = session(ROLE.migrator, 'migrate', scene.nowMs, {
        sourceIp: ADDRESS.githubRunner,
        userAgent: AGENT.terraform,
      });
      scene.wait(2).call(migrator, REGION, read('sts', 'GetCallerIdentity'));
      scene.wait(1).call(migrator, REGION, getSecretValue(REGION, SECRETS[0]));

      scene.at('17 15:40:26');
      const again = startWorkflow(scene, '7719530882');
      scene.wait(4).call(again, REGION, read('sts', 'GetCallerIdentity'));
      for (const call of planReads()) scene.wait(0.05, 0.45).call(again, REGION, call);
    },
  );
}
