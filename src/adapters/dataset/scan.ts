import type { ColumnBatch } from '../../ports/dataset.ts';
import { checkExpression } from './check-expression.ts';
import { dataError, openSession, type Session, type SessionLimits, withSession } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';

type Value = number | string | boolean | null;

/** Batches of `batchRows` rows (the last may be smaller) in the order of the file. */
export async function* scan(
  file: string,
  columns: string[],
  batchRows: number,
  limits: SessionLimits,
): AsyncGenerator<ColumnBatch> {
  const session = await openSession([file], limits);
  try {
    const types = new Map((await describe(session, file)).map((column) => [column.name, column.type]));
    const select = columns.map((column) => asPlain(column, types.get(column))).join(', ');
    let held: Value[][] = columns.map(() => []);
    const cut = (rows: number): ColumnBatch => {
      const taken = columns.map((column, index) => [column, (held[index] as Value[]).slice(0, rows)] as const);
      held = held.map((values) => values.slice(rows));
      return { rows, columns: Object.fromEntries(taken) };
    };
    for await (const values of stream(
      session,
      `SELECT ${select} FROM ${parquet(file)}`,
      `reading ${columns.join(', ')}`,
    )) {
      for (const [index, into] of held.entries()) for (const value of values[index] as Value[]) into.push(value);
      while ((held[0] as Value[]).length >= batchRows) yield cut(batchRows);
    }
    const rest = held[0]?.length ?? 0;
    if (rest > 0) yield cut(rest);
  } finally {
    session.close();
  }
}

/** One byte a row: 1 where `where` holds, 0 where it does not or is NULL. */
export async function matches(file: string, where: string, limits: SessionLimits): Promise<Uint8Array> {
  return withSession([file], limits, async (session) => {
    const columns = (await describe(session, file)).map((column) => column.name);
    const condition = await checkExpression(session, where, columns, 'a slice');
    const held = `CAST(coalesce(CAST((\n${condition}\n) AS BOOLEAN), false) AS UTINYINT)`;
    const parts: Uint8Array[] = [];
    const select = `SELECT ${held} AS held FROM ${parquet(file)}`;
    for await (const values of stream(session, select, 'selecting the rows of a slice')) {
      parts.push(Uint8Array.from(values[0] as number[]));
    }
    return Uint8Array.from(Buffer.concat(parts));
  });
}

/** Numbers for every number, epoch milliseconds for times: the forms of `ColumnBatch`. */
function asPlain(column: string, type: string | undefined): string {
  const name = quoteName(column);
  if (type === 'TIMESTAMP') return `CAST(epoch_ms(${name}) AS DOUBLE) AS ${name}`;
  if (type === 'BIGINT' || type === 'DOUBLE') return `CAST(${name} AS DOUBLE) AS ${name}`;
  return name;
}

async function describe(session: Session, file: string): Promise<{ name: string; type: string }[]> {
  const rows = await session.query(`DESCRIBE SELECT * FROM ${parquet(file)}`, 'reading a split');
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

async function* stream(session: Session, sql: string, doing: string): AsyncGenerator<unknown[][]> {
  try {
    const result = await session.connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getColumns();
    }
  } catch (cause) {
    throw dataError(doing, cause);
  }
}

function parquet(file: string): string {
  return `read_parquet(${quoteText(file)}, hive_partitioning = false)`;
}
