import { EventEmitter } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import type { Store } from '../../ports/store.ts';
import { createStore } from './create-store.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import { type Sql, storageError } from './sql.ts';

/** Postgres' own 128 MB would be touched at once, and the larger we are, the longer it takes to start a process. */
const START = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

/**
 * Postgres inside this process, in a folder. What was acknowledged survives the death of the process;
 * PGlite does not fsync, so for the loss of power it takes a Postgres server.
 */
export async function createPgliteStore(
  { folder }: { folder: string },
  options: { now?: () => number } = {},
): Promise<Store> {
  const now = options.now ?? Date.now;
  const release = await openFolder(folder);
  try {
    const database = await PGlite.create(path.join(folder, 'postgres'), { startParams: START });
    const sql = createPgliteSql(database);
    await migrate(sql, now());
    // nobody else can hold a lease in a database of one process: those that are left belong to the one before
    await sql.query('update work set lease_until = least(lease_until, $1) where lease_until is not null', [now()]);
    const emitter = new EventEmitter().setMaxListeners(0);
    const signal = {
      announce: async () => void emitter.emit('work'),
      onAnnounced(wake: () => void) {
        emitter.on('work', wake);
        return () => void emitter.off('work', wake);
      },
    };
    let closing: Promise<void> | undefined;
    return createStore(sql, signal, now, () => {
      closing ??= database.close().finally(release);
      return closing;
    });
  } catch (error) {
    await release();
    throw storageError('opening the embedded database', error);
  }
}

async function openFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  return lockFolder(path.join(folder, 'store.lock'));
}

function createPgliteSql(database: PGlite): Sql {
  const over = (connection: PGlite | Transaction): Sql['query'] => {
    return async <Row>(text: string, params: unknown[] = []) => {
      try {
        return (await connection.query<Row>(text, params)).rows;
      } catch (error) {
        throw storageError('asking the embedded database', error);
      }
    };
  };
  return {
    query: over(database),
    transaction: <T>(work: (sql: Sql) => Promise<T>) =>
      database.transaction((tx) => {
        const inner: Sql = { query: over(tx), transaction: (nested) => nested(inner) };
        return work(inner);
      }) as Promise<T>,
  };
}
