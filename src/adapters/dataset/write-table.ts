import { rename, rm } from 'node:fs/promises';
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  VARCHAR,
} from '@duckdb/node-api';
import { valueAt } from '../../domain/data/batch-values.ts';
import type { BatchColumn, ColumnBatch } from '../../domain/data/column-batch.ts';
import type { TableWriter } from '../../ports/dataset.ts';
import { DEFAULT_LIMITS, type Session, withSession } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';

/** Rows of a data chunk, the most that DuckDB takes. */
const CHUNK_ROWS = 2048;

type Kind = Exclude<BatchColumn['kind'], 'tensors'>;
const TYPES: Record<Kind, DuckDBType> = { numbers: DOUBLE, booleans: BOOLEAN, texts: VARCHAR };

export const writeTable: TableWriter = async (target, batches) => {
  const part = `${target}.part`;
  try {
    await withSession([part], DEFAULT_LIMITS, async (session) => {
      let table: Table | undefined;
      for await (const batch of batches) {
        table ??= await createTable(session, batch);
        append(table, batch);
      }
      table?.appender.closeSync();
      await session.query(`COPY batches TO ${quoteText(part)} (FORMAT parquet, COMPRESSION zstd)`, 'writing a table');
    });
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
};

type Table = { appender: DuckDBAppender; types: DuckDBType[] };

async function createTable(session: Session, { columns }: ColumnBatch): Promise<Table> {
  const types = Object.values(columns).map((column) => TYPES[column.kind as Kind]);
  const declared = Object.keys(columns).map((name, index) => `${quoteName(name)} ${types[index]}`);
  await session.query(`CREATE TABLE batches (${declared.join(', ')})`, 'writing a table');
  return { appender: await session.connection.createAppender('batches'), types };
}

function append({ appender, types }: Table, batch: ColumnBatch): void {
  const columns = Object.values(batch.columns);
  for (let from = 0; from < batch.rows; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, batch.rows - from);
    const chunk = DuckDBDataChunk.create(types, rows);
    for (const [index, column] of columns.entries()) fill(chunk.getColumnVector(index), column, from, rows);
    appender.appendDataChunk(chunk);
  }
}

function fill(vector: DuckDBVector, column: BatchColumn, from: number, rows: number): void {
  if (column.kind === 'numbers' && column.missing === undefined) {
    // The library offers to set boxed values one by one only.
    (vector as unknown as { items: Float64Array }).items.set(column.values.subarray(from, from + rows));
  } else {
    for (let row = 0; row < rows; row += 1)
      vector.setItem(row, valueAt(column, from + row) as number | string | boolean | null);
  }
  vector.flush();
}
