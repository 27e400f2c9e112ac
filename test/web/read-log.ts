import { existsSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Rows of the Parquet files of a log folder, as DuckDB reads them: `log/dt=…` or `labels`. */
export async function readLog(
  folder: string,
  kind: 'log' | 'labels',
  select = '*',
): Promise<Record<string, unknown>[]> {
  if (!existsSync(path.join(folder, kind))) return [];
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const files = path.join(folder, kind, '**', '*.parquet').replaceAll("'", "''");
    const reader = await connection.runAndReadAll(
      `SELECT ${select} FROM read_parquet('${files}', union_by_name = true, hive_partitioning = false)`,
    );
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
