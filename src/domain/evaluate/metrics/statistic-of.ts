import type { MetricName } from '../../spec/valid.ts';
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { accuracy, balancedAccuracy, f1, macroF1, ofConfusion, precision, recall } from './decision-metrics.ts';
import { brier, calibrationError, logLoss } from './probability-metrics.ts';
import { averagePrecision, rocAuc } from './ranking-metrics.ts';
import {
  coefficientOfDetermination,
  meanAbsoluteError,
  medianAbsoluteError,
  rootMeanSquaredError,
} from './regression-metrics.ts';
import type { Statistic } from './statistic.ts';

type Maker = (scored: ScoredRows, model: ScoredModel) => Statistic;

const MAKERS: Record<MetricName, Maker> = {
  roc_auc: rocAuc,
  pr_auc: averagePrecision,
  log_loss: logLoss,
  brier,
  accuracy,
  balanced_accuracy: (scored, model) => ofConfusion(scored, model, balancedAccuracy),
  precision: (scored, model) => ofConfusion(scored, model, precision),
  recall: (scored, model) => ofConfusion(scored, model, recall),
  f1: (scored, model) => ofConfusion(scored, model, f1),
  ece: calibrationError,
  macro_f1: (scored, model) => ofConfusion(scored, model, macroF1),
  rmse: rootMeanSquaredError,
  mae: meanAbsoluteError,
  median_ae: medianAbsoluteError,
  r2: coefficientOfDetermination,
};

/** The metric of one of the models, prepared for many resamples. */
export function statisticOf(metric: MetricName, scored: ScoredRows, model: ScoredModel): Statistic {
  return MAKERS[metric](scored, model);
}
