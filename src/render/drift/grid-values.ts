/** What the bins of a numeric profile mean in the column's own unit. */
import { GRID_BINS, scaled, valueAt } from '../../domain/drift/make-profile.ts';
import type { NumericProfile } from '../../domain/drift/profile.ts';
import { numericCells } from '../../domain/drift/profile-cells.ts';
import { figure } from '../format.ts';

/**
 * Quantile of the finite values, linear within a bin; −∞ or ∞ where it lies beyond the grid, undefined without a value.
 */
export function gridQuantile(profile: NumericProfile, share: number): number | undefined {
  const cells = numericCells(profile);
  const total = cells.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const target = share * total;
  let cumulative = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    const count = cells[cell] as number;
    if (count > 0 && cumulative + count >= target) {
      if (cell === 0) return Number.NEGATIVE_INFINITY;
      if (cell === cells.length - 1) return Number.POSITIVE_INFINITY;
      const within = (target - cumulative) / count;
      return valueAt(cell - 1 + within, profile);
    }
    cumulative += count;
  }
  return Number.POSITIVE_INFINITY;
}

/** Counts of `bins` parts of the grid, with one part more on either side for what lies beyond; edges are on the grid's axis. */
export function coarseBins(profile: NumericProfile, bins: number): { edges: number[]; counts: number[] } {
  const cells = numericCells(profile);
  const inner = cells.length - 2;
  const size = inner / bins;
  const counts = new Array<number>(bins + 2).fill(0);
  cells.forEach((count, cell) => {
    const part = cell === 0 ? 0 : cell > inner ? bins + 1 : 1 + Math.min(bins - 1, Math.floor((cell - 1) / size));
    counts[part] = (counts[part] as number) + count;
  });
  const wide = profile.width * size;
  const edges = Array.from({ length: bins + 3 }, (_, at) => profile.low + wide * (at - 1));
  return { edges, counts };
}

/** Round values within the grid and their places: decades where the axis is not linear. */
export function gridTicks(profile: NumericProfile, bins: number): { at: number; value: number }[] | undefined {
  if (profile.scale === undefined) return undefined;
  const part = GRID_BINS / bins;
  const [low, high] = [valueAt(-part, profile), valueAt(GRID_BINS + part, profile)];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const decades: number[] = [];
  for (let power = Math.floor(Math.log10(largest)); 10 ** power >= profile.scale.asinh; power--)
    decades.push(10 ** power);
  const values = [...decades.map((one) => -one), 0, ...decades].filter((one) => one >= low && one <= high);
  const every = Math.max(1, Math.ceil(values.length / 8));
  return values
    .sort((a, b) => a - b)
    .filter((_, at) => at % every === 0)
    .map((value) => ({ at: scaled(value, profile), value }));
}

/** `5 %: 102, half: 1000, 95 %: 1899`. */
export function quantileWords(profile: NumericProfile): string {
  const [low, high] = [valueAt(0, profile), valueAt(GRID_BINS, profile)];
  const at = (share: number) => {
    const value = gridQuantile(profile, share);
    if (value === undefined) return 'none';
    if (value === Number.NEGATIVE_INFINITY) return `below ${figure(low)}`;
    return value === Number.POSITIVE_INFINITY ? `above ${figure(high)}` : figure(value);
  };
  return `5 %: ${at(0.05)}, half: ${at(0.5)}, 95 %: ${at(0.95)}`;
}
