import type { ColumnProfile, GroupedProfile, ReferenceColumn } from '../../domain/drift/profile.ts';
import { seasonDispersion } from '../../domain/drift/season-dispersion.ts';
import { hourOfWeekSql } from './count-groups.ts';
import { BLOCKS, epochSql, lasting } from './reference-rows.ts';
import type { Session } from './session.ts';

/**
 * The columns, each with how much its blocks differ beyond what their hours of the week explain. `parts`: coarse
 * profiles by block, by column; those that are kept by hour of the week get it.
 */
export async function withSeasons(
  columns: ReferenceColumn[],
  parts: Map<string, ColumnProfile[]>,
  groups: GroupedProfile[],
  of: {
    session: Session;
    relation: string;
    block: string;
    time: string | undefined;
    seconds: number | undefined;
  },
): Promise<ReferenceColumn[]> {
  const { session, relation, block, time, seconds } = of;
  if (time === undefined) return columns;
  const found = await session.query(
    `SELECT CAST(block AS DOUBLE) AS block, CAST(hour AS DOUBLE) AS hour, CAST(count(*) AS DOUBLE) AS n
     FROM (SELECT ${block} AS block, ${hourOfWeekSql(epochSql(time))} AS hour FROM ${relation})
     WHERE hour IS NOT NULL GROUP BY block, hour ORDER BY block, hour`,
  );
  const hours = Array.from({ length: BLOCKS }, (_, number) =>
    found
      .filter((row) => Number(row.block) === number)
      .map(({ hour, n }) => ({ key: String(Number(hour)), rows: Number(n) })),
  );
  return columns.map((column) => {
    const blocks = parts.get(column.column)?.map((profile, number) => ({ profile, hours: hours[number]! })) ?? [];
    const season = seasonDispersion({ groups }, column.column, blocks);
    return season === undefined ? column : { ...column, seasonDispersion: lasting(season, seconds) };
  });
}
