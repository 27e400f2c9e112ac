/** From scored rows to what gates and people read; pure, and the same for the same rows and seed. */
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { Gate, MetricName, Task } from '../spec/valid.ts';
import { adjustPValues } from '../statistics/benjamini-hochberg.ts';
import { type ComparisonOptions, compareMetrics } from './compare-metrics.ts';
import type { MetricComparison, SliceEvaluation } from './evaluation.ts';
import { type ScoredRows, selectRows } from './scored-rows.ts';
import type { Slice } from './slices/columns.ts';

export type RowsEvaluation = { metrics: MetricComparison[]; slices: SliceEvaluation[] };

/** Slices are many, and together they may hold the rows several times over: larger ones are not resampled. */
const SLICE_BOOTSTRAP_ROWS = 2_000;

/** The slices are measured by `sliceMetrics` only: intervals of all metrics on all slices would cost more than they say. */
export function evaluateRows(
  scored: ScoredRows,
  slices: readonly Slice[],
  metrics: readonly MetricName[],
  sliceMetrics: readonly MetricName[],
  options: ComparisonOptions,
): RowsEvaluation {
  const sliceOptions = { bootstrapRows: SLICE_BOOTSTRAP_ROWS, ...options };
  return {
    metrics: compareMetrics(scored, metrics, options),
    slices: withQValues(
      slices.map((slice) => {
        const part = selectRows(scored, slice.rows);
        return { name: slice.name, rows: part.rows, metrics: compareMetrics(part, sliceMetrics, sliceOptions) };
      }),
    ),
  };
}

/** Each metric's p-values over the slices, adjusted for the false-discovery rate. */
function withQValues(slices: SliceEvaluation[]): SliceEvaluation[] {
  const all = slices.flatMap((slice) => slice.metrics);
  for (const metric of new Set(all.map((one) => one.metric))) {
    const tested = all.filter((one) => one.metric === metric && one.p !== undefined);
    const adjusted = adjustPValues(tested.map((one) => one.p as number));
    for (const [index, one] of tested.entries()) one.q = adjusted[index] as number;
  }
  return slices;
}

/** Those that are reported, then those that only a gate asks for. */
export function metricsWanted(task: Task, reported: readonly MetricName[], gates: readonly Gate[]): MetricName[] {
  const gated = gates.flatMap((gate) => ('metric' in gate ? [gate.metric] : []));
  return [...new Set([...reported, ...gated])].filter((metric) => isOfTask(metric, task));
}

/** The first that is reported, then those that a gate on slices asks for. */
export function sliceMetricsWanted(metrics: readonly MetricName[], gates: readonly Gate[]): MetricName[] {
  const gated = gates.flatMap((gate) => (gate.kind === 'slice' ? [gate.metric] : []));
  return [...new Set([...metrics.slice(0, 1), ...gated])].filter((metric) => metrics.includes(metric));
}

/** A custom metric is of whatever task its model has. */
function isOfTask(metric: MetricName, task: Task): boolean {
  const { facts } = parseMetric(metric);
  return facts === undefined || facts.tasks.includes(task);
}
