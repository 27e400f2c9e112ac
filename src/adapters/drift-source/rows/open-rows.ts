import { AppError } from '../../../domain/errors.ts';
import type { Model } from '../../../domain/spec/valid.ts';
import { identifier, quote, type Session } from '../session.ts';
import { eventTimeSql, possibleTimeSql } from './event-time.ts';
import type { RowMapping, SourceRows } from './source-rows.ts';
import { findSuperseded } from './superseded.ts';
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
};

const VIEW = 'source_rows';

/**
 * Opens files as SourceRows; `superseded` says in which windows rows were left out because their id came again.
 * AppError config/data-invalid when they have no column for the time.
 */
export async function openRows(
  session: Session,
  input: RowFiles,
  mapping: RowMapping,
  model: Pick<Model, 'task' | 'signature'>,
): Promise<SourceRows & { superseded(windowMs: number): Promise<Map<number, number>> }> {
  const there = await parquetColumns(session, input.files);
  const constants = new Map([...input.constants].filter(([name]) => !there.has(name)));
  const types = new Map([...there, ...[...constants.keys()].map((name) => [name, 'VARCHAR'] as const)]);
  const timeType = types.get(mapping.timestamp);
  if (timeType === undefined) throw new AppError('config/data-invalid', `it has no column ${mapping.timestamp}`);

  const fixed = [...constants].map(([name, value]) => `, ${quote(value)} AS ${identifier(name)}`).join('');
  const list = input.files.map(quote).join(', ');
  const read = (options: string) => `read_parquet([${list}], hive_partitioning = false${options})`;
  const located = `SELECT *${fixed} FROM ${read(", filename = 'source_file', file_row_number = true")}`;
  const superseded = await findSuperseded(session, located, mapping, types, input.several);
  const source = superseded.some ? located : `SELECT *${fixed} FROM ${read('')}`;
  const time = eventTimeSql(mapping.timestamp, timeType, mapping.timezone);
  const columns = columnsOf(types, mapping, model);
  const select = columns.map(({ name, sql }) => `${sql} AS ${identifier(name)}`).join(', ');
  await session.connection.run(
    `CREATE OR REPLACE TEMP VIEW ${VIEW} AS
     SELECT ${possibleTimeSql('event_time', input.writtenAt)} AS "at"${select === '' ? '' : `, ${select}`}
     FROM (SELECT *, ${time} AS event_time FROM (${source})) ${superseded.where}`,
  );
  const described = await session.query(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${VIEW})`,
  );
  return {
    session,
    relation: VIEW,
    columns: new Map(described.map((row) => [String(row.name), String(row.type)])),
    superseded: (windowMs) =>
      superseded.byWindow(windowMs, `SELECT *, ${possibleTimeSql(time, input.writtenAt)} AS "at" FROM (${located})`),
  };
}

type Named = { name: string; sql: string };

function columnsOf(types: Map<string, string>, mapping: RowMapping, model: Pick<Model, 'task' | 'signature'>): Named[] {
  const inputs = [...types.keys()]
    .filter((name) => name.startsWith(mapping.inputs))
    .map((name) => ({ name: `in_${name.slice(mapping.inputs.length)}`, sql: identifier(name) }));
  const text = (name: string, column: string | undefined): Named[] =>
    column !== undefined && types.has(column) ? [{ name, sql: `CAST(${identifier(column)} AS VARCHAR)` }] : [];
  const number = (name: string, column: string | undefined): Named[] =>
    column !== undefined && types.has(column) ? [{ name, sql: `TRY_CAST(${identifier(column)} AS DOUBLE)` }] : [];
  return [
    ...inputs,
    ...text('id', mapping.id),
    ...predictionOf(types, mapping, model),
    ...text('version', mapping.version),
    ...number('latency_ms', mapping.latency),
    ...(mapping.error !== undefined && types.has(mapping.error)
      ? [{ name: 'error', sql: errorSql(mapping.error) }]
      : []),
  ];
}

/** A class is known by its index; a source that gives its name means that index. */
function predictionOf(
  types: Map<string, string>,
  mapping: RowMapping,
  model: Pick<Model, 'task' | 'signature'>,
): Named[] {
  const has = (column: string | undefined) => column !== undefined && types.has(column);
  const found: Named[] = [];
  if (has(mapping.prediction)) {
    const column = identifier(mapping.prediction!);
    const classes = (model.signature.output.classes ?? []).map(quote).join(', ');
    const sql =
      model.task !== 'multiclass-classification'
        ? `TRY_CAST(${column} AS DOUBLE)`
        : types.get(mapping.prediction!) === 'VARCHAR'
          ? `coalesce(nullif(list_position([${classes}], ${column}), 0) - 1, TRY_CAST(${column} AS BIGINT))`
          : `TRY_CAST(${column} AS BIGINT)`;
    found.push({ name: 'prediction', sql });
  }
  if (has(mapping.confidence)) {
    found.push({ name: 'confidence', sql: `TRY_CAST(${identifier(mapping.confidence!)} AS DOUBLE)` });
  } else if (model.task === 'binary-classification' && has(mapping.prediction)) {
    const score = `TRY_CAST(${identifier(mapping.prediction!)} AS DOUBLE)`;
    found.push({ name: 'confidence', sql: `greatest(${score}, 1 - ${score})` });
  }
  return found;
}

/** Empty, false and 0 are no errors: it depends on who writes the log how success is told. */
function errorSql(column: string): string {
  const text = `CAST(${identifier(column)} AS VARCHAR)`;
  return `CASE WHEN lower(${text}) IN ('', 'false', '0', 'ok', 'none') THEN NULL ELSE ${text} END`;
}
