import type { MetricName, Task } from '../../spec/valid.ts';
import { statisticOf } from '../metrics/statistic-of.ts';
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';

/** Stands in for a metric that no single row has a part in (a median, a calibration error). */
const BY_ROW: Record<Task, MetricName> = {
  'binary-classification': 'log_loss',
  'multiclass-classification': 'log_loss',
  regression: 'mae',
  ranking: 'ndcg',
};

/**
 * How much each row speaks for the candidate being worse: above 0 worse than the champion, without a champion worse than
 * the rows are on average. Of a mean it is the row's own loss; of another metric its linear part (pseudo-value), which
 * is near enough to tell where it is worth to look.
 */
export function rowEvidence(scored: ScoredRows, metric: MetricName, better: 'higher' | 'lower'): Float64Array {
  const hasInfluence = statisticOf(metric, scored, scored.candidate).influence !== undefined;
  const byRow = hasInfluence ? metric : BY_ROW[scored.task];
  const lowerIsBetter = hasInfluence ? better === 'lower' : scored.task !== 'ranking';
  const sign = lowerIsBetter ? 1 : -1;
  const own = pseudoValues(scored, scored.candidate, byRow);
  if (scored.champion === undefined) {
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return own.map((value) => sign * (value - mean));
  }
  const other = pseudoValues(scored, scored.champion, byRow);
  return own.map((value, row) => sign * (value - (other[row] as number)));
}

/** Values by row whose mean is the metric. */
function pseudoValues(scored: ScoredRows, model: ScoredModel, metric: MetricName): Float64Array {
  const { rows, weights } = scored;
  const statistic = statisticOf(metric, scored, model);
  const value = statistic.at(new Uint8Array(rows).fill(1));
  const influence = statistic.influence?.() ?? new Float64Array(rows);
  const meanWeight = weights === undefined ? 1 : weights.reduce((sum, weight) => sum + weight, 0) / rows;
  return influence.map((part, row) => rows * part + (value * (weights?.[row] ?? 1)) / meanWeight);
}
