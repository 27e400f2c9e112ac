/** Metrics of candidate and champion on the same rows, each with the interval that suits it. */
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName } from '../spec/valid.ts';
import { areEnough, countRows } from './enough-rows.ts';
import type { MetricComparison } from './evaluation.ts';
import { accuracyIntervals } from './intervals/accuracy-intervals.ts';
import { aucIntervals } from './intervals/auc-intervals.ts';
import type { Comparison } from './intervals/comparison.ts';
import { delong } from './intervals/delong.ts';
import { intervalsOf } from './intervals/intervals-of.ts';
import { withoutIntervals } from './intervals/metric-pair.ts';
import { withinBounds } from './intervals/within-bounds.ts';
import type { ScoredModel, ScoredRows } from './scored-rows.ts';

export type ComparisonOptions = {
  seed: number;
  resamples: number;
  confidence: number;
  /** Which way is better for metrics that are not in the catalogue. */
  custom?: readonly { name: string; better: 'higher' | 'lower' }[];
  /** Rows up to which intervals are resampled, 20,000 when not given. */
  bootstrapRows?: number;
};

/**
 * ROC AUC by DeLong, accuracy by Wilson, Tango and McNemar; everything else, and all of them where rows have weights or
 * come in groups, as `intervalsOf` has it. A metric that is not defined on these rows is left out.
 */
export function compareMetrics(
  scored: ScoredRows,
  metrics: readonly MetricName[],
  options: ComparisonOptions,
): MetricComparison[] {
  const counts = countRows(scored);
  const enough = metrics.filter((metric) => areEnough(metric, counts));
  const exact = new Map<MetricName, Comparison>();
  for (const metric of enough) {
    const found = exactly(metric, scored, options.confidence);
    if (found !== undefined) exact.set(metric, found);
  }
  const rest = enough.filter((metric) => !exact.has(metric));
  const resampled = intervalsOf(rest, scored, counts, options);
  const same = isSame(scored);
  return metrics.flatMap((metric) => {
    const found = exact.get(metric) ?? resampled.get(metric) ?? withoutIntervals(metric, scored);
    if (Number.isNaN(found.candidate.value)) return [];
    const range = rangeOf(metric, scored);
    // A model that gives every row an interval of the same width is one that does so.
    const ofAnswers = metric === 'interval_width';
    const limits = {
      range,
      units: counts.units(metric),
      confidence: options.confidence,
      same,
      ofAnswers,
      isStated: metric !== 'expected_cost',
    };
    const better = betterOf(metric, options.custom);
    const degrees = limits.units - 1;
    const student = resampled.has(metric) && found.method !== 'none' && degrees < MANY ? { degrees } : {};
    return [{ metric, better, rows: scored.rows, ...student, ...defined(withinBounds(found, limits)) }];
  });
}

/** Degrees of freedom from which Student's t is the normal distribution, to less than 1 % of its quantiles in use. */
const MANY = 1_000;

const UNBOUNDED = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** What decisions can cost is as the costs are given. */
function rangeOf(metric: MetricName, { costs }: ScoredRows): readonly [number, number] {
  if (metric !== 'expected_cost' || costs === undefined) return parseMetric(metric).facts?.range ?? UNBOUNDED;
  return [Math.min(...costs.flat()), Math.max(...costs.flat())];
}

function exactly(metric: MetricName, scored: ScoredRows, confidence: number): Comparison | undefined {
  if (scored.groups !== undefined || scored.weights !== undefined) return undefined;
  if (metric === 'accuracy') return accuracyIntervals(scored, confidence);
  if (metric !== 'roc_auc') return undefined;
  const models = [scored.candidate, ...(scored.champion === undefined ? [] : [scored.champion])];
  const result = delong(
    scored.labels,
    models.map((model) => model.values),
  );
  return result === undefined ? undefined : aucIntervals(result, confidence);
}

function betterOf(metric: MetricName, custom: ComparisonOptions['custom']): MetricComparison['better'] {
  return custom?.find(({ name }) => name === metric)?.better ?? parseMetric(metric).facts?.better ?? 'none';
}

/** Both models answer the same on all rows. */
function isSame({ candidate, champion }: ScoredRows): boolean {
  const isEqual = (other: ScoredModel) =>
    other.threshold === candidate.threshold &&
    other.values.length === candidate.values.length &&
    other.values.every((value, place) => value === candidate.values[place]);
  return champion !== undefined && isEqual(champion);
}

/** Without a champion's value that is not defined, and all that follows from it. */
function defined(comparison: Comparison): Comparison {
  const { method, candidate, champion } = comparison;
  return champion !== undefined && Number.isNaN(champion.value) ? { method, candidate } : comparison;
}
