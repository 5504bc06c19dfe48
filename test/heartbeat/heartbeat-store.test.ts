import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../../lambda/errors';
import { nonceOf } from '../../lambda/heartbeat/canaries';
import { DynamoHeartbeatStore } from '../../lambda/heartbeat/dynamo-heartbeat-store';
import { MemoryHeartbeatStore } from '../../lambda/heartbeat/memory-heartbeat-store';
import { type LocalTables, startTables } from '../dynalite';
import { heartbeatStoreContract } from './heartbeat-store.contract';

jest.setTimeout(60_000);

describe('in memory', () => {
  heartbeatStoreContract(async () => new MemoryHeartbeatStore());
});

describe('in DynamoDB', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables.close());

  heartbeatStoreContract(async () => new DynamoHeartbeatStore(tables.client, await tables.create()));

  it('shares its table with facts, and sees none of them', async () => {
    const table = await tables.create();
    const store = new DynamoHeartbeatStore(tables.client, table);
    const item = { pk: { S: 'fact#image#111122223333' }, sk: { S: '=ami-1' }, used: { N: '1' } };
    await tables.client.send(new PutItemCommand({ TableName: table, Item: item }));
    expect(await store.readState()).toBeUndefined();
    expect(await store.lastSeen()).toEqual([]);
    expect(await store.sightings('0')).toEqual([]);
  });

  it('touches only items whose key begins as its role may', async () => {
    const sent: string[] = [];
    const client = {
      send: async (command: { input: { Key?: object; Item?: object } }) =>
        void sent.push(JSON.stringify(command.input)),
    };
    const store = new DynamoHeartbeatStore(client as never, 'table');
    await store.sight({ nonce: nonceOf(1, '0123456789abcdef'), region: 'eu-west-1', kind: 'read', seenMs: 1 });
    await store.see({ account: '111122223333', region: 'eu-west-1', feed: 'writes', seenMs: 1 });
    expect(sent.map((input) => /"pk":\{"S":"([^"]*)"/.exec(input)?.[1])).toEqual([
      'heartbeat-canaries',
      'heartbeat-places',
    ]);
  });

  it('says that it did not answer when there is no table', async () => {
    const store = new DynamoHeartbeatStore(tables.client, 'nowhere');
    await expect(store.readState()).rejects.toThrow(StoreUnavailableError);
    await expect(store.see({ account: '1', region: 'r', feed: 'f', seenMs: 1 })).rejects.toThrow(StoreUnavailableError);
  });
});
