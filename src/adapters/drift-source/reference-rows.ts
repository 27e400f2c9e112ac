import type { OverDispersion } from '../../domain/drift/profile.ts';
import { HOUR_OF_WEEK } from '../../domain/drift/reweight-reference.ts';
import type { Column, Dataset, Model } from '../../domain/spec/valid.ts';
import { hourOfWeekSql } from './count-groups.ts';
import { frequentKeys, type GroupKeys } from './group-template.ts';
import { type NamedColumns, textSql } from './measure-sql.ts';
import { identifier, type Session } from './session.ts';

/** Many enough to see how much stretches of rows differ, see over-dispersion.ts. */
export const BLOCKS = 64;

/** Column with the time of a row: the window's, else the first timestamp that is declared and in the file. */
export function timeColumn(dataset: Dataset, { types }: NamedColumns): string | undefined {
  const declared = dataset.columns.filter(({ type }) => type === 'timestamp').map(({ name }) => name);
  return [dataset.window?.column, ...declared].find(
    (name) => name !== undefined && /^TIMESTAMP/.test(types.get(name) ?? ''),
  );
}

export const epochSql = (time: string): string => `epoch_ms(${identifier(time)})`;

/** SQL of the block, 0 … 63, that a row of a numbered file is in: by time where there is one, else by its place. */
export async function blockSql(
  session: Session,
  relation: string,
  total: number,
  time: string | undefined,
): Promise<string> {
  if (time === undefined) return `CAST(file_row_number * ${BLOCKS} // ${Math.max(1, total)} AS UTINYINT)`;
  const shares = Array.from({ length: BLOCKS - 1 }, (_, k) => (k + 1) / BLOCKS);
  const [[edges] = []] = await session.columns(
    `SELECT CAST(quantile_disc(${epochSql(time)}, [${shares.join(', ')}]) AS DOUBLE[]) FROM ${relation}`,
  );
  const later = [...new Set((edges as number[] | null) ?? [])].map(
    (edge) => `CAST(${epochSql(time)} > ${edge} AS INTEGER)`,
  );
  return `CAST(${later.length === 0 ? 0 : `coalesce(${later.join(' + ')}, ${BLOCKS - 1})`} AS UTINYINT)`;
}

/** That a block lasts on the average. */
export async function blockSeconds(
  session: Session,
  relation: string,
  time: string | undefined,
): Promise<number | undefined> {
  if (time === undefined) return undefined;
  const [[first] = [], [last] = []] = await session.columns(
    `SELECT CAST(min(${epochSql(time)}) AS DOUBLE), CAST(max(${epochSql(time)}) AS DOUBLE) FROM ${relation}`,
  );
  return secondsOf([first, last].filter((at) => at !== null && at !== undefined) as number[]);
}

/** The same of rows with those times, epoch ms. */
export function secondsOf(times: readonly number[] | undefined): number | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of times ?? []) {
    if (Number.isNaN(at)) continue;
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return first < last ? (last - first) / 1000 / BLOCKS : undefined;
}

/** Rows without times may be sorted by anything, and sorted ones would hide every shift: then blocks count for little. */
const MOST_WITHOUT_TIMES = 10;

/** `seconds`: that a block lasts, where rows have times. */
export function lasting(over: OverDispersion, seconds: number | undefined): OverDispersion {
  if (seconds !== undefined) return { ...over, seconds };
  return { ratio: Math.min(over.ratio, MOST_WITHOUT_TIMES), rows: over.rows, growth: 0 };
}

/** What the reference is also profiled apart by: hours of the week where rows have a time, and columns that slices name. */
export async function groupKeys(
  session: Session,
  relation: string,
  time: string | undefined,
  model: Model,
  columns: Column[],
  named: NamedColumns,
): Promise<GroupKeys[]> {
  const inputs = new Set(model.signature.inputs.filter(({ shape }) => shape === undefined).map(({ column }) => column));
  const sliced = model.evaluate.slices.flatMap((slice) => (slice.kind === 'column' ? [slice.column] : []));
  const shown = new Set(columns.filter(({ pii }) => !pii).map(({ name }) => name));
  const found: GroupKeys[] = [];
  if (time !== undefined)
    found.push({ by: HOUR_OF_WEEK, keys: Array.from({ length: 168 }, (_, hour) => String(hour)) });
  for (const by of new Set(sliced.filter((column) => inputs.has(column) && shown.has(column)))) {
    found.push(...(await frequentKeys(session, relation, by, named)));
  }
  return found;
}

/** Of each row of a numbered file, in its order: epoch ms (NaN: none), and its key in each of the groups. */
export async function rowFacts(
  session: Session,
  relation: string,
  time: string | undefined,
  groups: GroupKeys[],
  { nameOf, types }: NamedColumns,
): Promise<{ times: number[] | undefined; keys: (string | null)[][] }> {
  const keys = groups.map(({ by }) => {
    if (by === HOUR_OF_WEEK) return time === undefined ? 'NULL' : `CAST(${hourOfWeekSql(epochSql(time))} AS VARCHAR)`;
    const type = types.get(nameOf(by));
    return type === undefined ? 'NULL' : textSql(identifier(nameOf(by)), type);
  });
  const [times = [], ...found] = await session.columns(
    `SELECT ${[time === undefined ? '0' : `CAST(${epochSql(time)} AS DOUBLE)`, ...keys].join(', ')} FROM ${relation}
     ORDER BY file_row_number`,
  );
  return {
    times: time === undefined ? undefined : times.map((at) => (at === null ? Number.NaN : (at as number))),
    keys: found as (string | null)[][],
  };
}
