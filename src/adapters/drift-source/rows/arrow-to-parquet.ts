import { open } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import { RecordBatchReader } from 'apache-arrow';
import { identifier, quote, type Session } from '../session.ts';
import { registerArrowCodecs } from './arrow-codecs.ts';
import { type ArrowColumn, arrowColumns } from './arrow-columns.ts';

/** Of a Parquet file that is made of several record batches, so that neither files nor memory grow with the source. */
const ROWS_A_FILE = 500_000;
const ROWS_A_CHUNK = 2048;

/**
 * Parquet files with the rows of an Arrow IPC file or stream, in order. One record batch is in memory at a time. `wanted`:
 * no other columns than these.
 */
export async function arrowToParquet(
  session: Session,
  file: string,
  folder: string,
  wanted?: readonly string[],
): Promise<string[]> {
  registerArrowCodecs();
  const handle = await open(file, 'r');
  const written: string[] = [];
  try {
    const reader = await RecordBatchReader.from(handle);
    await reader.open();
    const all = arrowColumns(reader.schema);
    const some = wanted === undefined ? all : all.filter(({ name }) => wanted.includes(name));
    const columns = some.length > 0 ? some : all.slice(0, 1);
    if (columns.length === 0) throw new Error('it has no columns that can be read');
    const finish = async () => {
      const target = path.join(folder, `rows-${written.length}.parquet`);
      await session.connection.run(`COPY arrow_rows TO ${quote(target)} (FORMAT parquet)`);
      written.push(target);
    };
    await createTable(session, columns);
    let rows = 0;
    for await (const batch of reader) {
      await appendBatch(session, columns, batch);
      rows += batch.numRows;
      if (rows < ROWS_A_FILE) continue;
      await finish();
      await createTable(session, columns);
      rows = 0;
    }
    // A file without rows has columns all the same.
    if (rows > 0 || written.length === 0) await finish();
    return written;
  } finally {
    await session.connection.run('DROP TABLE IF EXISTS arrow_rows');
    await handle.close().catch(() => undefined);
  }
}

async function createTable(session: Session, columns: ArrowColumn[]): Promise<void> {
  const list = columns.map(({ name, type }) => `${identifier(name)} ${type.toString()}`).join(', ');
  await session.connection.run(`CREATE OR REPLACE TEMP TABLE arrow_rows (${list})`);
}

type Batch = { numRows: number; getChildAt(index: number): unknown };

async function appendBatch(session: Session, columns: ArrowColumn[], batch: Batch): Promise<void> {
  const appender = await session.connection.createAppender('arrow_rows');
  const types: DuckDBType[] = columns.map(({ type }) => type);
  const vectors = columns.map(({ index }) => batch.getChildAt(index));
  for (let start = 0; start < batch.numRows; start += ROWS_A_CHUNK) {
    const count = Math.min(ROWS_A_CHUNK, batch.numRows - start);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach(({ read }, c) => {
      const values: DuckDBValue[] = new Array(count);
      for (let i = 0; i < count; i++) values[i] = read(vectors[c], start + i);
      chunk.setColumnValues(c, values);
    });
    appender.appendDataChunk(chunk);
    // A batch may be of any size, and the server has others to answer meanwhile.
    await setImmediate();
  }
  appender.flushSync();
  appender.closeSync();
}
