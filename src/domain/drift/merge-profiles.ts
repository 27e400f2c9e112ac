import { byCodeUnits } from './code-unit-order.ts';
import { mergeProfiles } from './merge-columns.ts';
import type { ColumnProfile, GroupedProfile, ReferenceProfile, WindowProfile } from './profile.ts';

/**
 * Profile of all parts together. Everything is put in its canonical order, so the JSON of a merge is byte for byte that
 * of the whole, in whatever order the parts come and however often they were merged before; of one part too.
 */
export function mergeWindowProfiles(parts: WindowProfile[]): WindowProfile {
  return {
    version: 1,
    rows: total(parts.map((part) => part.rows)),
    columns: mergeColumns(parts.map((part) => part.columns)),
    ...mergeOne('prediction', parts),
    ...mergeOne('confidence', parts),
    ...mergeOne('latency', parts),
    errors: total(parts.map((part) => part.errors)),
    versions: addUp(parts.flatMap((part) => part.versions)),
    types: uniteTypes(parts.flatMap((part) => part.types)),
    groups: mergeGroups(parts.flatMap((part) => part.groups)),
  };
}

/** A span of time without a row: merged with another it changes nothing. */
export function emptyWindowProfile(reference: Pick<ReferenceProfile, 'groups'>): WindowProfile {
  const groups = reference.groups.map(({ by }) => ({ by, groups: [] }));
  return mergeWindowProfiles([{ version: 1, rows: 0, columns: [], errors: 0, versions: [], types: [], groups }]);
}

function mergeColumns(parts: ColumnProfile[][]): ColumnProfile[] {
  const byColumn = collect(parts.flat().map((profile) => [profile.column, profile]));
  return byColumn.map(([, profiles]) => mergeProfiles(profiles));
}

function mergeOne<K extends 'prediction' | 'confidence' | 'latency'>(
  name: K,
  parts: WindowProfile[],
): { [name in K]?: ColumnProfile } {
  const profiles = parts.flatMap((part): ColumnProfile[] => {
    const profile = part[name];
    return profile ? [profile] : [];
  });
  return (profiles.length > 0 ? { [name]: mergeProfiles(profiles) } : {}) as { [name in K]?: ColumnProfile };
}

function mergeGroups(parts: GroupedProfile[]): GroupedProfile[] {
  return collect(parts.map((part) => [part.by, part])).map(([by, grouped]) => ({
    by,
    groups: collect(
      grouped.flatMap(({ groups }) => groups.map((group) => [group.key, group] as [string, typeof group])),
    ).map(([key, groups]) => ({
      key,
      rows: total(groups.map(({ rows }) => rows)),
      columns: mergeColumns(groups.map(({ columns }) => columns)),
    })),
  }));
}

function addUp(counts: [string, number][]): [string, number][] {
  return collect(counts).map(([key, values]) => [key, total(values)]);
}

function uniteTypes(types: [string, string[]][]): [string, string[]][] {
  return collect(types).map(([column, lists]) => [column, [...new Set(lists.flat())].sort(byCodeUnits)]);
}

/** By key, in the order of the keys; the values of a key in the order given. */
function collect<T>(entries: [string, T][]): [string, T[]][] {
  const byKey = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const values = byKey.get(key);
    if (values) values.push(value);
    else byKey.set(key, [value]);
  }
  return [...byKey].sort(([a], [b]) => byCodeUnits(a, b));
}

function total(values: number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
