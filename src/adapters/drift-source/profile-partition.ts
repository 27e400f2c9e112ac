import { LATENCY_GRID } from '../../domain/drift/latency-grid.ts';
import { type Grid, gridOf } from '../../domain/drift/make-profile.ts';
import { emptyWindowProfile, mergeWindowProfiles } from '../../domain/drift/merge-profiles.ts';
import type {
  GroupedProfile,
  PartitionProfile,
  PartitionWindow,
  ReferenceProfile,
  WindowProfile,
} from '../../domain/drift/profile.ts';
import type { Model } from '../../domain/spec/valid.ts';
import type { Span } from '../../ports/drift-source.ts';
import { type CountedColumn, type CountedProfiles, countColumns, describeColumns } from './count-columns.ts';
import { countGroups } from './count-groups.ts';
import { countedColumn } from './counted-column.ts';
import { type NamedColumns, numberSql } from './measure-sql.ts';
import { outcomeSql } from './outcome-sql.ts';
import { identifier, type Session, withSession } from './session.ts';
import { timelessIn } from './timeless-in.ts';
import { windowsInSheet } from './windows-in-sheet.ts';

/** What the columns of a relation are called; absent: it has none such. */
export type PartitionColumns = {
  /** Of an input or another column of the dataset. */
  nameOf(column: string): string;
  prediction?: string;
  confidence?: string;
  version?: string;
  /** Milliseconds. */
  latency?: string;
  /** Why a row got no answer: NULL, false or the empty text where it got one. */
  error?: string;
};

export type PartitionInput = {
  session?: Session;
  /** A table, a view, or a table function; it is read once a column, so that should cost no more than that column. */
  relation: string;
  uri: string;
  stamp: string;
  columns: PartitionColumns;
  /** SQL of a row's event time in epoch ms, or NULL; it must not be about where or when it runs. */
  timestamp: string;
  /** Whether a column's values are known to repeat: they are then counted before they are measured. */
  isRepeating?(column: string): boolean;
  /** The windows of a span alone are profiled. */
  only?: Span;
  /** Windows start at multiples of it. */
  windowMs: number;
  reference: ReferenceProfile;
  model: Pick<Model, 'task' | 'signature'>;
};

/**
 * Profiles the rows of a partition on the grids of a reference, window by window. Partitions that were profiled apart and
 * then merged are byte for byte the profile of all their rows.
 */
export async function profilePartition(input: PartitionInput): Promise<PartitionProfile> {
  if (input.session === undefined) return withSession((session) => profilePartition({ ...input, session }));
  const { session, uri, stamp, windowMs, reference, only } = input;
  const types = await describeColumns(session, input.relation);
  const summary = await summarise(session, input, types);
  const named = { nameOf: input.columns.nameOf, types };
  const wanted = summary.windows.filter(({ from }) => isIn(only, from));
  const windows: PartitionWindow[] = [];
  // Of more, the counts of all their cells may not fit into memory.
  const size = windowsInSheet(reference, windowMs);
  for (let start = 0; start < wanted.length; start += size) {
    const some = wanted.slice(start, start + size);
    windows.push(...(await profileSlice({ session, input, named, ...split(input, types, summary, some) }, some)));
  }
  return { version: 1, uri, stamp, windowMs, windows, ...beside(summary, only) };
}

function beside({ windows, timeless }: Summary, only: Span | undefined): Pick<PartitionProfile, 'edges' | 'timeless'> {
  if (only === undefined) return { timeless };
  const sizes = windows.map(({ from, rows, errors }) => ({ from, rows: rows + errors }));
  const [first, last] = [windows[0]?.oldest, windows.at(-1)?.newest];
  return {
    ...(first === undefined || last === undefined ? {} : { edges: { first, last } }),
    timeless: timelessIn(sizes, timeless, (from) => isIn(only, from)),
  };
}

const isIn = (span: Span | undefined, at: number): boolean => span === undefined || (at >= span.from && at < span.to);

