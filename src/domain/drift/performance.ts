import type { Estimate } from '../evaluate/evaluation.ts';
import type { MetricName } from '../spec/valid.ts';

/** A metric of the rows whose truth is known, against what the evaluation promised. */
export type PerformanceFinding = {
  /** `calibration_gap`: mean predicted probability − observed share. */
  metric: MetricName | 'calibration_gap';
  rows: number;
  measured?: Estimate;
  promised?: Estimate;
  noWorseThan?: number;
  /** broken: even the favourable end of the interval is worse than promised − noWorseThan. */
  verdict: 'kept' | 'broken' | 'cannot-tell' | 'reported';
};
