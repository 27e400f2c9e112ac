import type { Column, Dataset } from '../../domain/spec/valid.ts';
import type { DatasetQuery } from './dataset-query.ts';
import type { Session } from './duckdb-session.ts';
import type { ColumnCounts } from './inspect.ts';
import { quoteName } from './sql-text.ts';

export type Inspected = {
  dataset: Dataset;
  query: DatasetQuery;
  rows: number;
  splits: { name: string; rows: number }[];
  overlaps: { first: string; second: string; rows: number }[];
  counts: Map<string, ColumnCounts>;
  drifts: Map<string, number>;
};

/** Declared rules that the data breaks, in plain words; never a value of the data other than a count. */
export async function findViolations(session: Session, found: Inspected): Promise<string[]> {
  const { dataset, counts, query } = found;
  return [
    ...query.missing.map((name) => `column ${name} is not in the source`),
    ...dataset.columns
      .filter((column) => !query.missing.includes(column.name))
      .flatMap((column) => columnViolations(column, counts.get(column.name) as ColumnCounts)),
    ...found.overlaps.map((pair) => `${count(pair.rows)} rows are in both splits ${pair.first} and ${pair.second}`),
    ...found.splits.filter((split) => split.rows === 0).map((split) => `split ${split.name} has no rows`),
    ...(await checkViolations(session, found)),
  ];
}

function columnViolations(column: Column, counts: ColumnCounts): string[] {
  const problems: string[] = [];
  const nulls = counts.nulls - counts.unreadable;
  if (counts.unreadable > 0)
    problems.push(`column ${column.name}: ${count(counts.unreadable)} values are not of type ${column.type}`);
  if (!column.nullable && nulls > 0)
    problems.push(`column ${column.name}: ${count(nulls)} values are missing, none may be`);
  if (counts.belowMin > 0)
    problems.push(`column ${column.name}: ${count(counts.belowMin)} values are below ${column.min}`);
  if (counts.aboveMax > 0)
    problems.push(`column ${column.name}: ${count(counts.aboveMax)} values are above ${column.max}`);
  if (column.maxCategories !== undefined && counts.distinct > column.maxCategories) {
    problems.push(
      `column ${column.name}: ${count(counts.distinct)} categories, at most ${count(column.maxCategories)} are declared`,
    );
  }
  return problems;
}

async function checkViolations(session: Session, { dataset, query, rows, drifts }: Inspected): Promise<string[]> {
  const problems: string[] = [];
  for (const check of dataset.checks) {
    if (check.kind === 'rows') {
      if (check.min !== undefined && rows < check.min)
        problems.push(`${count(rows)} rows, at least ${count(check.min)} are required`);
      if (check.max !== undefined && rows > check.max)
        problems.push(`${count(rows)} rows, at most ${count(check.max)} are allowed`);
    } else if (check.kind === 'unique') {
      const columns = check.columns.map(quoteName).join(', ');
      const found = await session.query(
        `SELECT coalesce(sum(rows - 1), 0) AS repeated FROM (SELECT count(*) AS rows FROM (${query.rows}) AS all_rows GROUP BY ${columns})`,
        `looking for repeated ${check.columns.join(', ')}`,
      );
      const repeated = Number(found[0]?.repeated);
      if (repeated > 0) problems.push(`${count(repeated)} rows repeat an earlier ${check.columns.join(', ')}`);
    } else {
      for (const [name, drift] of drifts) {
        if (drift > check.max) {
          problems.push(
            `column ${name} moved by ${drift.toFixed(3)} against the version before, at most ${check.max} is allowed`,
          );
        }
      }
    }
  }
  return problems;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
