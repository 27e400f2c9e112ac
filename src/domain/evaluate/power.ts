/** How many rows a gate would need: the ordinary sample-size formula, fed by the standard error that was seen. */
import type { Estimate } from './evaluation.ts';
import { normalQuantile } from './intervals/normal-quantile.ts';

export type PowerQuestion = {
  /** Of the estimate that the gate reads, on `rows` rows; it falls as 1/√rows. */
  standardError: number;
  rows: number;
  /**
   * From the true value that is supposed to the gate's threshold, positive on the side that passes: difference + margin
   * for non-inferiority, the difference for superiority, |value − bound| for an absolute bound.
   */
  distance: number;
  /** Of the two-sided interval, whose one bound the gate reads: α is (1 − confidence) / 2. */
  confidence: number;
  /** Chance that the gate passes, were the distance true. */
  power?: number;
};

/**
 * n = ((z₁₋α + z_power) · σ / distance)² with σ = standard error · √rows; `undefined` where no number of rows would do
 * (the threshold is met or on the wrong side) or nothing varied.
 */
export function rowsForPower(question: PowerQuestion): number | undefined {
  const { standardError, rows, distance, confidence, power = 0.8 } = question;
  if (!(distance > 0) || !(standardError > 0) || !(rows > 0)) return undefined;
  const reach = normalQuantile((1 + confidence) / 2) + normalQuantile(power);
  const needed = Math.ceil(rows * ((reach * standardError) / distance) ** 2);
  return Number.isSafeInteger(needed) ? needed : undefined;
}

/** Standard error behind an interval, as if it were normal; `undefined` where its bounds cannot be told. */
export function standardErrorOf(estimate: Estimate, confidence: number): number | undefined {
  if (estimate.lower === null || estimate.upper === null) return undefined;
  return (estimate.upper - estimate.lower) / (2 * normalQuantile((1 + confidence) / 2));
}
