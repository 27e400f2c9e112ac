/** A metric of one model, prepared for many resamples. The rows' own weights are within. */
export type Statistic = {
  /**
   * The value when row i is there `counts[i]` times: all ones give the metric, a resample's counts its bootstrap
   * replicate. NaN where it is not defined (a class without rows, nothing predicted positive).
   */
  at(counts: Uint8Array): number;
  /**
   * ∂ at / ∂ counts[i] at all ones, one a row (they sum to 0): the delta method's and the jackknife's raw material.
   * Absent where the metric is not smooth in the counts (a median) or its rows are not known.
   */
  influence?(): Float64Array;
};

/** One number a row, as an array. */
export function scoreRows(rows: number, score: (row: number) => number): Float64Array {
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) scores[row] = score(row);
  return scores;
}
