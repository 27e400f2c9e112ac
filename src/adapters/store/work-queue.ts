import { randomUUID } from 'node:crypto';
import type { WorkQueue } from '../../ports/store.ts';
import type { Sql } from './sql.ts';

/** Tells the workers of this and other processes that a key was requested. */
export type WorkSignal = {
  announce(sql: Sql): Promise<void>;
  onAnnounced(wake: () => void): () => void;
};

/** Keys that become due by the passing of time are noticed this late at most. */
const POLL_MS = 500;

/**
 * One row a key. `due_at`: when somebody wants the next look; `lease_until`: a worker is on it until then. A lease that
 * ran out counts as a wish, so what a killed worker left comes again.
 */
export function createWorkQueue(sql: Sql, signal: WorkSignal, now: () => number): WorkQueue {
  return {
    async request(key, at) {
      await sql.query(
        `insert into work (key, due_at) values ($1, $2)
         on conflict (key) do update set due_at = least(work.due_at, excluded.due_at)`,
        [key, Math.round(at ?? now())],
      );
      if (at === undefined || at <= now()) await signal.announce(sql);
    },

    async take(leaseMs) {
      const token = randomUUID();
      const [row] = await sql.query<{ key: string; attempt: number }>(
        `update work set lease_token = $1, lease_until = $2, due_at = null, attempt = attempt + 1
         where key = (
           select key from work
           where (lease_until is null and due_at <= $3) or lease_until <= $3
           order by least(due_at, lease_until), key
           limit 1 for update skip locked
         )
         returning key, attempt`,
        [token, now() + leaseMs, now()],
      );
      return row && { key: row.key, token, attempt: row.attempt };
    },

    async finish(lease, retryAt) {
      if (retryAt !== undefined) {
        await sql.query(
          `update work set lease_token = null, lease_until = null, due_at = least(due_at, $3)
           where key = $1 and lease_token = $2`,
          [lease.key, lease.token, Math.round(retryAt)],
        );
        return;
      }
      const requested = await sql.transaction(async (tx) => {
        await tx.query('delete from work where key = $1 and lease_token = $2 and due_at is null', [
          lease.key,
          lease.token,
        ]);
        return tx.query(
          `update work set lease_token = null, lease_until = null, attempt = 0
           where key = $1 and lease_token = $2 returning key`,
          [lease.key, lease.token],
        );
      });
      if (requested.length > 0) await signal.announce(sql);
    },

    async extend(lease, leaseMs) {
      const rows = await sql.query(
        'update work set lease_until = $3 where key = $1 and lease_token = $2 returning key',
        [lease.key, lease.token, now() + leaseMs],
      );
      return rows.length === 1;
    },

    async depth() {
      const [row] = await sql.query<{ waiting: number; leased: number; oldest: number | null }>(
        `select count(*) filter (where lease_until is null or lease_until <= $1) as waiting,
                count(*) filter (where lease_until > $1) as leased,
                min(least(due_at, lease_until)) filter (where lease_until is null or lease_until <= $1) as oldest
         from work`,
        [now()],
      );
      const oldest = row?.oldest ?? now();
      return { waiting: row?.waiting ?? 0, leased: row?.leased ?? 0, oldestMs: Math.max(0, now() - oldest) };
    },

    onWork(wake) {
      const stopListening = signal.onAnnounced(wake);
      const timer = setInterval(wake, POLL_MS);
      return () => {
        clearInterval(timer);
        stopListening();
      };
    },
  };
}
