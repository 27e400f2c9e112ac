/** From scored rows to what gates and people read; pure, and the same for the same rows and seed. */
import { METRICS_OF_TASK } from '../spec/metrics-of-task.ts';
import type { Gate, MetricName, Task } from '../spec/valid.ts';
import type { Slice } from './slices/columns.ts';
import { type ComparisonOptions, compareMetrics } from './compare-metrics.ts';
import type { MetricComparison, SliceEvaluation } from './evaluation.ts';
import { type ScoredRows, selectRows, sortedByClass } from './scored-rows.ts';

export type RowsEvaluation = { metrics: MetricComparison[]; slices: SliceEvaluation[] };

/** The slices are measured by `sliceMetrics` only: intervals of all metrics on all slices would cost more than they say. */
export function evaluateRows(
  scored: ScoredRows,
  slices: Slice[],
  metrics: readonly MetricName[],
  sliceMetrics: readonly MetricName[],
  options: ComparisonOptions,
): RowsEvaluation {
  return {
    metrics: compareMetrics(sortedByClass(scored), metrics, options),
    slices: slices.map((slice) => {
      const part = sortedByClass(selectRows(scored, slice.rows));
      return { name: slice.name, rows: part.rows, metrics: compareMetrics(part, sliceMetrics, options) };
    }),
  };
}

/** Those that are reported, then those that only a gate asks for. */
export function metricsWanted(task: Task, reported: readonly MetricName[], gates: readonly Gate[]): MetricName[] {
  const gated = gates.flatMap((gate) => ('metric' in gate ? [gate.metric] : []));
  return [...new Set([...reported, ...gated])].filter((metric) => METRICS_OF_TASK[task].includes(metric));
}

/** The first that is reported, then those that a gate on slices asks for. */
export function sliceMetricsWanted(metrics: readonly MetricName[], gates: readonly Gate[]): MetricName[] {
  const gated = gates.flatMap((gate) => (gate.kind === 'slice' ? [gate.metric] : []));
  return [...new Set([...metrics.slice(0, 1), ...gated])].filter((metric) => metrics.includes(metric));
}
