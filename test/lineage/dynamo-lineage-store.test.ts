import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../../lambda/errors';
import { DynamoLineageStore } from '../../lambda/lineage/dynamo-lineage-store';
import { type LocalTables, startTables } from '../dynalite';
import { lineageStoreContract } from './lineage-store.contract';

let tables: LocalTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

lineageStoreContract(async () => new DynamoLineageStore(tables.client, await tables.create({ name: 'lineage' })));

it('keeps a session for 37 hours from when it began', async () => {
  const table = await tables.create({ name: 'lineage' });
  const timeMs = Date.parse('2026-03-10T10:00:00Z');
  await new DynamoLineageStore(tables.client, table).note({
    session: 's',
    taker: { actor: 'alice' },
    timeMs,
    own: true,
  });
  const { Item: item } = await tables.client.send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: 'session#s' }, sk: { S: 'taker' } } }),
  );
  expect(item?.['ttl']?.N).toBe(String(Date.parse('2026-03-11T23:00:00Z') / 1_000));
});

it('says that the store did not answer', async () => {
  const store = new DynamoLineageStore(tables.client, 'no-such-table');
  await expect(store.find('s')).rejects.toThrow(StoreUnavailableError);
});
