/** Whether there are rows enough to tell an interval at all. */
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName } from '../spec/valid.ts';
import { groupCount } from './intervals/influence-spread.ts';
import type { ScoredRows } from './scored-rows.ts';

/** Fewer rows than this in all, in a class where the metric needs it, or fewer groups, and no interval is told. */
export const MIN_ROWS = 30;
export const MIN_CLASS_ROWS = 10;
export const MIN_GROUPS = 10;

/** What the rows are like, counted once for all metrics. `units`: groups where rows come in groups, else rows. */
export type RowCounts = { rows: number; units: number; classes: number; smallestClass: number };

export function countRows(scored: ScoredRows): RowCounts {
  const units = scored.groups === undefined ? scored.rows : groupCount(scored.groups);
  const isClasses = scored.task === 'binary-classification' || scored.task === 'multiclass-classification';
  if (!isClasses) return { rows: scored.rows, units, classes: 0, smallestClass: 0 };
  const counts = new Float64Array(scored.task === 'binary-classification' ? 2 : scored.width);
  for (let row = 0; row < scored.rows; row += 1) {
    const label = scored.labels[row] as number;
    counts[label] = (counts[label] as number) + 1;
  }
  const there = counts.filter((count) => count > 0);
  return { rows: scored.rows, units, classes: there.length, smallestClass: Math.min(...there) };
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
