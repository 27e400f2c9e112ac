import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { emptyWindowProfile, mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type { ReferenceColumn, WindowProfile } from '../../domain/drift/profile.ts';
import { AppError } from '../../domain/errors.ts';
import { countColumns, describeColumns } from './count-columns.ts';
import { countedColumn } from './counted-column.ts';
import { RECONSTRUCTION, VECTOR_COMPONENTS } from './derived-names.ts';
import type { NamedColumns } from './measure-sql.ts';
import { fitComponents, fitReconstruction, half } from './reference-components.ts';
import { layGrids, type MeasuredColumn } from './reference-grids.ts';
import { arrowToParquet } from './rows/arrow-to-parquet.ts';
import { fileList, identifier, quote, type Session } from './session.ts';

/** A file that is no log: its columns are what is profiled. */
export type Table = { relation: string; rows: number; named: NamedColumns };

/** A column whose 1,000 most frequent texts are fewer than half of its rows is prose, when its texts have words. */
const PROSE_WORDS = 3;

/** Parquet, CSV, JSON lines or Arrow, by its name's ending. AppError config/invalid-input when it cannot be read. */
export async function openTable(session: Session, file: string, folder: string): Promise<Table> {
  try {
    await mkdir(folder);
    const files = await asParquet(session, file, folder);
    const relation = `read_parquet(${fileList(files)}, file_row_number = true, hive_partitioning = false)`;
    const types = await describeColumns(session, relation);
    types.delete('file_row_number');
    const [row] = await session.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relation}`);
    return { relation, rows: Number(row?.n), named: { nameOf: (column) => column, types } };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new AppError('config/invalid-input', `Reading ${file}: ${reason}`, { cause });
  }
}

/** Only Parquet gives one column without the others. */
async function asParquet(session: Session, file: string, folder: string): Promise<string[]> {
  if (/\.(arrow|arrows|feather|ipc)$/i.test(file)) return arrowToParquet(session, file, folder);
  const reader = /\.csv(\.gz)?$/i.test(file)
    ? (sample: number) => `read_csv(${quote(file)}, hive_partitioning = false, sample_size = ${sample})`
    : /\.(jsonl|ndjson|json)(\.gz)?$/i.test(file)
      ? (sample: number) =>
          `read_json(${quote(file)}, format = 'newline_delimited', hive_partitioning = false, sample_size = ${sample})`
      : undefined;
  if (reader === undefined) return [file];
  const target = path.join(folder, 'rows.parquet');
  const copy = (sample: number) =>
    session.connection.run(`COPY (SELECT * FROM ${reader(sample)}) TO ${quote(target)} (FORMAT parquet)`);
  // A value further down may fit no type that the first rows suggest: then all of them decide.
  await copy(20_480).catch(() => copy(-1));
  return [target];
}

/** On grids over the table itself. `leftOut`: what has no order that could move, such as times and nested values. */
export async function referenceColumns(
  session: Session,
  table: Table,
): Promise<{ columns: ReferenceColumn[]; leftOut: string[] }> {
  const { relation, rows, named } = table;
  const measured: MeasuredColumn[] = [];
  const leftOut: string[] = [];
  for (const [column, type] of named.types) {
    const its = await measuresOf(session, table, column, type);
    measured.push(...its);
    if (its.length === 0) leftOut.push(column);
  }
  const numbers = measured.flatMap(({ measure, kind }) =>
    measure.of === 'value' && kind === 'numeric' ? [measure.column] : [],
  );
  const reconstruction = await fitReconstruction(session, relation, rows, numbers, named);
  const columns = await profile(session, relation, rows, measured, named);
  if (reconstruction === undefined) return { columns, leftOut };
  const one: MeasuredColumn = { as: RECONSTRUCTION, measure: reconstruction, kind: 'numeric' };
  return { columns: [...columns, ...(await profile(session, half(relation, 1), rows, [one], named))], leftOut };
}

async function measuresOf(session: Session, table: Table, column: string, type: string): Promise<MeasuredColumn[]> {
  const { relation, rows, named } = table;
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/.test(type))
    return [{ as: column, measure: { of: 'value', column }, kind: 'numeric' }];
  if (/^(FLOAT|DOUBLE)\[\d*\]$/.test(type)) {
    const components = await fitComponents(session, relation, rows, column, named, VECTOR_COMPONENTS);
    return [
      { as: `${column}.norm`, measure: { of: 'norm', column }, kind: 'numeric' },
      ...components.map((measure, k): MeasuredColumn => ({ as: `${column}.pc${k + 1}`, measure, kind: 'numeric' })),
    ];
  }
  if (!/^(VARCHAR|BOOLEAN|UUID|ENUM\(.*\))$/.test(type)) return [];
  if (type !== 'VARCHAR' || !(await isProse(session, relation, column)))
    return [{ as: column, measure: { of: 'value', column }, kind: 'categorical' }];
  return [
    { as: `${column}.length`, measure: { of: 'length', column }, kind: 'numeric' },
    { as: `${column}.words`, measure: { of: 'words', column }, kind: 'categorical' },
  ];
}

async function isProse(session: Session, relation: string, column: string): Promise<boolean> {
  const [row] = await session.query(
    `SELECT CAST(sum(n) AS DOUBLE) AS rows, CAST(sum(n) FILTER (place <= 1000) AS DOUBLE) AS frequent,
       sum(n * words) / sum(n) AS words
     FROM (SELECT count(*) AS n, any_value(len(string_split(v, ' '))) AS words,
             row_number() OVER (ORDER BY count(*) DESC, v) AS place
           FROM (SELECT ${identifier(column)} AS v FROM ${relation} LIMIT 20000) WHERE v IS NOT NULL GROUP BY v)`,
  );
  return Number(row?.frequent) < Number(row?.rows) / 2 && Number(row?.words) >= PROSE_WORDS;
}

async function profile(
  session: Session,
  relation: string,
  rows: number,
  measured: MeasuredColumn[],
  named: NamedColumns,
): Promise<ReferenceColumn[]> {
  const laid = await layGrids(session, relation, rows, measured, named);
  const counted = await countColumns(session, relation, laid, { rows });
  return counted(0).map((column, place) => ({ ...column, measure: laid[place]!.measure }));
}

/** On the grids of the columns; those that the table lacks are left out. */
export async function windowOf(
  session: Session,
  { relation, rows, named }: Table,
  columns: ReferenceColumn[],
): Promise<WindowProfile> {
  const its = columns.flatMap((column) => countedColumn(column, named));
  const counted = await countColumns(session, relation, its, { rows });
  const types = [...named.types].map(([column, type]): [string, string[]] => [column, [type]]);
  const empty = emptyWindowProfile({ groups: [] });
  return mergeWindowProfiles([{ ...empty, rows, columns: rows === 0 ? [] : counted(0), types }]);
}
