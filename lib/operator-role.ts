import { Duration, Stack } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  ManagedPolicy,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Queues } from './queues';
import type { Tables } from './tables';

export interface OperatorRoleProps {
  /** ARNs of the roles that may become the operator; none: whoever in the account is allowed to assume it. */
  readonly operators: readonly string[];
}

/**
 * What people do by hand: move failed events back, send tests, repair items. Taking it is an AssumeRole call, which is
 * recorded, while the calls themselves mostly are not.
 */
export class OperatorRole extends Role {
  constructor(scope: Construct, id: string, { operators }: OperatorRoleProps) {
    super(scope, id, {
      description: 'Trailhound: alerts, send-test, redrive, and repair of stored items',
      assumedBy:
        operators.length === 0
          ? new AccountRootPrincipal()
          : new CompositePrincipal(...operators.map((arn) => new ArnPrincipal(arn))),
      maxSessionDuration: Duration.hours(1),
    });
  }

  /** The one policy of the role. */
  operates(queues: Queues, tables: Tables, key: IKey | undefined): void {
    const policy = new ManagedPolicy(this, 'Policy', { roles: [this] });
    const may = (actions: string[], resources: string[]) =>
      policy.addStatements(new PolicyStatement({ actions, resources }));
    may(
      [
        'sqs:StartMessageMoveTask',
        'sqs:CancelMessageMoveTask',
        'sqs:ListMessageMoveTasks',
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
      ],
      [queues.priorityFailed.queueArn, queues.bulkFailed.queueArn],
    );
    may(
      ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
      [queues.priority.queueArn, queues.bulk.queueArn, queues.test.queueArn],
    );
    may(
      ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      [tables.windows.tableArn, tables.baselines.tableArn, tables.alerts.tableArn],
    );
    may(['dynamodb:Scan'], [tables.alerts.tableArn]); // trailhound alerts lists them
    may(['cloudformation:DescribeStacks'], [Stack.of(this).stackId]); // outputs say where things are
    if (key !== undefined) may(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    tables.admitWriter(this);
  }
}
