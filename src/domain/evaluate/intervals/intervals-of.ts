/** Intervals of metrics that have no formula of their own: resampled while that is cheap, else from the influences. */
import { parseMetric } from '../../spec/metric-catalogue.ts';
import type { MetricName } from '../../spec/valid.ts';
import type { RowCounts } from '../enough-rows.ts';
import type { Estimate } from '../evaluation.ts';
import { binSums } from '../metrics/calibration-error.ts';
import { statisticOf } from '../metrics/statistic-of.ts';
import type { ScoredRows } from '../scored-rows.ts';
import { calibrationReplicates } from './calibration-sums.ts';
import type { Comparison, PairValues } from './comparison.ts';
import { deltaComparison } from './delta-intervals.ts';
import { pairSpreads } from './pair-influence.ts';
import { type Pair, pairedBootstrap } from './paired-bootstrap.ts';
import { replicateComparison } from './replicate-intervals.ts';
import { createResampler } from './resampler.ts';

/** Up to so many rows a thousand resamples cost less than a second for a handful of metrics. */
export const BOOTSTRAP_ROWS = 20_000;
/** From so many groups on their sums are as normal as the delta method needs. */
const BOOTSTRAP_GROUPS = 300;
/**
 * Most rows that are drawn for a metric that can only be resampled (a median): about two seconds. Beyond it there are
 * fewer resamples, but never fewer than FEWEST_RESAMPLES.
 */
const MOST_DRAWS = 2e8;
const FEWEST_RESAMPLES = 200;
/** They cost nothing by row, so there are enough for a p-value below a thousandth. */
const CALIBRATION_DRAWS = 4_000;

type Options = { seed: number; resamples: number; confidence: number; bootstrapRows?: number };

export function intervalsOf(
  metrics: readonly MetricName[],
  scored: ScoredRows,
  counts: RowCounts,
  options: Options,
): Map<MetricName, Comparison> {
  const large =
    scored.rows > (options.bootstrapRows ?? BOOTSTRAP_ROWS) ||
    (scored.groups !== undefined && counts.units >= BOOTSTRAP_GROUPS);
  const found = new Map<MetricName, Comparison>();
  const toResample: { metric: MetricName; pair: Pair }[] = [];
  for (const metric of metrics) {
    const pair = pairOf(metric, scored);
    const cheap = large && pair !== undefined ? withoutResampling(metric, pair, scored, options) : undefined;
    if (pair === undefined) found.set(metric, withoutIntervals(metric, scored));
    else if (cheap !== undefined) found.set(metric, cheap);
    else toResample.push({ metric, pair });
  }
  for (const [metric, comparison] of resampled(toResample, scored, options)) found.set(metric, comparison);
  return found;
}

/** The values alone. */
export function withoutIntervals(metric: MetricName, scored: ScoredRows): Comparison {
  const pair = pairOf(metric, scored);
  const values = pair === undefined ? customValues(metric, scored) : valuesOf(pair, scored.rows);
  const bare = (value: number): Estimate => ({ value, lower: null, upper: null });
  const { candidate, champion } = values;
  if (champion === undefined) return { method: 'none', candidate: bare(candidate) };
  return {
    method: 'none',
    candidate: bare(candidate),
    champion: bare(champion),
    difference: bare(candidate - champion),
  };
}

function withoutResampling(
  metric: MetricName,
  pair: Pair,
  scored: ScoredRows,
  { confidence, seed }: Options,
): Comparison | undefined {
  const { name, parameter } = parseMetric(metric);
  const values = valuesOf(pair, scored.rows);
  if (name === 'ece') {
    const models = [scored.candidate, ...(scored.champion === undefined ? [] : [scored.champion])];
    const sums = models.map((model) => binSums(scored, model, parameter as number));
    const replicates = calibrationReplicates(sums, { ...scored, seed, draws: CALIBRATION_DRAWS });
    return replicateComparison(values, replicates, { method: 'sums', kind: 'basic', confidence });
  }
  const spreads = pairSpreads(pair, scored.groups);
  return spreads === undefined ? undefined : deltaComparison(values, spreads, confidence);
}

function resampled(
  wanted: readonly { metric: MetricName; pair: Pair }[],
  scored: ScoredRows,
  { seed, resamples, confidence }: Options,
): [MetricName, Comparison][] {
  if (wanted.length === 0) return [];
  const affordable = Math.max(FEWEST_RESAMPLES, Math.floor(MOST_DRAWS / scored.rows));
  const replicates = pairedBootstrap(
    wanted.map(({ pair }) => pair),
    createResampler(scored.groups, seed),
    { rows: scored.rows, resamples: Math.min(resamples, affordable) },
  );
  return wanted.map(({ metric, pair }, index) => {
    const spreads = pairSpreads(pair, scored.groups);
    const kind = parseMetric(metric).name === 'ece' ? 'basic' : 'percentile';
    const method = spreads === undefined ? (`${kind}-bootstrap` as const) : 'bca-bootstrap';
    const values = valuesOf(pair, scored.rows);
    const drawn = replicates[index] as (typeof replicates)[number];
    return [metric, replicateComparison(values, drawn, { method, kind, confidence, spreads })];
  });
}

/** `undefined` for a custom metric without scores by row. */
function pairOf(metric: MetricName, scored: ScoredRows): Pair | undefined {
  const { candidate, champion } = scored;
  const isCustom = parseMetric(metric).facts === undefined;
  const isKnownByRow = (model: ScoredRows['candidate']) => model.custom?.[metric]?.rows !== undefined;
  if (isCustom && !(isKnownByRow(candidate) && (champion === undefined || isKnownByRow(champion)))) return undefined;
  return {
    candidate: statisticOf(metric, scored, candidate),
    ...(champion === undefined ? {} : { champion: statisticOf(metric, scored, champion) }),
  };
}

function valuesOf(pair: Pair, rows: number): PairValues {
  const ones = new Uint8Array(rows).fill(1);
  const candidate = pair.candidate.at(ones);
  return pair.champion === undefined ? { candidate } : { candidate, champion: pair.champion.at(ones) };
}

function customValues(metric: MetricName, { candidate, champion }: ScoredRows): PairValues {
  const value = candidate.custom?.[metric]?.value ?? Number.NaN;
  const other = champion?.custom?.[metric]?.value;
  return other === undefined ? { candidate: value } : { candidate: value, champion: other };
}