async function profileSlice(work: Work, windows: Summary['windows']): Promise<PartitionWindow[]> {
  const { reference } = work.input;
  const total = windows.reduce((sum, { rows }) => sum + rows, 0);
  const parts = total === 0 ? undefined : await countParts(work, total, windows.length);
  return windows.map(({ index, from, oldest, newest, rows, errors }) => ({
    from,
    oldest,
    newest,
    profile: mergeWindowProfiles([
      emptyWindowProfile(reference),
      { ...windowOf(rows > 0 ? parts : undefined, index - windows[0]!.index, work), rows, errors },
    ]),
  }));
}

type Summary = {
  /** `index`: in windows since the epoch; ascending. `oldest`, `newest`: event times. */
  windows: { index: number; from: number; oldest: number; newest: number; rows: number; errors: number }[];
  timeless: number;
};

type Work = {
  session: Session;
  input: PartitionInput;
  named: NamedColumns;
  /** The answered rows that have a time. */
  relation: string;
  /** SQL of the window, counted from the first one; undefined when there is one only. */
  by?: string;
};

async function summarise(session: Session, input: PartitionInput, types: Map<string, string>): Promise<Summary> {
  const failed = failedSql(input, types);
  const rows = `(SELECT ${input.timestamp} AS t${failed === undefined ? '' : `, ${failed} AS failed`} FROM ${input.relation})`;
  const counts = `CAST(min(t) AS DOUBLE) AS oldest, CAST(max(t) AS DOUBLE) AS newest, CAST(count(*) AS DOUBLE) AS n,
    ${failed === undefined ? '0' : 'CAST(count(*) FILTER (failed) AS DOUBLE)'} AS errors`;
  const windowOf = (t: string) => `CAST(floor(${t} / ${input.windowMs}) AS DOUBLE)`;
  // Mostly a file is of one window, and groups of one take four times as long.
  const [whole = {}] = await session.query(
    `SELECT ${windowOf('min(t)')} AS w, ${windowOf('max(t)')} AS last, count(t) = count(*) AS timely, ${counts} FROM ${rows}`,
  );
  const found =
    whole.w === whole.last && whole.timely === true
      ? [whole]
      : await session.query(`SELECT ${windowOf('t')} AS w, ${counts} FROM ${rows} GROUP BY w ORDER BY w`);
  const timely = found.filter(({ w }) => w !== null);
  return {
    windows: timely.map(({ w, oldest, newest, n, errors }) => ({
      index: Number(w),
      from: Number(w) * input.windowMs,
      oldest: Number(oldest),
      newest: Number(newest),
      rows: Number(n) - Number(errors),
      errors: Number(errors),
    })),
    timeless: Number(found.find(({ w }) => w === null)?.n ?? 0),
  };
}

/** Where all rows count and lie in one window, nothing is asked of each row. */
function split(
  input: PartitionInput,
  types: Map<string, string>,
  { windows: all, timeless }: Summary,
  windows: Summary['windows'],
): Pick<Work, 'relation' | 'by'> {
  const failed = failedSql(input, types);
  const [first, last] = [windows[0]!.index, windows.at(-1)!.index];
  const window = `floor(${input.timestamp} / ${input.windowMs})`;
  const left = [
    ...(windows.length < all.length ? [`${window} BETWEEN ${first} AND ${last}`] : []),
    ...(timeless > 0 ? [`${input.timestamp} IS NOT NULL`] : []),
    ...(failed !== undefined && windows.some(({ errors }) => errors > 0) ? [`NOT (${failed})`] : []),
  ];
  const relation = left.length === 0 ? input.relation : `(SELECT * FROM ${input.relation} WHERE ${left.join(' AND ')})`;
  if (windows.length <= 1) return { relation };
  return { relation, by: `CAST(${window} - ${first} AS ${last - first < 256 ? 'UTINYINT' : 'INTEGER'})` };
}

function failedSql({ columns: { error } }: PartitionInput, types: Map<string, string>): string | undefined {
  const type = error === undefined ? undefined : types.get(error);
  if (error === undefined || type === undefined) return undefined;
  const column = identifier(error);
  if (type === 'VARCHAR') return `coalesce(${column}, '') <> ''`;
  return type === 'BOOLEAN' ? `coalesce(${column}, false)` : `${column} IS NOT NULL`;
}

