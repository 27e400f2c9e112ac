/** Intervals of metrics that have no formula of their own: resampled while that is cheap, else from the influences. */
import { parseMetric } from '../../spec/metric-catalogue.ts';
import type { MetricName } from '../../spec/valid.ts';
import type { RowCounts } from '../enough-rows.ts';
import { binSums } from '../metrics/calibration-error.ts';
import type { ScoredRows } from '../scored-rows.ts';
import type { IntervalLevel } from './bootstrap-interval.ts';
import { calibrationIntervals } from './calibration-intervals.ts';
import type { Comparison } from './comparison.ts';
import { deltaComparison } from './delta-intervals.ts';
import { pairOf, valuesOf, withoutIntervals } from './metric-pair.ts';
import { pairSpreads } from './pair-influence.ts';
import { type Pair, pairedBootstrap } from './paired-bootstrap.ts';
import { replicateComparison } from './replicate-intervals.ts';
import { createResampler } from './resampler.ts';

/** Up to so many rows a thousand resamples of a dozen metrics cost about a second. */
const BOOTSTRAP_ROWS = 20_000;
/**
 * Most rows that are drawn for a metric that can only be resampled (a median): some seconds. Beyond it there are fewer
 * resamples, but never fewer than FEWEST_RESAMPLES.
 */
const MOST_DRAWS = 2e8;
const FEWEST_RESAMPLES = 200;

type Options = { seed: number; resamples: number; confidence: number; bootstrapRows?: number };
type Prepared = { metric: MetricName; pair: Pair; level: IntervalLevel };

/**
 * The calibration error by its bins' sums. Rows in groups and with weights by the delta method: few of them tell, and it
 * has Student's interval for that, where a bootstrap falls short (measured: 90 to 94 % where 95 % is meant).
 */
export function intervalsOf(
  metrics: readonly MetricName[],
  scored: ScoredRows,
  counts: RowCounts,
  options: Options,
): Map<MetricName, Comparison> {
  const found = new Map<MetricName, Comparison>();
  const toResample: Prepared[] = [];
  const isUneven = scored.groups !== undefined || scored.weights !== undefined;
  const isDelta = isUneven || scored.rows > (options.bootstrapRows ?? BOOTSTRAP_ROWS);
  for (const metric of metrics) {
    const pair = pairOf(metric, scored);
    if (pair === undefined) {
      found.set(metric, withoutIntervals(metric, scored));
      continue;
    }
    const level = { confidence: options.confidence, degrees: counts.units(metric) - 1 };
    const prepared = { metric, pair, level };
    const formula = calibration(prepared, scored, options.seed) ?? (isDelta ? delta(prepared, scored) : undefined);
    if (formula === undefined) toResample.push(prepared);
    else found.set(metric, formula);
  }
  for (const [metric, comparison] of resampled(toResample, scored, options)) found.set(metric, comparison);
  return found;
}

function calibration({ metric, pair, level }: Prepared, scored: ScoredRows, seed: number): Comparison | undefined {
  const { name, parameter } = parseMetric(metric);
  if (name !== 'ece') return undefined;
  const models = [scored.candidate, ...(scored.champion === undefined ? [] : [scored.champion])];
  const sums = models.map((model) => binSums(scored, model, parameter as number));
  return calibrationIntervals(valuesOf(pair, scored.rows), sums, { ...scored, seed, level });
}

function delta({ pair, level }: Prepared, scored: ScoredRows): Comparison | undefined {
  const spreads = pairSpreads(pair, scored.groups);
  return spreads === undefined ? undefined : deltaComparison(valuesOf(pair, scored.rows), spreads, level);
}

function resampled(
  wanted: readonly Prepared[],
  scored: ScoredRows,
  { seed, resamples }: Options,
): [MetricName, Comparison][] {
  if (wanted.length === 0) return [];
  const affordable = Math.max(FEWEST_RESAMPLES, Math.floor(MOST_DRAWS / scored.rows));
  const replicates = pairedBootstrap(
    wanted.map(({ pair }) => pair),
    createResampler(scored.groups, seed),
    { rows: scored.rows, resamples: Math.min(resamples, affordable) },
  );
  return wanted.map(({ metric, pair, level }, index) => {
    const spreads = pairSpreads(pair, scored.groups);
    const drawn = replicates[index] as (typeof replicates)[number];
    const isBca = spreads !== undefined && !hasMovedReplicates(metric);
    const method = isBca ? 'bca-bootstrap' : 'percentile-bootstrap';
    return [metric, replicateComparison(valuesOf(pair, scored.rows), drawn, { method, level, spreads })];
  });
}

/**
 * Average precision of a resample is moved by the ties that rows drawn twice make, which BCa would take for a bias of the
 * metric and turn round.
 */
function hasMovedReplicates(metric: MetricName): boolean {
  return parseMetric(metric).name === 'pr_auc';
}
