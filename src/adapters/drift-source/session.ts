import os from 'node:os';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export type Row = Record<string, unknown>;

export type Session = {
  connection: DuckDBConnection;
  /** Rows as plain values: BIGINT and timestamps as numbers where they fit, see DuckDB's JS conversion. */
  query(sql: string): Promise<Row[]>;
};

/** An own database for one piece of work: nothing of one window reaches the next. Times are UTC. */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(Math.max(1, Math.min(8, os.availableParallelism()))),
    memory_limit: `${Math.max(512, Math.min(4096, Math.floor(os.totalmem() / 2 ** 21)))}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return await work({
      connection,
      query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[],
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

export function fileList(files: string[]): string {
  return `[${files.map(quote).join(', ')}]`;
}
