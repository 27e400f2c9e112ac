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

/** Mean of one score a row. */
export function weightedMean(scores: Float64Array): Statistic {
  const whole = scores.length - (scores.length % 4);
  return (weights) => {
    // Four sums side by side: each addition need not wait for the one before.
    let [a, b, c, d, total] = [0, 0, 0, 0, 0];
    for (let row = 0; row < whole; row += 4) {
      const w = weights[row] as number;
      const x = weights[row + 1] as number;
      const y = weights[row + 2] as number;
      const z = weights[row + 3] as number;
      a += w * (scores[row] as number);
      b += x * (scores[row + 1] as number);
      c += y * (scores[row + 2] as number);
      d += z * (scores[row + 3] as number);
      total += w + x + y + z;
    }
    for (let row = whole; row < scores.length; row += 1) {
      a += (weights[row] as number) * (scores[row] as number);
      total += weights[row] as number;
    }
    return (a + b + (c + d)) / total;
  };
}

/** One score a row, as an array. */
export function scoreRows(rows: number, score: (row: number) => number): Float64Array {
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) scores[row] = score(row);
  return scores;
}
