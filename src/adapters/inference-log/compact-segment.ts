import { readFile, rm, writeFile } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, type ParquetShape, type Row, writeParts } from './write-parts.ts';

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
  const partitions = new Set(rows.map((row) => shape.partition(row)));
  const types = { ...inferTypes(rows), ...shape.types };
  const extra = Object.keys(types)
    .filter((name) => !Object.hasOwn(shape.types, name))
    .map(identifier);
  await writeParts(connection, { file: clean, name: segment.name, types, extra, partitions }, target, shape);
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
