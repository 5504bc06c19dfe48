import { assumeRole, bucketCall, decryptSecret, getSecretValue, read, runInstances } from './calls';
import {
  ADDRESS,
  AGENT,
  awsService,
  HOME_REGION,
  onBehalfOf,
  PRODUCTION,
  ROLE,
  type Role,
  SECOND_REGION,
  serviceSession,
  session,
} from './cast';
import { resourceId } from './random';
import type { Call, Caller, CloudTrailRecord } from './record';
import { AMI, BUCKET, kmsKeyArn, kmsResource, NETWORK, SECRETS } from './resources';
import { MINUTE_MS, ROUND_MINUTES, repeatedly } from './rounds';
import type { Scene, Story } from './story';

/** A Lambda function wakes up: the service takes its role, then the function calls. */
function lambdaWakes(scene: Scene, of: Role, functionName: string, region: string): Caller {
  scene.call(awsService('lambda'), region, assumeRole(of, functionName, scene, { sharedEventId: scene.random.uuid() }));
  const functionArn = `arn:aws:lambda:${region}:${PRODUCTION}:function:${functionName}`;
  return session(
    of,
    functionName,
    scene.nowMs,
    { sourceIp: region === HOME_REGION ? ADDRESS.workloads : ADDRESS.workloadsEurope, userAgent: AGENT.lambda },
    { inScopeOf: { issuerType: 'AWS::Lambda::Function', credentialsIssuedTo: functionArn } },
  );
}

function decryptEnvironment(region: string, functionName: string): Call {
  return {
    service: 'kms',
    name: 'Decrypt',
    parameters: {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: {
        'aws:lambda:FunctionArn': `arn:aws:lambda:${region}:${PRODUCTION}:function:${functionName}`,
      },
    },
    resources: kmsResource(region, 'aws/lambda'),
  };
}

function createLogStream(scene: Scene, functionName: string): Call {
  const logStreamName = `2026/11/${new Date(scene.nowMs).getUTCDate()}/[$LATEST]${scene.random.hex(32)}`;
  return {
    service: 'logs',
    name: 'CreateLogStream',
    parameters: { logGroupName: `/aws/lambda/${functionName}`, logStreamName },
  };
}

