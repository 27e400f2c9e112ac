import path from 'node:path';
import type { MonitorSource } from '../../../domain/spec/valid-monitor.ts';
import { identifier, quote, type Session } from '../session.ts';
import { arrowToParquet } from './arrow-to-parquet.ts';

/** Of a file that may have thousands more. */
export type WantedColumns = {
  columns: readonly string[];
  /** Those that are read as they are written, where 007 is not 7. */
  texts: readonly string[];
};

export type FileFormat = Extract<MonitorSource, { kind: 'files' }>['format'];

/**
 * Parquet files with the rows of a file, made in `folder` unless it is one itself: columns are counted one by one, and
 * only Parquet gives one without the others. Streams, so memory does not follow the size.
 */
export async function transcode(
  session: Session,
  file: string,
  format: FileFormat,
  wanted: WantedColumns,
  folder: string,
): Promise<string[]> {
  if (format === 'parquet') return [file];
  if (format === 'arrow') return arrowToParquet(session, file, folder, wanted.columns);
  const target = path.join(folder, 'rows.parquet');
  // Of two rows with the same id the last one counts.
  await session.connection.run('SET preserve_insertion_order = true');
  const copy = async (sample: number) => {
    const { source, columns } = await textSource(session, file, format, wanted, sample);
    await session.connection.run(`COPY (SELECT ${columns} FROM ${source}) TO ${quote(target)} (FORMAT parquet)`);
  };
  try {
    await copy(20_480);
  } catch {
    // A value further down may fit no type that the first rows suggest: then all of them decide.
    await copy(-1);
  }
  await session.connection.run('SET preserve_insertion_order = false');
  return [target];
}

/** Types come from the values, but for times and days, which are left as text: a time zone must not get lost. */
async function textSource(
  session: Session,
  file: string,
  format: 'csv' | 'jsonl',
  { columns, texts }: WantedColumns,
  sample: number,
): Promise<{ source: string; columns: string }> {
  // A folder such as dt=2024-01-31 is no column of the file.
  const options = `${format === 'csv' ? 'header = true' : "format = 'newline_delimited'"}, hive_partitioning = false`;
  const reader = format === 'csv' ? 'read_csv' : 'read_json';
  const plain = `${reader}(${quote(file)}, ${options}, sample_size = ${sample})`;
  const described = await session.query(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${plain})`,
  );
  const types = described.map(({ name, type }) => {
    const isText = texts.includes(String(name)) || /^(DATE|TIME|TIMESTAMP|UUID|JSON$)/.test(String(type));
    return `${quote(String(name))}: ${quote(isText ? 'VARCHAR' : String(type))}`;
  });
  if (types.length === 0) throw new Error('it has no columns');
  // Given all columns with their types, nothing is guessed a second time.
  const names = described.map(({ name }) => String(name));
  const wanted = names.filter((name) => columns.includes(name));
  // A file without any of them has rows all the same.
  const chosen = wanted.length > 0 ? wanted : names.slice(0, 1);
  return {
    source: `${reader}(${quote(file)}, ${options}, columns = {${types.join(', ')}})`,
    columns: chosen.map(identifier).join(', '),
  };
}

/** Columns of Parquet files with their DuckDB types. `mixed`: of all of them, where they differ. */
export async function parquetColumns(session: Session, files: string[], mixed = false): Promise<Map<string, string>> {
  const list = files.map(quote).join(', ');
  const rows = await session.query(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM read_parquet([${list}], hive_partitioning = false, union_by_name = ${mixed}))`,
  );
  return new Map(rows.map((row) => [String(row.name), String(row.type)]));
}
