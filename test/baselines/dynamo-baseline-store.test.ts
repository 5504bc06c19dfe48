import { DynamoBaselineStore } from '../../lambda/baselines/dynamo-baseline-store';
import { type LocalTables, startTables } from '../dynalite';
import { baselineStoreContract } from './baseline-store.contract';

// Over HTTP, beside other tests: seconds on an idle machine.
jest.setTimeout(120_000);

let tables: LocalTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

describe('DynamoBaselineStore', () =>
  baselineStoreContract(async () => new DynamoBaselineStore(tables.client, await tables.create()), 20));
