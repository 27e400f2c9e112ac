/**
 * A metric of one model as a function of how often each row counts: all ones give its value, a resample's weights its
 * bootstrap replicate. NaN where it is not defined (a class without rows, nothing predicted positive).
 */
export type Statistic = (weights: Uint8Array) => number;

/** Mean of one score a row. */
export function weightedMean(scores: Float64Array): Statistic {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let row = 0; row < scores.length; row += 1) {
      const weight = weights[row] as number;
      sum += weight * (scores[row] as number);
      total += weight;
    }
    return sum / total;
  };
}

/** One score a row, as an array. */
export function scoreRows(rows: number, score: (row: number) => number): Float64Array {
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) scores[row] = score(row);
  return scores;
}
