import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { syncFolder } from './sync-folder.ts';

type Row = Record<string, unknown>;

/** What the columns of a Parquet file are called and how they are made of a segment's columns. */
export type ParquetShape = {
  /** Types of the columns that every row has; others are typed by what is in them. */
  types: Record<string, string>;
  /** SQL list of the columns that are written, over the segment's. */
  select: string;
  /** Folder below the target for a row, e.g. `dt=2001-05-01`; '' for the target itself. */
  partition(row: Row): string;
  /** SQL expression over the segment's columns with the same meaning. */
  partitionSql: string;
};

/**
 * Writes a segment as Parquet, one file a partition, named after the segment: doing it again after a crash replaces the
 * same files, so no row is doubled. A last line without an end was never acknowledged and is left out.
 */
export async function compactSegment(
  connection: DuckDBConnection,
  segment: { file: string; name: string },
  target: string,
  shape: ParquetShape,
): Promise<void> {
  const text = await readFile(segment.file, 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const good: string[] = [];
  const bad: string[] = [];
  const rows: Row[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const row = parse(line);
    if (row === undefined) bad.push(line);
    else {
      rows.push(row);
      good.push(line);
    }
  }
  // Never of our making: a damaged disk. The lines are kept for whoever looks into it.
  if (bad.length > 0) await writeFile(`${segment.file}.rejected`, `${bad.join('\n')}\n`);
  if (rows.length === 0) return;

  const clean = `${segment.file}.clean`;
  await writeFile(clean, `${good.join('\n')}\n`, { mode: 0o600 });
  const columns = Object.entries({ ...inferTypes(rows), ...shape.types })
    .map(([name, type]) => `${quote(name)}: '${type}'`)
    .join(', ');
  const source = `read_json(${quote(clean)}, format = 'newline_delimited', columns = {${columns}})`;
  const select = `${shape.select}${extraColumns(rows, shape)}`;
  for (const partition of new Set(rows.map((row) => shape.partition(row)))) {
    const folder = path.join(target, partition);
    await mkdir(folder, { recursive: true });
    const temporary = path.join(folder, `.part-${segment.name}.tmp`);
    const where = `${shape.partitionSql} = ${quote(partition)}`;
    await connection.run(
      `COPY (SELECT ${select} FROM ${source} WHERE ${where}) TO ${quote(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const handle = await open(temporary, 'r');
    try {
      // As private as the segment: inputs may be about persons.
      await handle.chmod(0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path.join(folder, `part-${segment.name}.parquet`));
    await syncFolder(folder);
  }
  await rm(clean);
}

function parse(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}

/** A column with values of several kinds is text; one with nothing but nulls fits every type when files are read together. */
function inferTypes(rows: Row[]): Record<string, string> {
  const types: Record<string, string> = {};
  const sqlType: Record<string, string> = { number: 'DOUBLE', boolean: 'BOOLEAN', string: 'VARCHAR' };
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (value === null) types[name] ??= '';
      else {
        const type = sqlType[typeof value] ?? 'VARCHAR';
        types[name] = types[name] === undefined || types[name] === '' || types[name] === type ? type : 'VARCHAR';
      }
    }
  }
  for (const name of Object.keys(types)) types[name] ||= 'BOOLEAN';
  return types;
}

function extraColumns(rows: Row[], shape: ParquetShape): string {
  const names = new Set(rows.flatMap((row) => Object.keys(row)).filter((name) => !Object.hasOwn(shape.types, name)));
  return [...names].map((name) => `, ${identifier(name)}`).join('');
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
