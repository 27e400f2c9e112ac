/**
 * Did a column move by more than the effect that matters? H0 is "effect ≤ δ", not "equal": with many rows a difference
 * that nobody cares about is then no finding, and with few rows noise is none.
 */
import { chiSquaredSf, noncentralChiSquaredSf } from '../statistics/chi-squared.ts';
import { jensenShannon, populationStability, sum, supDistance, wasserstein } from './distances.ts';
import type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';
import { categoricalCells, decileCells, missingRows, numericCells, poolCells } from './profile-cells.ts';

export type EffectTest = {
  /** cdf-distance: sup |F − G| · psi: population stability index, less what chance alone would give. */
  measure: 'cdf-distance' | 'psi';
  effect: number;
  threshold: number;
  /** Of "the effect is at most the threshold". */
  p: number;
  /** p adjusted for all tests of the window (Benjamini–Hochberg). */
  adjusted: number;
};

export type ColumnFinding = {
  column: string;
  kind: ColumnProfile['kind'];
  rows: { reference: number; window: number };
  /** Of the rows with a value; absent when the window has none. */
  values?: EffectTest;
  missing: EffectTest & { reference: number; window: number };
  drifted: boolean;
  /** The column is gone, empty, or of another kind than the reference. */
  broken?: string;
  /** Lower 95 % bound of the CDF distance (numeric only). */
  atLeast?: number;
  /** Figures that explain and never decide; W1 in standard deviations of the reference. */
  explain?: { psi: number; jensenShannon: number; wasserstein?: number; meanReference?: number; meanWindow?: number };
};

/** A number with no more distinct cells than this is compared by its cells, not by its CDF. */
const DISCRETE_CELLS = 50;

export function compareColumn(
  reference: ColumnProfile,
  window: ColumnProfile | undefined,
  effect: number,
): ColumnFinding {
  const missing = { reference: share(missingRows(reference), reference.rows), window: 1 };
  const base = {
    column: reference.column,
    kind: reference.kind,
    rows: { reference: reference.rows, window: window?.rows ?? 0 },
  };
  const untested = { measure: 'psi', effect: 0, threshold: effect, p: 1, adjusted: 1 } as const;
  if (window === undefined) {
    return { ...base, missing: { ...untested, ...missing }, drifted: false, broken: 'the column is missing' };
  }
  if (window.kind !== reference.kind) {
    return { ...base, missing: { ...untested, ...missing }, drifted: false, broken: `it is ${window.kind} now` };
  }
  missing.window = share(missingRows(window), window.rows);
  const finding: ColumnFinding = {
    ...base,
    missing: { ...testCells(presence(reference), presence(window), effect), ...missing },
    drifted: false,
  };
  if (missing.window === 1 && window.rows > 0 && missing.reference < 0.5) finding.broken = 'every value is missing';
  if (missing.window === 1 || missing.reference === 1) return finding;
  return reference.kind === 'numeric'
    ? { ...finding, ...compareNumbers(reference, window as NumericProfile, effect) }
    : { ...finding, ...compareCategories(reference, window as CategoricalProfile, effect) };
}

function compareNumbers(reference: NumericProfile, window: NumericProfile, effect: number) {
  const a = numericCells(reference);
  const b = numericCells(window);
  const distance = supDistance(a, b);
  const rows = effectiveRows(sum(a), sum(b));
  const discrete = a.filter((count) => count > 0).length <= DISCRETE_CELLS;
  const deciles = decileCells(a, b);
  const meanReference = gridMean(a, reference);
  return {
    values: discrete ? testCells(a, b, effect) : testDistance(distance, rows, effect),
    // Dvoretzky–Kiefer–Wolfowitz with Massart's constant, α = .05.
    atLeast: Math.max(0, distance - Math.sqrt(Math.log(2 / 0.05) / (2 * rows))),
    explain: {
      psi: populationStability(deciles.a, deciles.b),
      jensenShannon: jensenShannon(deciles.a, deciles.b),
      wasserstein:
        wasserstein(a, b, reference.width) / Math.max(gridDeviation(a, reference, meanReference), reference.width),
      meanReference,
      meanWindow: gridMean(b, reference),
    },
  };
}

function compareCategories(reference: CategoricalProfile, window: CategoricalProfile, effect: number) {
  const categories = reference.counts.map(([category]) => category);
  const a = categoricalCells(reference, categories);
  const b = categoricalCells(window, categories);
  return {
    values: testCells(a, b, effect),
    explain: { psi: populationStability(a, b), jensenShannon: jensenShannon(a, b) },
  };
}

function testDistance(distance: number, rows: number, threshold: number): EffectTest {
  const p = Math.min(1, 2 * Math.exp(-2 * rows * Math.max(0, distance - threshold) ** 2));
  return { measure: 'cdf-distance', effect: distance, threshold, p, adjusted: p };
}

/** nₑ·PSI of the pooled cells against a non-central χ²(K − 1, nₑ·δ). */
function testCells(a: number[], b: number[], threshold: number): EffectTest {
  const cells = poolCells(a, b);
  const degrees = cells.a.length - 1;
  if (degrees < 1) return { measure: 'psi', effect: 0, threshold, p: 1, adjusted: 1 };
  const rows = effectiveRows(sum(a), sum(b));
  const psi = populationStability(cells.a, cells.b);
  const statistic = rows * psi;
  const p =
    threshold > 0 ? noncentralChiSquaredSf(statistic, degrees, rows * threshold) : chiSquaredSf(statistic, degrees);
  return { measure: 'psi', effect: Math.max(0, psi - degrees / rows), threshold, p, adjusted: p };
}

/** Harmonic: what two samples are worth together. */
function effectiveRows(n: number, m: number): number {
  return n + m === 0 ? 0 : (n * m) / (n + m);
}

function presence(profile: ColumnProfile): number[] {
  const missing = missingRows(profile);
  return [profile.rows - missing, missing];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Mean of the cells' middles; what lies outside of the grid counts at its edge. */
function gridMean(cells: number[], grid: { low: number; width: number }): number {
  let total = 0;
  cells.forEach((count, i) => {
    total += count * place(i, cells.length, grid);
  });
  return total / sum(cells);
}

function gridDeviation(cells: number[], grid: { low: number; width: number }, mean: number): number {
  let total = 0;
  cells.forEach((count, i) => {
    total += count * (place(i, cells.length, grid) - mean) ** 2;
  });
  return Math.sqrt(total / sum(cells));
}

function place(cell: number, cells: number, { low, width }: { low: number; width: number }): number {
  return low + width * Math.min(Math.max(cell - 0.5, 0), cells - 2);
}
