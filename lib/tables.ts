import { Lazy, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, type IRole, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PENDING_INDEX, TABLE_KEYS } from '../lambda/config/table-schema';
import { acknowledge } from './acknowledge';

export interface TablesProps {
  readonly key: IKey | undefined;
}

/** What is remembered: windows, baselines, and the outbox of alerts. Kept when the stack goes. */
export class Tables extends Construct {
  readonly windows: Table;
  readonly baselines: Table;
  readonly alerts: Table;
  private readonly writers: IRole[] = [];

  constructor(scope: Construct, id: string, { key }: TablesProps) {
    super(scope, id);
    const table = (name: string, more: Partial<TableProps> = {}) =>
      new Table(this, name, {
        partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
        sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
        timeToLiveAttribute: TABLE_KEYS.timeToLive,
        billingMode: BillingMode.PAY_PER_REQUEST,
        ...(key === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: true,
        removalPolicy: RemovalPolicy.RETAIN,
        resourcePolicy: new PolicyDocument({ statements: [this.refuseOtherWriters()] }),
        ...more,
      });
    this.windows = table('Windows');
    this.baselines = table('Baselines');
    this.alerts = table('Alerts', { stream: StreamViewType.NEW_IMAGE });
    this.alerts.addGlobalSecondaryIndex({
      indexName: PENDING_INDEX.name,
      partitionKey: { name: PENDING_INDEX.partition, type: AttributeType.STRING },
      sortKey: { name: PENDING_INDEX.sort, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    acknowledge(this, {
      'NIST.800.53.R5-DynamoDBInBackupPlan':
        'Point-in-time recovery keeps 35 days, longer than windows (16 days) live; a backup plan would add a service role.',
    });
  }

  /** Lets a role change items, if its own policy allows it. Everybody else is refused, whatever theirs say. */
  admitWriter(role: IRole): void {
    this.writers.push(role);
  }

  /**
   * Changing an item can hide an alert or make one up, and item-level calls are in no trail's management events. So an
   * administrator of the account must take the operator's role first, which is seen.
   */
  private refuseOtherWriters(): PolicyStatement {
    return new PolicyStatement({
      sid: 'RefuseOtherWriters',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PartiQLDelete',
      ],
      resources: ['*'], // in a table's policy: this table, which cannot name itself while it is made
      conditions: {
        ArnNotEquals: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.writers.map((role) => role.roleArn) }) },
      },
    });
  }
}
