/** Whether there are rows enough to tell an interval at all. */
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName } from '../spec/valid.ts';
import { groupCount } from './intervals/influence-spread.ts';
import type { ScoredRows } from './scored-rows.ts';

/** Fewer rows than this in all, in a class where the metric needs it, or fewer groups, and no interval is told. */
export const MIN_ROWS = 30;
export const MIN_CLASS_ROWS = 10;
export const MIN_GROUPS = 10;

/**
 * What the rows are like, counted once for all metrics. `units`: groups where rows come in groups, else rows. Rows with
 * weights count as many as rows of equal weight would tell as much: (Σ w)² / Σ w² (Kish 1965).
 */
export type RowCounts = { rows: number; units: number; classes: number; smallestClass: number };

export function countRows(scored: ScoredRows): RowCounts {
  const { rows, labels, weights, groups, task } = scored;
  const all = effectiveRows(rows, weights, 1, () => 0)[0] as number;
  const units = groups === undefined ? all : Math.min(all, groupCount(groups));
  const isClasses = task === 'binary-classification' || task === 'multiclass-classification';
  if (!isClasses) return { rows: all, units, classes: 0, smallestClass: 0 };
  const classes = task === 'binary-classification' ? 2 : scored.width;
  const there = effectiveRows(rows, weights, classes, (row) => labels[row] as number).filter((count) => count > 0);
  return { rows: all, units, classes: there.length, smallestClass: Math.min(...there) };
}

function effectiveRows(
  rows: number,
  weights: Float64Array | undefined,
  classes: number,
  classOf: (row: number) => number,
): number[] {
  const sums = new Float64Array(classes);
  const squares = new Float64Array(classes);
  for (let row = 0; row < rows; row += 1) {
    const label = classOf(row);
    const weight = weights === undefined ? 1 : (weights[row] as number);
    sums[label] = (sums[label] as number) + weight;
    squares[label] = (squares[label] as number) + weight * weight;
  }
  return Array.from(sums, (sum, label) => (sum > 0 ? sum ** 2 / (squares[label] as number) : 0));
}

export function areEnough(metric: MetricName, counts: RowCounts): boolean {
  if (counts.rows < MIN_ROWS || counts.units < MIN_GROUPS) return false;
  if (!parseMetric(metric).facts?.needsClasses) return true;
  return counts.classes > 1 && counts.smallestClass >= MIN_CLASS_ROWS;
}

/** Independent rows that a share is about: those of the smallest class where it is about each class. */
export function unitsBehind(metric: MetricName, counts: RowCounts): number {
  return parseMetric(metric).facts?.needsClasses ? Math.min(counts.smallestClass, counts.units) : counts.units;
}
