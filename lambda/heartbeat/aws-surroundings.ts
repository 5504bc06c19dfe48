import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  type ListRuleNamesByTargetCommandOutput,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, type SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient, TagQueueCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { FORWARDING_RULE, METRICS_NAMESPACE } from '../config/environment';
import { CANARY_TAG, type CanaryKind, type Round } from './canaries';
import type { FoundAlarm, FoundFunction, FoundRule, FoundTable, Subscription } from './integrity';
import type { Counts, Surroundings } from './surroundings';
import type { Trail } from './trails';

export interface AwsOptions {
  /** Region of the hub. */
  readonly region: string;
  readonly dynamo: DynamoDBClient;
  readonly sns: SNSClient;
  /** For every other client: attempts, timeouts. */
  readonly limits: object;
  /** Milliseconds since the epoch after which nothing is waited for. */
  readonly deadlineMs: number;
}

/** Pages of CloudTrail's history that are read for one canary; each takes half a second of the account's rate. */
const HISTORY_PAGES = 3;
/** A canary is in the history within seconds of its time. */
const HISTORY_AROUND_MS = 60_000;

const CANARY_CALLS: Readonly<Record<CanaryKind, string>> = { write: 'TagQueue', read: 'GetCallerIdentity' };

/** AWS itself. One object for one run: no question outlives the run's deadline, in whichever region it hangs. */
export class AwsSurroundings implements Surroundings {
  private readonly byRegion = new Map<string, RegionClients>();
  private readonly selectorsOf = new Map<string, Promise<unknown>>();

  constructor(private readonly options: AwsOptions) {}

  async trails(region: string): Promise<Trail[]> {
    const { trail } = this.clients(region);
    const abort = this.abort();
    const { trailList = [] } = await trail.send(new DescribeTrailsCommand({ includeShadowTrails: true }), abort);
    const found: Trail[] = [];
    for (const { TrailARN: arn, Name: name = '', ...one } of trailList) {
      if (arn === undefined) continue;
      // Status is each region's own; a trail of elsewhere is known there by its ARN only.
      const status = await trail.send(new GetTrailStatusCommand({ Name: arn }), abort);
      found.push({
        arn,
        name,
        homeRegion: one.HomeRegion,
        isMultiRegion: one.IsMultiRegionTrail === true,
        isOrganization: one.IsOrganizationTrail === true,
        isLogging: status.IsLogging === true,
        selectors: await this.selectors(arn, one.HomeRegion ?? region),
        latestDeliveryMs: status.LatestDeliveryTime?.getTime(),
        latestDeliveryError: status.LatestDeliveryError,
      });
    }
    return found;
  }

  /** The same for every region that a trail covers, so it is asked once. */
  private selectors(arn: string, homeRegion: string): Promise<unknown> {
    const asked = this.selectorsOf.get(arn) ?? this.askSelectors(arn, homeRegion);
    this.selectorsOf.set(arn, asked);
    return asked;
  }

  private async askSelectors(arn: string, homeRegion: string): Promise<unknown> {
    const command = new GetEventSelectorsCommand({ TrailName: arn });
    const { EventSelectors = [], AdvancedEventSelectors } = await this.clients(homeRegion).trail.send(
      command,
      this.abort(),
    );
    // None at all would be a trail that records nothing.
    return { EventSelectors, AdvancedEventSelectors };
  }

  async rules(
    region: string,
    bus: string | undefined,
    targets: readonly string[],
  ): Promise<ReadonlyMap<string, FoundRule>> {
    const { events } = this.clients(region);
    const where = bus === undefined ? {} : { EventBusName: bus };
    const among = bus === undefined ? { NamePrefix: `${FORWARDING_RULE}-` } : {};
    const found = new Map<string, FoundRule & { readonly targets: string[] }>();
    let next: { NextToken?: string } = {};
    do {
      const page = await events.send(new ListRulesCommand({ ...where, ...among, ...next }), this.abort());
      for (const { Name = '', State, EventPattern } of page.Rules ?? []) {
        found.set(Name, { state: State, pattern: EventPattern, targets: [] });
      }
      next = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
    } while (next.NextToken !== undefined);
    for (const target of targets) {
      // Rules by target, a hundred at once, instead of the targets of hundreds of rules.
      do {
        const page: ListRuleNamesByTargetCommandOutput = await events.send(
          new ListRuleNamesByTargetCommand({ TargetArn: target, ...where, ...next }),
          this.abort(),
        );
        for (const name of page.RuleNames ?? []) found.get(name)?.targets.push(target);
        next = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
      } while (next.NextToken !== undefined);
    }
    return found;
  }

