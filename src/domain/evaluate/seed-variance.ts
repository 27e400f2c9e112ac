/** How much of a metric is the luck of the seed. */
import type { MetricName } from '../spec/valid.ts';
import type { SeedVariance } from './evaluation.ts';
import { statisticOf } from './metrics/statistic-of.ts';
import type { ScoredModel, ScoredRows } from './scored-rows.ts';

/**
 * `repeats`: predictions of the same model trained with the other `seeds`, in their order; the candidate's is the first
 * of the seeds. Metrics that are not defined for one of them are left out.
 */
export function seedVariance(
  scored: ScoredRows,
  repeats: readonly Float64Array[],
  seeds: readonly number[],
  metrics: readonly MetricName[],
): SeedVariance {
  const ones = new Uint8Array(scored.rows).fill(1);
  // Scores of custom metrics are the candidate's alone.
  const { values, threshold } = scored.candidate;
  const models: ScoredModel[] = [values, ...repeats].map((of) => ({ values: of, threshold }));
  const found = metrics.map((metric) => {
    const each = models.map((model) => statisticOf(metric, scored, model).at(ones));
    const mean = each.reduce((sum, value) => sum + value, 0) / each.length;
    const squares = each.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    // Of a sample: the seeds are some of many.
    return { metric, values: each, mean, deviation: Math.sqrt(squares / (each.length - 1)) };
  });
  return { seeds: [...seeds], metrics: found.filter((one) => Number.isFinite(one.deviation)) };
}
