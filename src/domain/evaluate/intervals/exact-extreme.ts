import type { Estimate } from '../evaluation.ts';

/**
 * Where a share is 0 or 1 on all rows, resampling and estimated variances say that it could not be otherwise, which is
 * more than a few rows can know. The bound is then that of no or only successes in `rows` trials (Clopper and Pearson).
 */
export function exactExtreme(value: number, rows: number, confidence: number): Estimate {
  const reach = ((1 - confidence) / 2) ** (1 / rows);
  return value > 0.5
    ? { value, lower: value * reach, upper: value }
    : { value, lower: value, upper: 1 - (1 - value) * reach };
}
