import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { feedPatterns } from '../lambda/rules/feeds';
import { CrownJewels } from './crown-jewels';
import { DetectFunctions } from './detect-functions';
import { EncryptionKey } from './encryption-key';
import { EventFeed, ruleArnsOn } from './event-feed';
import { HeartbeatFunction } from './heartbeat-function';
import { HubBus } from './hub-bus';
import { Members } from './members';
import { DATA_BUS, HUB_BUS } from './names';
import { NotifyFunction } from './notify-function';
import { OperatorRole } from './operator-role';
import { PostureFunction } from './posture-function';
import type { Deployment } from './props';
import { Queues } from './queues';
import { rulesPerBus } from './regions';
import { SelfWatch } from './self-watch';
import { Tables } from './tables';
import { Topics } from './topics';
import { Trail } from './trail';

/** Rules on the hub's bus besides the derived ones, with some to spare. */
const DIRECT_RULES = 10;

export interface HubStackProps extends StackProps {
  readonly deployment: Deployment;
  /** The forwarder for member accounts, if there are any. */
  readonly memberTemplate: object | undefined;
}

/** The hub, in the order an event meets it: bus, rules, queues, detector, tables, topics; then what watches it all. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, memberTemplate, ...props }: HubStackProps) {
    // CloudFormation takes a million characters: white space is not worth any.
    super(scope, id, { terminationProtection: true, suppressTemplateIndentation: true, ...props });
    const { config, homeRegion, version } = deployment;
    const { deploy } = config;
    const key = deploy.customerManagedKey ? new EncryptionKey(this, 'Key') : undefined;
    const operator = new OperatorRole(this, 'Operator', { operators: deploy.operatorRoles });

    // 1. Every region's events arrive on a bus; data events, which can be very many, on one of their own.
    const members = { organizationId: deploy.organizationId, memberAccounts: deploy.memberAccounts };
    const bus = new HubBus(this, 'Bus', {
      name: HUB_BUS,
      description: 'Trailhound: CloudTrail management events of all regions',
      ...members,
    });
    const dataBus = deploy.dataEvents
      ? new HubBus(this, 'DataBus', { name: DATA_BUS, description: 'Trailhound: CloudTrail data events', ...members })
      : undefined;

    // 2. From there to two queues, by rules that are made from the detections.
    const queues = new Queues(this, 'Queues', {
      ruleArns: [HUB_BUS, ...(dataBus === undefined ? [] : [DATA_BUS])].map((name) => ruleArnsOn(this, name)),
      operator,
      key,
    });
    const patterns = feedPatterns(config.rules.map(({ rule }) => rule));
    const room = rulesPerBus(homeRegion) - DIRECT_RULES;
    if (patterns.length > room) {
      Annotations.of(this).addWarningV2(
        'trailhound:rules-per-bus',
        `${patterns.length} derived rules, and a bus in ${homeRegion} takes ${room} unless your quota is higher; ask for more in Service Quotas (EventBridge, "Number of rules"), or switch detections off`,
      );
    }
    const { ruleArns } = new EventFeed(this, 'Feed', { patterns, bus, dataBus, queues });

    // 3. What is remembered, and whom to tell.
    const tables = new Tables(this, 'Tables', { key });
    const topics = new Topics(this, 'Topics', {
      key,
      emails: config.email,
      opsEmails: config.opsEmail,
      chat: deploy.chatTopic,
    });

    const heartbeat = new HeartbeatFunction(this, 'Heartbeat', {
      ...{ config, queues, tables, topics, key },
      logRetentionDays: deploy.logRetentionDays,
    });

    // 4. The detector reads the queues, and puts alerts and messages into the tables.
    const detect = new DetectFunctions(this, 'Detect', {
      config,
      queues,
      tables,
      topics,
      concurrency: deploy.concurrency,
      logRetentionDays: deploy.logRetentionDays,
      heartbeatRoleArn: heartbeat.role.roleArn,
      key,
    });

    // 5. What waits there is sent to people.
    const { notify, bellId } = new NotifyFunction(this, 'Notify', {
      config,
      tables,
      topics,
      logRetentionDays: deploy.logRetentionDays,
      key,
    });

    // 6. Once a day somebody looks at the account itself; what changed waits where alerts do.
    const { posture } = new PostureFunction(this, 'Posture', {
      config,
      tables,
      logRetentionDays: deploy.logRetentionDays,
      key,
    });

    // 7. Changes to the detector itself go to people without passing it.
    const { rules: jewels } = new CrownJewels(this, 'CrownJewels', {
      bus,
      topic: topics.ops,
      failed: queues.priorityFailed,
      mappingIds: detect.mappingIds,
      regions: deployment.regions,
    });
    const { alarms } = new SelfWatch(this, 'SelfWatch', {
      ...{ queues, detect, notify, posture, tables, topics },
      heartbeat: heartbeat.heartbeat,
    });
    const [priorityId = '', , bulkId = ''] = detect.mappingIds;
    const at = ({ queueUrl: url, queueArn: arn }: IQueue) => ({ url, arn });
    heartbeat.watch({
      ...{ account: this.account, region: this.region, regions: deployment.regions, version, jewels, alarms },
      ...{ configHash: config.configHash, bus: HUB_BUS, ...(dataBus === undefined ? {} : { dataBus: DATA_BUS }) },
      rules: ruleArns,
      functions: {
        priority: detect.priority.fn.functionName,
        bulk: detect.bulk.fn.functionName,
        notify: notify.fn.functionName,
        posture: posture.fn.functionName,
      },
      mappings: { priority: priorityId, bulk: bulkId, bell: bellId },
      queues: {
        priority: at(queues.priority),
        bulk: at(queues.bulk),
        priorityFailed: at(queues.priorityFailed),
        bulkFailed: at(queues.bulkFailed),
      },
      tables: {
        windows: tables.windows.tableName,
        baselines: tables.baselines.tableName,
        alerts: tables.alerts.tableName,
      },
      topics: { alerts: topics.alerts.topicArn, ops: topics.ops.topicArn },
    });
    operator.operates(queues, tables, key);

    if (deploy.createTrail) new Trail(this, 'Trail', { dataEventBuckets: deploy.dataEventBuckets });

    // 8. Other accounts of the organization get their forwarders from here.
    if (memberTemplate !== undefined && deploy.organizationalUnits.length > 0) {
      new Members(this, 'Members', {
        template: memberTemplate,
        organizationalUnits: deploy.organizationalUnits,
        regions: deployment.regions,
      });
    }

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('NextStep', nextStep(config.email, config.opsEmail), 'What to do now');
    output('AlertsTopicArn', topics.alerts.topicArn, 'Subscribe here to get alerts');
    output('OpsTopicArn', topics.ops.topicArn, 'Subscribe here to learn how the detector is');
    if (topics.chat !== undefined)
      output('ChatTopicArn', topics.chat.topicArn, 'For Amazon Q Developer in chat applications');
    output('TestQueueUrl', queues.test.queueUrl, 'Where trailhound send-test puts its records');
    output('PriorityQueueArn', queues.priority.queueArn, 'Writes and sign-ins, on the way to the detector');
    output('PriorityFailedQueueArn', queues.priorityFailed.queueArn, 'Writes and sign-ins that were given up');
    output('BulkQueueArn', queues.bulk.queueArn, 'Reads, on the way to the detector');
    output('BulkFailedQueueArn', queues.bulkFailed.queueArn, 'Reads that were given up');
    output('AlertsTableName', tables.alerts.tableName, 'Alerts and messages');
    output('BaselinesTableName', tables.baselines.tableName, 'What is usual: trailhound learn --import adds to it');
    output('OperatorRoleArn', operator.roleArn, 'Take this role for send-test, alerts and redrive');
    output('Version', version, 'Of Trailhound');
    output('ConfigHash', config.configHash, 'Of the configuration');
  }
}

function nextStep(emails: readonly string[], opsEmails: readonly string[]): string {
  const all = [...new Set([...emails, ...opsEmails])];
  const test = 'then run: npm run -s trailhound -- send-test';
  return all.length === 0
    ? `Nobody is told yet: subscribe to AlertsTopicArn and OpsTopicArn, or give email and deploy again; ${test}`
    : `CONFIRM the e-mails from AWS Notifications to ${all.join(', ')}; ${test}`;
}
