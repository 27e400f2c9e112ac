import { coarsen } from './coarsen.ts';
import { mergeProfiles, onSameGrid } from './merge-columns.ts';
import { multiplyProfile } from './multiply-profile.ts';
import { overDispersion } from './over-dispersion.ts';
import type { ColumnProfile, OverDispersion, ReferenceProfile } from './profile.ts';
import { strataOf } from './reweight-reference.ts';

/** A block of consecutive rows of the reference: the column in it, on either grid, and the rows of each hour of the week. */
export type HourlyBlock = { profile: ColumnProfile; hours: { key: string; rows: number }[] };

/**
 * How much blocks differ beyond what their hours of the week explain: windows that are held against the same hours are
 * not charged for the season. Undefined without hours, and when the reference is too short (about two weeks) to tell a
 * season from a week.
 */
export function seasonDispersion(
  reference: Pick<ReferenceProfile, 'groups'>,
  column: string,
  blocks: HourlyBlock[],
): OverDispersion | undefined {
  const strata = strataOf(reference, column, 'hour-of-week');
  const filled = blocks.filter(({ profile, hours }) => profile.rows > 0 && hours.some(({ rows }) => rows > 0));
  if (strata.size === 0 || filled.length < 2) return undefined;
  let own = 0;
  const profiles: ColumnProfile[] = [];
  for (const { hours } of filled) {
    const rows = hours.reduce((sum, hour) => sum + hour.rows, 0);
    const parts: ColumnProfile[] = [];
    for (const hour of hours) {
      const stratum = strata.get(Number(hour.key));
      if (stratum === undefined || hour.rows === 0) continue;
      parts.push(multiplyProfile(stratum, hour.rows / stratum.rows));
      own += (hour.rows / rows) * Math.min(1, hour.rows / stratum.rows);
    }
    if (parts.length === 0) return undefined;
    profiles.push(mergeProfiles(parts));
  }
  return overDispersion(
    filled.map(({ profile }, block) => (onSameGrid(profile, profiles[block]!) ? profile : coarsen(profile))),
    { profiles, own: own / filled.length },
  );
}
