/** Metrics of predicted probabilities that are means over rows. */
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type Statistic, scoreRows } from './statistic.ts';
import { weightedMean } from './weighted-mean.ts';

/** Probabilities are kept this far from 0 and 1 (the unit roundoff of a double, as scikit-learn does). */
const EPSILON = 2 ** -52;
export const CALIBRATION_BINS = 10;

/** Mean negative log-likelihood, natural logarithm. Rows of several classes are divided by their sum first. */
export function logLoss(scored: ScoredRows, model: ScoredModel): Statistic {
  const { values } = model;
  const { labels, width } = scored;
  const ofRow =
    scored.task === 'binary-classification'
      ? (row: number) => {
          const p = clipProbability(values[row] as number);
          return labels[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
        }
      : (row: number) => {
          let sum = 0;
          for (let column = 0; column < width; column += 1)
            sum += clipProbability(values[row * width + column] as number);
          return -Math.log(clipProbability(values[row * width + (labels[row] as number)] as number) / sum);
        };
  return weightedMean(scoreRows(scored.rows, ofRow), scored.weights);
}

/**
 * Mean squared distance of the probability from what came, from 0 to 1; of several classes (more than two) the sum over
 * the classes, from 0 to 2.
 */
export function brier(scored: ScoredRows, model: ScoredModel): Statistic {
  const { values } = model;
  const { labels, width } = scored;
  const ofRow =
    scored.task === 'binary-classification'
      ? (row: number) => ((values[row] as number) - (labels[row] as number)) ** 2
      : (row: number) => {
          let sum = 0;
          for (let column = 0; column < width; column += 1) {
            sum += ((values[row * width + column] as number) - (labels[row] === column ? 1 : 0)) ** 2;
          }
          return sum;
        };
  return weightedMean(scoreRows(scored.rows, ofRow), scored.weights);
}

/** Bin of equal width, from 0. */
export function calibrationBin(probability: number, bins = CALIBRATION_BINS): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(probability * bins)));
}

export function clipProbability(probability: number): number {
  return Math.min(1 - EPSILON, Math.max(EPSILON, probability));
}
