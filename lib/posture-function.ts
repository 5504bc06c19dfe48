import { Duration } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENVIRONMENT, POSTURE_FILE, POSTURE_ITEMS } from '../lambda/config/environment';
import { postureData } from '../lambda/config/posture-data';
import { POSTURE_PERMISSIONS } from '../lambda/config/posture-permissions';
import type { ResolvedConfig } from '../lambda/config/resolve';
import { acknowledge } from './acknowledge';
import { handlerCode } from './handler-code';
import type { Tables } from './tables';
import { TrailhoundFunction } from './trailhound-function';

export interface PostureFunctionProps {
  readonly config: ResolvedConfig;
  readonly tables: Tables;
  readonly logRetentionDays: number;
  readonly key: IKey | undefined;
}

/** Every item of the audit's has a partition key that begins so: it may touch no others. */
const OWN_ITEMS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${POSTURE_ITEMS}*`] } };

/**
 * Audits the account once a day. It reads, and writes nothing but what it found, into items of its own; messages about
 * changes wait in the table as alerts do, and are sent by the same function at the same pace.
 */
export class PostureFunction extends Construct {
  readonly posture: TrailhoundFunction;

  constructor(scope: Construct, id: string, { config, tables, logRetentionDays, key }: PostureFunctionProps) {
    super(scope, id);
    const { alerts } = tables;
    this.posture = new TrailhoundFunction(this, 'Posture', {
      description: 'Trailhound: audits the account every day, and tells what changed',
      code: handlerCode('posture.handler', { [POSTURE_FILE]: postureData(config) }),
      timeout: Duration.minutes(15),
      memorySizeMb: 1_024,
      environment: { [ENVIRONMENT.alertsTable]: alerts.tableName },
      logRetentionDays,
      key,
    });
    this.posture.may(POSTURE_PERMISSIONS, ['*']);
    this.posture.policy.addStatements(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        resources: [alerts.tableArn],
        conditions: OWN_ITEMS,
      }),
    );
    tables.admitWriter(this.posture.role);
    this.everyDay();

    const again = 'It audits anew every day and tells what it finds then; an alarm rings when it fails.';
    acknowledge(this, {
      'Serverless-LambdaDLQ': again,
      'NIST.800.53.R5-LambdaDLQ': again,
      'Serverless-LambdaAsyncFailureDestination': again,
      'AwsSolutions-IAM5[Resource::*]':
        'The audit looks at the whole account; every permission reads settings, and none reads what people store.',
    });
  }

  /** Lambda tries twice more when it fails, Scheduler when it cannot start it: an outage of minutes costs no day. */
  private everyDay(): void {
    const { fn } = this.posture;
    fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(6) });
    const role = new Role(this, 'ScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const policy = new ManagedPolicy(this, 'SchedulePolicy', { roles: [role] });
    policy.addStatements(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }));
    const schedule = new CfnSchedule(this, 'EveryDay', {
      description: 'Trailhound: audits the account',
      scheduleExpression: 'cron(20 5 * * ? *)', // UTC: read before work begins, on the first day of a week too
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 30 },
      target: {
        arn: fn.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 10 },
      },
    });
    schedule.node.addDependency(policy);
  }
}
