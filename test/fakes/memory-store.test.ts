import { storeContract } from '../contract/store.ts';
import { createMemoryStore } from './memory-store.ts';

storeContract('the store in memory', async (now) => createMemoryStore(now));
