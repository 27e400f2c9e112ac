import type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';

/** Where a column is counted: laid over the reference once, then used for every window. */
export type NumericGrid = { kind: 'numeric'; low: number; width: number; scale?: { asinh: number } };
export type CategoricalGrid = {
  kind: 'categorical';
  /** In the order of their UTF-16 code units. */
  categories: string[];
  /** The reference had more than these: what is not among them may be known, and counts as `other`. */
  open: boolean;
};
export type Grid = NumericGrid | CategoricalGrid;

export const GRID_BINS = 1000;
export const MAX_CATEGORIES = 1000;

/** Of the reference's finite values, ascending: what `numericGrid` looks at to choose a scale. */
export const GRID_QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
/** More rows than this in one bin and a distance of .1 cannot be told from the bin's own coarseness. */
const FULLEST_BIN = 0.02;

/**
 * `low`, `high`: .1 % and 99.9 % quantiles of the reference's finite values; `undefined` when it has none.
 * `quantiles`: those at GRID_QUANTILES. Where rows are spread evenly between neighbours, a bin between them holds
 * Δp·width/Δx of the rows; when that is beyond 2 % anywhere, the values are skewed or heavy-tailed and the grid is laid
 * over asinh(x / unit), unit the smallest positive Δx, if that at least halves the fullest bin.
 * A value's bin is floor((x − low) / width), with a scale floor((asinh(x / scale.asinh) − low) / width), in doubles;
 * below 0 it is `under`, from GRID_BINS on `over`.
 */
export function numericGrid(
  low: number | undefined,
  high: number | undefined,
  { quantiles = [] }: { quantiles?: number[] } = {},
): NumericGrid {
  if (low === undefined || high === undefined) return { kind: 'numeric', low: 0, width: 1 };
  const linear = lay(low, high);
  const gaps = quantiles.slice(1).map((value, i) => value - quantiles[i]!);
  const unit = Math.min(...gaps.filter((gap) => gap > 0));
  if (!Number.isFinite(unit) || fullestBin(linear, quantiles) <= FULLEST_BIN) return linear;
  const scale = { asinh: unit };
  const curved: NumericGrid = { ...lay(Math.asinh(low / unit), Math.asinh(high / unit)), scale };
  return fullestBin(curved, quantiles) <= fullestBin(linear, quantiles) / 2 ? curved : linear;
}

/** x on the axis of the grid. */
export function scaled(x: number, grid: { scale?: { asinh: number } }): number {
  return grid.scale ? Math.asinh(x / grid.scale.asinh) : x;
}

/** The value at a place of the grid: 0 is the lower edge of the first bin, .5 its middle. */
export function valueAt(place: number, grid: Pick<NumericGrid, 'low' | 'width' | 'scale'>): number {
  const x = grid.low + place * grid.width;
  return grid.scale ? Math.sinh(x) * grid.scale.asinh : x;
}

export function gridOf(profile: ColumnProfile): Grid {
  if (profile.kind === 'numeric') {
    const { low, width, scale } = profile;
    return { kind: 'numeric', low, width, ...(scale ? { scale } : {}) };
  }
  return { kind: 'categorical', categories: profile.counts.map(([category]) => category), open: profile.other > 0 };
}

function lay(low: number, high: number): NumericGrid {
  // A hair wider, so that the 99.9 % quantile itself lies in the last bin. A constant lies amid a bin of its own.
  const width = ((high - low) / GRID_BINS) * (1 + 1e-9);
  if (width > 0 && Number.isFinite(width) && low + width > low) return { kind: 'numeric', low, width };
  const unit = Math.max(Math.abs(low) * 1e-6, 1e-6);
  return { kind: 'numeric', low: low - (GRID_BINS / 2 - 0.5) * unit, width: unit };
}

function fullestBin(grid: NumericGrid, quantiles: number[]): number {
  let fullest = 0;
  for (let i = 1; i < quantiles.length; i++) {
    const gap = scaled(quantiles[i]!, grid) - scaled(quantiles[i - 1]!, grid);
    // A gap narrower than a bin has all of its rows in it; equal quantiles are one value, which no grid can split.
    const share = GRID_QUANTILES[i]! - GRID_QUANTILES[i - 1]!;
    if (gap > 0) fullest = Math.max(fullest, share * Math.min(1, grid.width / gap));
  }
  return fullest;
}

/** Counts one column's values; a value of the wrong kind counts as NaN (numeric) or by its text (categorical). */
export function makeProfile(column: string, values: Iterable<unknown>, grid: Grid): ColumnProfile {
  return grid.kind === 'numeric' ? countNumbers(column, values, grid) : countCategories(column, values, grid);
}

function countNumbers(column: string, values: Iterable<unknown>, grid: NumericGrid): ColumnProfile & NumericProfile {
  const { low, width, scale } = grid;
  const counts = new Float64Array(GRID_BINS);
  const beside = { under: 0, over: 0, nulls: 0, nans: 0, infinities: 0 };
  let rows = 0;
  for (const value of values) {
    rows++;
    if (value === null || value === undefined) beside.nulls++;
    else if (typeof value !== 'number' || Number.isNaN(value)) beside.nans++;
    else if (!Number.isFinite(value)) beside.infinities++;
    else {
      const bin = Math.floor((scaled(value, grid) - low) / width);
      if (bin < 0) beside.under++;
      else if (bin >= GRID_BINS) beside.over++;
      else counts[bin]!++;
    }
  }
  const bins: [number, number][] = [];
  counts.forEach((count, bin) => {
    if (count > 0) bins.push([bin, count]);
  });
  return { column, rows, kind: 'numeric', low, width, ...(scale ? { scale } : {}), bins, ...beside };
}

function countCategories(
  column: string,
  values: Iterable<unknown>,
  grid: Grid & { kind: 'categorical' },
): ColumnProfile & CategoricalProfile {
  const counts = new Map(grid.categories.map((category) => [category, 0]));
  const beside = { other: 0, unseen: 0, nulls: 0 };
  let rows = 0;
  for (const value of values) {
    rows++;
    if (value === null || value === undefined) {
      beside.nulls++;
      continue;
    }
    const category = String(value);
    const count = counts.get(category);
    if (count !== undefined) counts.set(category, count + 1);
    else if (grid.open) beside.other++;
    else beside.unseen++;
  }
  return { column, rows, kind: 'categorical', counts: [...counts], ...beside };
}
