import { byCodeUnits } from '../../domain/drift/code-unit-order.ts';
import { GRID_QUANTILES, type Grid, MAX_CATEGORIES, numericGrid } from '../../domain/drift/make-profile.ts';
import type { Measure } from '../../domain/drift/profile.ts';
import type { CountedColumn } from './count-columns.ts';
import { measureSql, type NamedColumns } from './measure-sql.ts';
import { quote, type Session } from './session.ts';

/** A column of a reference before it has a grid. */
export type MeasuredColumn = { as: string; measure: Measure; kind: Grid['kind'] };

/** Exact quantiles hold every value in memory; of so many rows they are known well enough to lay a grid. */
const QUANTILE_ROWS = 200_000;
const [LOW, HIGH] = [0.001, 0.999];

/** A relation with the rows of a Parquet file, each with its place (`file_row_number`). */
export function numberedFile(file: string): string {
  return `read_parquet(${quote(file)}, file_row_number = true, hive_partitioning = false)`;
}

/** Pairs of neighbouring rows of a numbered file, evenly spread: at most `rows` rows, as many of even as of odd places. */
export function everyRow(relation: string, total: number, rows: number): string {
  const step = Math.ceil(total / rows);
  return step <= 1 ? relation : `(SELECT * FROM ${relation} WHERE file_row_number // 2 % ${step} = 0)`;
}

/** Lays grids over the rows of a numbered file; a column that the file lacks has none. */
export async function layGrids(
  session: Session,
  relation: string,
  total: number,
  columns: MeasuredColumn[],
  named: NamedColumns,
): Promise<(CountedColumn & { measure: Measure })[]> {
  const laid: (CountedColumn & { measure: Measure })[] = [];
  const sample = everyRow(relation, total, QUANTILE_ROWS);
  for (const { as, measure, kind } of columns) {
    const value = measureSql(measure, kind, named);
    if (value === undefined) continue;
    const grid =
      kind === 'numeric' ? await gridOfNumbers(session, sample, value) : await topTexts(session, relation, value);
    // Words beyond the most frequent are out of the vocabulary, in the reference as well.
    laid.push({
      as,
      measure,
      value,
      grid: measure.of === 'words' && grid.kind === 'categorical' ? { ...grid, open: false } : grid,
    });
  }
  return laid;
}

async function gridOfNumbers(session: Session, relation: string, value: string): Promise<Grid> {
  const at = [LOW, ...GRID_QUANTILES, HIGH];
  const [[quantiles] = []] = await session.columns(
    `SELECT CAST(quantile_disc(v, [${at.join(', ')}]) AS VARCHAR[]) FROM (SELECT ${value} AS v FROM ${relation}) WHERE isfinite(v)`,
  );
  const values = (quantiles as string[] | null)?.map(Number) ?? [];
  return numericGrid(values[0], values.at(-1), { quantiles: values.slice(1, -1) });
}

/** The most frequent, ties by name. */
async function topTexts(session: Session, relation: string, value: string): Promise<Grid> {
  const rows = await session.query(
    `SELECT v, count(*) AS n FROM (SELECT ${value} AS v FROM ${relation}) WHERE v IS NOT NULL
     GROUP BY v ORDER BY n DESC, v LIMIT ${MAX_CATEGORIES + 1}`,
  );
  const categories = rows.slice(0, MAX_CATEGORIES).map((row) => String(row.v));
  return { kind: 'categorical', categories: categories.sort(byCodeUnits), open: rows.length > MAX_CATEGORIES };
}
