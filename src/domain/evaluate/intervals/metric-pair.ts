import { parseMetric } from '../../spec/metric-catalogue.ts';
import type { MetricName } from '../../spec/valid.ts';
import type { Estimate } from '../evaluation.ts';
import { statisticOf } from '../metrics/statistic-of.ts';
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import type { Comparison, PairValues } from './comparison.ts';
import type { Pair } from './paired-bootstrap.ts';

/** The metric of both models; `undefined` for a custom one without scores by row. */
export function pairOf(metric: MetricName, scored: ScoredRows): Pair | undefined {
  const { candidate, champion } = scored;
  const models = champion === undefined ? [candidate] : [candidate, champion];
  const isCustom = parseMetric(metric).facts === undefined;
  const isKnownByRow = (model: ScoredModel) => model.custom?.[metric]?.rows !== undefined;
  if (isCustom && !models.every(isKnownByRow)) return undefined;
  return {
    candidate: statisticOf(metric, scored, candidate),
    ...(champion === undefined ? {} : { champion: statisticOf(metric, scored, champion) }),
  };
}

export function valuesOf(pair: Pair, rows: number): PairValues {
  const ones = new Uint8Array(rows).fill(1);
  const candidate = pair.candidate.at(ones);
  return pair.champion === undefined ? { candidate } : { candidate, champion: pair.champion.at(ones) };
}

/** The values alone; NaN where the metric is not known at all. */
export function withoutIntervals(metric: MetricName, scored: ScoredRows): Comparison {
  const pair = pairOf(metric, scored);
  const { candidate, champion } = pair === undefined ? customValues(metric, scored) : valuesOf(pair, scored.rows);
  const bare = (value: number): Estimate => ({ value, lower: null, upper: null });
  if (champion === undefined) return { method: 'none', candidate: bare(candidate) };
  return {
    method: 'none',
    candidate: bare(candidate),
    champion: bare(champion),
    difference: bare(candidate - champion),
  };
}

function customValues(metric: MetricName, { candidate, champion }: ScoredRows): PairValues {
  const value = candidate.custom?.[metric]?.value ?? Number.NaN;
  const other = champion?.custom?.[metric]?.value;
  return other === undefined ? { candidate: value } : { candidate: value, champion: other };
}
