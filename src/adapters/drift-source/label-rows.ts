import type { LabelFiles } from './files/open-place.ts';
import { eventTimeSql } from './rows/event-time.ts';
import { locateRows } from './rows/locate-rows.ts';
import { parquetColumns } from './rows/transcode.ts';
import { identifier, type Session } from './session.ts';

export type LabelFile = { local: string; types: Map<string, string> };
export type LabelColumns = Pick<LabelFiles, 'key' | 'label' | 'timestamp' | 'received'>;

/** Error when it lacks a column that labels need. */
export async function labelFile(session: Session, local: string, columns: LabelColumns): Promise<LabelFile> {
  const { key, label, timestamp } = columns;
  const types = await parquetColumns(session, [local]);
  const missing = [key, label, ...(timestamp === undefined ? [] : [timestamp])].filter((name) => !types.has(name));
  if (missing.length > 0) throw new Error(`it has no column ${missing.join(', ')}`);
  return { local, types };
}

/** SQL of id, label, known_at, received_at, file, row; files of different columns or types are read apart. */
export async function labelRows(
  session: Session,
  files: LabelFile[],
  columns: LabelColumns,
  timezone: string,
): Promise<string> {
  const groups = new Map<string, LabelFile[]>();
  for (const file of files) {
    const schema = JSON.stringify([...file.types]);
    groups.set(schema, [...(groups.get(schema) ?? []), file]);
  }
  const parts: string[] = [];
  for (const group of groups.values()) parts.push(await rowsOf(session, group, columns, timezone));
  return parts.join('\nUNION ALL\n');
}

async function rowsOf(
  session: Session,
  group: LabelFile[],
  { key, label, timestamp, received }: LabelColumns,
  timezone: string,
): Promise<string> {
  const { types } = group[0]!;
  const locals = group.map(({ local }) => local);
  const { located, names } = await locateRows(session, locals, types);
  const known = timestamp === undefined ? 'NULL' : eventTimeSql(timestamp, types.get(timestamp)!, timezone);
  const came = received !== undefined && types.has(received) ? identifier(received) : 'NULL';
  return `SELECT CAST(${identifier(key)} AS VARCHAR) AS id, ${textSql(label, types.get(label)!)} AS label,
      CAST(${known} AS TIMESTAMP) AS known_at, CAST(${came} AS TIMESTAMP) AS received_at,
      ${identifier(names.file)} AS file, CAST(${identifier(names.row)} AS BIGINT) AS row
    FROM (${located}) WHERE ${identifier(key)} IS NOT NULL AND ${identifier(label)} IS NOT NULL`;
}

/** 1.0 is how some tools write the class 1 of a column that has gaps. */
function textSql(name: string, type: string): string {
  const column = identifier(name);
  if (!/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return `CAST(${column} AS VARCHAR)`;
  return `CASE WHEN ${column} = floor(${column}) AND abs(${column}) < 1e15
    THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`;
}
