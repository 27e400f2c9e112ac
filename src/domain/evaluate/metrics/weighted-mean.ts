import { type Statistic, scoreRows } from './statistic.ts';

/** A value from means of columns; where `slope` is given it is filled with the derivative by each of the means. */
export type OfMeans = (means: Float64Array, slope?: Float64Array) => number;

/** Weighted mean of one score a row; weights of 1 when there are none. NaN when the weights sum to 0. */
export function weightedMean(scores: Float64Array, weights?: Float64Array): Statistic {
  return functionOfMeans([scores], weights, (means, slope) => {
    if (slope !== undefined) slope[0] = 1;
    return means[0] as number;
  });
}

/** A smooth function of the weighted means of several columns. */
export function functionOfMeans(
  columns: readonly Float64Array[],
  weights: Float64Array | undefined,
  metric: OfMeans,
): Statistic {
  const weighted = weights === undefined ? columns : columns.map((column) => product(column, weights));
  const means = new Float64Array(columns.length);
  const meansAt = (counts: Uint8Array): number => {
    const total = weights === undefined ? sum(counts) : dot(counts, weights);
    for (const [index, column] of weighted.entries()) means[index] = dot(counts, column) / total;
    return total;
  };
  return {
    at: (counts) => {
      meansAt(counts);
      return metric(means);
    },
    influence: () => {
      const rows = columns[0]?.length ?? 0;
      const total = meansAt(new Uint8Array(rows).fill(1));
      const slope = new Float64Array(columns.length);
      metric(means, slope);
      const result = new Float64Array(rows);
      for (const [index, column] of weighted.entries()) {
        const scale = (slope[index] as number) / total;
        const mean = means[index] as number;
        for (let row = 0; row < rows; row += 1) {
          const weight = weights === undefined ? 1 : (weights[row] as number);
          result[row] = (result[row] as number) + scale * ((column[row] as number) - weight * mean);
        }
      }
      return result;
    },
  };
}

function product(one: Float64Array, other: Float64Array): Float64Array {
  return scoreRows(one.length, (row) => (one[row] as number) * (other[row] as number));
}

function dot(counts: Uint8Array, column: Float64Array): number {
  const whole = column.length - (column.length % 4);
  // Four sums side by side: each addition need not wait for the one before.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let row = 0; row < whole; row += 4) {
    a += (counts[row] as number) * (column[row] as number);
    b += (counts[row + 1] as number) * (column[row + 1] as number);
    c += (counts[row + 2] as number) * (column[row + 2] as number);
    d += (counts[row + 3] as number) * (column[row + 3] as number);
  }
  for (let row = whole; row < column.length; row += 1) a += (counts[row] as number) * (column[row] as number);
  return a + b + (c + d);
}

function sum(counts: Uint8Array): number {
  let total = 0;
  for (let row = 0; row < counts.length; row += 1) total += counts[row] as number;
  return total;
}
