import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresStore } from '../../src/adapters/store/postgres.ts';
import { storeContract } from '../contract/store.ts';
import { startPostgres } from './postgres-server.ts';

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

storeContract('A Postgres server', (now) => createPostgresStore({ url: server.url }, { now }));

describe('several processes on one Postgres server', () => {
  let url: string;
  beforeAll(async () => {
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    await admin.query('create database shared');
    await admin.end();
    url = server.url.replace(/postgres$/, 'shared');
  });

  test('migrate once although they start together, and share the work', async () => {
    const replicas = await Promise.all([1, 2, 3].map(() => createPostgresStore({ url })));
    try {
      await Promise.all(
        Array.from({ length: 60 }, (_, index) => replicas[index % 3]!.queue.request(`shared-${index % 30}`)),
      );
      const looks: string[] = [];
      const busy = new Set<string>();
      await Promise.all(
        replicas.map(async ({ queue }) => {
          for (;;) {
            const lease = await queue.take(60_000);
            if (!lease) return;
            expect(busy.has(lease.key)).toBe(false);
            busy.add(lease.key);
            await new Promise((resolve) => setTimeout(resolve, 2));
            busy.delete(lease.key);
            looks.push(lease.key);
            await queue.finish(lease);
          }
        }),
      );
      expect(new Set(looks).size).toBe(30);
      expect(looks).toHaveLength(30);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });

  test('one hears at once of what another was asked to do', async () => {
    const [listener, speaker] = await Promise.all([1, 2].map(() => createPostgresStore({ url })));
    try {
      // the first wake-up may be the poll; of five, announced ones come well before the poll's period
      const delays: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const woken = new Promise<number>((resolve) => {
          const stop = listener!.queue.onWork(() => {
            stop();
            resolve(performance.now());
          });
        });
        const asked = performance.now();
        await speaker!.queue.request(`heard-${round}`);
        delays.push((await woken) - asked);
      }
      expect(Math.min(...delays)).toBeLessThan(250);
    } finally {
      await listener?.close();
      await speaker?.close();
    }
  });
});