type Parts = {
  columns: CountedProfiles;
  /** What of the rest there is, in the order of `rest`. */
  rest: { name: 'prediction' | 'confidence' | 'latency'; profiles: CountedProfiles }[];
  versions: Map<number, [string, number][]>;
  groups: (window: number) => GroupedProfile[];
};

async function countParts(work: Work, rows: number, windows: number): Promise<Parts> {
  const { session, relation, by, input, named } = work;
  const { reference } = input;
  const columns = reference.columns.flatMap((column) => countedColumn(column, named, input.isRepeating));
  const rest = outcomes(input, named);
  const options = by === undefined ? { rows } : { by, rows, keys: windows };
  const counted = await countColumns(session, relation, [...columns, ...rest.map(({ counted }) => counted)], options);
  return {
    columns: (key) => counted(key).slice(0, columns.length),
    rest: rest.map(({ name }, place) => ({
      name,
      profiles: (key) => [counted(key)[columns.length + place]!],
    })),
    versions: await countVersions(work),
    groups: await countGroups({
      session,
      relation,
      ...options,
      timestamp: input.timestamp,
      named,
      reference,
      columns: [...columns, ...rest.filter(({ name }) => name !== 'latency').map(({ counted }) => counted)],
    }),
  };
}

type Outcome = { name: 'prediction' | 'confidence' | 'latency'; counted: CountedColumn };

function outcomes({ columns, reference, model }: PartitionInput, { types }: NamedColumns): Outcome[] {
  const found: Outcome[] = [];
  const add = (name: Outcome['name'], as: string, value: string, grid: Grid) =>
    found.push({ name, counted: { as, value, grid } });
  const { prediction, confidence } = outcomeSql(columns, types, model);
  if (prediction !== undefined) {
    add('prediction', reference.prediction.column, prediction, gridOf(reference.prediction));
  }
  if (confidence !== undefined && reference.confidence !== undefined) {
    add('confidence', reference.confidence.column, confidence, gridOf(reference.confidence));
  }
  const type = columns.latency === undefined ? undefined : types.get(columns.latency);
  if (columns.latency !== undefined && type !== undefined) {
    // There is no logarithm of 0, which is under the grid anyway.
    const value = `log10(greatest(${numberSql(identifier(columns.latency), type)}, 1e-9))`;
    add('latency', 'latency', value, LATENCY_GRID);
  }
  return found;
}

async function countVersions({ session, relation, by, input, named }: Work): Promise<Parts['versions']> {
  const { version } = input.columns;
  const counts: Parts['versions'] = new Map();
  if (version === undefined || !named.types.has(version)) return counts;
  const rows = await session.query(
    `SELECT ${by ?? '0'} AS key, CAST(${identifier(version)} AS VARCHAR) AS v, CAST(count(*) AS DOUBLE) AS n
     FROM ${relation} GROUP BY ALL HAVING v IS NOT NULL`,
  );
  for (const { key, v, n } of rows) {
    const entry: [string, number] = [String(v), Number(n)];
    counts.set(Number(key), [...(counts.get(Number(key)) ?? []), entry]);
  }
  return counts;
}

function windowOf(
  parts: Parts | undefined,
  place: number,
  { input, named }: Work,
): Omit<WindowProfile, 'rows' | 'errors'> {
  const key = parts === undefined ? 0 : place;
  return {
    version: 1,
    columns: parts?.columns(key) ?? [],
    ...Object.fromEntries((parts?.rest ?? []).map(({ name, profiles }) => [name, profiles(key)[0]])),
    versions: parts?.versions.get(key) ?? [],
    types: typesOf(input.reference, named),
    groups: parts?.groups(key) ?? [],
  };
}

function typesOf(reference: ReferenceProfile, { nameOf, types }: NamedColumns): [string, string[]][] {
  const columns = reference.columns.flatMap(({ measure }) => (measure.of === 'reconstruction' ? [] : [measure.column]));
  return [...new Set(columns)].flatMap((column): [string, string[]][] => {
    const type = types.get(nameOf(column));
    return type === undefined ? [] : [[column, [type]]];
  });
}
