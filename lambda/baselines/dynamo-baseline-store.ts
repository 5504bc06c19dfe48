import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { accepted, ask, type Item, JOINT, numberIn, textIn, ttlSeconds } from '../dynamo-requests';
import { keyText } from '../key-text';
import type { BaselineStore, Fact, FactName, Use } from './baseline-store';

const DAY_MS = 24 * 60 * 60_000;

/**
 * A fact outlives its expiry by as long as a record may wait in the queues: DynamoDB's deletion must never decide what
 * is new. A day beyond the 16 days of windows.
 */
const MARGIN_MS = 17 * DAY_MS;

/**
 * First-seen facts in the `baselines` table.
 *
 *     pk: fact # kind # subject      sk: value        first: event id, used: time of the last use
 *     pk: learner # name             sk: learning     one attribute per kind: when learning began; kept for good
 *
 * Names that are long are hashed.
 */
export class DynamoBaselineStore implements BaselineStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async find(name: FactName): Promise<Fact | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: keyOf(name), ConsistentRead: true });
    const { Item: item } = await ask('baselines: find', this.client.send(command));
    return item && { firstId: textIn(item, 'first'), lastUsedMs: numberIn(item, 'used') };
  }

  insert(name: FactName, { id, timeMs }: Use, expiryMs: number): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: keyOf(name),
      UpdateExpression: 'SET #first = :id, used = :time, #ttl = :ttl',
      ConditionExpression: 'attribute_not_exists(pk) OR used < :expired',
      ExpressionAttributeNames: { '#first': 'first', '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':id': { S: id },
        ':time': { N: String(timeMs) },
        ':expired': { N: String(timeMs - expiryMs) },
        ':ttl': expiryOf(timeMs, expiryMs),
      },
    });
    return accepted('baselines: insert', this.client.send(command));
  }

  async touch(name: FactName, timeMs: number, expiryMs: number): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: keyOf(name),
      UpdateExpression: 'SET used = :time, #ttl = :ttl',
      ConditionExpression: 'used < :time', // refused as well where there is no fact
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':time': { N: String(timeMs) }, ':ttl': expiryOf(timeMs, expiryMs) },
    });
    await accepted('baselines: touch', this.client.send(command));
  }

  async startLearning(learner: string, kinds: readonly string[], timeMs: number): Promise<ReadonlyMap<string, number>> {
    if (kinds.length === 0) return new Map();
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: learnerKey(learner),
      UpdateExpression: `SET ${kinds.map((_, index) => `#k${index} = if_not_exists(#k${index}, :time)`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(kinds.map((kind, index) => [`#k${index}`, attributeOf(kind)])),
      ExpressionAttributeValues: { ':time': { N: String(timeMs) } },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes: item = {} } = await ask('baselines: start learning', this.client.send(command));
    return new Map(kinds.map((kind) => [kind, numberIn(item, attributeOf(kind))]));
  }

  async learnSince(learner: string, sinceMs: ReadonlyMap<string, number>): Promise<void> {
    for (const [kind, timeMs] of sinceMs) {
      const command = new UpdateItemCommand({
        TableName: this.table,
        Key: learnerKey(learner),
        UpdateExpression: 'SET #kind = :time',
        ConditionExpression: 'attribute_not_exists(#kind) OR #kind > :time',
        ExpressionAttributeNames: { '#kind': attributeOf(kind) },
        ExpressionAttributeValues: { ':time': { N: String(timeMs) } },
      });
      await accepted('baselines: learn since', this.client.send(command));
    }
  }

  async findLearning(learner: string, kind: string): Promise<number | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: learnerKey(learner), ConsistentRead: true });
    const { Item: item } = await ask('baselines: find learning', this.client.send(command));
    return item?.[attributeOf(kind)] && numberIn(item, attributeOf(kind));
  }
}

function keyOf({ kind, subject, value }: FactName): Item {
  return { pk: { S: keyText(['fact', kind, subject].join(JOINT)) }, sk: { S: `=${keyText(value)}` } };
}

function learnerKey(learner: string): Item {
  return { pk: { S: keyText(`learner${JOINT}${learner}`) }, sk: { S: 'learning' } };
}

/** Prefixed: a kind may be called as one of our own attributes. */
function attributeOf(kind: string): string {
  return `since ${kind}`;
}

function expiryOf(lastUsedMs: number, expiryMs: number) {
  return { N: String(ttlSeconds(lastUsedMs + expiryMs + MARGIN_MS)) };
}
