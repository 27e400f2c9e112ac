/** Metrics of predicted probabilities that are means over rows, and the calibration error. */
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { decisions } from './decision-metrics.ts';
import { type Statistic, scoreRows, weightedMean } from './statistic.ts';

/** Probabilities are kept this far from 0 and 1 (the unit roundoff of a double, as scikit-learn does). */
const EPSILON = 2 ** -52;
export const CALIBRATION_BINS = 10;

/** Mean negative log-likelihood, natural logarithm. Rows of several classes are divided by their sum first. */
export function logLoss(scored: ScoredRows, model: ScoredModel): Statistic {
  if (scored.task === 'binary-classification') {
    return weightedMean(
      scoreRows(scored.rows, (row) => {
        const p = clip(model.values[row] as number);
        return scored.labels[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
      }),
    );
  }
  return weightedMean(
    scoreRows(scored.rows, (row) => {
      let sum = 0;
      for (let column = 0; column < scored.width; column += 1)
        sum += clip(model.values[row * scored.width + column] as number);
      return -Math.log(clip(model.values[row * scored.width + (scored.labels[row] as number)] as number) / sum);
    }),
  );
}

/** Mean squared distance of the probability from what came; of several classes the sum over the classes. */
export function brier(scored: ScoredRows, model: ScoredModel): Statistic {
  if (scored.task === 'binary-classification') {
    return weightedMean(
      scoreRows(scored.rows, (row) => ((model.values[row] as number) - (scored.labels[row] as number)) ** 2),
    );
  }
  return weightedMean(
    scoreRows(scored.rows, (row) => {
      let sum = 0;
      for (let column = 0; column < scored.width; column += 1) {
        const came = scored.labels[row] === column ? 1 : 0;
        sum += ((model.values[row * scored.width + column] as number) - came) ** 2;
      }
      return sum;
    }),
  );
}

/**
 * Expected calibration error: ten bins of equal width on the probability, |mean predicted − share that came| weighted
 * by rows. Of several classes: the probability of the decided class, and whether it came.
 */
export function calibrationError(scored: ScoredRows, model: ScoredModel): Statistic {
  const { predicted, came } = confidenceOf(scored, model);
  const { order, ends } = byBin(predicted);
  const excess = scoreRows(scored.rows, (position) => {
    const row = order[position] as number;
    return (predicted[row] as number) - (came[row] as number);
  });
  return (weights) => {
    let error = 0;
    let total = 0;
    let start = 0;
    for (const end of ends) {
      let sum = 0;
      for (let position = start; position < end; position += 1) {
        const weight = weights[order[position] as number] as number;
        sum += weight * (excess[position] as number);
        total += weight;
      }
      error += Math.abs(sum);
      start = end;
    }
    return error / total;
  };
}

/** Rows bin by bin, and where in that order each bin ends. */
function byBin(predicted: Float64Array): { order: Uint32Array; ends: number[] } {
  const order = new Uint32Array(predicted.length);
  const ends: number[] = [];
  let next = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin += 1) {
    for (let row = 0; row < predicted.length; row += 1) {
      if (calibrationBin(predicted[row] as number) === bin) order[next++] = row;
    }
    ends.push(next);
  }
  return { order, ends };
}

function confidenceOf(scored: ScoredRows, model: ScoredModel): { predicted: Float64Array; came: Float64Array } {
  if (scored.task === 'binary-classification') return { predicted: model.values, came: scored.labels };
  const decided = decisions(scored, model);
  return {
    predicted: scoreRows(scored.rows, (row) => model.values[row * scored.width + (decided[row] as number)] as number),
    came: scoreRows(scored.rows, (row) => (decided[row] === scored.labels[row] ? 1 : 0)),
  };
}

export function calibrationBin(probability: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.floor(probability * CALIBRATION_BINS)));
}

function clip(probability: number): number {
  return Math.min(1 - EPSILON, Math.max(EPSILON, probability));
}
