import { AppError } from '../errors.ts';
import { byCodeUnits } from './code-unit-order.ts';
import type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';

/**
 * Profile of all parts together (at least one); they must lie on the same grid. Neither their order nor how the rows
 * are dealt out to them makes a difference: the result's JSON is byte for byte the same.
 */
export function mergeProfiles(parts: ColumnProfile[]): ColumnProfile {
  const first = parts[0];
  if (first === undefined) throw new AppError('bug/invariant', 'No profile to merge');
  if (first.kind === 'numeric') return mergeNumbers(first, parts);
  return mergeCategories(first, parts);
}

export function onSameGrid(a: ColumnProfile, b: ColumnProfile): boolean {
  if (a.kind === 'categorical' || b.kind === 'categorical') return a.kind === b.kind;
  return a.low === b.low && a.width === b.width && a.scale?.asinh === b.scale?.asinh;
}

function mergeNumbers(first: ColumnProfile & NumericProfile, parts: ColumnProfile[]): ColumnProfile {
  const { column, low, width, scale } = first;
  const counts: number[] = [];
  const beside = { under: 0, over: 0, nulls: 0, nans: 0, infinities: 0 };
  let rows = 0;
  for (const part of parts) {
    if (part.kind !== 'numeric' || !onSameGrid(first, part)) throw differentGrids(column);
    rows += part.rows;
    for (const [bin, count] of part.bins) counts[bin] = (counts[bin] ?? 0) + count;
    beside.under += part.under;
    beside.over += part.over;
    beside.nulls += part.nulls;
    beside.nans += part.nans;
    beside.infinities += part.infinities;
  }
  const bins: [number, number][] = [];
  counts.forEach((count, bin) => {
    if (count > 0) bins.push([bin, count]);
  });
  return {
    column,
    rows,
    kind: 'numeric',
    low,
    width,
    ...(scale ? { scale: { asinh: scale.asinh } } : {}),
    bins,
    ...beside,
  };
}

function mergeCategories(first: ColumnProfile & CategoricalProfile, parts: ColumnProfile[]): ColumnProfile {
  const counts = new Map<string, number>();
  const beside = { other: 0, unseen: 0, nulls: 0 };
  let rows = 0;
  for (const part of parts) {
    if (part.kind !== 'categorical') throw differentGrids(first.column);
    rows += part.rows;
    for (const [category, count] of part.counts) counts.set(category, (counts.get(category) ?? 0) + count);
    beside.other += part.other;
    beside.unseen += part.unseen;
    beside.nulls += part.nulls;
  }
  const sorted = [...counts].sort(([a], [b]) => byCodeUnits(a, b));
  return { column: first.column, rows, kind: 'categorical', counts: sorted, ...beside };
}

function differentGrids(column: string): AppError {
  return new AppError('bug/invariant', `Profiles of ${column} lie on different grids`);
}