  mapping(id: string): Promise<string | undefined> {
    const { lambda } = this.clients(this.options.region);
    return orGone(async () => {
      const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID: id }), this.abort());
      return State;
    });
  }

  lambda(name: string): Promise<FoundFunction | undefined> {
    const { lambda } = this.clients(this.options.region);
    return orGone(async () => {
      const { State } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }), this.abort());
      const { ReservedConcurrentExecutions } = await lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName: name }),
        this.abort(),
      );
      return { state: State, reservedConcurrency: ReservedConcurrentExecutions };
    });
  }

  table(name: string): Promise<FoundTable | undefined> {
    return orGone(async () => {
      const { Table } = await this.options.dynamo.send(new DescribeTableCommand({ TableName: name }), this.abort());
      return {
        status: Table?.TableStatus,
        isProtected: Table?.DeletionProtectionEnabled === true,
        hasStream: Table?.StreamSpecification?.StreamEnabled === true,
      };
    });
  }

  waiting(region: string, queueUrl: string): Promise<number | undefined> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    return orGone(async () => {
      const { Attributes } = await this.clients(region).queues.send(command, this.abort());
      return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
    });
  }

  async subscriptions(topicArn: string): Promise<Subscription[]> {
    const found: Subscription[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.options.sns.send(
        new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, ...(NextToken === undefined ? {} : { NextToken }) }),
        this.abort(),
      );
      for (const { SubscriptionArn = '', Protocol = '', Endpoint = '' } of page.Subscriptions ?? []) {
        // Instead of an ARN there may be PendingConfirmation or Deleted.
        const arn = SubscriptionArn.startsWith('arn:') ? SubscriptionArn : undefined;
        if (SubscriptionArn !== 'Deleted') found.push({ arn, protocol: Protocol, endpoint: Endpoint });
      }
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return found;
  }

  async alarms(names: readonly string[], opsTopicArn: string): Promise<ReadonlyMap<string, FoundAlarm>> {
    const found = new Map<string, FoundAlarm>();
    const { watch } = this.clients(this.options.region);
    // AWS takes a hundred names.
    for (let start = 0; start < names.length; start += 100) {
      const command = new DescribeAlarmsCommand({ AlarmNames: names.slice(start, start + 100), MaxRecords: 100 });
      const { MetricAlarms = [] } = await watch.send(command, this.abort());
      for (const alarm of MetricAlarms) {
        found.set(alarm.AlarmName ?? '', {
          isOn: alarm.ActionsEnabled === true,
          tellsOps: alarm.AlarmActions?.includes(opsTopicArn) === true,
          isRinging: alarm.StateValue === 'ALARM',
          sinceMs: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime(),
        });
      }
    }
    return found;
  }

  async sendCanary(region: string, kind: CanaryKind, nonce: string, queueUrl: string): Promise<void> {
    if (kind === 'write') {
      const command = new TagQueueCommand({ QueueUrl: queueUrl, Tags: { [CANARY_TAG]: nonce } });
      await this.clients(region).queues.send(command, this.abort());
      return;
    }
    // The nonce is in the user agent, which belongs to a client.
    const caller = new STSClient({ ...this.options.limits, region, customUserAgent: [[CANARY_TAG, nonce]] });
    try {
      await caller.send(new GetCallerIdentityCommand({}), this.abort());
    } finally {
      caller.destroy();
    }
  }

  async isInHistory(region: string, kind: CanaryKind, { nonce, sentMs }: Round): Promise<boolean> {
    const { trail } = this.clients(region);
    let NextToken: string | undefined;
    for (let page = 0; page < HISTORY_PAGES; page++) {
      const command: LookupEventsCommand = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: CANARY_CALLS[kind] }],
        StartTime: new Date(sentMs - HISTORY_AROUND_MS),
        EndTime: new Date(sentMs + HISTORY_AROUND_MS),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      const found = await trail.send(command, this.abort());
      if (found.Events?.some(({ CloudTrailEvent }) => CloudTrailEvent?.includes(nonce))) return true;
      if (found.NextToken === undefined) return false;
      ({ NextToken } = found);
    }
    // So many calls of others that ours may be behind them.
    throw new Error('the history is too long to search');
  }

  async counts(fromMs: number, toMs: number): Promise<Counts> {
    const query = (Id: string, MetricName: string, reason?: string) => ({
      Id,
      MetricStat: {
        Metric: {
          Namespace: METRICS_NAMESPACE,
          MetricName,
          Dimensions: [
            { Name: 'service', Value: 'detect' },
            ...(reason === undefined ? [] : [{ Name: 'reason', Value: reason }]),
          ],
        },
        Period: 24 * 60 * 60,
        Stat: 'Sum',
      },
    });
    const command = new GetMetricDataCommand({
      MetricDataQueries: [
        query('records', 'Records'),
        query('live', 'Raises', 'live'),
        query('shadow', 'Raises', 'shadow'),
        query('suppressed', 'Raises', 'suppressed'),
      ],
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
    });
    const { MetricDataResults = [] } = await this.clients(this.options.region).watch.send(command, this.abort());
    const of = (id: string) =>
      MetricDataResults.filter(({ Id }) => Id === id)
        .flatMap(({ Values }) => Values ?? [])
        .reduce((sum, value) => sum + value, 0);
    return { records: of('records'), live: of('live'), shadow: of('shadow'), suppressed: of('suppressed') };
  }

  private clients(region: string): RegionClients {
    const found = this.byRegion.get(region) ?? regionClients(region, this.options.limits);
    this.byRegion.set(region, found);
    return found;
  }

  private abort(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(Math.max(1, this.options.deadlineMs - Date.now())) };
  }
}

interface RegionClients {
  readonly trail: CloudTrailClient;
  readonly events: EventBridgeClient;
  readonly queues: SQSClient;
  readonly lambda: LambdaClient;
  readonly watch: CloudWatchClient;
}

/** Clients are cheap until they are asked for something. */
function regionClients(region: string, limits: object): RegionClients {
  const options = { ...limits, region };
  return {
    trail: new CloudTrailClient(options),
    events: new EventBridgeClient(options),
    queues: new SQSClient(options),
    lambda: new LambdaClient(options),
    watch: new CloudWatchClient(options),
  };
}

/** Names under which services say that a thing is not there. */
const GONE =
  /^(ResourceNotFoundException|ResourceNotFound|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/;

async function orGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && GONE.test(error.name)) return undefined;
    throw error;
  }
}
