import type { Column } from '../../domain/spec/valid.ts';
import type { Session } from './duckdb-session.ts';
import { quoteName } from './sql-text.ts';

/**
 * Sup distance, 0…1, of each column that both versions have with one type: of the empirical CDFs (numbers; NULL is the
 * lowest value) or of the shares (categories, booleans; NULL is a category). Times, free text, ids and pii are left out.
 */
export async function columnDrift(
  session: Session,
  columns: Column[],
  previous: Column[],
  rows: string,
  previousRows: string,
): Promise<Map<string, number>> {
  const drifts = new Map<string, number>();
  for (const column of columns) {
    const was = previous.find((other) => other.name === column.name);
    if (was?.type !== column.type || column.pii || was.pii || column.role === 'id') continue;
    const ordered = column.type === 'integer' || column.type === 'float';
    if (!ordered && column.type !== 'category' && column.type !== 'boolean') continue;
    const sql = `${counted(column.name, rows, previousRows)} ${ordered ? OVER_VALUES : OVER_SHARES}`;
    const found = await session.query(sql, `comparing column ${column.name} with the version before`);
    const value = found[0]?.drift;
    if (value !== null && value !== undefined) drifts.set(column.name, Number(value));
  }
  return drifts;
}

function counted(column: string, rows: string, previousRows: string): string {
  const name = quoteName(column);
  return `
    WITH counted AS (
      SELECT value, sum(now) AS now, sum(was) AS was FROM (
        SELECT ${name} AS value, count(*) AS now, 0 AS was FROM (${rows}) AS current_rows GROUP BY value
        UNION ALL
        SELECT ${name} AS value, 0 AS now, count(*) AS was FROM (${previousRows}) AS previous_rows GROUP BY value
      ) GROUP BY value
    ), total AS (SELECT sum(now) AS now, sum(was) AS was FROM counted)`;
}

const OVER_VALUES = `
  SELECT max(abs(below_now / total.now - below_was / total.was)) AS drift FROM (
    SELECT sum(now) OVER ordered AS below_now, sum(was) OVER ordered AS below_was FROM counted
    WINDOW ordered AS (ORDER BY value NULLS FIRST ROWS UNBOUNDED PRECEDING)
  ), total WHERE total.now > 0 AND total.was > 0`;

const OVER_SHARES = `
  SELECT max(abs(counted.now / total.now - counted.was / total.was)) AS drift
  FROM counted, total WHERE total.now > 0 AND total.was > 0`;
