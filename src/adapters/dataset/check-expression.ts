/** SQL written by an author is one expression over the columns of one table, and this is where that is made sure. */

import { AppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { ALLOWED_FUNCTIONS } from './allowed-functions.ts';
import type { Session } from './duckdb-session.ts';
import { quoteText } from './sql-text.ts';

const LONGEST = 4_000;
const ALLOWED_CLASSES = new Set([
  'CONSTANT',
  'COLUMN_REF',
  'FUNCTION',
  'COMPARISON',
  'CONJUNCTION',
  'OPERATOR',
  'CAST',
  'BETWEEN',
  'CASE',
]);
/** DuckDB's parser itself writes such a schema before what it makes of `extract`, `AT TIME ZONE`, `trim(… from …)`. */
const BUILT_IN_SCHEMAS = new Set(['', 'main', 'pg_catalog']);

/**
 * `text` unchanged, if it is one expression over `columns` (case does not matter) with allowed functions only.
 * AppError config/data-invalid that names `where` (e.g. "split holdout") otherwise.
 */
export async function checkExpression(
  session: Session,
  text: string,
  columns: string[],
  where: string,
): Promise<string> {
  if (text.trim() === '') throw refused(where, 'it is empty');
  if (text.length > LONGEST) throw refused(where, `it is longer than ${LONGEST} characters`);
  const bare = await parse(session, `SELECT\n${text}\n`, where);
  // Both forms must hold: alone, so that no bracket reaches out; in brackets, as it is used later.
  await parse(session, `SELECT (\n${text}\n)`, where);
  const problem = problemOf(bare, new Set(columns.map((column) => column.toLowerCase())));
  if (problem !== undefined) throw refused(where, problem);
  return text;
}

type Tree = { [key: string]: Json };

async function parse(session: Session, sql: string, where: string): Promise<Tree> {
  const rows = await session.query(
    `SELECT json_serialize_sql(${quoteText(sql)}) AS tree`,
    `reading the SQL of ${where}`,
  );
  const parsed = JSON.parse(String(rows[0]?.tree)) as Tree;
  if (parsed.error === true) throw refused(where, String(parsed.error_message).split('\n')[0] ?? 'it cannot be read');
  const statements = parsed.statements as Tree[];
  if (statements.length !== 1) throw refused(where, 'it is more than one statement');
  return statements[0]?.node as Tree;
}

function problemOf(node: Tree, columns: Set<string>): string | undefined {
  const list = node.select_list as Tree[] | undefined;
  const single =
    node.type === 'SELECT_NODE' &&
    list?.length === 1 &&
    (list[0] as Tree).alias === '' &&
    (node.from_table as Tree | undefined)?.type === 'EMPTY' &&
    (node.modifiers as Json[]).length === 0 &&
    [node.where_clause, node.having, node.sample, node.qualify].every((part) => part === null) &&
    (node.group_expressions as Json[]).length === 0;
  if (!single) return 'it must be one expression';
  return problemWithin(list[0] as Tree, columns);
}

function problemWithin(value: Json, columns: Set<string>): string | undefined {
  if (Array.isArray(value)) return firstProblem(value, columns);
  if (value === null || typeof value !== 'object') return undefined;
  if (typeof value.class === 'string') {
    if (!ALLOWED_CLASSES.has(value.class)) return `${value.class.toLowerCase().replaceAll('_', ' ')} is not allowed`;
    if (value.class === 'CONSTANT') return undefined;
    if (value.class === 'COLUMN_REF') return columnProblem(value.column_names as string[], columns);
    if (value.class === 'FUNCTION') {
      const name = String(value.function_name).toLowerCase();
      if (!ALLOWED_FUNCTIONS.has(name)) return `the function ${name} is not allowed`;
      if (!BUILT_IN_SCHEMAS.has(String(value.schema)) || value.catalog !== '')
        return `the function ${name} must be named without a schema`;
    }
  }
  return firstProblem(Object.values(value), columns);
}

function firstProblem(values: Json[], columns: Set<string>): string | undefined {
  for (const value of values) {
    const problem = problemWithin(value, columns);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function columnProblem(path: string[], columns: Set<string>): string | undefined {
  if (columns.has(String(path[0]).toLowerCase())) return undefined;
  const known = [...columns].slice(0, 30).join(', ');
  return `there is no column ${path.join('.')} (there are: ${known})`;
}

function refused(where: string, why: string): AppError {
  return new AppError('config/data-invalid', `the SQL of ${where} is not accepted: ${why}`);
}
