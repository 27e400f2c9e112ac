import type { Scenario } from './simulate.ts';

export type NamedScenario = Scenario & { name: string };

/** Fewer than the thousand of an evaluation, and enough for coverage. */
const RESAMPLES = 400;

const scenario = (
  name: string,
  world: Scenario['world'],
  units: number,
  metrics: readonly string[],
  more: Partial<Scenario> = {},
): NamedScenario => ({ name, world, units, metrics, level: false, resamples: RESAMPLES, ...more });

const FEW = ['roc_auc', 'log_loss', 'accuracy', 'f1', 'mcc'];
const BINARY = ['roc_auc', 'pr_auc', 'log_loss', 'brier', 'accuracy', 'f1', 'mcc', 'ece'];

/** `level`: the models do not differ, so that a claim that one is better is a false alarm. */
export const SCENARIOS: readonly NamedScenario[] = [
  scenario('800 rows', 'binary', 800, BINARY),
  scenario('1,500 rows, 1 in 20 positive', 'rare', 1_500, ['roc_auc', 'pr_auc', 'log_loss', 'brier', 'f1', 'mcc']),
  scenario('2,500 rows, 1 in 100 decided positive', 'rareDecisions', 2_500, ['precision']),
  scenario('2,000 rows in one bin of calibration', 'oneBin', 2_000, ['ece']),
  scenario('1,000 rows in a few bins of calibration', 'fewBins', 1_000, ['ece']),
  scenario('600 rows with weights', 'weighted', 600, ['roc_auc', 'log_loss', 'accuracy', 'f1']),
  scenario('60 groups of rows', 'grouped', 60, ['roc_auc', 'log_loss', 'accuracy', 'f1']),
  scenario('600 rows, 4 classes', 'multiclass', 600, ['accuracy', 'macro_f1', 'log_loss', 'mcc']),
  scenario('400 rows, numbers', 'regression', 400, ['rmse', 'mae', 'r2', 'median_ae']),
  scenario('100 queries', 'ranking', 100, ['ndcg', 'map', 'mrr']),
  scenario('2,500 rows of a slice', 'binary', 2_500, ['pr_auc', 'log_loss', 'f1', 'mcc'], { bootstrapRows: 2_000 }),
  scenario('25,000 rows', 'binary', 25_000, BINARY),
  scenario('25,000 rows, 4 classes', 'multiclass', 25_000, ['accuracy', 'macro_f1', 'log_loss', 'mcc']),
  scenario('25,000 rows, numbers', 'regression', 25_000, ['rmse', 'mae', 'r2']),
  scenario('800 rows, no difference', 'binary', 800, FEW, { level: true }),
  scenario('400 rows, numbers, no difference', 'regression', 400, ['rmse', 'mae', 'r2'], { level: true }),
  scenario('25,000 rows, no difference', 'binary', 25_000, ['roc_auc', 'log_loss', 'f1'], { level: true }),
];
