import { jensenShannon, populationStability, sum, wasserstein } from './distances.ts';
import { type NumericGrid, valueAt } from './make-profile.ts';
import { decileEdges, joinCells } from './profile-cells.ts';
import type { ColumnFinding } from './verdict.ts';

/**
 * Figures of two histograms on one grid, in the column's own unit: a cell counts at its middle, what lies outside of the
 * grid at its edge. W1 = ∫ |F − G| dx in standard deviations of the reference.
 */
export function explainNumbers(
  a: number[],
  b: number[],
  grid: Pick<NumericGrid, 'low' | 'width' | 'scale'>,
): NonNullable<ColumnFinding['explain']> {
  const edges = decileEdges(a);
  const deciles = [joinCells(a, edges), joinCells(b, edges)] as const;
  const places = a.map((_, cell) => valueAt(Math.min(Math.max(cell - 0.5, 0), a.length - 2), grid));
  const reference = moments(a, places);
  const narrowest = places[2]! - places[1]!;
  return {
    psi: populationStability(...deciles),
    jensenShannon: jensenShannon(...deciles),
    wasserstein: wasserstein(a, b, places) / Math.max(reference.deviation, narrowest),
    meanReference: reference.mean,
    meanWindow: moments(b, places).mean,
  };
}

function moments(cells: number[], places: number[]): { mean: number; deviation: number } {
  const total = sum(cells);
  let mean = 0;
  for (let cell = 0; cell < cells.length; cell++) mean += (cells[cell]! / total) * places[cell]!;
  let variance = 0;
  for (let cell = 0; cell < cells.length; cell++) variance += (cells[cell]! / total) * (places[cell]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(variance) };
}
