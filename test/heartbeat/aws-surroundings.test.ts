import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
} from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRuleNamesByTargetCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient, TagQueueCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsSurroundings } from '../../lambda/heartbeat/aws-surroundings';
import { nonceOf } from '../../lambda/heartbeat/canaries';

const T = Date.parse('2026-03-10T10:00:00Z');
const ARN = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail';
const NONCE = nonceOf(T, '0123456789abcdef');

const trail = mockClient(CloudTrailClient);
const watch = mockClient(CloudWatchClient);
const dynamo = mockClient(DynamoDBClient);
const events = mockClient(EventBridgeClient);
const lambda = mockClient(LambdaClient);
const sns = mockClient(SNSClient);
const queues = mockClient(SQSClient);
const caller = mockClient(STSClient);
const ALL = [trail, watch, dynamo, events, lambda, sns, queues, caller];

const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'example' };
const surroundings = (deadlineMs = Date.now() + 60_000) =>
  new AwsSurroundings({
    region: 'eu-west-1',
    dynamo: new DynamoDBClient({ region: 'eu-west-1', credentials }),
    sns: new SNSClient({ region: 'eu-west-1', credentials }),
    limits: { credentials, maxAttempts: 1 },
    deadlineMs,
  });
const gone = (name: string) => Object.assign(new Error('gone'), { name });
const regionOf = async (mock: { call(n: number): { thisValue: unknown } }, n = 0) => {
  const client = mock.call(n).thisValue as { config: { region: () => Promise<string> } };
  return client.config.region();
};

beforeEach(() => {
  for (const mock of ALL) mock.reset();
});

