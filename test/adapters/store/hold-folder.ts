/** Opens the store in argv[2], writes numbered documents for ever and says each number after it was acknowledged. */
import { createPgliteStore } from '../../../src/adapters/store/pglite.ts';

const store = await createPgliteStore({ folder: process.argv[2]! });
await store.queue.request('pull:acme/flights#1');
await store.queue.take(3_600_000);
for (let count = 1; ; count += 1) {
  await store.documents.put('count', String(count).padStart(8, '0'), { count }, 0);
  process.stdout.write(`${count}\n`);
}
