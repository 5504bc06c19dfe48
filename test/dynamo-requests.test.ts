import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoAlertStore } from '../lambda/alerts/dynamo-alert-store';
import { DynamoBaselineStore } from '../lambda/baselines/dynamo-baseline-store';
import { itemOf } from '../lambda/dynamo-requests';
import { StoreUnavailableError } from '../lambda/errors';
import { DynamoWindowStore } from '../lambda/windows/dynamo-window-store';
import { uuid } from './events';

const dynamo = mockClient(DynamoDBClient);
const client = new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
const windows = new DynamoWindowStore(client, 'windows');
const baselines = new DynamoBaselineStore(client, 'baselines');
const alerts = new DynamoAlertStore(client, 'alerts');

beforeEach(() => dynamo.reset());

const segment = {
  window: 'w',
  slotStartMs: 0,
  entries: [{ id: uuid(1), timeMs: 0, weight: 1, level: 0, steps: 0 }],
  expiresMs: 1_500,
};
const slotMark = { window: 'w', slotStartMs: 0, mark: { id: uuid(1), timeMs: 7, value: 'v', level: 0 }, expiresMs: 1 };
const named = (name: string) => Object.assign(new Error('m'), { name });
const refused = (item?: Parameters<typeof itemOf>[0]) =>
  new ConditionalCheckFailedException({ message: 'm', $metadata: {}, ...(item && { Item: itemOf(item) }) });

describe('requests to DynamoDB', () => {
  it.each([
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'InternalServerError',
    'ResourceNotFoundException',
    'AccessDeniedException',
    'TimeoutError',
    'ECONNRESET',
  ])('that end with %s may succeed the next time', async (name) => {
    dynamo.onAnyCommand().rejects(named(name));
    const attempts = [
      windows.putSegment(segment),
      windows.putLatest(slotMark),
      windows.readSegments('w', 0, 0),
      baselines.insert({ kind: 'k', subject: 's', value: 'v' }, { id: 'i', timeMs: 1 }, 1),
      baselines.find({ kind: 'k', subject: 's', value: 'v' }),
      alerts.readAlerts('g', 0, 0),
      alerts.claim({ group: 'g', bucketMs: 0, level: 1, multiple: 1 }, 0, 70),
    ];
    for (const attempt of attempts) {
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({ message: expect.stringContaining(name), cause: { name } });
    }
  });

  it('that are wrong in themselves are not repeated', async () => {
    dynamo.onAnyCommand().rejects(named('ValidationException'));
    await expect(windows.putSegment(segment)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(alerts.listPending(1)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('read windows strongly consistent, one page, newest first', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [], LastEvaluatedKey: itemOf({ pk: 'w', sk: 's' }) });
    expect(await windows.readSegments('w', 5, 10)).toEqual({ items: [], complete: false });
    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(1);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      ConsistentRead: true,
      ScanIndexForward: false,
      ExpressionAttributeValues: { ':from': { S: '00000000000005' }, ':to': { S: '00000000000010$' } },
    });
  });

  it('read alerts and evidence strongly consistent, and to the last page', async () => {
    const alert = (bucketMs: number) => ({
      ...itemOf({ pk: 'g', sk: `bucket#${String(bucketMs).padStart(14, '0')}#alert`, alertId: `a${bucketMs}` }),
    });
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: [alert(0)], LastEvaluatedKey: itemOf({ pk: 'g' }) })
      .resolvesOnce({ Items: [alert(5)] });
    expect((await alerts.readAlerts('g', 0, 5)).map((found) => found.alert.alertId)).toEqual(['a0', 'a5']);
    dynamo.on(QueryCommand).resolves({});
    expect(await alerts.readEvidence({ group: 'g', bucketMs: 0 })).toEqual([]);
    for (const { args } of dynamo.commandCalls(QueryCommand)) expect(args[0].input.ConsistentRead).toBe(true);
  });

  it('keep segments in whole seconds, never shorter than asked', async () => {
    dynamo.on(PutItemCommand).resolves({});
    await windows.putSegment(segment);
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input.Item?.['ttl']).toEqual({ N: '2' });
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input).not.toHaveProperty('ConditionExpression');
  });

  it('learn from a refused mark what is stored, where DynamoDB says it', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(refused({ f: `00000000000003#${uuid(2)}`, l: `00000000000009#${uuid(3)}` }))
      .rejectsOnce(refused());
    expect(await windows.putLatest(slotMark)).toEqual({
      earliest: { timeMs: 3, id: uuid(2) },
      latest: { timeMs: 9, id: uuid(3) },
    });
    expect(await windows.putLatest(slotMark)).toBeUndefined();
  });

  it('take a refused condition for an answer', async () => {
    dynamo.onAnyCommand().rejects(refused());
    const message = { group: 'g', bucketMs: 0, level: 1, multiple: 1 };
    expect(await alerts.claim(message, 0, 70)).toBe(false);
    await expect(alerts.markSent(message, 0)).resolves.toBeUndefined();
    await expect(baselines.touch({ kind: 'k', subject: 's', value: 'v' }, 1, 1)).resolves.toBeUndefined();
    expect(await baselines.insert({ kind: 'k', subject: 's', value: 'v' }, { id: 'i', timeMs: 1 }, 1)).toBe(false);
  });

  it('use single items only: no transactions, no counters, no batches', async () => {
    dynamo.onAnyCommand().resolves({});
    await windows.putLatest(slotMark);
    await windows.putEarliest(slotMark);
    await baselines.startLearning('account', ['k'], 1);
    await alerts.markSent({ group: 'g', bucketMs: 0, level: 1, multiple: 1 }, 1);
    for (const { args } of dynamo.commandCalls(UpdateItemCommand)) {
      expect(args[0].input.UpdateExpression).not.toMatch(/\bADD\b/);
    }
    expect(new Set(dynamo.calls().map(({ args }) => args[0].constructor.name))).toEqual(new Set(['UpdateItemCommand']));
  });
});
