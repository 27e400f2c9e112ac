import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { ColumnBatch } from '../../domain/data/column-batch.ts';
import { AppError } from '../../domain/errors.ts';
import { checkExpression } from './check-expression.ts';
import { dataError, openSession, type Session, type SessionLimits, withSession } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';
import { createColumnFiller, type Form } from './vector-columns.ts';

/** Batches of `batchRows` rows (the last may be smaller) in the order of the file. */
export async function* scan(
  file: string,
  columns: string[],
  batchRows: number,
  set: Record<string, string>,
  limits: SessionLimits,
): AsyncGenerator<ColumnBatch> {
  const session = await openSession([file], limits);
  try {
    const doing = `reading ${columns.join(', ')}`;
    const types = await describe(session, file);
    const forms = new Map<string, Form>();
    const selected: string[] = [];
    for (const column of columns) {
      const type = types.get(column);
      if (type === undefined) throw new AppError('config/data-invalid', `${doing}: there is no column ${column}`);
      forms.set(column, await formOf(session, file, column, type));
      const value = set[column] === undefined ? quoteName(column) : await computed(session, column, type, set, types);
      selected.push(`${asPlain(value, type)} AS ${quoteName(column)}`);
    }
    const fillers = columns.map((column) => createColumnFiller(column, forms.get(column) as Form, batchRows));
    let held = 0;
    const cut = (): ColumnBatch => {
      const taken = columns.map((column, index) => [column, fillers[index]?.take(held)] as const);
      const batch = { rows: held, columns: Object.fromEntries(taken) as ColumnBatch['columns'] };
      held = 0;
      return batch;
    };
    for await (const chunk of stream(session, `SELECT ${selected.join(', ')} FROM ${parquet(file)}`, doing)) {
      const rows = chunk.rowCount;
      for (let from = 0; from < rows; ) {
        const count = Math.min(rows - from, batchRows - held);
        for (const [index, filler] of fillers.entries()) filler.fill(chunk.getColumnVector(index), from, count, held);
        held += count;
        from += count;
        if (held === batchRows) yield cut();
      }
    }
    if (held > 0) yield cut();
  } finally {
    session.close();
  }
}

/** One byte a row: 1 where `where` holds, 0 where it does not or is NULL. */
export async function matches(file: string, where: string, limits: SessionLimits): Promise<Uint8Array> {
  return withSession([file], limits, async (session) => {
    const columns = [...(await describe(session, file)).keys()];
    const condition = await checkExpression(session, where, columns, 'a slice');
    const held = `CAST(coalesce(CAST((\n${condition}\n) AS BOOLEAN), false) AS UTINYINT)`;
    const filler = createColumnFiller('held', { kind: 'booleans' }, CHUNK_ROWS);
    const parts: Uint8Array[] = [];
    const select = `SELECT ${held} AS held FROM ${parquet(file)}`;
    for await (const chunk of stream(session, select, 'selecting the rows of a slice')) {
      filler.fill(chunk.getColumnVector(0), 0, chunk.rowCount, 0);
      parts.push(filler.take(chunk.rowCount).values as Uint8Array);
    }
    return new Uint8Array(Buffer.concat(parts));
  });
}

/** The most rows that DuckDB puts into a chunk. */
const CHUNK_ROWS = 2048;

async function computed(
  session: Session,
  column: string,
  type: string,
  set: Record<string, string>,
  types: Map<string, string>,
): Promise<string> {
  const text = await checkExpression(session, set[column] as string, [...types.keys()], `column ${column}`);
  return `CAST((\n${text}\n) AS ${type})`;
}

/** Numbers for every number, epoch milliseconds for times, bytes for booleans: the forms of `BatchColumn`. */
function asPlain(value: string, type: string): string {
  if (type === 'TIMESTAMP') return `CAST(epoch_ms(${value}) AS DOUBLE)`;
  if (type === 'BOOLEAN') return `CAST(${value} AS UTINYINT)`;
  if (type === 'DOUBLE' || type === 'VARCHAR' || type === 'DOUBLE[]') return value;
  // Files that others wrote have further types.
  return `CAST(${value} AS ${type.endsWith('[]') ? 'DOUBLE[]' : 'DOUBLE'})`;
}

async function formOf(session: Session, file: string, column: string, type: string): Promise<Form> {
  if (type === 'BOOLEAN') return { kind: 'booleans' };
  if (type === 'VARCHAR') return { kind: 'texts' };
  if (!type.endsWith('[]')) return { kind: 'numbers' };
  const name = quoteName(column);
  const first = `SELECT len(${name}) AS size FROM ${parquet(file)} WHERE ${name} IS NOT NULL LIMIT 1`;
  const [found] = await session.query(first, `reading ${column}`);
  return { kind: 'tensors', size: Number(found?.size ?? 0) };
}

async function describe(session: Session, file: string): Promise<Map<string, string>> {
  const rows = await session.query(`DESCRIBE SELECT * FROM ${parquet(file)}`, 'reading a split');
  return new Map(rows.map((row) => [String(row.column_name), String(row.column_type)]));
}

async function* stream(session: Session, sql: string, doing: string): AsyncGenerator<DuckDBDataChunk> {
  try {
    const result = await session.connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : dataError(doing, cause);
  }
}

function parquet(file: string): string {
  return `read_parquet(${quoteText(file)}, hive_partitioning = false)`;
}
