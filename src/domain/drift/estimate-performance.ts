import { statisticOf } from '../evaluate/metrics/statistic-of.ts';
import type { ScoredRows } from '../evaluate/scored-rows.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName, Model } from '../spec/valid.ts';
import { ENOUGH_ROWS } from './enough-rows.ts';
import { expectedRows } from './expected-rows.ts';
import { changeOfLoss } from './loss-effects.ts';
import type { ColumnProfile, ReferenceProfile, WindowProfile } from './profile.ts';
import type { PerformanceEstimate } from './verdict.ts';

/** From calibrated probabilities only tautologies could be said about calibration. */
const OF_CALIBRATION = ['ece', 'calibration_slope'];
/** A confidence tells how often the chosen class is right, not which class it would have been. */
const OF_HITS = ['accuracy', 'micro_precision', 'micro_recall', 'micro_f1'];

type Judged = Pick<Model, 'task' | 'evaluate'>;

/**
 * What the metrics would be if the answers were as often right as the holdout's with the same scores were: each bin of
 * the prediction (binary) or the confidence (multiclass) counts as so many positive and negative rows (CBPE, Białek et al.
 * 2024). What the same arithmetic makes of the reference itself is subtracted and the promise added, so that bins and the
 * fit of the calibration cancel and an unchanged window is estimated at its promise. Of a regression the root mean squared
 * error, from the holdout's squared errors by prediction.
 *
 * Blind to concept drift: where the same inputs have other outcomes than on the holdout, scores do not move and neither
 * does the estimate. Only labels show that.
 *
 * Metrics that it cannot tell are left out: those of rankings, of calibration, the commands of the model, of more classes
 * what needs to know which class it was, and all of them below ENOUGH_ROWS predictions.
 */
export function estimatePerformance(
  reference: ReferenceProfile,
  window: Pick<WindowProfile, 'prediction' | 'confidence'>,
  metrics: readonly MetricName[],
  model: Judged,
): PerformanceEstimate[] {
  const valuesOf = model.task === 'regression' ? errorsOf(reference, window) : ratesOf(reference, window, model);
  if (!valuesOf) return [];
  return [...new Set(metrics)].flatMap((metric): PerformanceEstimate[] => {
    const promised = reference.promised.find((one) => one.metric === metric)?.value;
    const { now, before } = valuesOf(metric);
    const value = promised === undefined ? now : withinRange(metric, promised + now - before);
    return Number.isNaN(value) ? [] : [{ metric, value, ...(promised === undefined ? {} : { promised }) }];
  });
}

/** Of a metric in the window and in the reference; NaN where it cannot be told. */
type ValuesOf = (metric: MetricName) => { now: number; before: number };

const UNKNOWN = { now: Number.NaN, before: Number.NaN };

function ratesOf(
  reference: ReferenceProfile,
  window: Pick<WindowProfile, 'prediction' | 'confidence'>,
  { task, evaluate }: Judged,
): ValuesOf | undefined {
  const settings = { task, threshold: reference.threshold ?? evaluate.threshold, costs: evaluate.costs };
  const rowsOf = (profile: ColumnProfile | undefined) => expectedRows(profile, reference.calibration, settings);
  const of = task === 'binary-classification' ? 'prediction' : 'confidence';
  const [before, now] = [rowsOf(reference[of]), rowsOf(window[of])];
  if (!before || !now || weightOf(now) < ENOUGH_ROWS) return undefined;
  return (metric) =>
    canTell(metric, task) ? { now: metricOf(metric, now), before: metricOf(metric, before) } : UNKNOWN;
}

function errorsOf(
  { prediction, loss }: ReferenceProfile,
  window: Pick<WindowProfile, 'prediction'>,
): ValuesOf | undefined {
  const enough = window.prediction !== undefined && window.prediction.rows >= ENOUGH_ROWS;
  const squares = enough && loss === 'squared_error' ? changeOfLoss(prediction, window.prediction!) : undefined;
  if (!squares) return undefined;
  const { mean, change } = squares;
  const errors = { now: Math.sqrt(Math.max(0, mean + change)), before: Math.sqrt(mean) };
  return (metric) => (metric === 'rmse' ? errors : UNKNOWN);
}

function canTell(metric: MetricName, task: Model['task']): boolean {
  const { name, facts } = parseMetric(metric);
  if (facts === undefined || !facts.tasks.includes(task) || OF_CALIBRATION.includes(name)) return false;
  return task === 'binary-classification' || (task === 'multiclass-classification' && OF_HITS.includes(name));
}

/** NaN where it is not defined, as precision is of a window without positive decisions. */
function metricOf(metric: MetricName, rows: ScoredRows): number {
  if (metric === 'expected_cost' && rows.costs === undefined) return Number.NaN;
  return statisticOf(metric, rows, rows.candidate).at(new Uint8Array(rows.rows).fill(1));
}

function withinRange(metric: MetricName, value: number): number {
  const [lowest, highest] = parseMetric(metric).facts?.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return Math.min(highest, Math.max(lowest, value));
}

function weightOf({ weights }: ScoredRows): number {
  return weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
}
