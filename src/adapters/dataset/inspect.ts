/** What a dataset holds, whether it keeps its own rules, and how it moved against the version before. */

import type { DataReport } from '../../domain/data/data-report.ts';
import { AppError } from '../../domain/errors.ts';
import type { Column, Dataset } from '../../domain/spec/valid.ts';
import { columnDrift } from './column-drift.ts';
import { type DatasetQuery, datasetQuery } from './dataset-query.ts';
import { type Session, type SessionLimits, withSession } from './duckdb-session.ts';
import { findViolations } from './find-violations.ts';
import { quoteName } from './sql-text.ts';

export type LocatedDataset = { dataset: Dataset; file: string };

/** `gone`: why there is nothing any more to compare with. */
export type PreviousDataset = LocatedDataset | { dataset: Dataset; gone: string };

/** Counts of one column as the statistics query answers them. */
export type ColumnCounts = {
  nulls: number;
  distinct: number;
  min: string | undefined;
  max: string | undefined;
  /** Values that are there but cannot be read as the declared type. */
  unreadable: number;
  belowMin: number;
  aboveMax: number;
};

export async function inspect(
  current: LocatedDataset,
  previous: PreviousDataset | undefined,
  limits: SessionLimits,
): Promise<DataReport> {
  const files = [current.file, ...(previous !== undefined && 'file' in previous ? [previous.file] : [])];
  return withSession(files, limits, async (session) => {
    const { dataset } = current;
    const query = await datasetQuery(session, dataset, current.file, { lenient: true });
    const { rows, splits, overlaps } = await countRows(session, dataset, query);
    const counts = await countColumns(session, dataset, query);
    const before = previous === undefined ? undefined : await openPrevious(session, previous);
    const drifts =
      before?.query === undefined
        ? new Map<string, number>()
        : await columnDrift(session, dataset.columns, before.dataset.columns, query.rows, before.query.rows);
    const violations = await findViolations(session, { dataset, query, rows, splits, overlaps, counts, drifts });
    return {
      rows,
      splits,
      columns: dataset.columns
        .filter((column) => !column.pii)
        .map((column) => report(column, counts.get(column.name) as ColumnCounts, drifts.get(column.name))),
      ...(before?.rows === undefined ? {} : { previousRows: before.rows }),
      schemaChanges:
        previous === undefined ? [] : [...schemaChanges(previous.dataset, dataset), ...(before?.problems ?? [])],
      violations,
    };
  });
}

function report(column: Column, counts: ColumnCounts, drift: number | undefined): DataReport['columns'][number] {
  // Extremes of texts and categories would show single values; those of numbers and times are the rule to check.
  const shown = column.type !== 'category' && column.type !== 'text' && column.role !== 'id';
  return {
    name: column.name,
    type: column.type,
    nulls: counts.nulls,
    distinct: counts.distinct,
    ...(shown && counts.min !== undefined ? { min: counts.min } : {}),
    ...(shown && counts.max !== undefined ? { max: counts.max } : {}),
    ...(drift === undefined ? {} : { drift }),
  };
}

async function countRows(session: Session, dataset: Dataset, query: DatasetQuery) {
  const names = [...query.splits.keys()];
  const pairs = names.flatMap((first, index) => names.slice(index + 1).map((second) => [first, second] as const));
  const counts = [
    'count(*) AS all_rows',
    ...names.map((name, index) => `count(*) FILTER (WHERE ${query.splits.get(name)}) AS split_${index}`),
    ...pairs.map(
      ([first, second], index) =>
        `count(*) FILTER (WHERE ${query.splits.get(first)} AND ${query.splits.get(second)}) AS pair_${index}`,
    ),
  ];
  const found = await session.query(
    `SELECT ${counts.join(', ')} FROM (${query.rows}) AS rows`,
    `counting the rows of ${dataset.name}`,
  );
  const row = found[0] ?? {};
  return {
    rows: Number(row.all_rows),
    splits: names.map((name, index) => ({ name, rows: Number(row[`split_${index}`]) })),
    overlaps: pairs
      .map(([first, second], index) => ({ first, second, rows: Number(row[`pair_${index}`]) }))
      .filter((pair) => pair.rows > 0),
  };
}

