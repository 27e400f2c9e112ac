import { sortedOrder } from '../sorted-order.ts';

/**
 * Areas under ROC curves with their covariance on the same rows: DeLong, DeLong & Clarke-Pearson 1988, computed from
 * mid-ranks as Sun & Xu 2014 show (n log n instead of n²).
 */
export type DelongResult = { areas: number[]; covariance: number[][]; positives: number; negatives: number };

/** `undefined` when one of the classes has no rows. */
export function delong(labels: Float64Array, models: Float64Array[]): DelongResult | undefined {
  const positive = indicesOf(labels, 1);
  const negative = indicesOf(labels, 0);
  const [m, n] = [positive.length, negative.length];
  if (m === 0 || n === 0) return undefined;
  const components = models.map((scores) => structuralComponents(scores, positive, negative));
  const areas = components.map((one) => mean(one.positives));
  const covariance = components.map((one, i) =>
    components.map(
      (other, j) =>
        covarianceOf(one.positives, other.positives, areas[i] as number, areas[j] as number) / m +
        covarianceOf(one.negatives, other.negatives, areas[i] as number, areas[j] as number) / n,
    ),
  );
  return { areas, covariance, positives: m, negatives: n };
}

/** Share of the other class that each row is on the right side of, ties by half. */
function structuralComponents(scores: Float64Array, positive: Int32Array, negative: Int32Array) {
  const [m, n] = [positive.length, negative.length];
  const x = gather(scores, positive);
  const y = gather(scores, negative);
  const both = new Float64Array(m + n);
  both.set(x);
  both.set(y, m);
  const ranks = midRanks(both);
  const within = { x: midRanks(x), y: midRanks(y) };
  return {
    positives: x.map((_, row) => ((ranks[row] as number) - (within.x[row] as number)) / n),
    negatives: y.map((_, row) => 1 - ((ranks[m + row] as number) - (within.y[row] as number)) / m),
  };
}

/** Ranks from 1; equal values share the mean of theirs. */
function midRanks(values: Float64Array): Float64Array {
  const order = sortedOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    const value = values[order[start] as number];
    while (end < order.length && values[order[end] as number] === value) end += 1;
    for (let position = start; position < end; position += 1) ranks[order[position] as number] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

function indicesOf(labels: Float64Array, label: number): Int32Array {
  let count = 0;
  for (const value of labels) if (value === label) count += 1;
  const indices = new Int32Array(count);
  let next = 0;
  for (let row = 0; row < labels.length; row += 1) if (labels[row] === label) indices[next++] = row;
  return indices;
}

function gather(values: Float64Array, indices: Int32Array): Float64Array {
  const gathered = new Float64Array(indices.length);
  for (let row = 0; row < indices.length; row += 1) gathered[row] = values[indices[row] as number] as number;
  return gathered;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sample covariance (n − 1); 0 for a single value. */
function covarianceOf(one: Float64Array, other: Float64Array, meanOne: number, meanOther: number): number {
  if (one.length < 2) return 0;
  let sum = 0;
  for (let row = 0; row < one.length; row += 1) {
    sum += ((one[row] as number) - meanOne) * ((other[row] as number) - meanOther);
  }
  return sum / (one.length - 1);
}
