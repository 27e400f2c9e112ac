import { AppError } from '../errors.ts';
import type { ColumnProfile } from './profile.ts';

/** Profile of both parts together; they must lie on the same grid. Commutative and associative. */
export function mergeProfiles(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const head = { column: a.column, rows: a.rows + b.rows };
  if (a.kind === 'numeric' && b.kind === 'numeric' && a.low === b.low && a.width === b.width) {
    return {
      ...head,
      kind: 'numeric',
      low: a.low,
      width: a.width,
      bins: addCounts(a.bins, b.bins, (x, y) => x - y),
      under: a.under + b.under,
      over: a.over + b.over,
      nulls: a.nulls + b.nulls,
      nans: a.nans + b.nans,
      infinities: a.infinities + b.infinities,
    };
  }
  if (a.kind === 'categorical' && b.kind === 'categorical') {
    return {
      ...head,
      kind: 'categorical',
      counts: addCounts(a.counts, b.counts, (x, y) => (x < y ? -1 : x > y ? 1 : 0)),
      other: a.other + b.other,
      unseen: a.unseen + b.unseen,
      nulls: a.nulls + b.nulls,
    };
  }
  throw new AppError('bug/invariant', `Profiles of ${a.column} lie on different grids`);
}

function addCounts<K>(a: [K, number][], b: [K, number][], order: (x: K, y: K) => number): [K, number][] {
  const total = new Map(a);
  for (const [key, count] of b) total.set(key, (total.get(key) ?? 0) + count);
  return [...total].sort((x, y) => order(x[0], y[0]));
}
