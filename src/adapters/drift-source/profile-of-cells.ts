import { COARSE_BINS, coarsen } from '../../domain/drift/coarsen.ts';
import { GRID_BINS, type Grid } from '../../domain/drift/make-profile.ts';
import type { ColumnProfile } from '../../domain/drift/profile.ts';
import type { Beside, Cell } from './count-cells.ts';

/** The grid whose bins are ten of the reference's, as `coarsen` makes it. */
export function coarseGrid(grid: Grid): Grid {
  return grid.kind === 'numeric' ? { ...grid, width: grid.width * (GRID_BINS / COARSE_BINS) } : grid;
}

/** Keys in the order in which `makeProfile` has them. */
export function profileOfCells(column: string, grid: Grid, cells: Map<Cell, number>, coarse: boolean): ColumnProfile {
  const count = (cell: Beside) => cells.get(cell) ?? 0;
  let rows = 0;
  for (const n of cells.values()) rows += n;
  if (grid.kind === 'categorical') {
    const profile: ColumnProfile = {
      column,
      rows,
      kind: 'categorical',
      counts: grid.categories.map((category, k) => [category, cells.get(k) ?? 0]),
      other: grid.open ? count('elsewhere') : 0,
      unseen: grid.open ? 0 : count('elsewhere'),
      nulls: count('nulls'),
    };
    return coarse ? coarsen(profile) : profile;
  }
  const bins = [...cells].filter((entry): entry is [number, number] => typeof entry[0] === 'number');
  return {
    column,
    rows,
    kind: 'numeric',
    low: grid.low,
    width: grid.width,
    ...(grid.scale ? { scale: grid.scale } : {}),
    bins: bins.sort((a, b) => a[0] - b[0]),
    under: count('under'),
    over: count('over'),
    nulls: count('nulls'),
    nans: count('nans'),
    infinities: count('infinities'),
  };
}
