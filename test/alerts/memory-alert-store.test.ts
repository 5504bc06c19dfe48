import { MemoryAlertStore, MemoryPaceStore } from '../../lambda/alerts/memory-alert-store';
import { alertStoreContract } from './alert-store.contract';
import { paceStoreContract } from './pace-store.contract';

describe('MemoryAlertStore', () => alertStoreContract(async () => new MemoryAlertStore(), 500));
describe('MemoryPaceStore', () => paceStoreContract(async () => new MemoryPaceStore()));
