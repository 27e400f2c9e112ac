import { COARSE_BINS } from './coarsen.ts';
import { GRID_BINS } from './make-profile.ts';
import { LOSS_CELL, type LossCell } from './mean-losses.ts';
import type { ColumnProfile, ReferenceColumn, ReferenceProfile, WindowProfile } from './profile.ts';

/** Bins of the grid that are one cell of `losses`. */
const JOINED_BINS = GRID_BINS / COARSE_BINS;
/** A cell's mean counts as if so many more rows with the mean of all were in it: the mean of three rows is no fact. */
const PRIOR_ROWS = 10;

/**
 * Change of the mean loss that the shift of a column would bring if nothing else changed, by column; positive is worse.
 * Σ over its cells of (share in the window − share in the reference) × mean loss there on the holdout. Blind to what
 * concept drift does, and effects of columns that move together do not add up: it ranks them. Without `losses`, or
 * without such a column in the window, a column has none.
 */
export function lossEffects(
  reference: Pick<ReferenceProfile, 'columns'>,
  window: Pick<WindowProfile, 'columns'>,
): Map<string, number> {
  const observed = new Map(window.columns.map((column) => [column.column, column]));
  const effects = new Map<string, number>();
  for (const column of reference.columns) {
    const now = observed.get(column.column);
    const effect = now === undefined ? undefined : changeOfLoss(column, now)?.change;
    if (effect !== undefined) effects.set(column.column, effect);
  }
  return effects;
}

/** Of one column; `mean`: of all rows of the holdout. */
export function changeOfLoss(
  reference: ReferenceColumn,
  window: ColumnProfile,
): { mean: number; change: number } | undefined {
  const { losses } = reference;
  if (!losses?.length || reference.kind !== window.kind) return undefined;
  const [before, now] = [cellCounts(reference), cellCounts(window)];
  const [total, nowTotal] = [sumOf(before), sumOf(now)];
  if (total === 0 || nowTotal === 0) return undefined;
  const rows = losses.reduce((sum, cell) => sum + cell.rows, 0);
  const mean = losses.reduce((sum, cell) => sum + cell.rows * cell.loss, 0) / rows;
  // The shares' differences sum to 0, so cells that the holdout does not know may count as its mean: they add nothing.
  const change = losses.reduce((sum, { cell, rows: known, loss }) => {
    const shift = (now.get(cell) ?? 0) / nowTotal - (before.get(cell) ?? 0) / total;
    return sum + (shift * (loss - mean) * known) / (known + PRIOR_ROWS);
  }, 0);
  return { mean, change };
}

function cellCounts(profile: ColumnProfile): Map<LossCell, number> {
  const counts = new Map<LossCell, number>();
  const add = (cell: LossCell, count: number) => counts.set(cell, (counts.get(cell) ?? 0) + count);
  if (profile.kind === 'categorical') {
    for (const [category, count] of profile.counts) add(category, count);
    add(LOSS_CELL.other, profile.other);
    add(LOSS_CELL.unseen, profile.unseen);
    add(LOSS_CELL.missing, profile.nulls);
    return counts;
  }
  for (const [bin, count] of profile.bins) add(Math.floor(bin / JOINED_BINS), count);
  add(LOSS_CELL.under, profile.under);
  add(LOSS_CELL.over, profile.over);
  add(LOSS_CELL.missing, profile.nulls + profile.nans + profile.infinities);
  return counts;
}

const sumOf = (counts: Map<LossCell, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
