import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { POSTURE_ITEMS } from '../config/environment';
import { accepted, ask, type Item, itemOf, JOINT, numberIn, textIn, ttlSeconds } from '../dynamo-requests';
import { StoreUnavailableError } from '../errors';
import type { PostureStore } from './posture-store';
import type { CheckState, OpenFinding } from './state';

/** Of DynamoDB's 400 KB an item. */
const PART_BYTES = 350_000;

/** States are written every day; what nobody wrote for so long belongs to an account or check that is gone. */
const RETENTION_MS = 400 * 24 * 60 * 60_000;

/**
 * States in the `alerts` table, compressed: thousands of findings are tens of kilobytes.
 *
 *     pk: posture-state # account   sk: check                     revision, time, hash, number of parts
 *                                   sk: check # content # part    findings; content is their hash
 *
 * Parts are written before the item that tells of them, and named by what is in them: no reader sees half a state, and
 * the same findings on the next day are the same parts.
 */
export class DynamoPostureStore implements PostureStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(account: string, check: string): Promise<CheckState | undefined> {
    const head = await this.get(account, check);
    if (head === undefined) return undefined;
    const content = textIn(head, 'content');
    const parts = await Promise.all(
      Array.from({ length: numberIn(head, 'parts') }, async (_, part) => {
        const bytes = (await this.get(account, partName(check, content, part)))?.['findings']?.B;
        // Cleaned up by hand: never half a state.
        if (bytes === undefined) throw new StoreUnavailableError(`posture: part ${part} of ${check} is not there`);
        return bytes;
      }),
    );
    const { open, unknown } = JSON.parse(gunzipSync(Buffer.concat(parts)).toString('utf8')) as {
      readonly open: readonly OpenFinding[];
      readonly unknown: readonly string[];
    };
    return { revision: numberIn(head, 'revision'), judgedMs: numberIn(head, 'judgedMs'), open, unknown };
  }

  async write(account: string, check: string, { revision, judgedMs, open, unknown }: CheckState): Promise<boolean> {
    const ttl = ttlSeconds(judgedMs + RETENTION_MS);
    const json = JSON.stringify({ open, unknown });
    const content = createHash('sha256').update(json).digest('hex').slice(0, 32);
    const bytes = gzipSync(json);
    const count = Math.ceil(bytes.length / PART_BYTES);
    for (let part = 0; part < count; part++) {
      const findings = { B: bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES) };
      await this.put({ ...this.key(account, partName(check, content, part)), ...itemOf({ ttl }), findings });
    }
    return this.put(
      { ...this.key(account, check), ...itemOf({ revision, judgedMs, content, parts: count, ttl }) },
      revision === 1 ? 'attribute_not_exists(pk)' : 'revision = :known',
      revision === 1 ? undefined : { ':known': { N: String(revision - 1) } },
    );
  }

  private async get(account: string, name: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: this.key(account, name), ConsistentRead: true });
    return (await ask('posture: read', this.client.send(command))).Item;
  }

  private put(item: Item, condition?: string, values?: Item): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: item,
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
    });
    return accepted('posture: write', this.client.send(command));
  }

  private key(account: string, name: string): Item {
    return itemOf({ pk: `${POSTURE_ITEMS}-state${JOINT}${account}`, sk: name });
  }
}

function partName(check: string, content: string, part: number): string {
  return [check, content, part].join(JOINT);
}
