import { rename, rm } from 'node:fs/promises';
import { DOUBLE, DuckDBDataChunk } from '@duckdb/node-api';
import type { TableWriter } from '../../ports/dataset.ts';
import { DEFAULT_LIMITS, withSession } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';

/** Rows of a data chunk, the most that DuckDB takes. */
const CHUNK_ROWS = 2048;

export const writeTable: TableWriter = async (target, columns) => {
  const part = `${target}.part`;
  const rows = columns[0]?.values.length ?? 0;
  try {
    await withSession([part], DEFAULT_LIMITS, async ({ connection, query }) => {
      const declared = columns.map((column) => `${quoteName(column.name)} DOUBLE`).join(', ');
      await query(`CREATE TABLE numbers (${declared})`, 'writing a table');
      const appender = await connection.createAppender('numbers');
      const types = columns.map(() => DOUBLE);
      for (let start = 0; start < rows; start += CHUNK_ROWS) {
        const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, rows - start));
        for (const [index, column] of columns.entries()) {
          chunk.setColumnValues(index, Array.from(column.values.subarray(start, start + CHUNK_ROWS)));
        }
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      await query(`COPY numbers TO ${quoteText(part)} (FORMAT parquet, COMPRESSION zstd)`, 'writing a table');
    });
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
};
