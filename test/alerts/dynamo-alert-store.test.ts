import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { DynamoPaceStore } from '../../lambda/alerts/dynamo-pace-store';
import { type LocalTables, startTables } from '../dynalite';
import { alertStoreContract } from './alert-store.contract';
import { paceStoreContract } from './pace-store.contract';

// Over HTTP, beside other tests: seconds on an idle machine.
jest.setTimeout(120_000);

let tables: LocalTables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

describe('DynamoAlertStore', () =>
  alertStoreContract(async () => new DynamoAlertStore(tables.client, await tables.create({ pending: true })), 20));
describe('DynamoPaceStore', () =>
  paceStoreContract(async () => new DynamoPaceStore(tables.client, await tables.create({ pending: true }))));
