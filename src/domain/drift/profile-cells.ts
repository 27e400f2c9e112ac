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

/** Share of the rows up to each edge. */
export function cumulativeAt(cells: number[], edges: number[]): { total: number; shares: number[] } {
  const total = sum(cells);
  const shares: number[] = [];
  let cumulative = 0;
  let start = 0;
  for (const edge of edges) {
    for (; start <= edge; start++) cumulative += cells[start]!;
    shares.push(total > 0 ? cumulative / total : 0);
  }
  return { total, shares };
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

/** Categories by block; those with fewer than `least` rows in all blocks together are one. */
export function poolCategories(blocks: ColumnProfile[], least: number): { total: number; byBlock: number[] }[] {
  const byCategory = new Map<string, number[]>();
  blocks.forEach((block, b) => {
    if (block.kind !== 'categorical') return;
    for (const [category, count] of [...block.counts, ['\0other', block.other], ['\0unseen', block.unseen]] as const) {
      if (count === 0) continue;
      const counts = byCategory.get(category) ?? new Array<number>(blocks.length).fill(0);
      counts[b] = count;
      byCategory.set(category, counts);
    }
  });
  const cells = [...byCategory.values()].map((byBlock) => ({ total: sum(byBlock), byBlock }));
  const rare = cells.filter((cell) => cell.total < least);
  if (rare.length === 0) return cells;
  const byBlock = blocks.map((_, b) => sum(rare.map((cell) => cell.byBlock[b]!)));
  return [...cells.filter((cell) => cell.total >= least), { total: sum(byBlock), byBlock }];
}
