import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Rule as BusRule,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { forEachLimited } from '../../lambda/concurrency';
import { DATA_BUS, HUB_BUS } from '../../lib/names';
import { accepts } from '../../test/lib/deployed-pattern';
import { eventually } from '../tools';
import { clientOptions } from './emulator';
import type { Envelope } from './worlds';

/** A rule as it is deployed, with where it sends. */
export interface DeployedRule {
  readonly bus: string;
  readonly name: string;
  readonly pattern: object;
  readonly targetArns: readonly string[];
}

const DEFAULT_BUS = 'default';
/** SQS takes ten messages at once. */
const BATCH = 10;
/** How long two empty looks at a queue lie apart: a batch may be on its way between them. */
const SETTLE_MS = 300;

/** The deployed hub, seen from outside: by its API. */
export class Hub {
  readonly dynamo;
  readonly events;
  readonly lambda;
  readonly sns;
  readonly sqs;
  private readonly urls = new Map<string, string>();

  constructor(
    endpoint: string,
    readonly outputs: Readonly<Record<string, string>>,
  ) {
    const options = { ...clientOptions(endpoint), maxAttempts: 5 };
    this.dynamo = new DynamoDBClient(options);
    this.events = new EventBridgeClient(options);
    this.lambda = new LambdaClient(options);
    this.sns = new SNSClient(options);
    this.sqs = new SQSClient(options);
  }

  /** @throws when the stack has no such output */
  output(name: string): string {
    const value = this.outputs[name];
    if (value === undefined)
      throw new Error(`the stack has no output ${name}: ${Object.keys(this.outputs).join(', ')}`);
    return value;
  }

  async urlOf(arn: string): Promise<string> {
    let url = this.urls.get(arn);
    if (url === undefined) {
      const answer = await this.sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }));
      url = answer.QueueUrl ?? '';
      this.urls.set(arn, url);
    }
    return url;
  }

  /** Every rule on the buses that events pass, as EventBridge has it. */
  async rules(): Promise<DeployedRule[]> {
    const rules: DeployedRule[] = [];
    for (const bus of [DEFAULT_BUS, HUB_BUS, DATA_BUS]) {
      const listed: BusRule[] = [];
      let NextToken: string | undefined;
      do {
        const page = await this.events.send(
          new ListRulesCommand({ EventBusName: bus, ...(NextToken === undefined ? {} : { NextToken }) }),
        );
        listed.push(...(page.Rules ?? []));
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      await forEachLimited(listed, 8, async ({ Name: name = '', EventPattern: pattern }) => {
        if (pattern === undefined) return;
        const { Targets = [] } = await this.events.send(
          new ListTargetsByRuleCommand({ Rule: name, EventBusName: bus }),
        );
        rules.push({ bus, name, pattern: JSON.parse(pattern), targetArns: Targets.map(({ Arn = '' }) => Arn) });
      });
    }
    return rules;
  }

  /** Sends in this order, as far as a standard queue keeps any. */
  async send(queueArn: string, bodies: readonly string[]): Promise<void> {
    const url = await this.urlOf(queueArn);
    for (let start = 0; start < bodies.length; start += BATCH) {
      const batch = bodies.slice(start, start + BATCH);
      const { Failed = [] } = await this.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: url,
          Entries: batch.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
        }),
      );
      if (Failed.length > 0) throw new Error(`a message was refused: ${Failed[0]?.Message}`);
    }
  }

  /** How many messages a queue holds, seen and unseen. */
  async depth(queueArn: string): Promise<number> {
    const { Attributes: of = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await this.urlOf(queueArn),
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Number(of['ApproximateNumberOfMessages']) + Number(of['ApproximateNumberOfMessagesNotVisible']);
  }

  /**
   * Waits until the detectors took everything.
   * @throws that says which queue holds how much after `limitMs`
   */
  async untilEmpty(limitMs: number): Promise<void> {
    const arns = [this.output('PriorityQueueArn'), this.output('BulkQueueArn')];
    let left: number[] = [];
    let empty = 0;
    await eventually(
      'the detectors take what was sent',
      limitMs,
      async () => {
        left = await Promise.all(arns.map((arn) => this.depth(arn)));
        empty = left.every((depth) => depth === 0) ? empty + 1 : 0;
        return empty >= 2 ? true : undefined;
      },
      SETTLE_MS,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; left in the queues for writes and reads: ${left.join(' and ')}`, {
        cause: error,
      });
    });
  }

  /**
   * Does work while no stream rings: the emulator reads queues and streams in turn, and waits for whom a stream rings, so
   * that a notifier that keeps its pace would hold up the detectors. What the stream has is read afterwards.
   */
  async withoutStreams<T>(work: () => Promise<T>): Promise<T> {
    const { EventSourceMappings: mappings = [] } = await this.lambda.send(new ListEventSourceMappingsCommand({}));
    const streams = mappings.filter(({ EventSourceArn = '' }) => EventSourceArn.includes('/stream/'));
    if (streams.length === 0) throw new Error('no function reads a stream');
    const set = async (Enabled: boolean) => {
      for (const { UUID } of streams) await this.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    };
    await set(false);
    try {
      return await work();
    } finally {
      await set(true);
    }
  }

  close(): void {
    for (const client of [this.dynamo, this.events, this.lambda, this.sns, this.sqs]) client.destroy();
  }
}

/** Where the deployed rules send an event of the watched accounts: over the forwarder and the hub's bus to queues. */
export class Router {
  constructor(private readonly rules: readonly DeployedRule[]) {}

  queuesFor(envelope: Envelope): string[] {
    const buses = this.targets(DEFAULT_BUS, envelope).flatMap((arn) => {
      const bus = /:event-bus\/(.+)$/.exec(arn)?.[1];
      return bus === undefined ? [] : [bus];
    });
    return buses.flatMap((bus) => this.targets(bus, envelope)).filter((arn) => arn.includes(':sqs:'));
  }

  private targets(bus: string, envelope: Envelope): string[] {
    return this.rules
      .filter((rule) => rule.bus === bus && maybe(rule.pattern, envelope) && accepts(rule.pattern, envelope))
      .flatMap(({ targetArns }) => targetArns);
  }
}

/** Most patterns name the services they are about: the others need not be asked. */
function maybe(pattern: object, { detail }: Envelope): boolean {
  const services = (pattern as { detail?: { eventSource?: unknown } }).detail?.eventSource;
  if (!Array.isArray(services) || services.some((one) => typeof one !== 'string')) return true;
  return services.includes(detail['eventSource']);
}
