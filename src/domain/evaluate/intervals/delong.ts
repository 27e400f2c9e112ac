/**
 * Areas under ROC curves with their covariance on the same rows: DeLong, DeLong & Clarke-Pearson 1988. One walk down the
 * sorted scores gives all structural components (n log n instead of n², as Sun & Xu 2014 have it by mid-ranks).
 */
import { rankedRows } from '../metrics/ranked-rows.ts';

export type DelongResult = { areas: number[]; covariance: number[][]; positives: number; negatives: number };

/** `undefined` when one of the classes has no rows. */
export function delong(labels: Float64Array, models: Float64Array[]): DelongResult | undefined {
  let positives = 0;
  for (let row = 0; row < labels.length; row += 1) if (labels[row] === 1) positives += 1;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const components = models.map((scores) => structuralComponents(labels, scores, positives, negatives));
  const areas = components.map((one) => meanWhere(one, labels, positives));
  const covariance = components.map((one, i) =>
    components.map((other, j) => {
      const sums = products(labels, one, other, areas[i] as number, areas[j] as number);
      return overRows(sums.positive, positives) + overRows(sums.negative, negatives);
    }),
  );
  return { areas, covariance, positives, negatives };
}

/** Of each row the share of the other class that it is on the right side of, ties by half. */
function structuralComponents(
  labels: Float64Array,
  scores: Float64Array,
  positives: number,
  negatives: number,
): Float64Array {
  const { order, last } = rankedRows(scores);
  const components = new Float64Array(order.length);
  let positivesAbove = 0;
  let negativesAbove = 0;
  let hits = 0;
  for (let start = 0, place = 0; place < order.length; place += 1) {
    if (labels[order[place] as number] === 1) hits += 1;
    if (last[place] === 0) continue;
    const misses = place + 1 - start - hits;
    const ofPositive = (negatives - negativesAbove - misses / 2) / negatives;
    const ofNegative = (positivesAbove + hits / 2) / positives;
    for (; start <= place; start += 1) {
      const row = order[start] as number;
      components[row] = labels[row] === 1 ? ofPositive : ofNegative;
    }
    positivesAbove += hits;
    negativesAbove += misses;
    hits = 0;
  }
  return components;
}

function meanWhere(components: Float64Array, labels: Float64Array, positives: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) if (labels[row] === 1) sum += components[row] as number;
  return sum / positives;
}

/** Sums of products of deviations, by class. */
function products(labels: Float64Array, one: Float64Array, other: Float64Array, meanOne: number, meanOther: number) {
  let positive = 0;
  let negative = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const product = ((one[row] as number) - meanOne) * ((other[row] as number) - meanOther);
    if (labels[row] === 1) positive += product;
    else negative += product;
  }
  return { positive, negative };
}

/** Variance of a mean from the sum of squares; 0 for a single row. */
function overRows(sum: number, rows: number): number {
  return rows < 2 ? 0 : sum / (rows - 1) / rows;
}
