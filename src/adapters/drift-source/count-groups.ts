import type { GroupedProfile, ReferenceProfile } from '../../domain/drift/profile.ts';
import { HOUR_OF_WEEK } from '../../domain/drift/reweight-reference.ts';
import { type CountedColumn, countColumns } from './count-columns.ts';
import { type NamedColumns, textSql } from './measure-sql.ts';
import { identifier, quote, type Session } from './session.ts';

const HOUR_MS = 3_600_000;
/** The epoch was a Thursday. */
const HOURS_BEFORE_EPOCH = 72;

export type GroupedRows = {
  session: Session;
  relation: string;
  /** SQL of a number that rows are counted apart by. */
  by?: string;
  /** About as many there are, and at most so many numbers. */
  rows: number;
  keys?: number;
  /** SQL of epoch ms. */
  timestamp: string;
  named: NamedColumns;
  reference: Pick<ReferenceProfile, 'groups'>;
  /** Those that the reference's groups have are counted. */
  columns: CountedColumn[];
};

/** The groups of the reference that the relation has, by the number of `by` (0 without). */
export async function countGroups(rows: GroupedRows): Promise<(key: number) => GroupedProfile[]> {
  const counted: ((key: number) => GroupedProfile)[] = [];
  for (const group of rows.reference.groups) {
    const keys = keysOf(group);
    const sql = groupSql(group.by, keys, rows);
    if (sql === undefined || keys.length === 0) continue;
    counted.push(await countGroup(rows, group, keys, sql));
  }
  return (key) => counted.map((of) => of(key));
}

async function countGroup(
  { session, relation, by, columns, rows, keys: numbers = 1 }: GroupedRows,
  group: GroupedProfile,
  keys: string[],
  sql: string,
): Promise<(key: number) => GroupedProfile> {
  const wanted = new Set(group.groups.flatMap((one) => one.columns.map(({ column }) => column)));
  const some = columns.filter(({ as }) => wanted.has(as));
  const key = by === undefined ? sql : `CAST(${by} AS INTEGER) * ${keys.length} + ${sql}`;
  const profiles = await countColumns(session, relation, some, { by: key, coarse: true, rows, keys: numbers });
  const totals = await countRows(session, relation, key);
  return (window) => ({
    by: group.by,
    groups: keys.flatMap((name, place) => {
      const at = window * keys.length + place;
      const total = totals.get(at);
      return total === undefined ? [] : [{ key: name, rows: total, columns: profiles(at) }];
    }),
  });
}

async function countRows(session: Session, relation: string, key: string): Promise<Map<number, number>> {
  const found = await session.query(
    `SELECT CAST(key AS DOUBLE) AS key, CAST(count(*) AS DOUBLE) AS n FROM (SELECT ${key} AS key FROM ${relation})
     WHERE key IS NOT NULL GROUP BY key`,
  );
  return new Map(found.map(({ key, n }) => [Number(key), Number(n)]));
}

function keysOf({ by, groups }: GroupedProfile): string[] {
  return by === HOUR_OF_WEEK ? Array.from({ length: 168 }, (_, hour) => String(hour)) : groups.map(({ key }) => key);
}

/** SQL of the place of a row's key, NULL where it has none of them; UTINYINT. */
function groupSql(by: string, keys: string[], { timestamp, named }: GroupedRows): string | undefined {
  if (by === HOUR_OF_WEEK) return hourOfWeekSql(timestamp);
  const name = named.nameOf(by);
  const type = named.types.get(name);
  return type === undefined ? undefined : placeSql(textSql(identifier(name), type), keys);
}

/** 0: the first hour of Monday, UTC. */
export function hourOfWeekSql(timestamp: string): string {
  const hour = `(CAST(floor((${timestamp}) / ${HOUR_MS}) AS BIGINT) + ${HOURS_BEFORE_EPOCH})`;
  return `CAST(((${hour} % 168) + 168) % 168 AS UTINYINT)`;
}

export function placeSql(text: string, keys: string[]): string {
  return `CAST(list_position([${keys.map(quote).join(', ')}], ${text}) - 1 AS UTINYINT)`;
}
