/**
 * Distances of two distributions. `a` and `b` are weights (counts or shares) of the same cells in the same order; they
 * are normalised here. PSI, Jensen–Shannon and Wasserstein explain a finding; see compare-column.ts for what decides.
 */

/** sup |F − G| over the cells' upper edges: the Kolmogorov–Smirnov distance on the grid, 0…1. */
export function supDistance(a: number[], b: number[]): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let cumulativeA = 0;
  let cumulativeB = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    cumulativeA += a[i]!;
    cumulativeB += b[i]!;
    largest = Math.max(largest, Math.abs(cumulativeA / totalA - cumulativeB / totalB));
  }
  return largest;
}

/**
 * Population stability index Σ (p − q)·ln(p / q), ≥ 0. Half a row is added to each cell (counts expected), so that an
 * empty cell is large evidence and not an infinite one.
 */
export function populationStability(a: number[], b: number[]): number {
  const totalA = sum(a) + 0.5 * a.length;
  const totalB = sum(b) + 0.5 * b.length;
  let total = 0;
  for (let i = 0; i < a.length; i++) {
    const p = (a[i]! + 0.5) / totalA;
    const q = (b[i]! + 0.5) / totalB;
    total += (p - q) * Math.log(p / q);
  }
  return total;
}

/** Jensen–Shannon distance, base 2: square root of the divergence, 0…1. */
export function jensenShannon(a: number[], b: number[]): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let divergence = 0;
  for (let i = 0; i < a.length; i++) {
    const p = a[i]! / totalA;
    const q = b[i]! / totalB;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, divergence));
}

/** First Wasserstein distance ∫ |F − G| dx of weights at `places`, ascending; in their unit. */
export function wasserstein(a: number[], b: number[], places: number[]): number {
  const totalA = sum(a);
  const totalB = sum(b);
  let cumulative = 0;
  let area = 0;
  for (let i = 0; i + 1 < a.length; i++) {
    cumulative += a[i]! / totalA - b[i]! / totalB;
    area += Math.abs(cumulative) * (places[i + 1]! - places[i]!);
  }
  return area;
}

export function sum(values: number[]): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
