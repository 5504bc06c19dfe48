import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { BaselineStore } from '../lambda/baselines/baseline-store';
import { DynamoBaselineStore } from '../lambda/baselines/dynamo-baseline-store';
import { StoreUnavailableError } from '../lambda/errors';
import { DynamoLineageStore } from '../lambda/lineage/dynamo-lineage-store';
import type { LineageStore } from '../lambda/lineage/lineage-store';
import { type AlertArchive, DynamoAlertArchive } from './alert-archive';
import { UsageError } from './io';
import type { Where } from './where';

/** What commands need of a deployment in AWS. */
export interface Cloud {
  /** Outputs of a stack. @throws UsageError if there is no such stack, or no way to ask */
  stackOutputs(stack: string): Promise<Readonly<Record<string, string>>>;
  /** @throws UsageError if a message was not accepted */
  sendMessages(queueUrl: string, bodies: readonly string[]): Promise<void>;
  /** Messages in a queue; SQS counts them approximately. */
  waiting(queueArn: string): Promise<number>;
  /** Begins to move all messages of a dead-letter queue; AWS goes on with it by itself. */
  move(fromArn: string, toArn: string, perSecond: number): Promise<void>;
  /** What the alerts table holds. Its methods throw UsageError, too, when AWS refuses. */
  alerts(table: string): AlertArchive;
  /** What is usual, as the detector learned it. Rejects with UsageError, too, when AWS refuses. */
  baselines(table: string): BaselineStore;
  /** Who took roles, in the same table. Rejects with UsageError, too, when AWS refuses. */
  lineage(table: string): Pick<LineageStore, 'find'>;
  /** ARN of whoever asks. */
  caller(): Promise<string>;
}

/** SQS takes ten messages at a time. */
const BATCH = 10;

/** AWS itself, by the credentials and the region of the environment, or of a profile. */
export function awsCloud({ region, profile }: Where): Cloud {
  const settings = { ...(region === undefined ? {} : { region }), ...(profile === undefined ? {} : { profile }) };
  const cloudFormation = new CloudFormationClient(settings);
  const sqs = new SQSClient(settings);
  return {
    alerts: (table) => {
      const archive = new DynamoAlertArchive(new DynamoDBClient(settings), table);
      const ask = <T>(request: () => Promise<T>) => explained('the alerts table', request);
      return {
        pages: (start) => ask(() => archive.pages(start)),
        acknowledge: (alert, acknowledgement) => ask(() => archive.acknowledge(alert, acknowledgement)),
      };
    },
    baselines: (table) => {
      const store = new DynamoBaselineStore(new DynamoDBClient(settings), table);
      const ask = <T>(request: () => Promise<T>) => explained('the baselines table', () => unwrapped(request));
      return {
        find: (name) => ask(() => store.find(name)),
        insert: (name, use, expiryMs) => ask(() => store.insert(name, use, expiryMs)),
        touch: (name, timeMs, expiryMs) => ask(() => store.touch(name, timeMs, expiryMs)),
        startLearning: (learner, kinds, timeMs) => ask(() => store.startLearning(learner, kinds, timeMs)),
        learnSince: (learner, sinceMs) => ask(() => store.learnSince(learner, sinceMs)),
        findLearning: (learner, kind) => ask(() => store.findLearning(learner, kind)),
      };
    },
    lineage: (table) => {
      const store = new DynamoLineageStore(new DynamoDBClient(settings), table);
      return { find: (session) => explained('the baselines table', () => unwrapped(() => store.find(session))) };
    },
    caller: () =>
      explained('who you are', async () => {
        const { Arn = 'unknown' } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
        return Arn;
      }),
    stackOutputs: (stack) =>
      explained(`the stack ${stack}`, async () => {
        const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
        const outputs = Stacks?.[0]?.Outputs ?? [];
        return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
      }),
    sendMessages: (queueUrl, bodies) =>
      explained('the test queue', async () => {
        for (let first = 0; first < bodies.length; first += BATCH) {
          const entries = bodies
            .slice(first, first + BATCH)
            .map((body, index) => ({ Id: String(first + index), MessageBody: body }));
          const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
          const [failed] = Failed;
          if (failed !== undefined)
            throw new UsageError(`the test queue refused a record: ${failed.Message ?? failed.Code}`);
        }
      }),
    waiting: (queueArn) =>
      explained(`the queue ${queueArn}`, async () => {
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrlOf(queueArn),
            AttributeNames: ['ApproximateNumberOfMessages'],
          }),
        );
        return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
      }),
    move: (fromArn, toArn, perSecond) =>
      explained(`the queue ${fromArn}`, async () => {
        await sqs.send(
          new StartMessageMoveTaskCommand({
            SourceArn: fromArn,
            DestinationArn: toArn,
            MaxNumberOfMessagesPerSecond: perSecond,
          }),
        );
      }),
  };
}

/** `arn:aws:sqs:eu-west-1:111122223333:name` → its URL. */
export function queueUrlOf(arn: string): string {
  const [, partition, , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${account}/${name}`;
}

/** The SDK's own error of a store that did not answer: a person reads more from it than "try again". */
async function unwrapped<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw error instanceof StoreUnavailableError && error.cause instanceof Error ? error.cause : error;
  }
}

/** The result, or an error that says what to do about it. */
async function explained<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`${what}: ${error.message.split('\n')[0]}${adviceFor(error)}`, { cause: error });
  }
}

function adviceFor({ name, message }: Error): string {
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/.test(name)) {
    return '. Take the operator role first: its ARN is the stack’s output OperatorRoleArn';
  }
  if (name === 'ValidationError' && /does not exist/.test(message)) {
    return `. Is it deployed in this region (--region), under this name (--stack)?`;
  }
  if (/Credential|ExpiredToken|InvalidClientTokenId/.test(name)) return '. Log in to the account of the hub';
  return /Region is missing/.test(message) ? '. Give --region' : '';
}
