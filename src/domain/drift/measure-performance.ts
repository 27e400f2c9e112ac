import type { Model } from '../spec/valid.ts';
import type { Monitor } from '../spec/valid-monitor.ts';
import { judgePerformance } from './judge-performance.ts';
import type { ReferenceProfile, WindowProfile } from './profile.ts';
import type { LabelledRows } from './seen-window.ts';
import type { PerformanceFinding } from './verdict.ts';

/** Of rows whose truth is known, out of those that were answered; decided as the evaluation behind the promises did. */
export function measurePerformance(
  { predictions, labels }: LabelledRows,
  { promised, threshold }: Pick<ReferenceProfile, 'promised' | 'threshold'>,
  wanted: Monitor['performance'],
  model: Model,
  answered: WindowProfile,
): PerformanceFinding[] {
  const evaluate = { ...model.evaluate, threshold: threshold ?? model.evaluate.threshold };
  const labelled = { predictions: Float64Array.from(predictions), labels: Float64Array.from(labels) };
  return judgePerformance(labelled, promised, wanted, { ...model, evaluate }, answered);
}
