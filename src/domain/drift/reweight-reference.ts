/**
 * The reference as it would look at a window's hours: a window of nights is held against nights. Per stratum (hour of
 * the day, weekday, or hour of the week) the reference's shares, weighted with the window's rows.
 */
import type { Monitor } from '../spec/valid-monitor.ts';
import { mergeProfiles } from './merge-columns.ts';
import { multiplyProfile } from './multiply-profile.ts';
import type { ColumnProfile, GroupedProfile, ReferenceProfile, WindowProfile } from './profile.ts';

export type Seasonality = Monitor['seasonality'];

export const HOUR_OF_WEEK = 'hour-of-week';
const HOURS = 24;
/** A stratum of the reference with fewer rows of a column is taken for missing. */
const LEAST_ROWS = 30;

type Stratum = (hourOfWeek: number) => number;
const STRATA: Record<Exclude<Seasonality, 'none'>, Stratum> = {
  hour: (key) => key % HOURS,
  weekday: (key) => Math.floor(key / HOURS),
  'hour-of-week': (key) => key,
};

/**
 * By column, on the coarse grid; counts add up to what the weighted rows are worth, 1 / Σ w²/n over the strata. A stratum
 * that the reference lacks falls back to the same hour of any weekday where there is one, then to all of the reference.
 * Empty without seasonality, or without hours on either side; a column is missing from it when no stratum has it.
 */
export function reweightReference(
  reference: Pick<ReferenceProfile, 'groups'>,
  window: Pick<WindowProfile, 'groups'>,
  seasonality: Seasonality,
): Map<string, ColumnProfile> {
  const known = byHour(reference.groups);
  const seen = byHour(window.groups);
  if (seasonality === 'none' || known.length === 0 || seen.length === 0) return new Map();
  const weights = weightsBy(seen, STRATA[seasonality]);
  const expected = new Map<string, ColumnProfile>();
  for (const [column, hours] of byColumn(known)) {
    const find = strataFinder(hours, seasonality);
    const shares = new Map<ColumnProfile, number>();
    for (const [stratum, weight] of weights) {
      const profile = find(stratum);
      if (profile) shares.set(profile, (shares.get(profile) ?? 0) + weight);
    }
    const mixed = mix([...shares]);
    if (mixed) expected.set(column, mixed);
  }
  return expected;
}

/** A column's profiles by hour of the week; those without rows are left out. */
type Hours = { hour: number; profile: ColumnProfile }[];

function byColumn(groups: GroupedProfile['groups']): Map<string, Hours> {
  const found = new Map<string, Hours>();
  for (const { key, columns } of groups) {
    for (const profile of columns) {
      if (profile.rows === 0) continue;
      const hours = found.get(profile.column);
      if (hours) hours.push({ hour: Number(key), profile });
      else found.set(profile.column, [{ hour: Number(key), profile }]);
    }
  }
  return found;
}

/** Merges only what is asked for, and that once: a window has few of the hours of a week. */
function strataFinder(hours: Hours, seasonality: Exclude<Seasonality, 'none'>) {
  const known = new Map<string, ColumnProfile | undefined>();
  const merged = (name: string, belongs: Stratum, stratum: number): ColumnProfile | undefined => {
    const key = `${name} ${stratum}`;
    if (!known.has(key)) {
      const parts = hours.filter(({ hour }) => belongs(hour) === stratum).map(({ profile }) => profile);
      known.set(key, parts.length > 1 ? mergeProfiles(parts) : parts[0]);
    }
    return known.get(key);
  };
  return (stratum: number): ColumnProfile | undefined => {
    const own = merged(seasonality, STRATA[seasonality], stratum);
    if (isEnough(own)) return own;
    const sameHour = seasonality === HOUR_OF_WEEK ? merged('hour', STRATA.hour, stratum % HOURS) : undefined;
    return isEnough(sameHour) ? sameHour : merged('all', () => 0, 0);
  };
}

/** The reference's profile of a column in each stratum, on the coarse grid. */
export function strataOf(
  reference: Pick<ReferenceProfile, 'groups'>,
  column: string,
  seasonality: Exclude<Seasonality, 'none'>,
): Map<number, ColumnProfile> {
  return mergeBy(byHour(reference.groups), column, STRATA[seasonality]);
}

function byHour(groups: GroupedProfile[]): GroupedProfile['groups'] {
  return groups.find(({ by }) => by === HOUR_OF_WEEK)?.groups ?? [];
}

function isEnough(profile: ColumnProfile | undefined): boolean {
  return profile !== undefined && profile.rows >= LEAST_ROWS;
}

function weightsBy(groups: GroupedProfile['groups'], stratum: Stratum): Map<number, number> {
  const total = groups.reduce((sum, { rows }) => sum + rows, 0);
  const weights = new Map<number, number>();
  for (const { key, rows } of groups) {
    if (rows > 0) weights.set(stratum(Number(key)), (weights.get(stratum(Number(key))) ?? 0) + rows / total);
  }
  return weights;
}

function mergeBy(groups: GroupedProfile['groups'], column: string, stratum: Stratum): Map<number, ColumnProfile> {
  const parts = new Map<number, ColumnProfile[]>();
  for (const { key, columns } of groups) {
    const profile = columns.find((one) => one.column === column);
    if (profile === undefined || profile.rows === 0) continue;
    const of = stratum(Number(key));
    parts.set(of, [...(parts.get(of) ?? []), profile]);
  }
  return new Map([...parts].map(([of, profiles]) => [of, mergeProfiles(profiles)]));
}

function mix(parts: [ColumnProfile, number][]): ColumnProfile | undefined {
  const inverse = parts.reduce((sum, [profile, weight]) => sum + weight ** 2 / profile.rows, 0);
  if (!(inverse > 0)) return undefined;
  return mergeProfiles(parts.map(([profile, weight]) => multiplyProfile(profile, weight / (inverse * profile.rows))));
}
