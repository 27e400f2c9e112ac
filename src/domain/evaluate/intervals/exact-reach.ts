/**
 * How far from an end of its range a mean may truly be when all of `rows` rows are at that end: the Clopper-Pearson bound
 * of no success. Resampling and estimated variances would say that it could not be otherwise.
 */
export function exactReach(rows: number, confidence: number, width = 1): number {
  return width * (1 - ((1 - confidence) / 2) ** (1 / rows));
}

/** 1 − the confidence at which it reaches `share` of the range. */
export function exactP(share: number, rows: number): number {
  return Math.min(1, 2 * (1 - Math.min(1, share)) ** rows);
}
