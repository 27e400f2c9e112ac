/** Metrics of predicted values, in the unit of the label (r2: none). */

import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { sortedOrder } from '../sorted-order.ts';
import { type Statistic, scoreRows, weightedMean } from './statistic.ts';

export function rootMeanSquaredError(scored: ScoredRows, model: ScoredModel): Statistic {
  const mean = weightedMean(scoreRows(scored.rows, (row) => errorOf(scored, model, row) ** 2));
  return (weights) => Math.sqrt(mean(weights));
}

export function meanAbsoluteError(scored: ScoredRows, model: ScoredModel): Statistic {
  return weightedMean(scoreRows(scored.rows, (row) => Math.abs(errorOf(scored, model, row))));
}

/** Median of the absolute errors; the mean of the two in the middle when the rows are even. */
export function medianAbsoluteError(scored: ScoredRows, model: ScoredModel): Statistic {
  const errors = scoreRows(scored.rows, (row) => Math.abs(errorOf(scored, model, row)));
  const order = sortedOrder(errors);
  return (weights) => {
    let total = 0;
    for (let row = 0; row < weights.length; row += 1) total += weights[row] as number;
    const [lower, upper] = [Math.floor((total - 1) / 2), Math.floor(total / 2)];
    let seen = 0;
    let low = Number.NaN;
    for (const row of order) {
      seen += weights[row] as number;
      if (Number.isNaN(low) && seen > lower) low = errors[row] as number;
      if (seen > upper) return (low + (errors[row] as number)) / 2;
    }
    return Number.NaN;
  };
}

/** 1 − residual sum of squares / total sum of squares; NaN when the labels do not vary. */
export function coefficientOfDetermination(scored: ScoredRows, model: ScoredModel): Statistic {
  const squared = weightedMean(scoreRows(scored.rows, (row) => errorOf(scored, model, row) ** 2));
  // Around a value near the labels, so that the difference of squares below loses no digits.
  const centre = scored.labels.reduce((sum, label) => sum + label, 0) / scored.rows;
  const first = weightedMean(scoreRows(scored.rows, (row) => (scored.labels[row] as number) - centre));
  const second = weightedMean(scoreRows(scored.rows, (row) => ((scored.labels[row] as number) - centre) ** 2));
  return (weights) => {
    const variance = second(weights) - first(weights) ** 2;
    return variance > 0 ? 1 - squared(weights) / variance : Number.NaN;
  };
}

function errorOf(scored: ScoredRows, model: ScoredModel, row: number): number {
  return (model.values[row] as number) - (scored.labels[row] as number);
}
