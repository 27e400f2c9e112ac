/** Predictions with the figures of scikit-learn, scipy and numpy; metrics.py beside them made them. */
import type { ScoredRows } from '../../../../src/domain/evaluate/scored-rows.ts';
import type { Task } from '../../../../src/domain/spec/valid.ts';
import reference from '../reference/metrics.json' with { type: 'json' };

type ReferenceCase = { metric: string; weighted: boolean; value: number; by: string };
type StoredSet = {
  task: string;
  width: number;
  threshold: number;
  labels: number[];
  values: number[];
  weights: number[];
  groups?: number[];
  costs?: number[][];
  cases: ReferenceCase[];
};

export const REFERENCE_SETS: [string, StoredSet][] = Object.entries(reference.sets);

export function scoredRowsOf(stored: StoredSet, weighted: boolean): ScoredRows {
  return {
    task: stored.task as Task,
    rows: stored.labels.length,
    width: stored.width,
    labels: Float64Array.from(stored.labels),
    candidate: { values: Float64Array.from(stored.values), threshold: stored.threshold },
    ...(weighted ? { weights: Float64Array.from(stored.weights) } : {}),
    ...(stored.groups === undefined ? {} : { groups: Int32Array.from(stored.groups) }),
    ...(stored.costs === undefined ? {} : { costs: stored.costs }),
  };
}
