import type { EffectTest } from './verdict.ts';

/**
 * Of "the CDFs differ by at most the threshold anywhere", seeing them differ by `distance`: Dvoretzky–Kiefer–Wolfowitz
 * with Massart's constant, p = 2·exp(−2·n·(D − δ)²). `rows`: what both samples are worth together.
 */
export function testDistance(distance: number, rows: number, threshold: number): EffectTest {
  const p = Math.min(1, 2 * Math.exp(-2 * rows * Math.max(0, distance - threshold) ** 2));
  return { measure: 'cdf-distance', effect: distance, threshold, p, adjusted: p };
}

/** Lower 95 % bound of the distance, by the same inequality. */
export function distanceAtLeast(distance: number, rows: number): number {
  return rows > 0 ? Math.max(0, distance - Math.sqrt(Math.log(2 / 0.05) / (2 * rows))) : 0;
}

/** Harmonic: what two samples are worth together. */
export function jointRows(n: number, m: number): number {
  return n + m === 0 ? 0 : (n * m) / (n + m);
}
