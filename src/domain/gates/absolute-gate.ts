import type { Evaluation, MetricComparison } from '../evaluate/evaluation.ts';
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { Gate, MetricName } from '../spec/valid.ts';
import { type Bounds, boundsText, judgeBounds, type Reading } from './bounds.ts';
import { cannotTell, type Finding, type Judged } from './verdict.ts';
import { confidenceAfter, worn } from './wear.ts';

/** A fixed value that the candidate's interval must be on the right side of. */
export function judgeAbsolute(gate: Extract<Gate, { kind: 'absolute' }>, judged: Judged): Finding {
  const { evaluation, evaluations } = judged;
  const found = evaluation.metrics.find((one) => one.metric === gate.metric);
  if (found === undefined) return cannotTell(`${gate.metric} is not defined on this holdout`);
  const confidence = confidenceAfter(gate.confidence, evaluations);
  return worn(judgeBounds(gate, candidateValue(found, evaluation, confidence)), gate.confidence, evaluations);
}

export function absoluteName(gate: { metric: string } & Bounds): string {
  return `${gate.metric} ${boundsText(gate)}`;
}

/** The candidate's value, to be judged at a confidence. */
export function candidateValue(found: MetricComparison, evaluation: Evaluation, confidence: number): Reading {
  const { metric, candidate, rows, degrees } = found;
  return {
    of: metric,
    estimate: candidate,
    from: evaluation.confidence,
    confidence,
    rows,
    ...(degrees === undefined ? {} : { degrees }),
    ...rangeOf(metric),
    ...withoutInterval(found),
  };
}

/** What a metric can be, where it is known. */
export function rangeOf(metric: MetricName): Pick<Reading, 'range'> {
  const range = parseMetric(metric).facts?.range;
  return range === undefined ? {} : { range };
}

/** Why a metric has no interval, where it is not for want of rows. */
export function withoutInterval({ metric, method }: MetricComparison): Pick<Reading, 'without'> {
  if (method !== 'none' || parseMetric(metric).facts !== undefined) return {};
  return { without: 'its command gives no score for each row, so there is no interval' };
}
