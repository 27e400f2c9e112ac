import type { Estimate } from '../evaluation.ts';

/**
 * How far from an end of its range a mean may truly be when all of `rows` rows are at that end: the Clopper-Pearson bound
 * of no success. Resampling and estimated variances would say that it could not be otherwise.
 */
export function exactReach(rows: number, confidence: number, width = 1): number {
  return width * (1 - ((1 - confidence) / 2) ** (1 / rows));
}

/** The interval of a value at an end of its range. */
export function exactExtreme(
  value: number,
  rows: number,
  confidence: number,
  [lowest, highest]: readonly [number, number] = [0, 1],
): Estimate {
  const reach = exactReach(rows, confidence, highest - lowest);
  const from = { kind: 'extreme', rows } as const;
  return value > (lowest + highest) / 2
    ? { value, lower: value - reach, upper: value, from }
    : { value, lower: value, upper: value + reach, from };
}
