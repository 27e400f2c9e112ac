/**
 * Distributions of numbers: x = value(z) of a latent z with a known distribution function. Drift moves and stretches z,
 * so that a shift of a log-normal is a factor.
 */
import { normalCdf, normalQuantile } from '../../src/domain/evaluate/intervals/normal-quantile.ts';

export type ShapeName = keyof typeof SHAPES;

export type Shape = {
  cdf(z: number): number;
  quantile(p: number): number;
  value(z: number): number;
  /** Inverse of `value`. */
  latent(x: number): number;
};

/** Step of the table of Φ, which is interpolated: off by less than 1e-8. */
const STEP = 1 / 2048;
const REACH = 9;
const TABLE = Float64Array.from({ length: (2 * REACH) / STEP + 2 }, (_, i) => normalCdf(i * STEP - REACH));

const PARETO_TAIL = 1.5;

export const SHAPES = {
  normal: { cdf: tabled, quantile: normalQuantile, value: (z: number) => z, latent: (x: number) => x },
  /** σ = 1: skewness 6.2. */
  lognormal: { cdf: tabled, quantile: normalQuantile, value: Math.exp, latent: Math.log },
  /** Student's t with two degrees of freedom: no variance. */
  student: {
    cdf: (z: number) => 0.5 + z / (2 * Math.sqrt(2 + z * z)),
    quantile: (p: number) => (2 * p - 1) / Math.sqrt(2 * p * (1 - p)),
    value: (z: number) => z,
    latent: (x: number) => x,
  },
  /** P(X > x) = x^−1.5 for x ≥ 1: a mean, no variance. */
  pareto: {
    cdf: (z: number) => (z <= 0 ? 0 : -Math.expm1(-z)),
    quantile: (p: number) => -Math.log1p(-p),
    value: (z: number) => Math.exp(z / PARETO_TAIL),
    latent: (x: number) => PARETO_TAIL * Math.log(x),
  },
  /** A model's probabilities, 4 to 92 % in the middle 95 %. */
  probability: {
    cdf: tabled,
    quantile: normalQuantile,
    value: (z: number) => 1 / (1 + Math.exp(0.4 - 1.4 * z)),
    latent: (x: number) => (0.4 + Math.log(x / (1 - x))) / 1.4,
  },
} satisfies Record<string, Shape>;

function tabled(z: number): number {
  if (z <= -REACH) return 0;
  if (z >= REACH) return 1;
  const place = (z + REACH) / STEP;
  const cell = Math.floor(place);
  const below = TABLE[cell]!;
  return below + (place - cell) * (TABLE[cell + 1]! - below);
}