function dataKey(region: string, bucket: string): Call {
  return {
    service: 'kms',
    name: 'GenerateDataKey',
    parameters: {
      keySpec: 'AES_256',
      keyId: kmsKeyArn(region, 'artifacts'),
      encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${bucket}` },
    },
    resources: kmsResource(region, 'artifacts'),
  };
}

/** The path by which tasks reach Secrets Manager without leaving the network. */
const SECRETS_ENDPOINT = resourceId('vpce', 'secretsmanager');
const WEB_SERVERS = [1, 2, 3].map((number) => resourceId('i', `web ${number}`));

/** The Systems Manager agent on an instance, with the credentials of the instance's role. */
function agentOn(instanceId: string, nowMs: number): Caller {
  const sixHoursMs = 6 * 60 * MINUTE_MS;
  const issuedMs = Math.floor(nowMs / sixHoursMs) * sixHoursMs;
  const from = { sourceIp: ADDRESS.workloads, userAgent: AGENT.ssmAgent };
  return session(ROLE.webInstance, instanceId, issuedMs, from, { ec2RoleDelivery: '2.0' });
}

function workloads(story: Story): void {
  story.chapter(
    {
      id: 'workloads',
      kind: 'everyday',
      what: `Lambda functions and ECS tasks of both regions take their roles, decrypt their settings, read a secret each and write logs; agents on instances report in. Day and night.`,
      says: `Quiet: services, and roles that do the same few things in every round.`,
    },
    (scene) => {
      repeatedly(scene, ROUND_MINUTES, 0, () => {
        for (const functionName of ['customer-export-worker', 'report-builder']) {
          const of = functionName === 'report-builder' ? ROLE.reportBuilder : ROLE.exportWorker;
          const worker = lambdaWakes(scene, of, functionName, HOME_REGION);
          scene.wait(0.4).call(worker, HOME_REGION, decryptEnvironment(HOME_REGION, functionName));
          scene.wait(1).call(worker, HOME_REGION, createLogStream(scene, functionName));
          for (const bucket of [BUCKET.exports, BUCKET.reports]) {
            scene.wait(1, 3).call(onBehalfOf(worker, 's3', scene.nowMs), HOME_REGION, dataKey(HOME_REGION, bucket));
          }
        }
        const task = session(ROLE.ordersTask, scene.random.hex(32), scene.nowMs, {
          sourceIp: ADDRESS.workloads,
          userAgent: AGENT.ecs,
        });
        for (const secret of SECRETS.slice(0, 2)) {
          scene
            .wait(1, 4)
            .call(task, HOME_REGION, { ...getSecretValue(HOME_REGION, secret), vpcEndpointId: SECRETS_ENDPOINT });
          scene.call(onBehalfOf(task, 'secretsmanager', scene.nowMs), HOME_REGION, decryptSecret(HOME_REGION, secret));
        }
        for (const name of ['feature-flags', 'log-level', 'queue-url']) {
          scene
            .wait(0.2, 1)
            .call(
              task,
              HOME_REGION,
              read('ssm', 'GetParameter', { name: `/prod/orders/${name}`, withDecryption: false }),
            );
        }
        for (const instanceId of WEB_SERVERS) {
          scene.wait(0.5, 3).call(agentOn(instanceId, scene.nowMs), HOME_REGION, {
            service: 'ssm',
            name: 'UpdateInstanceInformation',
            parameters: {
              instanceId,
              agentVersion: '3.3.2299.0',
              agentStatus: 'Active',
              platformType: 'Linux',
              platformName: 'Amazon Linux',
              platformVersion: '2023',
            },
          });
        }
      });
      repeatedly(scene, ROUND_MINUTES, 0, () => {
        const worker = lambdaWakes(scene, ROLE.invoiceWorker, 'invoice-worker', SECOND_REGION);
        scene.wait(0.4).call(worker, SECOND_REGION, decryptEnvironment(SECOND_REGION, 'invoice-worker'));
        scene.wait(1).call(worker, SECOND_REGION, createLogStream(scene, 'invoice-worker'));
        scene.wait(1, 4).call(worker, SECOND_REGION, getSecretValue(SECOND_REGION, SECRETS[2]));
        scene.call(
          onBehalfOf(worker, 'secretsmanager', scene.nowMs),
          SECOND_REGION,
          decryptSecret(SECOND_REGION, SECRETS[2]),
        );
        scene
          .wait(1, 4)
          .call(onBehalfOf(worker, 's3', scene.nowMs), SECOND_REGION, dataKey(SECOND_REGION, BUCKET.invoices));
      });
    },
  );
}

function housekeeping(story: Story): void {
  story.chapter(
    {
      id: 'housekeeping',
      kind: 'everyday',
      what: `AWS Config describes what there is, Auto Scaling checks its group, and the load balancer's log delivery is refused by a bucket whose policy somebody forgot.`,
      says: `Quiet: services, even where they are refused every time.`,
    },
    (scene) => {
      const recorded: readonly Call[] = [
        read('ec2', 'DescribeSecurityGroups', { securityGroupSet: {}, filterSet: {} }),
        read('ec2', 'DescribeVolumes', { maxResults: 200, volumeSet: {}, filterSet: {} }),
        read('ec2', 'DescribeNetworkInterfaces', { maxResults: 200, networkInterfaceIdSet: {}, filterSet: {} }),
        read('iam', 'ListUsers', { maxItems: 100 }),
        read('lambda', 'ListFunctions20150331', { maxItems: 50 }),
        read('rds', 'DescribeDBInstances', { maxRecords: 100 }),
      ];
      repeatedly(scene, 2 * ROUND_MINUTES, 0, () => {
        for (const region of [HOME_REGION, SECOND_REGION]) {
          const config = serviceSession(ROLE.config, 'configLambdaExecution', scene.nowMs, 'config');
          for (const call of recorded) scene.wait(0.2, 2).call(config, region, call);
        }
      });
      repeatedly(scene, ROUND_MINUTES, 0, () => {
        const scaling = serviceSession(ROLE.autoScaling, 'AutoScaling', scene.nowMs, 'autoscaling');
        scene.call(
          scaling,
          HOME_REGION,
          read('ec2', 'DescribeInstanceStatus', { instancesSet: {}, filterSet: {}, includeAllInstances: false }),
        );
        scene.wait(1).call(
          scaling,
          HOME_REGION,
          read('elasticloadbalancing', 'DescribeTargetHealth', {
            targetGroupArn: `arn:aws:elasticloadbalancing:${HOME_REGION}:${PRODUCTION}:targetgroup/web/943f017f100becff`,
          }),
        );
        scene.wait(5).call(awsService('delivery.logs'), HOME_REGION, {
          ...bucketCall('HeadBucket', BUCKET.loadBalancerLogs, HOME_REGION, undefined),
          failed: { code: 'AccessDenied', message: 'Access Denied' },
        });
      });
    },
  );
}

