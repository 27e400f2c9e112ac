/** Did the shares of cells move by more than a population stability index of δ? */
import { chiSquaredSf, noncentralChiSquaredSf } from '../statistics/chi-squared.ts';
import { poissonDraw } from '../statistics/poisson-draw.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { populationStability, sum } from './distances.ts';
import { poolCells } from './pool-cells.ts';
import { jointRows } from './test-distance.ts';
import type { EffectTest } from './verdict.ts';

const DRAWS = 100;
/** More cells than a fifth of the rows and χ² is no fair approximation any more. */
const ROWS_A_CELL = 5;

/**
 * `a`, `b`: rows by cell of the reference and the window, in rows that are worth an independent one. Small cells are
 * pooled, then nₑ·PSI is held against a non-central χ²(K − 1, nₑ·δ); where cells are many, against draws from the
 * border of "at most δ" that lies towards the window.
 *
 * That χ² takes PSI for quadratic. Far from it, such as a value the reference never had in 2 % of the rows, PSI varies by
 * more; nₑ is then taken for less, by the variance of PSI on the border (delta method) over that of χ², 4δ/nₑ.
 */
export function testCells(a: number[], b: number[], threshold: number): EffectTest {
  const cells = poolCells(a, b);
  const degrees = cells.a.length - 1;
  const rows = jointRows(sum(a), sum(b));
  if (degrees < 1 || rows <= 0) return { measure: 'psi', effect: 0, threshold, p: 1, adjusted: 1 };
  const psi = populationStability(cells.a, cells.b);
  const result = (p: number, chance: number): EffectTest => ({
    measure: 'psi',
    effect: Math.max(0, psi - chance),
    threshold,
    p,
    adjusted: p,
  });
  const chance = degrees / rows;
  if (threshold <= 0) return result(chiSquaredSf(rows * psi, degrees), chance);
  // Within what is tolerated and what chance adds to it: no finding in any case, and no need to look closer.
  if (psi <= threshold + chance) return result(noncentralChiSquaredSf(rows * psi, degrees, rows * threshold), chance);
  const border = borderShares(cells, threshold);
  const held = a.filter((count, i) => count + b[i]! > 0).length;
  if (held > rows / ROWS_A_CELL) {
    const drawn = drawStability(border, sum(a), sum(b));
    // A scaled χ² with the mean and variance of the draws: its tail is finer than one in a hundred.
    const unit = drawn.variance / (2 * drawn.mean);
    const p = unit > 0 ? chiSquaredSf(psi / unit, (2 * drawn.mean ** 2) / drawn.variance) : 1;
    return result(p, Math.max(chance, drawn.mean - threshold));
  }
  const worth = rows / Math.max(1, (deltaVariance(border, sum(a), sum(b)) * rows) / (4 * threshold));
  return result(noncentralChiSquaredSf(worth * psi, degrees, worth * threshold), chance);
}

type Shares = { p: number[]; q: number[] };

/** The reference's shares, and those on the way from them to the window's at which PSI is the threshold. */
function borderShares(cells: { a: number[]; b: number[] }, threshold: number): Shares {
  const p = smoothed(cells.a);
  const seen = smoothed(cells.b);
  const along = (t: number) => p.map((share, i) => share + t * (seen[i]! - share));
  let [low, high] = [0, 1];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (stabilityOf(p, along(middle)) > threshold) high = middle;
    else low = middle;
  }
  return { p, q: along(high) };
}

/** Variance of PSI when `n` rows are drawn from p and `m` from q, to first order. */
function deltaVariance({ p, q }: Shares, n: number, m: number): number {
  const byWindow = variance(q, (i) => Math.log(q[i]! / p[i]!) + 1 - p[i]! / q[i]!);
  const byReference = variance(p, (i) => Math.log(p[i]! / q[i]!) + 1 - q[i]! / p[i]!);
  return byWindow / m + byReference / n;
}

function variance(shares: number[], value: (i: number) => number): number {
  let mean = 0;
  let square = 0;
  shares.forEach((share, i) => {
    mean += share * value(i);
    square += share * value(i) ** 2;
  });
  return Math.max(0, square - mean ** 2);
}

function drawStability({ p, q }: Shares, n: number, m: number): { mean: number; variance: number } {
  const random = seededRandom(1);
  let mean = 0;
  let square = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const psi = populationStability(
      p.map((share) => poissonDraw(share * n, random)),
      q.map((share) => poissonDraw(share * m, random)),
    );
    mean += psi / DRAWS;
    square += psi ** 2 / DRAWS;
  }
  return { mean, variance: Math.max(0, square - mean ** 2) };
}

function stabilityOf(p: number[], q: number[]): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += (p[i]! - q[i]!) * Math.log(p[i]! / q[i]!);
  return total;
}

/** Shares with half a row more in each cell, as `populationStability` has them. */
function smoothed(counts: number[]): number[] {
  const total = sum(counts) + 0.5 * counts.length;
  return counts.map((count) => (count + 0.5) / total);
}
