import { DynamoWindowStore } from '../../lambda/windows/dynamo-window-store';
import { type LocalTables, startTables } from '../dynalite';
import { windowStoreContract } from './window-store.contract';

// Over HTTP, beside other tests: seconds on an idle machine.
jest.setTimeout(120_000);

let tables: LocalTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

describe('DynamoWindowStore', () =>
  windowStoreContract(async () => new DynamoWindowStore(tables.client, await tables.create()), 25));
