import { COARSE_BINS } from '../../domain/drift/coarsen.ts';
import { GRID_BINS, type Grid } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile } from '../../domain/drift/profile.ts';
import { CELL_CODES, type Cell, cellSql, placeSql, quickCellSql, readCell, readQuickCell } from './count-cells.ts';
import { coarseGrid, profileOfCells } from './profile-of-cells.ts';
import type { Session } from './session.ts';

/**
 * `as`: the profile's name; `value`: SQL over the relation, DOUBLE for a numeric grid and VARCHAR for a categorical one.
 * `from`: the column that `value` alone depends on, where many of its rows have the same: it is then counted before it is
 * measured. `costly`: it takes longer than counting it, so it is not to be looked at twice.
 */
export type CountedColumn = { as: string; value: string; grid: Grid; from?: string; costly?: boolean };

/**
 * `by`: SQL of a number (8 bits make it fast) that rows are counted apart by; those where it is NULL are left out.
 * `coarse`: on the coarse grid, see coarsen.ts. `rows`: about as many there are; `keys`: at most as many numbers.
 */
export type CountOptions = { by?: string; coarse?: boolean; rows: number; keys?: number };

/** Of the rows with that number; 0 where nothing was said about `by`. Columns in the order given. */
export type CountedProfiles = (key: number) => ColumnProfile[];

/** More at once and their counts may not fit the session's memory. */
const COLUMNS_AT_ONCE = 40;
const CELLS_AT_ONCE = 2_000_000;
/** With fewer, an array for each column costs more to go through than the rows. */
const MANY_ROWS = 200_000;
/** A row for which the quick way fails costs fifty times as much as another: first rows tell whether there are many. */
const TRIED_ROWS = 4096;
const FAILS_AT_MOST = 0.01;

type Counts = Map<number, Map<Cell, number>>;

/**
 * Counts columns of a relation on their grids, cell by cell as `makeProfile` does. One GROUP BY a column, joined by UNION
 * ALL: each reads its own column only, and the groups are few. Measured against one scan with histogram(): half the time.
 */
export async function countColumns(
  session: Session,
  relation: string,
  columns: CountedColumn[],
  { by, coarse = false, rows: about, keys = 1 }: CountOptions,
): Promise<CountedProfiles> {
  const counts: Counts[] = columns.map(() => new Map());
  const packed = about >= MANY_ROWS;
  const cells = Math.max(1, Math.min(about, keys * (coarse ? COARSE_BINS : GRID_BINS)));
  const size = Math.max(1, Math.min(COLUMNS_AT_ONCE, Math.floor(CELLS_AT_ONCE / cells)));
  for (let first = 0; first < columns.length; first += size) {
    const some = columns.slice(first, first + size);
    const into = counts.slice(first, first + size);
    await storeCategories(session, some);
    const quick = by === undefined && !coarse && packed ? await findQuick(session, relation, some) : new Set<number>();
    const parts = some.map(({ value, grid, from }, c) => {
      if (by === undefined && !coarse && from !== undefined) {
        const rows = `SELECT ${value} AS v, ${weightOf(from)} AS n
          FROM (SELECT ${from}, count(*) AS ${weightOf(from)} FROM ${relation} GROUP BY ${from})`;
        return grid.kind === 'categorical'
          ? countCategories(rows, c, grid.open, false, true)
          : countNumbers(rows, c, cellSql(grid, false, false), false, true);
      }
      const rows = `SELECT ${value} AS v${by === undefined ? '' : `, ${by} AS key`} FROM ${relation}`;
      if (grid.kind === 'categorical') return countCategories(rows, c, grid.open, by !== undefined);
      const cell = quick.has(c) ? quickCellSql(grid) : cellSql(grid, coarse, packed);
      return countNumbers(rows, c, cell, by !== undefined);
    });
    const unsure = await collect(session, parts, into, (code, c) =>
      code === null ? undefined : quick.has(c) ? readQuickCell(code) : readCell(code, some[c]!.grid.kind, coarse),
    );
    await resolve(session, relation, some, into, unsure);
  }
  return (key) =>
    columns.map(({ as, grid }, c) =>
      profileOfCells(as, coarse ? coarseGrid(grid) : grid, counts[c]?.get(key) ?? new Map(), coarse),
    );
}

/** Runs the parts as one statement and adds up what they count; the numbers of rows by column that have no cell yet. */
async function collect(
  session: Session,
  parts: string[],
  into: Counts[],
  read: (code: number | null, c: number) => Cell | undefined,
): Promise<Map<number, number>> {
  const [c = [], keys = [], codes = [], counts = []] = await session.columns(parts.join('\nUNION ALL\n'));
  const unsure = new Map<number, number>();
  for (let i = 0; i < c.length; i++) {
    const [column, key, count] = [c[i] as number, keys[i] as number | null, counts[i] as number];
    if (key === null) continue;
    const cell = read(codes[i] as number | null, column);
    if (cell === undefined) unsure.set(column, (unsure.get(column) ?? 0) + count);
    else addTo(into[column]!, key, cell, count);
  }
  return unsure;
}

