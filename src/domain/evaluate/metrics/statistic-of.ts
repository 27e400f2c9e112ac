import { parseMetric } from '../../spec/metric-catalogue.ts';
import type { MetricName } from '../../spec/valid.ts';
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { averagePrecision } from './average-precision.ts';
import { calibrationError } from './calibration-error.ts';
import { calibrationSlope } from './calibration-slope.ts';
import {
  balancedAccuracy,
  cohenKappa,
  fBeta,
  macro,
  matthews,
  ofClass,
  PRECISION,
  RECALL,
  weighted,
} from './confusion-metrics.ts';
import { confusionStatistic, type OfMargins } from './confusion-statistic.ts';
import { customMetric } from './custom-metric.ts';
import { accuracy, expectedCost, topAccuracy } from './decision-metrics.ts';
import { lift } from './lift.ts';
import { medianAbsoluteError } from './median-error.ts';
import { oneVsRestAuc } from './one-vs-rest-auc.ts';
import { brier, logLoss } from './probability-metrics.ts';
import { averagePrecisionAt, ndcg, type OfQuery, queryStatistic, reciprocalRank } from './query-metrics.ts';
import {
  coefficientOfDetermination,
  intervalCoverage,
  intervalWidth,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  pinballLoss,
  rootMeanSquaredError,
  rootMeanSquaredLogError,
  symmetricPercentageError,
} from './regression-metrics.ts';
import { rocAuc } from './roc-auc.ts';
import type { Statistic } from './statistic.ts';
import { tweedieDeviance } from './tweedie-deviance.ts';

/** `parameter` is NaN for a metric that takes none. */
type Maker = (scored: ScoredRows, model: ScoredModel, parameter: number) => Statistic;

const confusion =
  (metric: OfMargins): Maker =>
  (scored, model) =>
    confusionStatistic(scored, model, metric);
const query =
  (metric: OfQuery): Maker =>
  (scored, model, k) =>
    queryStatistic(scored, model, k, metric);
const F1 = fBeta(1);

const MAKERS: Readonly<Record<string, Maker>> = {
  roc_auc: rocAuc,
  pr_auc: averagePrecision,
  log_loss: logLoss,
  brier,
  accuracy,
  balanced_accuracy: confusion(balancedAccuracy),
  precision: confusion(ofClass(PRECISION, 1)),
  recall: confusion(ofClass(RECALL, 1)),
  specificity: confusion(ofClass(RECALL, 0)),
  f1: confusion(ofClass(F1, 1)),
  f_beta: (scored, model, beta) => confusionStatistic(scored, model, ofClass(fBeta(beta), 1)),
  mcc: confusion(matthews),
  cohen_kappa: confusion(cohenKappa),
  ece: calibrationError,
  calibration_slope: calibrationSlope,
  lift,
  expected_cost: expectedCost,
  macro_roc_auc: (scored, model) => oneVsRestAuc(scored, model, 'macro'),
  weighted_roc_auc: (scored, model) => oneVsRestAuc(scored, model, 'weighted'),
  macro_precision: confusion(macro(PRECISION)),
  weighted_precision: confusion(weighted(PRECISION)),
  macro_recall: confusion(macro(RECALL)),
  weighted_recall: confusion(weighted(RECALL)),
  macro_f1: confusion(macro(F1)),
  weighted_f1: confusion(weighted(F1)),
  // A row has one class and one decision: what is missed by one class is said too much by another.
  micro_precision: accuracy,
  micro_recall: accuracy,
  micro_f1: accuracy,
  top_k_accuracy: topAccuracy,
  rmse: rootMeanSquaredError,
  mae: meanAbsoluteError,
  median_ae: medianAbsoluteError,
  r2: coefficientOfDetermination,
  mape: meanAbsolutePercentageError,
  smape: symmetricPercentageError,
  rmsle: rootMeanSquaredLogError,
  pinball: pinballLoss,
  poisson_deviance: (scored, model) => tweedieDeviance(scored, model, 1),
  tweedie_deviance: tweedieDeviance,
  interval_coverage: intervalCoverage,
  interval_width: intervalWidth,
  ndcg: query(ndcg),
  map: query(averagePrecisionAt),
  mrr: query(reciprocalRank),
};

/** The metric of one of the models, prepared for many resamples; a name out of the catalogue is a custom metric's. */
export function statisticOf(metric: MetricName, scored: ScoredRows, model: ScoredModel): Statistic {
  const { name, parameter } = parseMetric(metric);
  const maker = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (maker === undefined) return customMetric(metric, scored, model);
  return maker(scored, model, parameter ?? Number.NaN);
}
