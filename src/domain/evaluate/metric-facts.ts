/** What is true of a metric whatever the data. */
import type { MetricName, Task } from '../spec/valid.ts';

const LOWER_IS_BETTER: ReadonlySet<MetricName> = new Set(['log_loss', 'brier', 'ece', 'rmse', 'mae', 'median_ae']);

export const METRICS_OF_TASK: Record<Task, readonly MetricName[]> = {
  'binary-classification': [
    'roc_auc',
    'pr_auc',
    'log_loss',
    'brier',
    'accuracy',
    'balanced_accuracy',
    'precision',
    'recall',
    'f1',
    'ece',
  ],
  'multiclass-classification': ['accuracy', 'balanced_accuracy', 'log_loss', 'macro_f1'],
  regression: ['rmse', 'mae', 'median_ae', 'r2'],
};

export function betterOf(metric: MetricName): 'higher' | 'lower' {
  return LOWER_IS_BETTER.has(metric) ? 'lower' : 'higher';
}
