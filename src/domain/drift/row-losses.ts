import { clipProbability } from '../evaluate/metrics/probability-metrics.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { Model } from '../spec/valid.ts';
import type { ReferenceProfile } from './profile.ts';

export type RowLosses = { loss: NonNullable<ReferenceProfile['loss']>; values: Float64Array };

/** A model with one of these is judged by its probabilities, any other binary one by its decisions. */
const OF_PROBABILITIES = ['roc_auc', 'pr_auc', 'log_loss', 'brier', 'ece', 'calibration_slope', 'lift'];

/**
 * What each answer costs, larger is worse: the means by cell (see meanLosses) say which part of a column's range is hard
 * for the model. `predictions` as the runtime answers them (one value a row, or rows × values), or the index of the class
 * that a multiclass model chose. NaN where prediction or label is none. Undefined for a ranking: rows have no loss alone.
 */
export function rowLosses(
  model: Pick<Model, 'task' | 'evaluate'>,
  predictions: Float64Array,
  labels: Float64Array,
  threshold: number,
): RowLosses | undefined {
  const width = labels.length === 0 ? 1 : predictions.length / labels.length;
  const of = (ofRow: (prediction: number, label: number) => number) =>
    labels.map((label, row) => ofRow(predictions[row * width]!, label));
  switch (model.task) {
    case 'regression':
      return { loss: 'squared_error', values: of((prediction, label) => (prediction - label) ** 2) };
    case 'multiclass-classification': {
      const chosen = width === 1 ? predictions : labels.map((_, row) => largest(predictions, row * width, width));
      return { loss: 'zero_one', values: labels.map((label, row) => wrong(chosen[row]!, label)) };
    }
    case 'binary-classification':
      return judgedByProbability(model)
        ? { loss: 'log_loss', values: of(logLoss) }
        : { loss: 'zero_one', values: of((score, label) => wrong(score, label, score >= threshold ? 1 : 0)) };
    case 'ranking':
      return undefined;
  }
}

function judgedByProbability({ evaluate }: Pick<Model, 'evaluate'>): boolean {
  return evaluate.metrics.length === 0 || evaluate.metrics.some((name) => OF_PROBABILITIES.includes(nameOf(name)));
}

const nameOf = (metric: string): string => parseMetric(metric).name;

function logLoss(score: number, label: number): number {
  if (Number.isNaN(score) || Number.isNaN(label)) return Number.NaN;
  const p = clipProbability(score);
  return label === 1 ? -Math.log(p) : -Math.log1p(-p);
}

function wrong(given: number, label: number, decided = given): number {
  return Number.isNaN(given) || Number.isNaN(label) ? Number.NaN : Number(decided !== label);
}

/** The first of the largest, as the profile of predictions has it. */
function largest(values: Float64Array, from: number, width: number): number {
  let best = 0;
  for (let place = 0; place < width; place++) {
    if (Number.isNaN(values[from + place]!)) return Number.NaN;
    if (values[from + place]! > values[from + best]!) best = place;
  }
  return best;
}
