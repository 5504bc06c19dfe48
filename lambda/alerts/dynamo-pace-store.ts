import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { accepted, ask, type Item, itemOf, numberIn } from '../dynamo-requests';
import type { Pace, PaceStore } from './pace';

/** The one bucket, in the `alerts` table. No group of alerts is called so. */
const KEY: Item = itemOf({ pk: 'pace', sk: 'pace' });

export class DynamoPaceStore implements PaceStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async readPace(): Promise<Pace | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: KEY, ConsistentRead: true });
    const { Item: item } = await ask('pace: read', this.client.send(command));
    return item && { tokens: numberIn(item, 'tokens'), refilledMs: numberIn(item, 'refilledMs') };
  }

  replacePace(known: Pace | undefined, next: Pace): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: { ...KEY, ...itemOf({ tokens: next.tokens, refilledMs: next.refilledMs }) },
      ...(known === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'tokens = :tokens AND refilledMs = :refilled',
            ExpressionAttributeValues: {
              ':tokens': { N: String(known.tokens) },
              ':refilled': { N: String(known.refilledMs) },
            },
          }),
    });
    return accepted('pace: replace', this.client.send(command));
  }
}
