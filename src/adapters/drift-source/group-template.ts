import type { GroupedProfile, ReferenceColumn } from '../../domain/drift/profile.ts';
import { type NamedColumns, textSql } from './measure-sql.ts';
import { identifier, type Session } from './session.ts';

/** What rows are counted apart by: the keys of a column, or of the hours of the week. */
export type GroupKeys = { by: string; keys: string[] };

const MOST_KEYS = 20;
/** Longer lists are too large to keep for each of the groups. */
const MOST_CATEGORIES = 100;

/** The most frequent values of a column that the relation has. */
export async function frequentKeys(
  session: Session,
  relation: string,
  by: string,
  { nameOf, types }: NamedColumns,
): Promise<GroupKeys[]> {
  const type = types.get(nameOf(by));
  if (type === undefined) return [];
  const rows = await session.query(
    `SELECT v FROM (SELECT ${textSql(identifier(nameOf(by)), type)} AS v FROM ${relation}) WHERE v IS NOT NULL
     GROUP BY v ORDER BY count(*) DESC, v LIMIT ${MOST_KEYS}`,
  );
  return [{ by, keys: rows.map(({ v }) => String(v)) }];
}

/** Groups without rows, with the columns that are counted in them. */
export function groupTemplate(keys: GroupKeys[], columns: ReferenceColumn[]): GroupedProfile[] {
  const wanted = (by: string) =>
    columns.filter((column) => {
      if (column.measure.of === 'words' || column.measure.of === 'reconstruction') return false;
      return column.column !== by && (column.kind === 'numeric' || column.counts.length <= MOST_CATEGORIES);
    });
  return keys.map(({ by, keys: its }) => ({
    by,
    groups: its.map((key) => ({ key, rows: 0, columns: wanted(by) })),
  }));
}
