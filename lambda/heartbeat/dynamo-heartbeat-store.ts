import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { HEARTBEAT_ITEMS } from '../config/environment';
import { accepted, ask, type Item, itemOf, JOINT, numberIn, textIn, ttlSeconds } from '../dynamo-requests';
import { keyText } from '../key-text';
import { CANARY_KINDS, type CanaryKind, type Sighting } from './canaries';
import { type HeartbeatStore, SEEN_KEPT_MS, SIGHTING_KEPT_MS, type StoredState } from './heartbeat-store';
import type { LastSeen } from './silence';
import type { HeartbeatState } from './state';

const STATE = HEARTBEAT_ITEMS;
const CANARIES = `${HEARTBEAT_ITEMS}-canaries`;
const PLACES = `${HEARTBEAT_ITEMS}-places`;

/**
 * In the `baselines` table, beside the facts, whose keys begin with other words.
 *
 *     pk: heartbeat            sk: state                        revision, state (JSON, gzipped: at most 400 KB)
 *     pk: heartbeat-canaries   sk: nonce # region # kind        seenMs
 *     pk: heartbeat-places     sk: account # region # feed      seenMs
 */
export class DynamoHeartbeatStore implements HeartbeatStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async readState(): Promise<StoredState | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: STATE_KEY, ConsistentRead: true });
    const { Item: item } = await ask('heartbeat: read state', this.client.send(command));
    const packed = item?.['state']?.B;
    if (item === undefined || packed === undefined) return undefined;
    const state = JSON.parse(gunzipSync(packed).toString('utf8')) as HeartbeatState;
    return { state, revision: numberIn(item, 'revision') };
  }

  replaceState(state: HeartbeatState, known: number): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: {
        ...STATE_KEY,
        revision: { N: String(known + 1) },
        state: { B: gzipSync(JSON.stringify(state)) },
      },
      ...(known === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'revision = :known',
            ExpressionAttributeValues: { ':known': { N: String(known) } },
          }),
    });
    return accepted('heartbeat: replace state', this.client.send(command));
  }

  async sightings(fromNonce: string): Promise<Sighting[]> {
    const items = await this.query('heartbeat: sightings', {
      KeyConditionExpression: 'pk = :canaries AND sk >= :from',
      ExpressionAttributeValues: { ':canaries': { S: CANARIES }, ':from': { S: fromNonce } },
    });
    return items.flatMap((item): Sighting[] => {
      const [nonce = '', region = '', kind = ''] = textIn(item, 'sk').split(JOINT);
      return isKind(kind) ? [{ nonce, region, kind, seenMs: numberIn(item, 'seenMs') }] : [];
    });
  }

  async lastSeen(): Promise<LastSeen[]> {
    const items = await this.query('heartbeat: last seen', {
      KeyConditionExpression: 'pk = :places',
      ExpressionAttributeValues: { ':places': { S: PLACES } },
    });
    return items.map((item) => {
      const [account = '', region = '', feed = ''] = textIn(item, 'sk').split(JOINT);
      return { account, region, feed, seenMs: numberIn(item, 'seenMs') };
    });
  }

  async sight({ nonce, region, kind, seenMs }: Sighting): Promise<void> {
    await this.update('heartbeat: sight', {
      key: itemOf({ pk: CANARIES, sk: [nonce, region, kind].join(JOINT) }),
      condition: 'attribute_not_exists(pk)',
      seenMs,
      keptMs: SIGHTING_KEPT_MS,
    });
  }

  async see({ account, region, feed, seenMs }: LastSeen): Promise<void> {
    await this.update('heartbeat: see', {
      key: itemOf({ pk: PLACES, sk: keyText([account, region, feed].join(JOINT)) }),
      condition: 'attribute_not_exists(pk) OR seenMs < :seen',
      seenMs,
      keptMs: SEEN_KEPT_MS,
    });
  }

  private async update(what: string, one: { key: Item; condition: string; seenMs: number; keptMs: number }) {
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: one.key,
      UpdateExpression: 'SET seenMs = :seen, #ttl = :ttl',
      ConditionExpression: one.condition,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':seen': { N: String(one.seenMs) },
        ':ttl': { N: String(ttlSeconds(one.seenMs + one.keptMs)) },
      },
    });
    await accepted(what, this.client.send(command));
  }

  /** Not consistent: what a detector wrote a moment ago is read the next time. */
  private async query(what: string, input: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page: QueryCommandInput = { ...input, TableName: this.table };
      if (start !== undefined) page.ExclusiveStartKey = start;
      const result = await ask(what, this.client.send(new QueryCommand(page)));
      items.push(...(result.Items ?? []));
      start = result.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  }
}

const STATE_KEY: Item = itemOf({ pk: STATE, sk: 'state' });

function isKind(text: string): text is CanaryKind {
  return (CANARY_KINDS as readonly string[]).includes(text);
}
