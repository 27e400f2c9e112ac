import { COARSE_BINS } from './coarsen.ts';
import { GRID_BINS, type NumericGrid, scaled } from './make-profile.ts';
import { LOSS_CELL } from './mean-losses.ts';

/** Where a number lies, for meanLosses: bin of the coarse grid, or under, over, missing. */
export function numberCells(values: ArrayLike<number>, grid: NumericGrid): Int32Array {
  const joined = GRID_BINS / COARSE_BINS;
  return Int32Array.from(values, (value) => {
    if (!Number.isFinite(value)) return LOSS_CELL.missing;
    const bin = Math.floor((scaled(value, grid) - grid.low) / grid.width);
    if (bin < 0) return LOSS_CELL.under;
    return bin >= GRID_BINS ? LOSS_CELL.over : Math.floor(bin / joined);
  });
}
