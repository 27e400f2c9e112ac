/** Metrics of predicted values; those in the unit of the label are so named. */
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type Statistic, scoreRows } from './statistic.ts';
import { functionOfMeans, type OfMeans, weightedMean } from './weighted-mean.ts';

type OfRow = (label: number, predicted: number) => number;

/** The least that a label counts as in a relative error, as scikit-learn has it. */
const EPSILON = 2 ** -52;

/** Label's unit. */
export function rootMeanSquaredError(scored: ScoredRows, model: ScoredModel): Statistic {
  return functionOfMeans([byRow(scored, model, (y, p) => (p - y) ** 2)], scored.weights, squareRoot);
}

/** Label's unit. */
export function meanAbsoluteError(scored: ScoredRows, model: ScoredModel): Statistic {
  return meanOf(scored, model, (y, p) => Math.abs(p - y));
}

/** |error| / |label|: huge where a label is 0. */
export function meanAbsolutePercentageError(scored: ScoredRows, model: ScoredModel): Statistic {
  return meanOf(scored, model, (y, p) => Math.abs(p - y) / Math.max(Math.abs(y), EPSILON));
}

/** 2 |error| / (|label| + |predicted|), from 0 to 2; 0 where both are 0. */
export function symmetricPercentageError(scored: ScoredRows, model: ScoredModel): Statistic {
  return meanOf(scored, model, (y, p) => (p === y ? 0 : (2 * Math.abs(p - y)) / (Math.abs(y) + Math.abs(p))));
}

/** Root of the mean squared difference of log(1 + x); NaN when a label or a prediction is −1 or less. */
export function rootMeanSquaredLogError(scored: ScoredRows, model: ScoredModel): Statistic {
  const squares = byRow(scored, model, (y, p) =>
    y <= -1 || p <= -1 ? Number.NaN : (Math.log1p(p) - Math.log1p(y)) ** 2,
  );
  return functionOfMeans([squares], scored.weights, squareRoot);
}

/** Quantile loss, label's unit: an error below costs `quantile`, one above 1 − `quantile` of its size. */
export function pinballLoss(scored: ScoredRows, model: ScoredModel, quantile: number): Statistic {
  return meanOf(scored, model, (y, p) => (y >= p ? quantile * (y - p) : (1 - quantile) * (p - y)));
}

/** 1 − residual sum of squares / total sum of squares; NaN when the labels do not vary. */
export function coefficientOfDetermination(scored: ScoredRows, model: ScoredModel): Statistic {
  // Around a value near the labels, so that the difference of squares below loses no digits.
  const centre = scored.labels.reduce((sum, label) => sum + label, 0) / scored.rows;
  const columns = [
    byRow(scored, model, (y, p) => (p - y) ** 2),
    byRow(scored, model, (y) => y - centre),
    byRow(scored, model, (y) => (y - centre) ** 2),
  ];
  return functionOfMeans(columns, scored.weights, (means, slope) => {
    const [squared, first, second] = means as unknown as [number, number, number];
    const variance = second - first ** 2;
    if (slope !== undefined) {
      const byVariance = squared / variance ** 2;
      slope.set([-1 / variance, -2 * first * byVariance, byVariance]);
    }
    // What rounding leaves of labels that are all alike is no variance.
    return variance > 1e-14 * second ? 1 - squared / variance : Number.NaN;
  });
}

/** Share of the labels within [lower, upper]; NaN for a model that gives no interval. */
export function intervalCoverage(scored: ScoredRows, model: ScoredModel): Statistic {
  return ofInterval(scored, model, (y, lower, upper) => {
    if (Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
    return lower <= y && y <= upper ? 1 : 0;
  });
}

/** Mean of upper − lower, label's unit; NaN for a model that gives no interval. */
export function intervalWidth(scored: ScoredRows, model: ScoredModel): Statistic {
  return ofInterval(scored, model, (_, lower, upper) => upper - lower);
}

const squareRoot: OfMeans = (means, slope) => {
  const value = Math.sqrt(means[0] as number);
  // Without any error there is no error of it either.
  if (slope !== undefined) slope[0] = value === 0 ? 0 : 1 / (2 * value);
  return value;
};

function meanOf(scored: ScoredRows, model: ScoredModel, ofRow: OfRow): Statistic {
  return weightedMean(byRow(scored, model, ofRow), scored.weights);
}

export function byRow({ rows, labels, width }: ScoredRows, { values }: ScoredModel, ofRow: OfRow): Float64Array {
  return scoreRows(rows, (row) => ofRow(labels[row] as number, values[row * width] as number));
}

function ofInterval(
  scored: ScoredRows,
  { values }: ScoredModel,
  ofRow: (label: number, lower: number, upper: number) => number,
): Statistic {
  const { rows, labels, width, weights } = scored;
  const scores = scoreRows(rows, (row) =>
    width === 3
      ? ofRow(labels[row] as number, values[row * 3 + 1] as number, values[row * 3 + 2] as number)
      : Number.NaN,
  );
  return weightedMean(scores, weights);
}
