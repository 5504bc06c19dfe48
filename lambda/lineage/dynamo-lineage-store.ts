import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { accepted, ask, type Item, JOINT, textIn, ttlSeconds } from '../dynamo-requests';
import { LINEAGE_KEPT_MS, type LineageStore, type SessionOrigin } from './lineage-store';
import type { Taker } from './taker';

/**
 * Lineage in the `baselines` table, beside the facts.
 *
 *     pk: session # token      sk: taker      actor, key, identity, before
 */
export class DynamoLineageStore implements LineageStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async note({ session, taker, timeMs, own }: SessionOrigin): Promise<void> {
    const fields = {
      actor: taker.actor,
      accessKey: taker.accessKeyId,
      sourceIdentity: taker.sourceIdentity,
      before: taker.session,
    };
    const known = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const names = Object.keys(fields);
    const unknown = names.filter((name) => !known.some(([other]) => other === name));
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: keyOf(session),
      // As a put, which the function's role does not allow: what the other record knew is not mixed in.
      UpdateExpression: `SET ${known.map(([name]) => `#${name} = :${name}`).join(', ')}, #ttl = :ttl${
        unknown.length === 0 ? '' : ` REMOVE ${unknown.map((name) => `#${name}`).join(', ')}`
      }`,
      // The other account's record comes first, or not at all.
      ...(own ? {} : { ConditionExpression: 'attribute_not_exists(pk)' }),
      ExpressionAttributeNames: { '#ttl': 'ttl', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
      ExpressionAttributeValues: {
        ':ttl': { N: String(ttlSeconds(timeMs + LINEAGE_KEPT_MS)) },
        ...Object.fromEntries(known.map(([name, value]) => [`:${name}`, { S: value }])),
      },
    });
    await accepted('lineage: note', this.client.send(command));
  }

  async find(session: string): Promise<Taker | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: keyOf(session), ConsistentRead: true });
    const { Item: item } = await ask('lineage: find', this.client.send(command));
    if (item === undefined) return undefined;
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
}

function keyOf(session: string): Item {
  return { pk: { S: `session${JOINT}${session}` }, sk: { S: 'taker' } };
}
