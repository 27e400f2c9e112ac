/** Cells of a reference and a window, and the tests on them. */
import { COARSE_BINS, coarsen } from './coarsen.ts';
import { jensenShannon, populationStability, sum, supDistance } from './distances.ts';
import { explainNumbers } from './explain-numbers.ts';
import { GRID_BINS } from './make-profile.ts';
import type { ColumnProfile, ReferenceColumn } from './profile.ts';
import { categoricalCells, decileEdges, joinCells, numericCells } from './profile-cells.ts';
import { relative } from './relative-effect.ts';
import { testCells } from './test-cells.ts';
import { distanceAtLeast, jointRows, testDistance } from './test-distance.ts';
import type { ColumnFinding, EffectTest } from './verdict.ts';

/** A number with no more distinct cells than this is compared by its cells, not by its CDF. */
const DISCRETE_CELLS = 50;
/** Of a number's error rate, spent on the shares of the deciles. */
const SHARES_PART = 0.1;

/**
 * What a column is compared with. `expected`: the reference as it would look at the window's hours, on the coarse grid,
 * its counts adding up to what its rows are worth; `window` may lie on the coarse grid then. `worth`: independent rows that a number of rows is worth.
 */
export type Comparison = {
  reference: ReferenceColumn;
  expected?: ColumnProfile;
  window: ColumnProfile;
  effect: number;
  worth: { reference: (rows: number) => number; window: (rows: number) => number };
};

type Compared = Pick<ColumnFinding, 'values' | 'atLeast' | 'unseen' | 'explain'>;

/** Of the rows with a value; nothing when either side has none. */
export function compareValues(comparison: Comparison): Compared {
  const { reference, window } = comparison;
  if (reference.kind === 'numeric' && window.kind === 'numeric') return compareNumbers(comparison);
  return reference.kind === 'categorical' && window.kind === 'categorical' ? compareCategories(comparison) : {};
}

function compareNumbers({ reference, expected, window, effect, worth }: Comparison): Compared {
  if (reference.kind !== 'numeric' || window.kind !== 'numeric') return {};
  const cellsOf = (profile: ColumnProfile) =>
    profile.kind === 'numeric' ? numericCells(profile, expected ? COARSE_BINS : GRID_BINS) : [];
  const a = cellsOf(expected ?? reference);
  const b = cellsOf(expected && window.width === reference.width ? coarsen(window) : window);
  const [totalA, totalB] = [sum(a), sum(b)];
  if (totalA === 0 || totalB === 0) return {};
  const [n, m] = [worth.reference(totalA), worth.window(totalB)];
  const rows = jointRows(n, m);
  const distance = supDistance(a, b);
  const edges = decileEdges(a);
  const discrete = reference.bins.length <= DISCRETE_CELLS;
  const cells = discrete ? ([a, b] as const) : ([joinCells(a, edges), joinCells(b, edges)] as const);
  const byCells = testCells(scale(cells[0], n / totalA), scale(cells[1], m / totalB), effect);
  return {
    values: discrete ? byCells : stronger(testDistance(distance, rows, effect), byCells),
    atLeast: distanceAtLeast(distance, rows),
    explain: explainNumbers(a, b, expected?.kind === 'numeric' ? expected : reference),
  };
}

function compareCategories({ reference, expected, window, effect, worth }: Comparison): Compared {
  if (reference.kind !== 'categorical' || window.kind !== 'categorical') return {};
  const categories = reference.counts.map(([category]) => category);
  const a = categoricalCells(expected?.kind === 'categorical' ? expected : reference, categories);
  const b = categoricalCells(window, categories);
  const [totalA, totalB] = [sum(a), sum(b)];
  if (totalA === 0 || totalB === 0) return {};
  return {
    values: testCells(scale(a, worth.reference(totalA) / totalA), scale(b, worth.window(totalB) / totalB), effect),
    unseen: window.unseen / totalB,
    explain: { psi: populationStability(a, b), jensenShannon: jensenShannon(a, b) },
  };
}

/**
 * A shift shows in the distance of the CDFs first, a change of spread in the shares of the reference's deciles: either
 * test may speak (Bonferroni), the distance at nearly its own level, for small shifts are near the threshold and changes
 * of spread far beyond it. Told is the distance, unless only the shares have something to say.
 */
function stronger(distance: EffectTest, shares: EffectTest): EffectTest {
  const p = Math.min(1, distance.p / (1 - SHARES_PART), shares.p / SHARES_PART);
  const larger = relative(distance) >= relative(shares) ? distance : shares;
  const told = distance.p <= 0.05 ? distance : shares.p <= 0.05 ? shares : larger;
  return { ...told, p, adjusted: p };
}

function scale(cells: number[], by: number): number[] {
  return by === 1 ? cells : cells.map((count) => count * by);
}
