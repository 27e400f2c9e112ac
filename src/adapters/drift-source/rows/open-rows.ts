import { AppError } from '../../../domain/errors.ts';
import type { Model } from '../../../domain/spec/valid.ts';
import { fileList, identifier, quote, type Session } from '../session.ts';
import { errorSql } from './error-sql.ts';
import { eventTimeSql, possibleTimeSql } from './event-time.ts';
import { locateRows, unused } from './locate-rows.ts';
import type { RowMapping, SourceRows } from './source-rows.ts';
import { findSuperseded, NONE } from './superseded.ts';
import { parquetColumns } from './transcode.ts';

export type RowFiles = {
  /** Parquet files with the same columns. */
  files: string[];
  /** Whether each is a file of the source; else together they are one. */
  several: boolean;
  /** Of what their paths say (`version=…`): columns that the files themselves need not have. */
  constants: Map<string, string>;
  /** When the newest of them was written, epoch ms. */
  writtenAt: number;
  /** Their columns may differ, and rows are there as often as they are written; `source_file` says where. */
  mixed?: boolean;
  /** Columns of the data that are wanted; default: none. */
  inputs?: ReadonlySet<string>;
  /** Of the view; default: one that the next to be opened takes away. */
  name?: string;
};

/**
 * Opens files as SourceRows; `superseded` says in which windows rows were left out because their id came again.
 * AppError config/data-invalid when they have no column for the time, or lack one that is `required`.
 */
export async function openRows(
  session: Session,
  input: RowFiles,
  mapping: RowMapping,
  model: Pick<Model, 'signature'>,
  required: string[],
): Promise<SourceRows & { superseded(windowMs: number): Promise<Map<number, number>> }> {
  const there = await parquetColumns(session, input.files, input.mixed);
  const constants = new Map([...input.constants].filter(([name]) => !there.has(name)));
  const types = new Map([...there, ...[...constants.keys()].map((name) => [name, 'VARCHAR'] as const)]);
  const missing = [mapping.timestamp, ...required].filter((name) => !types.has(name));
  if (missing.length > 0) {
    throw new AppError('config/data-invalid', `it has no column ${[...new Set(missing)].join(', ')}`);
  }
  const timeType = types.get(mapping.timestamp)!;

  const fixed = [...constants].map(([name, value]) => `, ${quote(value)} AS ${identifier(name)}`).join('');
  const { located, names: own } = await locateRows(session, input.files, types, {
    more: fixed,
    ...(input.mixed && { mixed: true }),
  });
  const superseded = input.mixed ? NONE : await findSuperseded(session, located, own, mapping, types, input.several);
  const plain = `SELECT *${fixed} FROM read_parquet(${fileList(input.files)}, hive_partitioning = false)`;
  const source = superseded.some || input.mixed ? located : plain;
  const time = eventTimeSql(mapping.timestamp, timeType, mapping.timezone);
  const timed = unused('row_time', types);
  const view = input.name ?? 'source_rows';
  // A file from the future was written by a clock that is wrong, and its rows may be from there as well.
  const writtenAt = Math.min(input.writtenAt, Date.now());
  const columns = columnsOf(types, mapping, model, input.inputs ?? new Set());
  if (input.mixed) columns.push({ name: 'source_file', sql: identifier(own.file) });
  const select = columns.map(({ name, sql }) => `${sql} AS ${identifier(name)}`).join(', ');
  await session.connection.run(
    `CREATE OR REPLACE TEMP VIEW ${view} AS
     SELECT ${possibleTimeSql(identifier(timed), writtenAt)} AS "at"${select === '' ? '' : `, ${select}`}
     FROM (SELECT *, ${time} AS ${identifier(timed)} FROM (${source})) ${superseded.where}`,
  );
  const described = await session.query(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${view})`,
  );
  return {
    session,
    relation: view,
    columns: new Map(described.map((row) => [String(row.name), String(row.type)])),
    superseded: (windowMs) => superseded.byWindow(windowMs, possibleTimeSql(time, writtenAt)),
  };
}

type Named = { name: string; sql: string };

function columnsOf(
  types: Map<string, string>,
  mapping: RowMapping,
  model: Pick<Model, 'signature'>,
  wanted: ReadonlySet<string>,
): Named[] {
  const inputs = [...types.keys()]
    .filter((name) => name.startsWith(mapping.inputs) && wanted.has(name.slice(mapping.inputs.length)))
    .map((name) => {
      const column = name.slice(mapping.inputs.length);
      return { name: `in_${column}`, sql: inputSql(name, types.get(name)!, column, mapping, model) };
    });
  const one = (name: string, column: string | undefined, sql: (column: string) => string): Named[] =>
    column !== undefined && types.has(column) ? [{ name, sql: sql(identifier(column)) }] : [];
  return [
    ...inputs,
    ...one('id', mapping.id, (column) => `CAST(${column} AS VARCHAR)`),
    ...one('prediction', mapping.prediction, (column) => column),
    ...one('confidence', mapping.confidence, (column) => column),
    ...one('version', mapping.version, (column) => `CAST(${column} AS VARCHAR)`),
    ...one('latency_ms', mapping.latency, (column) => column),
    ...one('error', mapping.error, errorSql),
    ...one('received_at', mapping.received, (column) => column),
  ];
}

/** Our own log writes a column of nothing but nulls as BOOLEAN, since it knows no better; the model does. */
function inputSql(
  name: string,
  type: string,
  column: string,
  mapping: RowMapping,
  { signature }: Pick<Model, 'signature'>,
): string {
  const input = signature.inputs.find((one) => one.column === column);
  if (mapping.inputs === '' || type !== 'BOOLEAN' || input === undefined || input.type === 'boolean') {
    return identifier(name);
  }
  return `CAST(${identifier(name)} AS ${input.type === 'string' ? 'VARCHAR' : 'DOUBLE'})`;
}
