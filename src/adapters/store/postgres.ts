import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Store } from '../../ports/store.ts';
import { createStore } from './create-store.ts';
import { migrate } from './migrate.ts';
import { type Sql, storageError } from './sql.ts';
import type { WorkSignal } from './work-queue.ts';

const CHANNEL = 'sluice_work';
const RECONNECT_MS = 2_000;
const INT8 = 20;

/** int8 columns hold epoch milliseconds and counts, all below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? (text: string) => Number(text) : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** A Postgres server (14 or newer), shared by any number of processes. */
export async function createPostgresStore(
  where: { url: string },
  options: { now?: () => number; connections?: number } = {},
): Promise<Store> {
  const now = options.now ?? Date.now;
  const pool = new pg.Pool({ connectionString: where.url, max: options.connections ?? 10, types });
  // an idle connection that breaks is replaced by the pool; without a listener it would end the process
  pool.on('error', () => undefined);
  const sql = createPoolSql(pool);
  try {
    await migrate(sql, now());
  } catch (error) {
    await pool.end();
    throw storageError('opening the database', error);
  }
  const listener = listen(where.url);
  let closing: Promise<void> | undefined;
  return createStore(sql, listener.signal, now, () => {
    closing ??= listener.stop().then(() => pool.end());
    return closing;
  });
}

function createPoolSql(pool: pg.Pool): Sql {
  const over = (connection: pg.Pool | pg.PoolClient): Sql['query'] => {
    return async <Row>(text: string, params: unknown[] = []) => {
      try {
        return (await connection.query(text, params)).rows as Row[];
      } catch (error) {
        throw storageError('asking the database', error);
      }
    };
  };
  async function transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error) => {
      throw storageError('connecting to the database', error);
    });
    const inner: Sql = { query: over(client), transaction: (nested) => nested(inner) };
    let broken: Error | undefined;
    try {
      await inner.query('begin');
      const result = await work(inner);
      await inner.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure) => {
        broken = failure;
      });
      throw error;
    } finally {
      // a connection that could not even roll back must not go back to the pool
      client.release(broken);
    }
  }
  return { query: over(pool), transaction };
}

/** One connection of its own for LISTEN, made again when it breaks; meanwhile the workers' poll carries on. */
function listen(url: string): { signal: WorkSignal; stop: () => Promise<void> } {
  const emitter = new EventEmitter().setMaxListeners(0);
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function again(broken: pg.Client): void {
    if (stopped || client !== broken) return;
    client = undefined;
    broken.end().catch(() => undefined);
    timer = setTimeout(connect, RECONNECT_MS);
    timer.unref();
  }
  function connect(): void {
    const fresh = new pg.Client({ connectionString: url });
    client = fresh;
    fresh.on('error', () => again(fresh));
    fresh.on('end', () => again(fresh));
    fresh.on('notification', () => emitter.emit('work'));
    fresh
      .connect()
      .then(() => fresh.query(`listen ${CHANNEL}`))
      .then(() => emitter.emit('work'))
      .catch(() => again(fresh));
  }
  connect();

  return {
    signal: {
      async announce(sql) {
        await sql.query('select pg_notify($1, $2)', [CHANNEL, '']);
      },
      onAnnounced(wake) {
        emitter.on('work', wake);
        return () => void emitter.off('work', wake);
      },
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
