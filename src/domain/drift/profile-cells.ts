import { sum } from './distances.ts';
import { GRID_BINS } from './make-profile.ts';
import type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';

/** Finite values by cell, in order: under the grid, its bins, over it. `bins`: of the grid, COARSE_BINS of a coarse one. */
export function numericCells(profile: NumericProfile, bins: number = GRID_BINS): number[] {
  const cells = new Array<number>(bins + 2).fill(0);
  cells[0] = profile.under;
  cells[bins + 1] = profile.over;
  for (const [bin, count] of profile.bins) cells[bin + 1] = count;
  return cells;
}

/** Counts of the reference's categories in its order, then other, then unseen. */
export function categoricalCells(profile: CategoricalProfile, categories: string[]): number[] {
  const counts = new Map(profile.counts);
  return [...categories.map((category) => counts.get(category) ?? 0), profile.other, profile.unseen];
}

/** Rows without a usable value: NULL, and for numbers also NaN and infinities. */
export function missingRows(profile: ColumnProfile): number {
  return profile.kind === 'numeric' ? profile.nulls + profile.nans + profile.infinities : profile.nulls;
}

/** Upper edges (index of the last cell below) at which about a tenth, two tenths, … of the rows lie below; distinct. */
export function decileEdges(cells: number[]): number[] {
  const total = sum(cells);
  const edges: number[] = [];
  let cumulative = 0;
  let next = 1;
  for (let cell = 0; cell < cells.length; cell++) {
    const count = cells[cell]!;
    cumulative += count;
    if (count === 0 || cumulative < (total * next) / 10 || cumulative >= total) continue;
    edges.push(cell);
    next = Math.floor((10 * cumulative) / total) + 1;
  }
  return edges;
}

/** The rows between the edges. */
export function joinCells(cells: number[], edges: number[]): number[] {
  const joined = new Array<number>(edges.length + 1).fill(0);
  let part = 0;
  cells.forEach((count, cell) => {
    if (part < edges.length && cell > edges[part]!) part++;
    joined[part]! += count;
  });
  return joined;
}
