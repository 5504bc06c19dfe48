import { Duration, Stack } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENVIRONMENT, FRAME_FILE, SESSION_ITEMS } from '../lambda/config/environment';
import { frameData } from '../lambda/config/frame-data';
import type { ResolvedConfig } from '../lambda/config/resolve';
import { PENDING_INDEX } from '../lambda/config/table-schema';
import { RULES } from '../lambda/rules';
import { acknowledge } from './acknowledge';
import { handlerCode } from './handler-code';
import type { Tables } from './tables';
import type { Topics } from './topics';
import { TrailhoundFunction } from './trailhound-function';

export interface NotifyFunctionProps {
  readonly config: ResolvedConfig;
  readonly tables: Tables;
  readonly topics: Topics;
  readonly logRetentionDays: number;
  readonly key: IKey | undefined;
}

/** Shorter than a message's lease (70 s in lambda/notify.ts): nobody takes one over that is still being sent. */
const TIMEOUT = Duration.seconds(60);

/**
 * Sends the messages that wait in the alerts table. It runs when the table's stream tells of a new one, and every minute:
 * the stream makes it prompt, the minute makes it certain. Nothing that starts it carries anything, so nothing of it is
 * kept when it fails.
 */
export class NotifyFunction extends Construct {
  readonly notify: TrailhoundFunction;
  /** Id of the event source mapping. */
  readonly bellId: string;

  constructor(scope: Construct, id: string, { config, tables, topics, logRetentionDays, key }: NotifyFunctionProps) {
    super(scope, id);
    const { alerts } = tables;
    this.notify = new TrailhoundFunction(this, 'Notify', {
      description: 'Trailhound: sends alerts, at a pace that mailboxes bear',
      code: handlerCode('notify.handler', { [FRAME_FILE]: frameData(config, RULES) }),
      timeout: TIMEOUT,
      memorySizeMb: 512,
      environment: {
        [ENVIRONMENT.alertsTable]: alerts.tableName,
        [ENVIRONMENT.baselinesTable]: tables.baselines.tableName,
        [ENVIRONMENT.alertsTopicArn]: topics.alerts.topicArn,
        ...(topics.chat === undefined ? {} : { [ENVIRONMENT.chatTopicArn]: topics.chat.topicArn }),
      },
      logRetentionDays,
      key,
    });
    // Who took the role, and who waits to learn it.
    this.notify.may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [tables.baselines.tableArn], SESSION_ITEMS);
    this.notify.may(['dynamodb:Query'], [alerts.tableArn, `${alerts.tableArn}/index/${PENDING_INDEX.name}`]);
    this.notify.may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [alerts.tableArn]);
    this.notify.may(
      ['sns:Publish'],
      [topics.alerts.topicArn, ...(topics.chat === undefined ? [] : [topics.chat.topicArn])],
    );
    tables.admitWriter(this.notify.role);
    this.bellId = this.rungBy(tables);
    this.everyMinute();

    const again = 'Whatever starts it, it sends what waits in the table; when a run fails, the next minute’s goes on.';
    acknowledge(this, {
      'Serverless-LambdaDLQ': again,
      'NIST.800.53.R5-LambdaDLQ': again,
      'Serverless-LambdaEventSourceMappingDestination': again,
      'Serverless-LambdaAsyncFailureDestination': again,
    });
  }

  /** A bell, not the data: a few attempts are enough, and old records are worth nothing. */
  private rungBy({ alerts }: Tables): string {
    const { fn, policy } = this.notify;
    if (alerts.tableStreamArn === undefined) throw new Error('the alerts table has no stream');
    this.notify.may(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [alerts.tableStreamArn],
    );
    this.notify.may(['dynamodb:ListStreams'], [`${alerts.tableArn}/stream/*`]);
    const table = Stack.of(this).getLogicalId(alerts.node.defaultChild as CfnTable);
    acknowledge(this, {
      [`AwsSolutions-IAM5[Resource::<${table}.Arn>/stream/*]`]:
        'Lambda lists the streams of the table when the mapping is made; AWS asks for that permission on all of them.',
    });
    // Of all items only messages are in the index of those that wait, and only when they are new.
    const pattern = {
      eventName: ['INSERT'],
      dynamodb: { NewImage: { [PENDING_INDEX.partition]: { S: [{ exists: true }] } } },
    };
    const mapping = new CfnEventSourceMapping(this.notify, 'Bell', {
      functionName: fn.functionName,
      eventSourceArn: alerts.tableStreamArn,
      startingPosition: 'LATEST', // what came before waits in the table
      batchSize: 100,
      maximumRecordAgeInSeconds: 60,
      maximumRetryAttempts: 2,
      filterCriteria: { filters: [{ pattern: JSON.stringify(pattern) }] },
    });
    mapping.node.addDependency(policy); // AWS asks for the permissions when the mapping is made
    return mapping.ref;
  }

  /** By Scheduler, which another API guards than EventBridge's rules: who disables those does not stop it. */
  private everyMinute(): void {
    const { fn } = this.notify;
    fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) }); // the next minute comes anyway
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const policy = new ManagedPolicy(this, 'SchedulePolicy', { roles: [role] });
    policy.addStatements(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }));
    const schedule = new CfnSchedule(this, 'EveryMinute', {
      description: 'Trailhound: sends what waits',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: fn.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    });
    schedule.node.addDependency(policy);
  }
}
