import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { SESSION_ITEMS } from '../config/environment';
import { ask, type Item, textIn, ttlSeconds } from '../dynamo-requests';
import {
  LINEAGE_KEPT_MS,
  type LineageStore,
  type SessionOrigin,
  WAITING_MAX,
  type WaitingAlert,
} from './lineage-store';
import type { Taker } from './taker';

/**
 * Lineage in the `baselines` table, beside the facts.
 *
 *     pk: session # token      sk: taker      actor, key, identity, before      waiting: a set of alerts as JSON
 *
 * Who took the role and who waits for it stand in one item: each write is answered with the item as it then is, so that
 * neither can miss the other, and nobody asks for what waits.
 */
export class DynamoLineageStore implements LineageStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async note({ session, taker, timeMs, own }: SessionOrigin): Promise<readonly WaitingAlert[]> {
    const fields = {
      actor: taker.actor,
      accessKey: taker.accessKeyId,
      sourceIdentity: taker.sourceIdentity,
      before: taker.session,
      // From the other account's record, which may be replaced.
      twin: own ? undefined : 'yes',
    };
    const known = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const names = Object.keys(fields);
    const unknown = names.filter((name) => !known.some(([other]) => other === name));
    const item = await this.changed('lineage: note', {
      Key: keyOf(session),
      // As a put, which the function's role does not allow: what the other record knew is not mixed in.
      UpdateExpression: `SET ${known.map(([name]) => `#${name} = :${name}`).join(', ')}, #ttl = :ttl${
        unknown.length === 0 ? '' : ` REMOVE ${unknown.map((name) => `#${name}`).join(', ')}`
      }`,
      // The other account's record comes first, or again, or not at all.
      ...(own ? {} : { ConditionExpression: 'attribute_not_exists(#actor) OR attribute_exists(#twin)' }),
      ExpressionAttributeNames: { '#ttl': 'ttl', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
      ExpressionAttributeValues: {
        ':ttl': { N: String(ttlSeconds(timeMs + LINEAGE_KEPT_MS)) },
        ...Object.fromEntries(known.map(([name, value]) => [`:${name}`, { S: value }])),
      },
    });
    return (item?.['waiting']?.SS ?? []).map((text) => JSON.parse(text) as WaitingAlert);
  }

  async find(session: string): Promise<Taker | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: keyOf(session), ConsistentRead: true });
    const { Item: item } = await ask('lineage: find', this.client.send(command));
    return takerIn(item);
  }

  async wait(session: string, waiting: WaitingAlert): Promise<Taker | undefined> {
    const item = await this.changed('lineage: wait', {
      Key: keyOf(session),
      // A set takes the same word any number of times, and has it once.
      UpdateExpression: 'SET #ttl = if_not_exists(#ttl, :ttl) ADD #waiting :waiting',
      ConditionExpression: 'attribute_not_exists(#waiting) OR size(#waiting) < :max',
      ExpressionAttributeNames: { '#ttl': 'ttl', '#waiting': 'waiting' },
      ExpressionAttributeValues: {
        ':ttl': { N: String(ttlSeconds(waiting.untilMs)) },
        ':waiting': { SS: [JSON.stringify(waiting)] },
        ':max': { N: String(WAITING_MAX) },
      },
    });
    return item === undefined ? this.find(session) : takerIn(item);
  }

  /** The item after the change; undefined if its condition was refused. */
  private async changed(what: string, input: Omit<UpdateItemCommandInput, 'TableName'>): Promise<Item | undefined> {
    const command = new UpdateItemCommand({ ...input, TableName: this.table, ReturnValues: 'ALL_NEW' });
    try {
      return (await ask(what, this.client.send(command))).Attributes;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

/** Who took the role, of an item that may hold no more than who waits to learn it. */
function takerIn(item: Item | undefined): Taker | undefined {
  if (item?.['actor'] === undefined) return undefined;
  const [accessKeyId, sourceIdentity, before] = ['accessKey', 'sourceIdentity', 'before'].map((name) =>
    textIn(item, name),
  );
  return {
    actor: textIn(item, 'actor'),
    ...(accessKeyId ? { accessKeyId } : {}),
    ...(sourceIdentity ? { sourceIdentity } : {}),
    ...(before ? { session: before } : {}),
  };
}

function keyOf(session: string): Item {
  return { pk: { S: `${SESSION_ITEMS}${session}` }, sk: { S: 'taker' } };
}
