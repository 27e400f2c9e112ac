import type { ReferenceColumn } from './profile.ts';

/** Cells that are neither a bin of the coarse grid (0 … 99) nor a category; no column has a bin or category so named. */
export const LOSS_CELL = { under: -1, over: -2, missing: -3, other: -4, unseen: -5 } as const;

export type LossCell = number | string;

/**
 * Mean loss by cell, in a fixed order: numbers ascending, then categories by code unit. `cells[row]`: bin of the coarse
 * grid, category, or one of LOSS_CELL. Rows whose loss is none are left out.
 */
export function meanLosses(cells: ArrayLike<LossCell>, losses: Float64Array): NonNullable<ReferenceColumn['losses']> {
  const sums = new Map<LossCell, { rows: number; sum: number }>();
  for (let row = 0; row < losses.length; row++) {
    const loss = losses[row]!;
    if (!Number.isFinite(loss)) continue;
    const found = sums.get(cells[row]!);
    if (found) {
      found.rows += 1;
      found.sum += loss;
    } else sums.set(cells[row]!, { rows: 1, sum: loss });
  }
  return [...sums].sort(([a], [b]) => inOrder(a, b)).map(([cell, { rows, sum }]) => ({ cell, rows, loss: sum / rows }));
}

function inOrder(a: LossCell, b: LossCell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
