import type { MetricName, Task } from './valid.ts';

const CLASSIFICATION = ['accuracy', 'balanced_accuracy', 'log_loss', 'brier', 'ece'] as const;

/** Metrics that make sense for a task. */
export const METRICS_OF_TASK: Record<Task, readonly MetricName[]> = {
  'binary-classification': ['roc_auc', 'pr_auc', 'precision', 'recall', 'f1', ...CLASSIFICATION],
  'multiclass-classification': ['macro_f1', ...CLASSIFICATION],
  regression: ['rmse', 'mae', 'median_ae', 'r2'],
};

/** Reported when a model names none. */
export const DEFAULT_METRICS: Record<Task, readonly MetricName[]> = {
  'binary-classification': ['roc_auc', 'log_loss', 'ece', 'accuracy'],
  'multiclass-classification': ['accuracy', 'macro_f1', 'log_loss'],
  regression: ['rmse', 'mae', 'r2'],
};

const LOWER_IS_BETTER: ReadonlySet<MetricName> = new Set(['log_loss', 'brier', 'ece', 'rmse', 'mae', 'median_ae']);
const UNBOUNDED: ReadonlySet<MetricName> = new Set(['log_loss', 'rmse', 'mae', 'median_ae', 'r2']);

export function isLowerBetter(metric: MetricName): boolean {
  return LOWER_IS_BETTER.has(metric);
}

/** Whether every value of the metric lies between 0 and 1. */
export function isShare(metric: MetricName): boolean {
  return !UNBOUNDED.has(metric);
}
