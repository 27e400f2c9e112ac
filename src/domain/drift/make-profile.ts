import type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';

/** Where a column is counted: laid over the reference once, then used for every window. */
export type NumericGrid = { kind: 'numeric'; low: number; width: number };
export type CategoricalGrid = {
  kind: 'categorical';
  categories: string[];
  /** The reference had more than these: what is not among them may be known, and counts as `other`. */
  open: boolean;
};
export type Grid = NumericGrid | CategoricalGrid;

export const GRID_BINS = 1000;
export const MAX_CATEGORIES = 1000;

/** `low`, `high`: .1 % and 99.9 % quantiles of the reference's finite values; `undefined` when it has none. */
export function numericGrid(low: number | undefined, high: number | undefined): NumericGrid {
  if (low === undefined || high === undefined) return { kind: 'numeric', low: 0, width: 1 };
  // A hair wider, so that the 99.9 % quantile itself lies in the last bin. A constant lies amid a bin of its own.
  const width = ((high - low) / GRID_BINS) * (1 + 1e-9);
  if (width > 0 && low + width > low) return { kind: 'numeric', low, width };
  const unit = Math.max(Math.abs(low) * 1e-6, 1e-6);
  return { kind: 'numeric', low: low - (GRID_BINS / 2 - 0.5) * unit, width: unit };
}

export function gridOf(profile: ColumnProfile): Grid {
  if (profile.kind === 'numeric') return { kind: 'numeric', low: profile.low, width: profile.width };
  return {
    kind: 'categorical',
    categories: profile.counts.map(([category]) => category),
    open: profile.other > 0,
  };
}

/** Counts one column's values; a value of the wrong kind counts as NaN (numeric) or by its text (categorical). */
export function makeProfile(column: string, values: unknown[], grid: Grid): ColumnProfile {
  const counted = grid.kind === 'numeric' ? countNumbers(values, grid) : countCategories(values, grid);
  return { column, rows: values.length, ...counted };
}

function countNumbers(values: unknown[], { low, width }: NumericGrid): NumericProfile {
  const bins = new Map<number, number>();
  const profile: NumericProfile = {
    kind: 'numeric',
    low,
    width,
    bins: [],
    under: 0,
    over: 0,
    nulls: 0,
    nans: 0,
    infinities: 0,
  };
  for (const value of values) {
    if (value === null || value === undefined) profile.nulls++;
    else if (typeof value !== 'number' || Number.isNaN(value)) profile.nans++;
    else if (!Number.isFinite(value)) profile.infinities++;
    else {
      const bin = Math.floor((value - low) / width);
      if (bin < 0) profile.under++;
      else if (bin >= GRID_BINS) profile.over++;
      else bins.set(bin, (bins.get(bin) ?? 0) + 1);
    }
  }
  return { ...profile, bins: [...bins].sort((a, b) => a[0] - b[0]) };
}

function countCategories(values: unknown[], grid: CategoricalGrid): CategoricalProfile {
  const counts = new Map(grid.categories.map((category) => [category, 0]));
  const profile: CategoricalProfile = { kind: 'categorical', counts: [], other: 0, unseen: 0, nulls: 0 };
  for (const value of values) {
    if (value === null || value === undefined) {
      profile.nulls++;
      continue;
    }
    const category = String(value);
    const count = counts.get(category);
    if (count !== undefined) counts.set(category, count + 1);
    else if (grid.open) profile.other++;
    else profile.unseen++;
  }
  return { ...profile, counts: [...counts] };
}
