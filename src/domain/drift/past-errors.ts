import type { MetricName } from '../spec/valid.ts';
import type { PerformanceEstimate, PerformanceFinding } from './verdict.ts';

type Told = { estimates: readonly PerformanceEstimate[]; performance: readonly PerformanceFinding[] };
type PastError = NonNullable<PerformanceEstimate['pastError']>;

/** How far off the estimates of earlier windows were, by metric, where labels came since. */
export function pastErrors(windows: readonly Told[]): Map<MetricName, PastError> {
  const found = new Map<MetricName, PastError>();
  for (const { estimates, performance } of windows) {
    for (const { metric, value } of estimates) {
      const measured = performance.find((one) => one.metric === metric)?.measured;
      if (measured === undefined) continue;
      const error = Math.abs(value - measured.value);
      const { mean, largest, windows: before } = found.get(metric) ?? { mean: 0, largest: 0, windows: 0 };
      found.set(metric, {
        mean: mean + (error - mean) / (before + 1),
        largest: Math.max(largest, error),
        windows: before + 1,
      });
    }
  }
  return found;
}

/** The estimates, each with what the ones before it were worth. */
export function withPastErrors(
  estimates: readonly PerformanceEstimate[],
  windows: readonly Told[],
): PerformanceEstimate[] {
  const errors = pastErrors(windows);
  return estimates.map((estimate) => {
    const pastError = errors.get(estimate.metric);
    return pastError === undefined ? estimate : { ...estimate, pastError };
  });
}
