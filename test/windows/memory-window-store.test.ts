import { MemoryWindowStore } from '../../lambda/windows/memory-window-store';
import { windowStoreContract } from './window-store.contract';

describe('MemoryWindowStore', () => windowStoreContract(async () => new MemoryWindowStore(), 500));
