import { DynamoAlertStore } from '../../lambda/alerts/dynamo-alert-store';
import { DynamoPaceStore } from '../../lambda/alerts/dynamo-pace-store';
import { DynamoBaselineStore } from '../../lambda/baselines/dynamo-baseline-store';
import { DynamoWindowStore } from '../../lambda/windows/dynamo-window-store';
import { alertStoreContract } from '../alerts/alert-store.contract';
import { paceStoreContract } from '../alerts/pace-store.contract';
import { baselineStoreContract } from '../baselines/baseline-store.contract';
import { windowStoreContract } from '../windows/window-store.contract';
import { clientOf, REAL_LIMITS, SimulatedTable, SimulatedTables } from './tables';

/** The stores keep their contracts on the simulated tables as they do on others: both say the same of DynamoDB. */
function freshClient() {
  const unlimited = { ...REAL_LIMITS, readUnits: Number.POSITIVE_INFINITY, writeUnits: Number.POSITIVE_INFINITY };
  const tables = new SimulatedTables(
    () =>
      new SimulatedTable(
        unlimited,
        () => 0,
        () => 0,
      ),
  );
  return clientOf(async (command) => tables.execute(command));
}

describe('windows', () => windowStoreContract(async () => new DynamoWindowStore(freshClient(), 'windows'), 200));
describe('baselines', () =>
  baselineStoreContract(async () => new DynamoBaselineStore(freshClient(), 'baselines'), 200));
describe('alerts', () => alertStoreContract(async () => new DynamoAlertStore(freshClient(), 'alerts'), 200));
describe('pace', () => paceStoreContract(async () => new DynamoPaceStore(freshClient(), 'alerts')));
