import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { makeFolder, syncFolder } from './sync-folder.ts';

export type Row = Record<string, unknown>;

/** What the columns of a Parquet file are called and how they are made of a segment's columns. */
export type ParquetShape = {
  /** Types of the columns that every row has; others are typed by what is in them. */
  types: Record<string, string>;
  /** SQL list of the columns that are written, over the segment's. */
  select: string;
  /** Folder below the target for a row, e.g. `dt=2001-05-01`; '' for the target itself. */
  partition(row: Row): string;
  /** SQL expression over the segment's columns with the same meaning. */
  partitionSql: string;
};

/** A file of JSON lines, and what is known of it. */
export type RowsFile = {
  file: string;
  /** Parts are named after it. */
  name: string;
  /** SQL types of the columns of the file. */
  types: Record<string, string>;
  /** What is written besides the columns of the shape: SQL over the columns of the file. */
  extra: string[];
  /** Folders that its rows belong to, as `shape.partition` says. */
  partitions: Iterable<string>;
  /** Only the rows with this value there; the column itself is not written. */
  only?: { column: string; value: string };
};

/** No input is called so: they begin with `in_`. */
const PARTITION = 'log_partition';

/** Writes rows as Parquet, one file a partition; a file of that name is replaced. Durable when it resolves. */
export async function writeParts(
  connection: DuckDBConnection,
  rows: RowsFile,
  target: string,
  shape: ParquetShape,
): Promise<void> {
  const { only } = rows;
  const types = { ...rows.types, ...(only && { [only.column]: 'VARCHAR' }) };
  const columns = Object.entries(types).map(([name, type]) => `${quote(name)}: ${quote(type)}`);
  const source = `read_json(${quote(rows.file)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
  const select = [shape.select, ...rows.extra, `${shape.partitionSql} AS ${PARTITION}`].join(', ');
  const some = only ? ` WHERE ${identifier(only.column)} = ${quote(only.value)}` : '';
  const partitions = [...rows.partitions];
  const query = `SELECT ${select} FROM ${source}${some}`;
  // Rows of many days are read once; of one they need not be kept meanwhile.
  const isKept = partitions.length > 1;
  if (isKept) await connection.run(`CREATE OR REPLACE TEMP TABLE log_rows AS ${query}`);
  for (const partition of partitions) {
    const folder = path.join(target, partition);
    await makeFolder(path.resolve(folder));
    const temporary = path.join(folder, `.part-${rows.name}.tmp`);
    await connection.run(
      `COPY (SELECT * EXCLUDE (${PARTITION}) FROM ${isKept ? 'log_rows' : `(${query})`} WHERE ${PARTITION} = ${quote(partition)})
       TO ${quote(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const handle = await open(temporary, 'r');
    try {
      // As private as the segment: inputs may be about persons.
      await handle.chmod(0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path.join(folder, `part-${rows.name}.parquet`));
    await syncFolder(folder);
  }
  if (isKept) await connection.run('DROP TABLE log_rows');
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
