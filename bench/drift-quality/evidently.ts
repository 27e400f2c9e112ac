/**
 * Default drift rules of Evidently 0.7.23, after its package's stattests (registry, wasserstein_distance_norm,
 * jensenshannon, ks_stattest, chisquare_stattest, z_stattest) and DataDriftPreset: missing values are left out; with more than
 * 1,000 values in the reference W1 / σ ≥ .1 for numbers and Jensen–Shannon distance (natural logarithm) ≥ .1 for
 * categories, else Kolmogorov–Smirnov p ≤ .05 and χ² (two categories: z) p < .05. The data set has drifted when half of
 * its columns have. An empty column makes its report throw.
 */
import { normalCdf } from '../../src/domain/evaluate/intervals/normal-quantile.ts';
import { chiSquaredSf } from '../../src/domain/statistics/chi-squared.ts';
import type { ColumnModel, DrawnColumn } from './column-models.ts';
import type { Reference } from './rule.ts';
import { type DrawnWindow, totals } from './streams.ts';

const SMALL = 1000;
const DISTANCE = 0.1;
const P = 0.05;
const SHARE = 0.5;

type EvidentlyVerdict = 'drift' | 'none' | 'throws';

/** Alerts of the data set and of any column. A report that throws is none. */
export function watchWithEvidently(reference: Reference): (window: DrawnWindow) => [boolean, boolean] {
  const columns = totals(reference.windows);
  return (window) => {
    let drifted = 0;
    for (const [i, model] of reference.columns.entries()) {
      const verdict = columnDrift(model, columns[i]!, window.columns[i]);
      if (verdict === 'throws') return [false, false];
      if (verdict === 'drift') drifted += 1;
    }
    return [drifted / reference.columns.length >= SHARE, drifted > 0];
  };
}

function columnDrift(model: ColumnModel, reference: DrawnColumn, window: DrawnColumn | undefined): EvidentlyVerdict {
  if (window === undefined || window.rows === window.nulls) return 'throws';
  return columnScore(model, reference, window).drift ? 'drift' : 'none';
}

export function columnScore(
  model: ColumnModel,
  reference: DrawnColumn,
  window: DrawnColumn,
): { score: number; drift: boolean } {
  const large = reference.rows - reference.nulls > SMALL;
  if (model.kind === 'numeric') {
    const { values } = model.cells;
    const score = large
      ? scaledWasserstein(reference.counts, window.counts, values)
      : smirnovP(reference.counts, window.counts);
    return { score, drift: large ? score >= DISTANCE : score <= P };
  }
  const a = [...reference.counts, reference.unseen];
  const b = [...window.counts, window.unseen];
  if (large) {
    const score = jensenShannonNatural(a, b);
    return { score, drift: score >= DISTANCE };
  }
  const present = a.filter((count, i) => count + b[i]! > 0).length;
  const score = present > 2 ? chiSquaredP(a, b) : proportionP(a, b);
  return { score, drift: score < P };
}

function scaledWasserstein(a: Float64Array, b: Float64Array, values: Float64Array): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let [mean, square, difference, area] = [0, 0, 0, 0];
  for (let cell = 0; cell < a.length; cell += 1) {
    const share = a[cell]! / totalA;
    mean += share * values[cell]!;
    square += share * values[cell]! ** 2;
    difference += share - b[cell]! / totalB;
    if (cell + 1 < a.length) area += Math.abs(difference) * (values[cell + 1]! - values[cell]!);
  }
  return area / Math.max(Math.sqrt(Math.max(0, square - mean * mean)), 0.001);
}

/** Two-sided, by Stephens' approximation of the finite distribution. */
function smirnovP(a: Float64Array, b: Float64Array): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let [difference, largest] = [0, 0];
  for (let cell = 0; cell < a.length; cell += 1) {
    difference += a[cell]! / totalA - b[cell]! / totalB;
    largest = Math.max(largest, Math.abs(difference));
  }
  const root = Math.sqrt((totalA * totalB) / (totalA + totalB));
  const x = (root + 0.12 + 0.11 / root) * largest;
  if (x < 0.2) return 1;
  let p = 0;
  for (let term = 1; term <= 100; term += 1) p += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * (term * x) ** 2);
  return Math.min(1, Math.max(0, p));
}

function jensenShannonNatural(a: number[], b: number[]): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let divergence = 0;
  for (let cell = 0; cell < a.length; cell += 1) {
    const p = a[cell]! / totalA;
    const q = b[cell]! / totalB;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log(q / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, divergence));
}

/** Expected are the reference's counts, scaled: one row of a category that it lacks makes p zero. */
function chiSquaredP(reference: number[], window: number[]): number {
  const scale = sum(window) / sum(reference);
  let statistic = 0;
  let cells = 0;
  for (let cell = 0; cell < reference.length; cell += 1) {
    const expected = reference[cell]! * scale;
    const observed = window[cell]!;
    if (expected === 0 && observed === 0) continue;
    if (expected === 0) return 0;
    cells += 1;
    statistic += (observed - expected) ** 2 / expected;
  }
  return chiSquaredSf(statistic, cells - 1);
}

function proportionP(a: number[], b: number[]): number {
  const present = a.findIndex((count, i) => count + b[i]! > 0);
  const [n, m] = [sum(a), sum(b)];
  const [p, q] = [a[present]! / n, b[present]! / m];
  const pooled = (a[present]! + b[present]!) / (n + m);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return deviation === 0 ? 1 : 2 * (1 - normalCdf(Math.abs(p - q) / deviation));
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
