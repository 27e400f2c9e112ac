import type { PerformanceEstimate, PerformanceFinding, WindowVerdict } from '../../domain/drift/verdict.ts';
import { parseMetric } from '../../domain/spec/metric-catalogue.ts';
import type { MetricName } from '../../domain/spec/valid.ts';

/** How far a metric is from what was promised; `worse` is positive when that is a loss, in the metric's unit. */
export type MetricChange = {
  metric: MetricName;
  how: 'measured' | 'estimated';
  value: number;
  promised: number;
  change: number;
  worse: number;
};

/** Measured where it is broken; else what is estimated, for metrics that no labels contradict. */
export function lossesOf({ performance, estimates }: WindowVerdict): MetricChange[] {
  const broken = performance.filter((finding) => finding.verdict === 'broken').flatMap(measuredChange);
  const known = new Set(
    performance.filter(({ verdict }) => verdict === 'kept' || verdict === 'broken').map((one) => one.metric),
  );
  const estimated = estimates.filter(({ metric }) => !known.has(metric)).flatMap(estimatedChange);
  return [...broken, ...estimated.filter(({ worse }) => worse >= SHOWN)];
}

/** A smaller estimated loss is none that a title could show. */
const SHOWN = 0.005;

export function measuredChange({ metric, measured, promised }: PerformanceFinding): MetricChange[] {
  if (metric === 'calibration_gap' || measured === undefined || promised === undefined) return [];
  return [changeOf(metric, 'measured', measured.value, promised.value)];
}

export function estimatedChange({ metric, value, promised }: PerformanceEstimate): MetricChange[] {
  return promised === undefined ? [] : [changeOf(metric, 'estimated', value, promised)];
}

function changeOf(metric: MetricName, how: MetricChange['how'], value: number, promised: number): MetricChange {
  const change = value - promised;
  return { metric, how, value, promised, change, worse: lowerIsBetter(metric) ? change : -change };
}

export function lowerIsBetter(metric: MetricName): boolean {
  return parseMetric(metric).facts?.better === 'lower';
}
