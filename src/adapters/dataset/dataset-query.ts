/** A dataset as declared, as SQL: source → window → computed and typed columns. */

import { AppError } from '../../domain/errors.ts';
import type { Column, Dataset } from '../../domain/spec/valid.ts';
import { checkExpression } from './check-expression.ts';
import { csvScan } from './csv-scan.ts';
import type { Session } from './duckdb-session.ts';
import { quoteName, quoteText } from './sql-text.ts';
import { typedExpression } from './typed-expression.ts';

export type DatasetQuery = {
  /** SELECT of the window's rows with the source's own columns. */
  source: string;
  /** SELECT of the window's rows with exactly the declared columns, then window_from and window_to. */
  rows: string;
  /** Checked condition of each split, over the columns of `rows`, in brackets. */
  splits: Map<string, string>;
  /** Checked, untyped expression of each declared column over the source's columns. */
  expressions: Map<string, string>;
  /** The same in the declared type. */
  typed: Map<string, string>;
  /** Declared columns that the source lacks; only when `lenient`. */
  missing: string[];
};

/** `lenient`: columns that are missing read as NULL and values that do not fit as NULL, for a report instead of an error. */
export async function datasetQuery(
  session: Session,
  dataset: Dataset,
  file: string,
  options: { lenient: boolean },
): Promise<DatasetQuery> {
  const scan = await scanOf(session, dataset.source.format, file);
  const described = await session.query(`DESCRIBE SELECT * FROM ${scan}`, `reading ${dataset.source.uri}`);
  const sourceColumns = described.map((row) => String(row.column_name));
  const { expressions, missing } = await columnExpressions(session, dataset, sourceColumns, options.lenient);
  const typed = new Map<string, string>();
  for (const column of dataset.columns) {
    const expression = expressions.get(column.name) as string;
    typed.set(column.name, await typedExpression(session, column, expression, scan, options.lenient));
  }
  const selected = [...typed].map(([name, expression]) => `${expression} AS ${quoteName(name)}`);
  const bounds = dataset.window === undefined ? [] : windowBounds(dataset.window.from, dataset.window.to);
  const source = `SELECT * FROM ${scan}${windowCondition(dataset, sourceColumns, expressions)}`;
  const rows = `SELECT ${[...selected, ...bounds].join(', ')} FROM (${source}) AS source`;
  const known = [
    ...dataset.columns.map((column) => column.name),
    ...(bounds.length > 0 ? ['window_from', 'window_to'] : []),
  ];
  const splits = new Map<string, string>();
  for (const [name, condition] of Object.entries(dataset.splits)) {
    splits.set(name, `(\n${await checkExpression(session, condition, known, `split ${name}`)}\n)`);
  }
  return { source, rows, splits, expressions, typed, missing };
}

async function columnExpressions(session: Session, dataset: Dataset, sourceColumns: string[], lenient: boolean) {
  const present = new Map(sourceColumns.map((name) => [name.toLowerCase(), name]));
  const expressions = new Map<string, string>();
  const missing: string[] = [];
  for (const column of dataset.columns) {
    if (column.sql !== undefined) {
      const text = await checkExpression(session, column.sql, sourceColumns, `column ${column.name}`);
      expressions.set(column.name, `(\n${text}\n)`);
      continue;
    }
    const found = present.get(column.name.toLowerCase());
    if (found === undefined && !lenient) throw noColumn(dataset, column, sourceColumns);
    if (found === undefined) missing.push(column.name);
    expressions.set(column.name, found === undefined ? 'NULL' : quoteName(found));
  }
  return { expressions, missing };
}

function noColumn(dataset: Dataset, column: Column, sourceColumns: string[]): AppError {
  const known = sourceColumns.slice(0, 50).join(', ');
  return new AppError(
    'config/data-invalid',
    `dataset ${dataset.name}: the source has no column ${column.name} (it has: ${known})`,
  );
}

function windowCondition(dataset: Dataset, sourceColumns: string[], expressions: Map<string, string>): string {
  if (dataset.window === undefined) return '';
  const { column, from, to } = dataset.window;
  const source = sourceColumns.find((name) => name.toLowerCase() === column.toLowerCase());
  const expression = expressions.get(column) ?? (source === undefined ? undefined : quoteName(source));
  if (expression === undefined || expression === 'NULL') {
    throw new AppError('config/data-invalid', `dataset ${dataset.name}: there is no column ${column} for the window`);
  }
  const [first, end] = [`TIMESTAMP ${quoteText(isoUtc(from))}`, `TIMESTAMP ${quoteText(isoUtc(to))}`];
  return ` WHERE CAST(${expression} AS TIMESTAMP) >= ${first} AND CAST(${expression} AS TIMESTAMP) < ${end}`;
}

function windowBounds(from: string, to: string): string[] {
  return [`TIMESTAMP ${quoteText(isoUtc(from))} AS window_from`, `TIMESTAMP ${quoteText(isoUtc(to))} AS window_to`];
}

/** Dates and timestamps without a zone are UTC. */
function isoUtc(text: string): string {
  const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) || !/[T ]\d/.test(text) ? text : `${text}Z`;
  const time = new Date(zoned.replace(' ', 'T')).getTime();
  if (Number.isNaN(time)) throw new AppError('config/data-invalid', `the window's ${text} is not a date or timestamp`);
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '');
}

async function scanOf(session: Session, format: Dataset['source']['format'], file: string): Promise<string> {
  const name = quoteText(file);
  if (format === 'parquet') return `read_parquet(${name}, hive_partitioning = false)`;
  if (format === 'csv') return csvScan(session, file);
  return `read_json(${name}, format = 'newline_delimited', hive_partitioning = false)`;
}
