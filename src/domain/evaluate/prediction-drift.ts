/** How far the predictions of the candidate lie from the champion's, whatever is true. */
import type { Robustness } from './evaluation.ts';
import { decisions } from './metrics/decision-metrics.ts';
import type { ScoredRows } from './scored-rows.ts';
import { sortedOrder } from './sorted-order.ts';

/**
 * Of several classes: the distance is the largest of any class, the change the mean over them. Rows count by weight.
 * Undefined without a champion, and where nothing has any weight.
 */
export function predictionDrift(scored: ScoredRows): Robustness['predictionDrift'] {
  const { candidate, champion, rows, width, task } = scored;
  if (champion === undefined || rows === 0 || scored.weights?.every((weight) => weight === 0)) return undefined;
  // An interval's bounds are no predictions of their own.
  const outputs = task === 'multiclass-classification' ? width : 1;
  let [distance, change] = [0, 0];
  for (let column = 0; column < outputs; column += 1) {
    const one = outputOf(candidate.values, width, column);
    const other = outputOf(champion.values, width, column);
    distance = Math.max(distance, supDistance(one, other, scored.weights));
    change += weightedMean(rows, scored.weights, (row) => Math.abs((one[row] as number) - (other[row] as number)));
  }
  const drift = { distance, meanChange: change / outputs };
  if (task === 'regression' || task === 'ranking') return drift;
  const [decided, before] = [decisions(scored, candidate), decisions(scored, champion)];
  const decidedOtherwise = weightedMean(rows, scored.weights, (row) => (decided[row] === before[row] ? 0 : 1));
  return { ...drift, decidedOtherwise };
}

function outputOf(values: Float64Array, width: number, column: number): Float64Array {
  if (width === 1) return values;
  const output = new Float64Array(values.length / width);
  for (let row = 0; row < output.length; row += 1) output[row] = values[row * width + column] as number;
  return output;
}

/** Largest distance of the two cumulative distributions (Kolmogorov and Smirnov's statistic). */
function supDistance(one: Float64Array, other: Float64Array, weights: Float64Array | undefined): number {
  const [a, b] = [stepsOf(one, weights), stepsOf(other, weights)];
  let [i, j, below, belowOther, largest] = [0, 0, 0, 0, 0];
  while (i < a.values.length && j < b.values.length) {
    const value = Math.min(a.values[i] as number, b.values[j] as number);
    while (i < a.values.length && (a.values[i] as number) <= value) below += a.step(i++);
    while (j < b.values.length && (b.values[j] as number) <= value) belowOther += b.step(j++);
    largest = Math.max(largest, Math.abs(below - belowOther));
  }
  return largest / a.total;
}

/** Values in ascending order, and by how much the distribution rises at each place. */
function stepsOf(values: Float64Array, weights: Float64Array | undefined) {
  if (weights === undefined) return { values: values.slice().sort(), step: () => 1, total: values.length };
  const order = sortedOrder(values);
  return {
    values: Float64Array.from(order, (row) => values[row] as number),
    step: (place: number) => weights[order[place] as number] as number,
    total: weights.reduce((sum, weight) => sum + weight, 0),
  };
}

function weightedMean(rows: number, weights: Float64Array | undefined, score: (row: number) => number): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    const weight = weights?.[row] ?? 1;
    sum += weight * score(row);
    total += weight;
  }
  return sum / total;
}
