/** Metrics of candidate and champion on the same rows, each with the interval that suits it. */
import { isLowerBetter, isShare } from '../spec/metrics-of-task.ts';
import type { MetricName } from '../spec/valid.ts';
import type { Estimate, MetricComparison } from './evaluation.ts';
import { aucIntervals } from './intervals/auc-intervals.ts';
import { delong } from './intervals/delong.ts';
import { exactExtreme } from './intervals/exact-extreme.ts';
import { type Pair, type PairEstimates, pairedBootstrap } from './intervals/paired-bootstrap.ts';
import { tangoInterval, wilsonInterval } from './intervals/proportion-intervals.ts';
import { createResampler } from './intervals/resampler.ts';
import { decisions } from './metrics/decision-metrics.ts';
import { statisticOf } from './metrics/statistic-of.ts';
import type { ScoredModel, ScoredRows } from './scored-rows.ts';

export type ComparisonOptions = { seed: number; resamples: number; confidence: number };

/** Fewer rows than this in all, or in a class where the metric needs it, and no interval is told. */
export const MIN_ROWS = 30;
export const MIN_CLASS_ROWS = 10;

const NEEDS_BOTH_CLASSES: ReadonlySet<MetricName> = new Set([
  'roc_auc',
  'pr_auc',
  'balanced_accuracy',
  'precision',
  'recall',
  'f1',
  'macro_f1',
]);

/**
 * ROC AUC by DeLong, accuracy by Wilson and Tango, everything else (and all of them where rows come in groups) by
 * paired bootstrap. `scored` must lie class by class (`sortedByClass`). A metric that is not defined on these rows is
 * left out.
 */
export function compareMetrics(
  scored: ScoredRows,
  metrics: readonly MetricName[],
  options: ComparisonOptions,
): MetricComparison[] {
  const found = new Map<MetricName, PairEstimates>();
  const bootstrapped: MetricName[] = [];
  for (const metric of metrics) {
    const exact = scored.groups === undefined ? withoutResampling(metric, scored, options.confidence) : undefined;
    if (exact === undefined) bootstrapped.push(metric);
    else found.set(metric, exact);
  }
  const pairs = bootstrapped.map((metric) => pairOf(metric, scored));
  const sampled = bootstrapped.some((metric) => canTell(metric, scored));
  const settings = { rows: scored.rows, resamples: sampled ? options.resamples : 0, confidence: options.confidence };
  const estimates = pairedBootstrap(pairs, createResampler(scored, options.seed), settings);
  for (const [index, metric] of bootstrapped.entries()) found.set(metric, estimates[index] as PairEstimates);
  return metrics.flatMap((metric) => {
    const estimate = found.get(metric) as PairEstimates;
    if (Number.isNaN(estimate.candidate.value)) return [];
    const told = canTell(metric, scored) ? bounded(metric, estimate, scored, options.confidence) : untold(estimate);
    return [{ metric, better: isLowerBetter(metric) ? 'lower' : 'higher', rows: scored.rows, ...defined(told) }];
  });
}

function pairOf(metric: MetricName, scored: ScoredRows): Pair {
  return {
    candidate: statisticOf(metric, scored, scored.candidate),
    ...(scored.champion === undefined ? {} : { champion: statisticOf(metric, scored, scored.champion) }),
    interval: metric === 'ece' ? 'basic' : 'percentile',
  };
}

function withoutResampling(metric: MetricName, scored: ScoredRows, confidence: number): PairEstimates | undefined {
  if (metric === 'roc_auc') {
    const models = [scored.candidate, ...(scored.champion === undefined ? [] : [scored.champion])];
    const result = delong(
      scored.labels,
      models.map((model) => model.values),
    );
    return result === undefined ? { candidate: NOT_DEFINED } : aucIntervals(result, confidence);
  }
  return metric === 'accuracy' && scored.rows > 0 ? accuracyIntervals(scored, confidence) : undefined;
}

function accuracyIntervals(scored: ScoredRows, confidence: number): PairEstimates {
  const right = (model: ScoredModel) =>
    decisions(scored, model).map((decided, row) => (decided === scored.labels[row] ? 1 : 0));
  const total = (rows: Uint16Array) => rows.reduce((sum, row) => sum + row, 0);
  const candidate = right(scored.candidate);
  const share = wilsonInterval(total(candidate), scored.rows, confidence);
  if (scored.champion === undefined) return { candidate: share };
  const champion = right(scored.champion);
  const gained = total(candidate.map((held, row) => (held === 1 && champion[row] === 0 ? 1 : 0)));
  const lost = total(champion.map((held, row) => (held === 1 && candidate[row] === 0 ? 1 : 0)));
  return {
    candidate: share,
    champion: wilsonInterval(total(champion), scored.rows, confidence),
    difference: tangoInterval(gained, lost, scored.rows, confidence),
  };
}

function canTell(metric: MetricName, scored: ScoredRows): boolean {
  if (scored.rows < MIN_ROWS) return false;
  if (!NEEDS_BOTH_CLASSES.has(metric)) return true;
  const counts = classCounts(scored);
  return counts.length > 1 && Math.min(...counts) >= MIN_CLASS_ROWS;
}

/** Bounds stay within what the metric can be, and claim no certainty where all rows agree. */
function bounded(metric: MetricName, estimates: PairEstimates, scored: ScoredRows, confidence: number): PairEstimates {
  const lowest = metric === 'r2' ? Number.NEGATIVE_INFINITY : 0;
  const bound = (estimate: Estimate): Estimate => {
    const certain = estimate.lower === estimate.upper && (estimate.value === 0 || estimate.value === 1);
    if (certain && isShare(metric)) return exactExtreme(estimate.value, rowsBehind(metric, scored), confidence);
    return { ...estimate, lower: estimate.lower === null ? null : Math.max(lowest, estimate.lower) };
  };
  return {
    ...estimates,
    candidate: bound(estimates.candidate),
    ...(estimates.champion === undefined ? {} : { champion: bound(estimates.champion) }),
  };
}

/** Rows of the smallest class where the metric is about each class, else all. */
function rowsBehind(metric: MetricName, scored: ScoredRows): number {
  return NEEDS_BOTH_CLASSES.has(metric) ? Math.min(...classCounts(scored)) : scored.rows;
}

function classCounts(scored: ScoredRows): number[] {
  const counts = new Map<number, number>();
  for (const label of scored.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()];
}

function untold(estimates: PairEstimates): PairEstimates {
  const bare = (estimate: Estimate): Estimate => ({ value: estimate.value, lower: null, upper: null });
  return {
    candidate: bare(estimates.candidate),
    ...(estimates.champion === undefined ? {} : { champion: bare(estimates.champion) }),
    ...(estimates.difference === undefined ? {} : { difference: bare(estimates.difference) }),
  };
}

/** Without a champion's value that is not defined, and the difference from it. */
function defined({ candidate, champion, difference }: PairEstimates): PairEstimates {
  if (champion === undefined || Number.isNaN(champion.value)) return { candidate };
  return { candidate, champion, ...(difference === undefined ? {} : { difference }) };
}

const NOT_DEFINED: Estimate = { value: Number.NaN, lower: null, upper: null };
