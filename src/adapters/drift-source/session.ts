import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export type Row = Record<string, unknown>;

export type Session = {
  connection: DuckDBConnection;
  /** Rows as plain values: BIGINT and timestamps as numbers where they fit, see DuckDB's JS conversion. */
  query(sql: string): Promise<Row[]>;
  /** Columns of the answer, each with its values by row. */
  columns(sql: string): Promise<unknown[][]>;
};

/**
 * An own database for one piece of work: nothing of one window reaches the next. Times are UTC. Memory is bounded
 * whatever the size of the data; what does not fit is spilled to a folder that goes with the session.
 */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const threads = Math.max(1, Math.min(8, os.availableParallelism()));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${160 + 48 * threads}MB`,
    temp_directory: path.join(os.tmpdir(), `sluice-duckdb-${randomUUID()}`),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    // Groups by a number of 16 bits are then counted in an array instead of a hash table: half the time.
    perfect_ht_threshold: '20',
  });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return await work({
      connection,
      query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[],
      columns: async (sql) => (await connection.runAndReadAll(sql)).getColumnsJS() as unknown[][],
    });
  } finally {
    instance.closeSync();
  }
}

export function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Without a cast DuckDB reads 0.1 as a DECIMAL; numbers must be the same doubles as in JavaScript. */
export function double(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}

export function fileList(files: string[]): string {
  return `[${files.map(quote).join(', ')}]`;
}
