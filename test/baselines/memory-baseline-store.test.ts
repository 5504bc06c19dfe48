import { MemoryBaselineStore } from '../../lambda/baselines/memory-baseline-store';
import { baselineStoreContract } from './baseline-store.contract';

describe('MemoryBaselineStore', () => baselineStoreContract(async () => new MemoryBaselineStore(), 500));
