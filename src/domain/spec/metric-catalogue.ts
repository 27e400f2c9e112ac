/** Every metric that Sluice computes, what it is for and what its figures mean; how is in domain/evaluate/metrics. */
import type { MetricName, Task } from './valid.ts';

export type MetricFacts = {
  tasks: readonly Task[];
  /** `none`: there is a value to be near to (1 for a calibration slope), so a gate takes min and max only. */
  better: 'higher' | 'lower' | 'none';
  /** What it can be at most and at least; ±∞ where it has no bound. */
  range: readonly [number, number];
  /** Defined only where every class has rows; its interval needs some of each. */
  needsClasses: boolean;
  /** After an @: what it is, its bounds, and what holds when it is left out (`undefined`: it must be given). */
  parameter?: { meaning: string; min: number; max: number; integer: boolean; default?: number };
};

const BINARY: readonly Task[] = ['binary-classification'];
const MULTICLASS: readonly Task[] = ['multiclass-classification'];
const CLASSES: readonly Task[] = [...BINARY, ...MULTICLASS];
const REGRESSION: readonly Task[] = ['regression'];
const RANKING: readonly Task[] = ['ranking'];

const share = (tasks: readonly Task[], needsClasses: boolean): MetricFacts => ({
  tasks,
  better: 'higher',
  range: [0, 1],
  needsClasses,
});
const correlation = (tasks: readonly Task[]): MetricFacts => ({
  tasks,
  better: 'higher',
  range: [-1, 1],
  needsClasses: true,
});
const loss = (tasks: readonly Task[], highest = Number.POSITIVE_INFINITY): MetricFacts => ({
  tasks,
  better: 'lower',
  range: [0, highest],
  needsClasses: false,
});
const beta = { meaning: 'how many times recall counts as much as precision', min: 0.01, max: 100, integer: false };
const cutoff = { meaning: 'places from the top', min: 1, max: 10_000, integer: true };

export const CATALOGUE: Readonly<Record<string, MetricFacts>> = {
  roc_auc: share(BINARY, true),
  pr_auc: share(BINARY, true),
  log_loss: loss(CLASSES),
  brier: loss(CLASSES, 2),
  accuracy: share(CLASSES, false),
  balanced_accuracy: share(CLASSES, true),
  precision: share(BINARY, true),
  recall: share(BINARY, true),
  specificity: share(BINARY, true),
  f1: share(BINARY, true),
  f_beta: { ...share(BINARY, true), parameter: beta },
  mcc: correlation(CLASSES),
  cohen_kappa: correlation(CLASSES),
  ece: { ...loss(CLASSES, 1), parameter: { meaning: 'bins', min: 2, max: 100, integer: true, default: 10 } },
  calibration_slope: {
    tasks: BINARY,
    better: 'none',
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    needsClasses: true,
  },
  lift: {
    ...share(BINARY, true),
    range: [0, Number.POSITIVE_INFINITY],
    parameter: {
      meaning: 'share of the rows with the highest scores',
      min: 0.001,
      max: 1,
      integer: false,
      default: 0.1,
    },
  },
  expected_cost: { ...loss(CLASSES), range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] },
  macro_roc_auc: share(MULTICLASS, true),
  weighted_roc_auc: share(MULTICLASS, true),
  macro_precision: share(MULTICLASS, true),
  micro_precision: share(MULTICLASS, false),
  weighted_precision: share(MULTICLASS, true),
  macro_recall: share(MULTICLASS, true),
  micro_recall: share(MULTICLASS, false),
  weighted_recall: share(MULTICLASS, true),
  macro_f1: share(MULTICLASS, true),
  micro_f1: share(MULTICLASS, false),
  weighted_f1: share(MULTICLASS, true),
  top_k_accuracy: {
    ...share(MULTICLASS, false),
    parameter: { ...cutoff, meaning: 'classes with the highest probability' },
  },
  rmse: loss(REGRESSION),
  mae: loss(REGRESSION),
  median_ae: loss(REGRESSION),
  r2: { ...share(REGRESSION, false), range: [Number.NEGATIVE_INFINITY, 1] },
  mape: loss(REGRESSION),
  smape: loss(REGRESSION, 2),
  rmsle: loss(REGRESSION),
  pinball: { ...loss(REGRESSION), parameter: { meaning: 'quantile', min: 0.001, max: 0.999, integer: false } },
  poisson_deviance: loss(REGRESSION),
  tweedie_deviance: {
    ...loss(REGRESSION),
    // Between 0 (the squared error) and 1 (Poisson's) there is no distribution of that family.
    parameter: { meaning: 'power', min: 0, max: 3, integer: false, default: 1.5 },
  },
  interval_coverage: { ...share(REGRESSION, false), better: 'none' },
  interval_width: loss(REGRESSION),
  ndcg: { ...share(RANKING, false), parameter: { ...cutoff, default: 10 } },
  map: { ...share(RANKING, false), parameter: { ...cutoff, default: 10 } },
  mrr: { ...share(RANKING, false), parameter: { ...cutoff, default: 10 } },
};

/** Reported when a model names none. */
export const DEFAULT_METRICS: Readonly<Record<Task, readonly MetricName[]>> = {
  'binary-classification': ['roc_auc', 'log_loss', 'ece', 'accuracy'],
  'multiclass-classification': ['accuracy', 'macro_f1', 'log_loss'],
  regression: ['rmse', 'mae', 'r2'],
  ranking: ['ndcg', 'map', 'mrr'],
};

/** One spelling of a number, so that a metric has one name: no exponent, sign, or zeros that say nothing. */
const DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/**
 * `f_beta@2` → name and parameter; the default where it is left out, NaN where it is no number. Facts are absent for a
 * custom metric.
 */
export function parseMetric(metric: MetricName): { name: string; parameter?: number; facts?: MetricFacts } {
  const at = metric.indexOf('@');
  const name = at === -1 ? metric : metric.slice(0, at);
  const text = at === -1 ? undefined : metric.slice(at + 1);
  const facts = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name] : undefined;
  const parameter = text === undefined ? facts?.parameter?.default : DECIMAL.test(text) ? Number(text) : Number.NaN;
  return { name, ...(parameter === undefined ? {} : { parameter }), ...(facts === undefined ? {} : { facts }) };
}

export function metricsOfTask(task: Task): string[] {
  return Object.entries(CATALOGUE).flatMap(([name, { tasks }]) => (tasks.includes(task) ? [name] : []));
}
