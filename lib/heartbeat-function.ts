import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENVIRONMENT, FORWARDER_QUEUE, HEARTBEAT_FILE, HEARTBEAT_ITEMS } from '../lambda/config/environment';
import { heartbeatData } from '../lambda/config/heartbeat-data';
import type { Manifest } from '../lambda/config/manifest';
import type { ResolvedConfig } from '../lambda/config/resolve';
import { PENDING_INDEX } from '../lambda/config/table-schema';
import { RULES } from '../lambda/rules';
import { acknowledge } from './acknowledge';
import { handlerCode } from './handler-code';
import type { Queues } from './queues';
import type { Tables } from './tables';
import type { Topics } from './topics';
import { TrailhoundFunction } from './trailhound-function';

export interface HeartbeatFunctionProps {
  readonly config: ResolvedConfig;
  readonly queues: Queues;
  readonly tables: Tables;
  readonly topics: Topics;
  readonly logRetentionDays: number;
  readonly key: IKey | undefined;
}

/** A beat takes seconds; a region that does not answer may hold it up until its deadline, 30 s before this. */
const TIMEOUT = Duration.seconds(90);

const OWN_ITEMS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${HEARTBEAT_ITEMS}*`] } };

/**
 * What AWS lets nobody narrow to a resource. All of it reads, and none of it reads what people store.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const READS_OF_THE_ACCOUNT = [
  'cloudtrail:DescribeTrails',
  'cloudtrail:GetEventSelectors',
  'cloudtrail:GetTrailStatus',
  'cloudtrail:LookupEvents',
  'cloudwatch:GetMetricData',
  'events:ListRuleNamesByTarget',
  'events:ListRules',
];

/**
 * Looks every five minutes whether everything is right, and says so itself: it needs nothing of what it watches. Made
 * before the detector, which must know its role; started when everything is there.
 */
export class HeartbeatFunction extends Construct {
  readonly heartbeat: TrailhoundFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HeartbeatFunctionProps,
  ) {
    super(scope, id);
    const { config, tables, topics, logRetentionDays, key } = props;
    this.heartbeat = new TrailhoundFunction(this, 'Heartbeat', {
      description: 'Trailhound: looks whether the trail, its own parts and the way between them are right',
      code: handlerCode('heartbeat.handler', { [HEARTBEAT_FILE]: heartbeatData(config, RULES) }),
      timeout: TIMEOUT,
      memorySizeMb: 512,
      environment: {
        [ENVIRONMENT.baselinesTable]: tables.baselines.tableName,
        [ENVIRONMENT.alertsTable]: tables.alerts.tableName,
        [ENVIRONMENT.opsTopicArn]: topics.ops.topicArn,
      },
      logRetentionDays,
      key,
    });
    tables.admitWriter(this.heartbeat.role);

    const again = 'It looks anew every five minutes; a beat that fails is no loss, and alarms ring when none succeeds.';
    acknowledge(this, {
      'Serverless-LambdaDLQ': again,
      'NIST.800.53.R5-LambdaDLQ': again,
      'Serverless-LambdaAsyncFailureDestination': again,
      'AwsSolutions-IAM5[Resource::*]':
        'Trails, rules by target, event history and metrics cannot be read by resource; nothing of it can be changed.',
    });
  }

  get role(): Role {
    return this.heartbeat.role;
  }

  /** Gives it what it watches, leave to look at it, and its schedule. Once, when all parts are made. */
  watch(manifest: Manifest): void {
    this.permit(manifest);
    const { fn } = this.heartbeat;
    fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) }); // the next beat comes anyway
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const policy = new ManagedPolicy(this, 'SchedulePolicy', { roles: [role] });
    policy.addStatements(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }));
    // By Scheduler, which another API guards than EventBridge's rules: who disables those does not stop it.
    const schedule = new CfnSchedule(this, 'EveryFiveMinutes', {
      description: 'Trailhound: looks whether everything is right',
      scheduleExpression: 'rate(5 minutes)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: fn.functionArn,
        roleArn: role.roleArn,
        // What was made, by the names that CloudFormation gives: too many for environment variables.
        input: Stack.of(this).toJsonString(manifest),
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    });
    schedule.node.addDependency(policy);
  }

  private permit({ mappings, functions }: Manifest): void {
    const { queues, tables, topics } = this.props;
    const stack = Stack.of(this);
    const may = (actions: string[], resources: string[], conditions?: object) =>
      this.heartbeat.policy.addStatements(
        new PolicyStatement({
          effect: Effect.ALLOW,
          ...{ actions, resources },
          ...(conditions === undefined ? {} : { conditions }),
        }),
      );
    const { windows, baselines, alerts } = tables;
    may(READS_OF_THE_ACCOUNT, ['*']);
    may(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], [baselines.tableArn], OWN_ITEMS);
    may(['dynamodb:PutItem', 'dynamodb:Query'], [alerts.tableArn], OWN_ITEMS);
    may(['dynamodb:Query'], [`${alerts.tableArn}/index/${PENDING_INDEX.name}`]);
    may(['dynamodb:DescribeTable'], [windows.tableArn, baselines.tableArn, alerts.tableArn]);
    may(['sns:Publish'], [topics.ops.topicArn]);
    may(['sns:ListSubscriptionsByTopic'], [topics.alerts.topicArn, topics.ops.topicArn]);
    const regional = stack.formatArn({ service: 'sqs', resource: FORWARDER_QUEUE, region: '*' });
    may(['sqs:GetQueueAttributes'], [queues.priorityFailed.queueArn, queues.bulkFailed.queueArn, regional]);
    may(['sqs:TagQueue'], [regional]); // the canary: a change of its own, in every region
    may(
      ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency'],
      Object.values(functions).map((name) => arnOf(stack, 'function', name)),
    );
    may(
      ['lambda:GetEventSourceMapping'],
      Object.values(mappings).map((name) => arnOf(stack, 'event-source-mapping', name)),
    );
    const alarms = stack.formatArn({
      ...{ service: 'cloudwatch', resource: 'alarm', resourceName: `${stack.stackName}-*` },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    may(['cloudwatch:DescribeAlarms'], [alarms]);
    acknowledge(this, {
      [`AwsSolutions-IAM5[Resource::${readable(stack, regional)}]`]:
        'One queue, by its name, in each region that is watched.',
      [`AwsSolutions-IAM5[Resource::${readable(stack, alarms)}]`]:
        'The alarms of this stack, of which one call asks for all.',
    });
  }
}

function arnOf(stack: Stack, resource: string, resourceName: string): string {
  return stack.formatArn({ service: 'lambda', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** As cdk-nag writes it: `arn:<AWS::Partition>:sqs:*:…`. */
function readable(stack: Stack, arn: string): string {
  const resolved = stack.resolve(arn) as string | { 'Fn::Join': [string, (string | { Ref: string })[]] };
  if (typeof resolved === 'string') return resolved;
  return resolved['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}
