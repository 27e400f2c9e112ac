import { compareMetrics } from '../evaluate/compare-metrics.ts';
import type { Estimate, MetricComparison } from '../evaluate/evaluation.ts';
import { normalQuantile } from '../evaluate/intervals/normal-quantile.ts';
import type { ScoredRows } from '../evaluate/scored-rows.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName, Model } from '../spec/valid.ts';
import type { Monitor } from '../spec/valid-monitor.ts';
import { ENOUGH_ROWS } from './enough-rows.ts';
import { labelSkew } from './label-skew.ts';
import type { ColumnProfile, ReferenceProfile } from './profile.ts';
import type { PerformanceFinding } from './verdict.ts';

const CONFIDENCE = 0.95;
/** Enough for a 95 % interval that is read to two digits; windows are many. */
const RESAMPLES = 200;
/** The log keeps the chosen class of a multiclass model, so only metrics of decisions can be had. */
const DECISION_METRICS: readonly MetricName[] = ['accuracy', 'balanced_accuracy', 'macro_f1'];

/** Beyond that the labelled rows are another population than the window (sup distance or total variation). */
const MOST_SKEW = 0.1;

/** Answered rows of the window and, where it is known, what their predictions looked like. */
type Answered = { rows: number; prediction?: ColumnProfile };

/**
 * The real metrics of the rows whose truth is known, against what the evaluation promised. Broken is a promise whose
 * interval lies wholly beyond `noWorseThan`; for probabilities the calibration gap is reported beside. Labels come late,
 * in parts, and are corrected: what is said is of those that are there, `rows` out of `answered.rows`, and nothing is
 * decided while they are of other rows than the window's (fraud is reported before its absence is).
 */
export function judgePerformance(
  labelled: { predictions: Float64Array; labels: Float64Array },
  promised: ReferenceProfile['promised'],
  wanted: Monitor['performance'],
  model: Pick<Model, 'task' | 'signature' | 'evaluate'>,
  answered?: Answered,
): PerformanceFinding[] {
  const rows = labelled.labels.length;
  const multiclass = model.task === 'multiclass-classification';
  const metrics = wanted
    .map(({ metric }) => metric)
    .filter((metric) => !multiclass || DECISION_METRICS.includes(metric));
  const enough = rows >= ENOUGH_ROWS;
  const skew = enough && answered?.prediction ? labelSkew(labelled.predictions, answered.prediction) : undefined;
  const isSkewed = skew !== undefined && skew > MOST_SKEW;
  const head = {
    rows,
    ...(answered ? { outOf: Math.max(rows, answered.rows) } : {}),
    ...(skew === undefined ? {} : { skew }),
  };
  const options = { seed: 1, resamples: RESAMPLES, confidence: CONFIDENCE };
  const measured = enough ? compareMetrics(scoredRows(labelled, model), metrics, options) : [];
  const findings = wanted.map(({ metric, noWorseThan }): PerformanceFinding => {
    const found = measured.find((one) => one.metric === metric);
    const promise = promised.find((one) => one.metric === metric);
    return {
      metric,
      ...head,
      ...(found ? { measured: found.candidate } : {}),
      ...(promise ? { promised: { value: promise.value, lower: promise.lower, upper: promise.upper } } : {}),
      noWorseThan,
      verdict: found && promise && !isSkewed ? compare(found, promise.value, noWorseThan) : 'cannot-tell',
    };
  });
  if (model.task !== 'binary-classification' || !enough) return findings;
  return [...findings, { metric: 'calibration_gap', ...head, measured: calibrationGap(labelled), verdict: 'reported' }];
}

function compare(measured: MetricComparison, promise: number, noWorseThan: number): PerformanceFinding['verdict'] {
  const { lower, upper } = measured.candidate;
  if (lower === null || upper === null) return 'cannot-tell';
  const lowerIsBetter = parseMetric(measured.metric).facts?.better === 'lower';
  const broken = lowerIsBetter ? lower > promise + noWorseThan : upper < promise - noWorseThan;
  return broken ? 'broken' : 'kept';
}

function scoredRows(
  { predictions, labels }: { predictions: Float64Array; labels: Float64Array },
  model: Pick<Model, 'task' | 'signature' | 'evaluate'>,
): ScoredRows {
  const { task } = model;
  const rows = labels.length;
  const threshold = model.evaluate.threshold;
  if (task !== 'multiclass-classification') {
    return { task, rows, width: 1, labels, candidate: { values: predictions, threshold } };
  }
  const width = model.signature.output.classes?.length ?? 1;
  const values = new Float64Array(rows * width);
  predictions.forEach((index, row) => {
    values[row * width + index] = 1;
  });
  return { task, rows, width, labels, candidate: { values, threshold } };
}

/** Mean predicted probability − observed share, with the normal interval of the mean of the rows' differences. */
function calibrationGap({ predictions, labels }: { predictions: Float64Array; labels: Float64Array }): Estimate {
  const rows = labels.length;
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const difference = predictions[row]! - labels[row]!;
    sum += difference;
    squares += difference * difference;
  }
  const value = sum / rows;
  const variance = Math.max(0, squares / rows - value * value) * (rows / (rows - 1));
  const reach = normalQuantile((1 + CONFIDENCE) / 2) * Math.sqrt(variance / rows);
  return { value, lower: value - reach, upper: value + reach };
}