function addTo(counts: Counts, key: number, cell: Cell, count: number): void {
  const cells = counts.get(key) ?? new Map<Cell, number>();
  cells.set(cell, (cells.get(cell) ?? 0) + count);
  counts.set(key, cells);
}

/** What the quick way left open is mostly missing values, of which Parquet knows the number; else it is looked at. */
async function resolve(
  session: Session,
  relation: string,
  columns: CountedColumn[],
  into: Counts[],
  unsure: Map<number, number>,
): Promise<void> {
  if (unsure.size === 0) return;
  const open = [...unsure.keys()];
  const [row = {}] = await session.query(
    `SELECT ${open.map((c) => `CAST(count(*) - count(${columns[c]!.value}) AS DOUBLE) AS c${c}`).join(', ')} FROM ${relation}`,
  );
  const strange = open.filter((c) => row[`c${c}`] !== unsure.get(c));
  for (const c of open) if (!strange.includes(c)) addTo(into[c]!, 0, 'nulls', unsure.get(c)!);
  if (strange.length === 0) return;
  const parts = strange.map((c) => {
    const { value, grid } = columns[c]!;
    if (grid.kind !== 'numeric') throw new Error('only numbers are counted the quick way');
    const rows = `SELECT v FROM (SELECT ${value} AS v FROM ${relation}) WHERE ${quickCellSql(grid)} IS NULL`;
    return countNumbers(rows, c, cellSql(grid, false, true), false);
  });
  await collect(session, parts, into, (code, c) => readCell(code as number, columns[c]!.grid.kind, false));
}

/** Numeric columns of whose first rows few fail the quick way. */
async function findQuick(session: Session, relation: string, columns: CountedColumn[]): Promise<Set<number>> {
  const tried = columns.flatMap(({ value, grid, from, costly }, c) =>
    grid.kind === 'numeric' && from === undefined && !costly ? [{ value, grid, c }] : [],
  );
  if (tried.length === 0) return new Set();
  const failed = tried.map(({ grid, c }) => {
    const near = `abs(${placeSql(grid, `v${c}`)}) < 32767`;
    return `avg(CASE WHEN v${c} IS NULL OR ${near} THEN 0 ELSE 1 END) AS c${c}`;
  });
  const values = tried.map(({ value, c }) => `${value} AS v${c}`);
  const [row = {}] = await session.query(
    `SELECT ${failed.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${relation} LIMIT ${TRIED_ROWS})`,
  );
  return new Set(tried.filter(({ c }) => Number(row[`c${c}`] ?? 0) <= FAILS_AT_MOST).map(({ c }) => c));
}

/** A name that is not the column's. */
const weightOf = (column: string) => `${column.slice(0, -1)} n"`;

/** `weighted`: a row of `rows` stands for `n` of the relation. */
function countNumbers(rows: string, c: number, cell: string, keyed: boolean, weighted = false): string {
  const key = keyed ? 'key, ' : '';
  return `SELECT ${c} AS c, ${keySql(keyed)}, CAST(cell AS INTEGER) AS cell, CAST(n AS DOUBLE) AS n
    FROM (SELECT ${key}${cell} AS cell, ${weighted ? 'sum(n)' : 'count(*)'} AS n FROM (${rows}) GROUP BY ${key}cell)`;
}

/** Texts are counted first and then looked up; where there are more than the grid has, looked up first. */
function countCategories(rows: string, c: number, open: boolean, keyed: boolean, weighted = false): string {
  const key = keyed ? ', key' : '';
  const texts = open
    ? `SELECT v${key}, ${weighted ? 'n' : '1 AS n'} FROM (${rows})`
    : `SELECT v${key}, ${weighted ? 'sum(n)' : 'count(*)'} AS n FROM (${rows}) GROUP BY v${key}`;
  const cell = `CASE WHEN v IS NULL THEN ${CELL_CODES.nulls} ELSE coalesce(k, ${CELL_CODES.elsewhere}) END`;
  return `SELECT ${c} AS c, ${keySql(keyed)}, CAST(${cell} AS INTEGER) AS cell, CAST(sum(n) AS DOUBLE) AS n
    FROM (${texts}) LEFT JOIN (SELECT k, s FROM sluice_category WHERE c = ${c}) ON s = v
    GROUP BY ALL`;
}

const keySql = (keyed: boolean) => `${keyed ? 'CAST(key AS INTEGER)' : '0'} AS key`;

export async function storeCategories(session: Session, columns: CountedColumn[]): Promise<void> {
  await session.connection.run('CREATE OR REPLACE TEMP TABLE sluice_category (c INTEGER, k INTEGER, s VARCHAR)');
  const appender = await session.connection.createAppender('sluice_category');
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
}

/** Columns of a relation with their DuckDB types, in its order. */
export async function describeColumns(session: Session, relation: string): Promise<Map<string, string>> {
  const rows = await session.query(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${relation})`,
  );
  return new Map(rows.map((row) => [String(row.name), String(row.type)]));
}
