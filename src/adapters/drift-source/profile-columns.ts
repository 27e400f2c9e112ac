import { GRID_BINS, type Grid, MAX_CATEGORIES, numericGrid } from '../../domain/drift/make-profile.ts';
import type { CategoricalProfile, ColumnProfile, NumericProfile } from '../../domain/drift/profile.ts';
import { identifier, quote, type Session } from './session.ts';

/** `as`: the profile's name of it; `sql`: the column's expression in the source, quoted. */
export type CountedColumn = { as: string; sql: string; grid: Grid };

const NULL_CELL = -1;
const NAN_CELL = -2;
const INFINITE_CELL = -3;
const UNDER_CELL = -4;
const OVER_CELL = -5;
const ELSEWHERE_CELL = -6;

/**
 * Counts columns of a table or view on their grids. One GROUP BY a column, joined by UNION ALL: each reads its own
 * column only and the groups are few; measured twice as fast as one scan with histogram(), four times as UNPIVOT.
 */
export async function profileColumns(
  session: Session,
  source: string,
  columns: CountedColumn[],
): Promise<ColumnProfile[]> {
  if (columns.length === 0) return [];
  await session.connection.run('CREATE OR REPLACE TEMP TABLE category (c INTEGER, k INTEGER, s VARCHAR)');
  const appender = await session.connection.createAppender('category');
  columns.forEach(({ grid }, c) => {
    if (grid.kind !== 'categorical') return;
    grid.categories.forEach((category, k) => {
      appender.appendInteger(c);
      appender.appendInteger(k);
      appender.appendVarchar(category);
      appender.endRow();
    });
  });
  appender.closeSync();
  const parts = columns.map((column, c) =>
    column.grid.kind === 'numeric'
      ? countNumbers(source, column.sql, column.grid, c)
      : countCategories(source, column.sql, c),
  );
  const rows = await session.query(parts.join('\nUNION ALL\n'));
  return columns.map((column, c) => {
    const cells = rows.filter((row) => row.c === c).map((row) => [Number(row.cell), Number(row.n)] as [number, number]);
    const total = cells.reduce((sum, [, count]) => sum + count, 0);
    const counted =
      column.grid.kind === 'numeric' ? numericProfile(cells, column.grid) : categoricalProfile(cells, column.grid);
    return { column: column.as, rows: total, ...counted };
  });
}

/** Same cells as `makeProfile`. A value that is no number in a column of numbers counts as NaN. */
function countNumbers(source: string, column: string, grid: { low: number; width: number }, c: number): string {
  const bin = `floor((x - ${double(grid.low)}) / ${double(grid.width)})`;
  return `SELECT ${c} AS c, cell, count(*) AS n FROM (
    SELECT CASE
      WHEN v IS NULL THEN ${NULL_CELL}
      WHEN x IS NULL OR isnan(x) THEN ${NAN_CELL}
      WHEN isinf(x) THEN ${INFINITE_CELL}
      WHEN ${bin} < 0 THEN ${UNDER_CELL}
      WHEN ${bin} >= ${GRID_BINS} THEN ${OVER_CELL}
      ELSE CAST(${bin} AS INTEGER) END AS cell
    FROM (SELECT ${column} AS v, TRY_CAST(${column} AS DOUBLE) AS x FROM ${source})
  ) GROUP BY cell`;
}

function countCategories(source: string, column: string, c: number): string {
  return `SELECT ${c} AS c, CASE WHEN g.v IS NULL THEN ${NULL_CELL} ELSE coalesce(r.k, ${ELSEWHERE_CELL}) END AS cell,
      CAST(sum(g.n) AS BIGINT) AS n
    FROM (SELECT CAST(${column} AS VARCHAR) AS v, count(*) AS n FROM ${source} GROUP BY v) g
    LEFT JOIN category r ON r.c = ${c} AND r.s = g.v
    GROUP BY cell`;
}

function numericProfile(cells: [number, number][], grid: { low: number; width: number }): NumericProfile {
  const count = cellCounter(cells);
  return {
    kind: 'numeric',
    low: grid.low,
    width: grid.width,
    bins: cells.filter(([cell]) => cell >= 0).sort((a, b) => a[0] - b[0]),
    under: count(UNDER_CELL),
    over: count(OVER_CELL),
    nulls: count(NULL_CELL),
    nans: count(NAN_CELL),
    infinities: count(INFINITE_CELL),
  };
}

function categoricalProfile(
  cells: [number, number][],
  grid: { categories: string[]; open: boolean },
): CategoricalProfile {
  const count = cellCounter(cells);
  const elsewhere = count(ELSEWHERE_CELL);
  return {
    kind: 'categorical',
    counts: grid.categories.map((category, k) => [category, count(k)]),
    other: grid.open ? elsewhere : 0,
    unseen: grid.open ? 0 : elsewhere,
    nulls: count(NULL_CELL),
  };
}

function cellCounter(cells: [number, number][]): (cell: number) => number {
  const counts = new Map(cells);
  return (cell) => counts.get(cell) ?? 0;
}

/** Lays grids over a reference: quantiles of its finite values, or its most frequent categories (ties by name). */
export async function layGrids(
  session: Session,
  source: string,
  columns: { as: string; sql: string; kind: Grid['kind'] }[],
): Promise<CountedColumn[]> {
  const laid: CountedColumn[] = [];
  for (const { as, sql, kind } of columns) laid.push({ as, sql, grid: await layGrid(session, source, sql, kind) });
  return laid;
}

async function layGrid(session: Session, source: string, column: string, kind: Grid['kind']): Promise<Grid> {
  if (kind === 'numeric') {
    const [row] = await session.query(
      `SELECT quantile_disc(x, 0.001) AS low, quantile_disc(x, 0.999) AS high
       FROM (SELECT TRY_CAST(${column} AS DOUBLE) AS x FROM ${source}) WHERE isfinite(x)`,
    );
    const edge = (value: unknown) => (typeof value === 'number' ? value : undefined);
    return numericGrid(edge(row?.low), edge(row?.high));
  }
  const rows = await session.query(
    `SELECT CAST(${column} AS VARCHAR) AS v, count(*) AS n FROM ${source} WHERE v IS NOT NULL
     GROUP BY v ORDER BY n DESC, v LIMIT ${MAX_CATEGORIES + 1}`,
  );
  const categories = rows.slice(0, MAX_CATEGORIES).map((row) => String(row.v));
  return { kind: 'categorical', categories: categories.sort(byCodeUnits), open: rows.length > MAX_CATEGORIES };
}

/** The names of a source's columns. */
export async function columnsOf(session: Session, source: string): Promise<Set<string>> {
  const rows = await session.query(`SELECT column_name AS name FROM (DESCRIBE SELECT * FROM ${source})`);
  return new Set(rows.map((row) => String(row.name)));
}

export function parquetSource(file: string): string {
  return `read_parquet(${quote(file)})`;
}

export function columnSql(name: string): string {
  return identifier(name);
}

/** Without a cast DuckDB reads 0.1 as a DECIMAL; edges must be the same doubles as in JavaScript. */
function double(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