function instanceIds({ responseElements }: CloudTrailRecord): string[] {
  return [...JSON.stringify(responseElements).matchAll(/"instanceId":"(i-\w+)"/g)].map(([, id = '']) => id);
}

function scaling(story: Story): void {
  story.chapter(
    {
      id: 'scale-out',
      kind: 'everyday',
      what: `At noon Auto Scaling starts six instances of the company's image in two calls, and ends them in the evening.`,
      says: `Quiet: a known image, an ordinary size, started by the service.`,
    },
    (scene) => {
      const { vpc, subnets, webGroup } = NETWORK[HOME_REGION];
      const started: string[] = [];
      scene.at('17 12:00:42');
      const morning = serviceSession(ROLE.autoScaling, 'AutoScaling', scene.nowMs - 2000, 'autoscaling');
      for (const zone of [0, 1]) {
        const record = scene.wait(1, 3).call(
          morning,
          HOME_REGION,
          runInstances(
            {
              caller: morning,
              region: HOME_REGION,
              zone: `${HOME_REGION}${'ab'[zone]}`,
              image: AMI.company,
              type: 'm6i.large',
              count: 3,
              vpc,
              subnet: subnets[zone] ?? '',
              group: webGroup,
              launchTemplate: resourceId('lt', 'web'),
            },
            scene,
          ),
        );
        started.push(...instanceIds(record));
      }
      scene.wait(40).call(morning, HOME_REGION, {
        service: 'elasticloadbalancing',
        name: 'RegisterTargets',
        parameters: {
          targetGroupArn: `arn:aws:elasticloadbalancing:${HOME_REGION}:${PRODUCTION}:targetgroup/web/943f017f100becff`,
          targets: started.map((id) => ({ id })),
        },
      });
      scene.at('17 19:02:10');
      const evening = serviceSession(ROLE.autoScaling, 'AutoScaling', scene.nowMs - 2000, 'autoscaling');
      scene.call(evening, HOME_REGION, {
        service: 'ec2',
        name: 'TerminateInstances',
        parameters: { instancesSet: { items: started.map((instanceId) => ({ instanceId })) } },
        response: (requestId) => ({
          requestId,
          instancesSet: {
            items: started.map((instanceId) => ({
              instanceId,
              currentState: { code: 32, name: 'shutting-down' },
              previousState: { code: 16, name: 'running' },
            })),
          },
        }),
      });
    },
  );
}

function backups(story: Story): void {
  story.chapter(
    {
      id: 'backups',
      kind: 'everyday',
      what: `AWS Backup makes its nightly snapshots in both regions and removes the oldest: in the middle of the attack, with the same calls.`,
      says: `Quiet.`,
    },
    (scene) => {
      scene.at('18 02:00:11');
      for (const [region, disks] of [
        [HOME_REGION, ['order database', 'order search', 'web content', 'build cache']],
        [SECOND_REGION, ['invoice database', 'invoice archive']],
      ] as const) {
        const backup = serviceSession(ROLE.backup, 'AWSBackup-AWSBackupDefaultServiceRole', scene.nowMs, 'backup');
        for (const disk of disks) {
          const volumeId = resourceId('vol', disk);
          scene.wait(4, 25).call(backup, region, {
            service: 'ec2',
            name: 'CreateSnapshot',
            parameters: { volumeId, description: 'This snapshot is created by the AWS Backup service.' },
            response: (requestId) => ({
              requestId,
              snapshotId: resourceId('snap', `${disk} 2026-11-18`),
              volumeId,
              status: 'pending',
              startTime: scene.nowMs,
              ownerId: PRODUCTION,
              volumeSize: '200',
              encrypted: true,
              tagSet: {},
            }),
          });
        }
        scene.wait(20).call(backup, region, {
          service: 'ec2',
          name: 'DeleteSnapshot',
          parameters: { snapshotId: resourceId('snap', `${disks[0]} 2026-10-14`) },
          response: (requestId) => ({ requestId, _return: true }),
        });
      }
    },
  );
}

export function services(story: Story): void {
  workloads(story);
  housekeeping(story);
  scaling(story);
  backups(story);
}