describe('AWS, as the heartbeat asks it', () => {
  it('gives trails with the status of the region and the selectors of their home, asked once', async () => {
    trail.on(DescribeTrailsCommand).resolves({
      trailList: [
        {
          TrailARN: ARN,
          Name: 'org-trail',
          HomeRegion: 'us-east-1',
          IsMultiRegionTrail: true,
          IsOrganizationTrail: true,
        },
        { Name: 'without an ARN' },
      ],
    });
    trail
      .on(GetTrailStatusCommand)
      .resolves({ IsLogging: true, LatestDeliveryTime: new Date(T), LatestDeliveryError: 'AccessDenied' });
    trail.on(GetEventSelectorsCommand).resolves({ AdvancedEventSelectors: [{ FieldSelectors: [] }] });
    const aws = surroundings();
    const expected = {
      ...{
        arn: ARN,
        name: 'org-trail',
        homeRegion: 'us-east-1',
        isMultiRegion: true,
        isOrganization: true,
        isLogging: true,
      },
      selectors: { EventSelectors: [], AdvancedEventSelectors: [{ FieldSelectors: [] }] },
      ...{ latestDeliveryMs: T, latestDeliveryError: 'AccessDenied' },
    };
    expect(await aws.trails('eu-west-1')).toEqual([expected]);
    expect(await aws.trails('eu-north-1')).toEqual([expected]);
    expect(trail.commandCalls(GetTrailStatusCommand).map(({ args }) => args[0].input)).toEqual([
      { Name: ARN },
      { Name: ARN },
    ]);
    expect(trail.commandCalls(DescribeTrailsCommand)[0]?.args[0].input).toEqual({ includeShadowTrails: true });
    expect(trail.commandCalls(GetEventSelectorsCommand)).toHaveLength(1);
    const askers = trail.commandCalls(GetEventSelectorsCommand).map(({ thisValue }) => thisValue as CloudTrailClient);
    expect(await Promise.all(askers.map(({ config }) => config.region()))).toEqual(['us-east-1']);
  });

  it('gives all rules of a bus, by pages, with those of the targets that they lead to', async () => {
    events
      .on(ListRulesCommand)
      .resolvesOnce({ Rules: [{ Name: 'a', State: 'ENABLED', EventPattern: '{}' }], NextToken: 'more' });
    events.on(ListRulesCommand, { NextToken: 'more' }).resolves({ Rules: [{ Name: 'b', State: 'DISABLED' }] });
    events.on(ListRuleNamesByTargetCommand, { TargetArn: 'queue' }).resolves({ RuleNames: ['a', 'unknown'] });
    events.on(ListRuleNamesByTargetCommand, { TargetArn: 'topic' }).resolves({ RuleNames: ['a', 'b'] });
    const found = await surroundings().rules('eu-west-1', 'trailhound-hub', ['queue', 'topic']);
    expect(found).toEqual(
      new Map([
        ['a', { state: 'ENABLED', pattern: '{}', targets: ['queue', 'topic'] }],
        ['b', { state: 'DISABLED', pattern: undefined, targets: ['topic'] }],
      ]),
    );
    for (const { args } of events.calls()) expect(args[0].input).toMatchObject({ EventBusName: 'trailhound-hub' });
  });

  it('asks a default bus for our rules alone, in their region', async () => {
    events.on(ListRulesCommand).resolves({ Rules: [] });
    await surroundings().rules('sa-east-1', undefined, []);
    expect(events.call(0).args[0].input).toEqual({ NamePrefix: 'trailhound-' });
    expect(await regionOf(events)).toBe('sa-east-1');
  });

  it('tells what is gone from what is not answered', async () => {
    const aws = surroundings();
    lambda.on(GetEventSourceMappingCommand).rejects(gone('ResourceNotFoundException'));
    lambda.on(GetFunctionConfigurationCommand).rejects(gone('ResourceNotFoundException'));
    dynamo.on(DescribeTableCommand).rejects(gone('ResourceNotFoundException'));
    queues.on(GetQueueAttributesCommand).rejects(gone('QueueDoesNotExist'));
    expect([
      await aws.mapping('x'),
      await aws.lambda('x'),
      await aws.table('x'),
      await aws.waiting('eu-west-1', 'x'),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    lambda.on(GetEventSourceMappingCommand).rejects(gone('AccessDeniedException'));
    dynamo.on(DescribeTableCommand).rejects(gone('ThrottlingException'));
    queues.on(GetQueueAttributesCommand).rejects(gone('AccessDenied'));
    await expect(aws.mapping('x')).rejects.toThrow();
    await expect(aws.table('x')).rejects.toThrow();
    await expect(aws.waiting('eu-west-1', 'x')).rejects.toThrow();
  });

  it('gives mappings, functions, tables and queues', async () => {
    const aws = surroundings();
    lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Enabled' });
    lambda.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
    lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 0 });
    dynamo.on(DescribeTableCommand).resolves({
      Table: { TableStatus: 'ACTIVE', DeletionProtectionEnabled: true, StreamSpecification: { StreamEnabled: true } },
    });
    queues.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '7' } });
    expect(await aws.mapping('x')).toBe('Enabled');
    expect(await aws.lambda('x')).toEqual({ state: 'Active', reservedConcurrency: 0 });
    expect(await aws.table('x')).toEqual({ status: 'ACTIVE', isProtected: true, hasStream: true });
    expect(await aws.waiting('eu-west-1', 'x')).toBe(7);
  });

  it('gives all subscriptions, those that wait for a person without an ARN', async () => {
    const arn = 'arn:aws:sns:eu-west-1:111122223333:t:1';
    sns.on(ListSubscriptionsByTopicCommand).resolvesOnce({
      Subscriptions: [
        { SubscriptionArn: arn, Protocol: 'email', Endpoint: 'a@example.com' },
        { SubscriptionArn: 'Deleted', Protocol: 'email', Endpoint: 'gone@example.com' },
      ],
      NextToken: 'more',
    });
    sns.on(ListSubscriptionsByTopicCommand, { NextToken: 'more' }).resolves({
      Subscriptions: [{ SubscriptionArn: 'PendingConfirmation', Protocol: 'email', Endpoint: 'b@example.com' }],
    });
    expect(await surroundings().subscriptions('t')).toEqual([
      { arn, protocol: 'email', endpoint: 'a@example.com' },
      { arn: undefined, protocol: 'email', endpoint: 'b@example.com' },
    ]);
  });

  it('gives alarms by name, a hundred at a time', async () => {
    watch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }: { AlarmNames: string[] }) => ({
      MetricAlarms: AlarmNames.filter((name) => name !== 'n-7').map((AlarmName) => ({
        ...{ AlarmName, ActionsEnabled: true, AlarmActions: ['ops'], StateValue: 'ALARM' },
        StateTransitionedTimestamp: new Date(T),
      })),
    }));
    const names = Array.from({ length: 150 }, (_, index) => `n-${index}`);
    const found = await surroundings().alarms(names, 'ops');
    expect(found.size).toBe(149);
    expect(found.get('n-8')).toEqual({ isOn: true, tellsOps: true, isRinging: true, sinceMs: T });
    expect(watch.calls()).toHaveLength(2);
  });

  it('sends canaries: a tag on the region’s own queue, and a nonce in the agent of a question', async () => {
    queues.on(TagQueueCommand).resolves({});
    caller.on(GetCallerIdentityCommand).resolves({});
    const aws = surroundings();
    await aws.sendCanary(
      'sa-east-1',
      'write',
      NONCE,
      'https://sqs.sa-east-1.amazonaws.com/111122223333/trailhound-undelivered',
    );
    await aws.sendCanary('sa-east-1', 'read', NONCE, 'unused');
    expect(queues.call(0).args[0].input).toEqual({
      QueueUrl: 'https://sqs.sa-east-1.amazonaws.com/111122223333/trailhound-undelivered',
      Tags: { 'trailhound-canary': NONCE },
    });
    expect(await regionOf(queues)).toBe('sa-east-1');
    const client = caller.call(0).thisValue as STSClient;
    expect(await client.config.region()).toBe('sa-east-1');
    expect(client.config.customUserAgent).toEqual([['trailhound-canary', NONCE]]);
  });

  it('searches the event history around the canary’s time', async () => {
    const round = { nonce: NONCE, sentMs: T, sent: [] };
    trail.on(LookupEventsCommand).resolvesOnce({ Events: [{ CloudTrailEvent: '{"other":1}' }], NextToken: 'more' });
    trail
      .on(LookupEventsCommand, { NextToken: 'more' })
      .resolves({ Events: [{ CloudTrailEvent: `{"tags":"${NONCE}"}` }] });
    expect(await surroundings().isInHistory('sa-east-1', 'write', round)).toBe(true);
    expect(trail.call(0).args[0].input).toEqual({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'TagQueue' }],
      StartTime: new Date(T - 60_000),
      EndTime: new Date(T + 60_000),
    });
    trail.reset();
    trail.on(LookupEventsCommand).resolves({ Events: [] });
    expect(await surroundings().isInHistory('sa-east-1', 'read', round)).toBe(false);
    trail.on(LookupEventsCommand).resolves({ Events: [], NextToken: 'for ever' });
    await expect(surroundings().isInHistory('sa-east-1', 'read', round)).rejects.toThrow('too long');
  });

  it('adds up what was counted in a week', async () => {
    watch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'records', Values: [5, 6] },
        { Id: 'live', Values: [1] },
        { Id: 'suppressed', Values: [] },
      ],
    });
    expect(await surroundings().counts(T - 1, T)).toEqual({ records: 11, live: 1, shadow: 0, suppressed: 0 });
  });

  it('waits for nothing beyond its deadline', async () => {
    dynamo.on(DescribeTableCommand).resolves({});
    await surroundings(Date.now() - 1).table('x');
    const [, options] = dynamo.call(0).args as unknown as [unknown, { abortSignal: AbortSignal }];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(options.abortSignal.aborted).toBe(true);
  });
});
