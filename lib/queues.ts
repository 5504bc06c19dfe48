import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/** How long a detector may work on one batch. */
export const DETECT_TIMEOUT = Duration.seconds(60);

/**
 * Six times the function's timeout and the batching window of the bulk queue.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY = Duration.seconds(365);

/** A store that is out for an hour must not send events aside; unreadable ones are acknowledged by the detector. */
const RECEIVES_BEFORE_FAILED = 100;

export interface QueuesProps {
  /** ARNs of the rules that may send, as patterns. */
  readonly ruleArns: readonly string[];
  /** May move what failed back, and send tests. */
  readonly operator: IRole;
  readonly key: IKey | undefined;
}

/** Events between EventBridge and the detectors: what must be told at once, and the mass. */
export class Queues extends Construct {
  /** Writes and sign-in. */
  readonly priority: Queue;
  /** Reads and data events. */
  readonly bulk: Queue;
  /** Given up by the detector, or not accepted by the queue. */
  readonly priorityFailed: Queue;
  readonly bulkFailed: Queue;
  /** Synthetic records of `send-test`. */
  readonly test: Queue;

  constructor(scope: Construct, id: string, { ruleArns, operator, key }: QueuesProps) {
    super(scope, id);
    const encryption = key === undefined ? { encryption: QueueEncryption.SQS_MANAGED } : { encryptionMasterKey: key };
    const queue = (name: string, failed?: Queue) =>
      new Queue(this, name, {
        ...encryption,
        enforceSSL: true,
        retentionPeriod: Duration.days(14),
        ...(failed === undefined
          ? {}
          : {
              visibilityTimeout: VISIBILITY,
              deadLetterQueue: { queue: failed, maxReceiveCount: RECEIVES_BEFORE_FAILED },
            }),
        removalPolicy: RemovalPolicy.DESTROY,
      });
    this.priorityFailed = queue('PriorityFailed');
    this.bulkFailed = queue('BulkFailed');
    this.priority = queue('Priority', this.priorityFailed);
    this.bulk = queue('Bulk', this.bulkFailed);
    this.test = new Queue(this, 'Test', {
      ...encryption,
      enforceSSL: true,
      visibilityTimeout: VISIBILITY,
      retentionPeriod: Duration.hours(1),
    });

    for (const one of [this.priority, this.bulk, this.priorityFailed, this.bulkFailed]) {
      admitRules(one, ruleArns);
      refuseOthers(one, operator, ruleArns);
    }
    refuseOthers(this.test, operator, []);

    const isLast = 'It is a dead-letter queue itself: 14 days of retention and an alarm on its first message.';
    for (const failed of [this.priorityFailed, this.bulkFailed]) {
      acknowledge(failed, { 'Serverless-SQSRedrivePolicy': isLast });
    }
    const isTest = 'Records of send-test are made up: one that fails is sent again, and expires within the hour.';
    acknowledge(this.test, { 'AwsSolutions-SQS3': isTest, 'Serverless-SQSRedrivePolicy': isTest });
  }
}

function admitRules(queue: Queue, ruleArns: readonly string[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AdmitRules',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': ruleArns },
        StringEquals: { 'aws:SourceAccount': Stack.of(queue).account },
      },
    }),
  );
}

/**
 * A message in these queues counts as an event that AWS reported. So whoever has sqs:SendMessage in the account must not
 * write one. A refusal with `Not…` also holds where the key is absent, which is the case for direct calls.
 */
function refuseOthers(queue: Queue, operator: IRole, ruleArns: readonly string[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'RefuseOthers',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        ArnNotEquals: { 'aws:PrincipalArn': operator.roleArn },
        ...(ruleArns.length === 0 ? {} : { ArnNotLike: { 'aws:SourceArn': ruleArns } }),
      },
    }),
  );
}
