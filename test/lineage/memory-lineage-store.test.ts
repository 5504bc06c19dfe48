import { MemoryLineageStore } from '../../lambda/lineage/memory-lineage-store';
import { lineageStoreContract } from './lineage-store.contract';

lineageStoreContract(async () => new MemoryLineageStore());
