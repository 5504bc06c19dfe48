import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { detectionData } from '../lambda/config/detection-data';
import { DETECTION_FILE, ENVIRONMENT } from '../lambda/config/environment';
import type { ResolvedConfig } from '../lambda/config/resolve';
import { acknowledge } from './acknowledge';
import { handlerCode } from './handler-code';
import { DETECT_TIMEOUT, type Queues } from './queues';
import type { Tables } from './tables';
import type { Topics } from './topics';
import { TrailhoundFunction } from './trailhound-function';

export interface DetectFunctionsProps {
  readonly config: ResolvedConfig;
  readonly queues: Queues;
  readonly tables: Tables;
  readonly topics: Topics;
  /** Upper limits; a new account can run 10 functions at once in all. */
  readonly concurrency: { readonly priority: number; readonly bulk: number };
  readonly logRetentionDays: number;
  /** Role whose calls are canaries. */
  readonly heartbeatRoleArn: string;
  readonly key: IKey | undefined;
}

/**
 * The detector, twice from one asset: a flood of reads cannot take the concurrency that a StopLogging needs. No
 * concurrency is reserved: a new account has too little to reserve any, and the deployment would fail.
 */
export class DetectFunctions extends Construct {
  readonly priority: TrailhoundFunction;
  readonly bulk: TrailhoundFunction;
  /** Ids of the event source mappings. */
  readonly mappingIds: readonly string[];

  constructor(scope: Construct, id: string, props: DetectFunctionsProps) {
    super(scope, id);
    const { queues, concurrency } = props;
    const code = handlerCode('detect.handler', { [DETECTION_FILE]: detectionData(props.config) });
    const detector = (name: string, description: string) => {
      const fn = new TrailhoundFunction(this, name, {
        description,
        code,
        timeout: DETECT_TIMEOUT,
        memorySizeMb: 512,
        environment: {
          [ENVIRONMENT.windowsTable]: props.tables.windows.tableName,
          [ENVIRONMENT.baselinesTable]: props.tables.baselines.tableName,
          [ENVIRONMENT.alertsTable]: props.tables.alerts.tableName,
          [ENVIRONMENT.opsTopicArn]: props.topics.ops.topicArn,
          [ENVIRONMENT.testQueueArn]: queues.test.queueArn,
          [ENVIRONMENT.heartbeatRoleArn]: props.heartbeatRoleArn,
          ...(props.key === undefined ? {} : { [ENVIRONMENT.ownKeyArn]: props.key.keyArn }),
        },
        logRetentionDays: props.logRetentionDays,
        key: props.key,
      });
      fn.may(['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [props.tables.windows.tableArn]);
      fn.may(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [props.tables.baselines.tableArn]);
      fn.may(['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], [props.tables.alerts.tableArn]);
      fn.may(['sns:Publish'], [props.topics.ops.topicArn]); // a critical alert that the table does not take
      props.tables.admitWriter(fn.role);
      return fn;
    };

    this.priority = detector('Priority', 'Trailhound: detects in writes and sign-ins');
    const priority = reads(this.priority, 'Mapping', queues.priority, {
      batchSize: 10,
      window: Duration.seconds(0), // a StopLogging waits for nothing
      maximumConcurrency: concurrency.priority,
    });
    const test = reads(this.priority, 'TestMapping', queues.test, {
      batchSize: 10,
      window: Duration.seconds(0),
      maximumConcurrency: 2,
    });

    this.bulk = detector('Bulk', 'Trailhound: detects in reads and data events');
    const bulk = reads(this.bulk, 'Mapping', queues.bulk, {
      batchSize: 200,
      window: Duration.seconds(5),
      maximumConcurrency: concurrency.bulk,
    });
    this.mappingIds = [priority, test, bulk];

    const inQueue = 'Queues start it: what fails stays in its queue, and after 100 attempts in the dead-letter queue.';
    acknowledge(this, {
      'Serverless-LambdaDLQ': inQueue,
      'NIST.800.53.R5-LambdaDLQ': inQueue,
      'Serverless-LambdaEventSourceMappingDestination': inQueue,
    });
  }
}

/** Connects a queue: records of a batch succeed and fail one by one. Returns the mapping's id. */
function reads(
  detector: TrailhoundFunction,
  id: string,
  queue: IQueue,
  { batchSize, window, maximumConcurrency }: { batchSize: number; window: Duration; maximumConcurrency: number },
): string {
  detector.may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);
  const mapping = new CfnEventSourceMapping(detector, id, {
    functionName: detector.fn.functionName,
    eventSourceArn: queue.queueArn,
    batchSize,
    maximumBatchingWindowInSeconds: window.toSeconds(),
    scalingConfig: { maximumConcurrency },
    functionResponseTypes: ['ReportBatchItemFailures'],
  });
  mapping.node.addDependency(detector.policy); // AWS asks for the permissions when the mapping is made
  return mapping.ref;
}
