import { AppError } from '../../domain/errors.ts';
import type { Column, ColumnType } from '../../domain/spec/valid.ts';
import type { Session } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';

const SQL_TYPES: Record<Exclude<ColumnType, 'tensor'>, string> = {
  integer: 'BIGINT',
  float: 'DOUBLE',
  boolean: 'BOOLEAN',
  category: 'VARCHAR',
  text: 'VARCHAR',
  timestamp: 'TIMESTAMP',
};

/**
 * The expression in the type of the column; tensors as one list of doubles. `lenient`: what cannot be read is NULL
 * instead of an error.
 */
export async function typedExpression(
  session: Session,
  column: Column,
  expression: string,
  scan: string,
  lenient: boolean,
): Promise<string> {
  if (column.type !== 'tensor') return `${lenient ? 'TRY_CAST' : 'CAST'}(${expression} AS ${SQL_TYPES[column.type]})`;
  if (expression === 'NULL') return 'CAST(NULL AS DOUBLE[])';
  const depth = await listDepth(session, column, expression, scan);
  if (depth === 0 && lenient) return 'CAST(NULL AS DOUBLE[])';
  if (depth === 0)
    throw new AppError('config/data-invalid', `column ${column.name} is declared a tensor and is no list`);
  const shape = column.shape ?? [];
  const lists = `CAST(${checked(expression, depth, shape, lenient)} AS DOUBLE${'[]'.repeat(depth)})`;
  const flat = `${'flatten('.repeat(depth - 1)}${lists}${')'.repeat(depth - 1)}`;
  const size = shape.reduce((product, one) => product * one, 1);
  const complaint = `error(${quoteText(`column ${column.name} has a row of `)} || len(${flat}) || ${quoteText(
    ` numbers, shape [${shape.join(', ')}] has ${size}`,
  )})`;
  const otherwise = lenient ? 'NULL' : complaint;
  return `CASE WHEN ${expression} IS NULL THEN NULL WHEN len(${flat}) = ${size} THEN ${flat} ELSE ${otherwise} END`;
}

/** Where the lists are nested as deep as the shape is, each of them must be as long as the shape says. */
function checked(expression: string, depth: number, shape: readonly number[], lenient: boolean): string {
  if (lenient || depth === 1 || depth !== shape.length) return expression;
  return `CAST(${expression} AS DOUBLE${[...shape]
    .reverse()
    .map((size) => `[${size}]`)
    .join('')})`;
}

async function listDepth(session: Session, column: Column, expression: string, scan: string): Promise<number> {
  const name = quoteName(column.name);
  const doing = `reading column ${column.name}`;
  const [described] = await session.query(`DESCRIBE SELECT ${expression} AS ${name} FROM ${scan}`, doing);
  const levels = /(?:\[\d*\])*$/.exec(String(described?.column_type))?.[0] ?? '';
  return levels.split('[').length - 1;
}