async function countColumns(
  session: Session,
  dataset: Dataset,
  query: DatasetQuery,
): Promise<Map<string, ColumnCounts>> {
  const parts = dataset.columns.flatMap((column, index) => {
    const name = quoteName(column.name);
    const number = column.type === 'integer' || column.type === 'float';
    // Of a tensor it is enough to know whether there are different ones; its extremes would say nothing.
    const tensor = column.type === 'tensor';
    return [
      `count(*) FILTER (WHERE ${name} IS NULL) AS nulls_${index}`,
      `count(DISTINCT ${tensor ? `CASE WHEN ${name} IS NOT NULL THEN hash(${name}) END` : name}) AS distinct_${index}`,
      `${tensor ? 'NULL' : `CAST(min(${name}) AS VARCHAR)`} AS min_${index}`,
      `${tensor ? 'NULL' : `CAST(max(${name}) AS VARCHAR)`} AS max_${index}`,
      `count(*) FILTER (WHERE ${number && column.min !== undefined ? `${name} < ${column.min}` : 'false'}) AS below_${index}`,
      `count(*) FILTER (WHERE ${number && column.max !== undefined ? `${name} > ${column.max}` : 'false'}) AS above_${index}`,
    ];
  });
  const unreadable = dataset.columns.map((column, index) => {
    const expression = query.expressions.get(column.name);
    const typed = query.typed.get(column.name);
    return `count(*) FILTER (WHERE ${expression} IS NOT NULL AND (${typed}) IS NULL) AS unreadable_${index}`;
  });
  const doing = `reading the columns of ${dataset.name}`;
  const typed = (await session.query(`SELECT ${parts.join(', ')} FROM (${query.rows}) AS rows`, doing))[0] ?? {};
  const raw = (await session.query(`SELECT ${unreadable.join(', ')} FROM (${query.source}) AS source`, doing))[0] ?? {};
  const text = (value: unknown) => (value === null || value === undefined ? undefined : String(value));
  return new Map(
    dataset.columns.map((column, index) => [
      column.name,
      {
        nulls: Number(typed[`nulls_${index}`]),
        distinct: Number(typed[`distinct_${index}`]),
        min: text(typed[`min_${index}`]),
        max: text(typed[`max_${index}`]),
        unreadable: Number(raw[`unreadable_${index}`]),
        belowMin: Number(typed[`below_${index}`]),
        aboveMax: Number(typed[`above_${index}`]),
      },
    ]),
  );
}

/** The version before may be gone or broken; that is said in the report and must not stop it. */
async function openPrevious(session: Session, previous: PreviousDataset) {
  const { dataset } = previous;
  if ('gone' in previous) return unreadable(dataset, previous.gone);
  try {
    const query = await datasetQuery(session, dataset, previous.file, { lenient: true });
    const counted = await session.query(
      `SELECT count(*) AS all_rows FROM (${query.rows}) AS rows`,
      `counting the rows of ${dataset.name}`,
    );
    return { dataset, query, rows: Number(counted[0]?.all_rows), problems: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return unreadable(dataset, error.message);
  }
}

function unreadable(dataset: Dataset, why: string) {
  return { dataset, query: undefined, rows: undefined, problems: [`the version before cannot be read: ${why}`] };
}

function schemaChanges(before: Dataset, after: Dataset): string[] {
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const changes: string[] = [];
  for (const column of after.columns) {
    const was = old.get(column.name);
    old.delete(column.name);
    if (was === undefined) changes.push(`column ${column.name} (${column.type}) is new`);
    else {
      if (was.type !== column.type) changes.push(`column ${column.name} was ${was.type}, is ${column.type}`);
      if (was.sql !== column.sql) changes.push(`column ${column.name} is computed differently`);
      if (was.nullable !== column.nullable) {
        changes.push(`column ${column.name} ${column.nullable ? 'may be missing now' : 'may no longer be missing'}`);
      }
    }
  }
  for (const column of old.values()) changes.push(`column ${column.name} (${column.type}) is gone`);
  return changes;
}
