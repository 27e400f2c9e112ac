/** Whether there are rows enough to tell an interval at all, and how many a metric rests on. */
import { parseMetric } from '../spec/metric-catalogue.ts';
import type { MetricName } from '../spec/valid.ts';
import { effectiveUnits, queryUnits } from './effective-units.ts';
import { classesOf, decisions } from './metrics/decision-metrics.ts';
import type { ScoredRows } from './scored-rows.ts';

/** Fewer rows than this in all, or fewer independent ones behind the metric, and no interval is told. */
const MIN_ROWS = 30;
const MIN_UNITS = 10;

/** `units`: independent rows that the metric rests on, as `effectiveUnits` counts them; with a champion the fewest of both. */
export type RowCounts = { rows: number; units(metric: MetricName): number };

export function countRows(scored: ScoredRows): RowCounts {
  const { labels, task, rows } = scored;
  const isClasses = task === 'binary-classification' || task === 'multiclass-classification';
  const all = task === 'ranking' ? queryUnits(scored) : (effectiveUnits(scored, 1, () => 0)[0] as number);
  const classes = isClasses ? effectiveUnits(scored, classesOf(scored), (row) => labels[row] as number) : [];
  const decided = once(() => decidedUnits(scored));
  const units = (metric: MetricName) => {
    const { name, facts, parameter = 1 } = parseMetric(metric);
    if (name === 'recall' || name === 'f1' || name === 'f_beta') return classes[1] as number;
    if (name === 'specificity') return classes[0] as number;
    if (name === 'precision') return Math.min(...decided().map((ofModel) => ofModel[1] as number));
    if (name === 'macro_precision' || name === 'weighted_precision') return smallestDecided(classes, decided());
    if (!facts?.needsClasses) return all;
    if (name === 'mcc' || name === 'cohen_kappa') return Math.min(smallest(classes), ...decided().map(besidesMost));
    return name === 'lift' ? Math.min(smallest(classes), parameter * all) : smallest(classes);
  };
  const { weights, ...even } = scored;
  const effective =
    weights === undefined ? rows : effectiveUnits({ ...even, weights, groups: undefined }, 1, () => 0)[0];
  return { rows: effective as number, units };
}

export function areEnough(metric: MetricName, counts: RowCounts): boolean {
  return counts.rows >= MIN_ROWS && counts.units(metric) >= MIN_UNITS;
}

/** Of each model the units that are decided for each class. */
function decidedUnits(scored: ScoredRows): number[][] {
  const models = scored.champion === undefined ? [scored.candidate] : [scored.candidate, scored.champion];
  return models.map((model) => {
    const decided = decisions(scored, model);
    return effectiveUnits(scored, classesOf(scored), (row) => decided[row] as number);
  });
}

/** Of the classes that have rows; 0 where that is one only. */
function smallest(classes: readonly number[]): number {
  const there = classes.filter((count) => count > 0);
  return there.length > 1 ? Math.min(...there) : 0;
}

/** Of the classes that have rows or are decided, each has a precision. */
function smallestDecided(classes: readonly number[], decided: readonly number[][]): number {
  const isThere = (label: number) => [classes, ...decided].some((counts) => (counts[label] as number) > 0);
  return Math.min(...decided.map((ofModel) => Math.min(...ofModel.filter((_, label) => isThere(label)))));
}

/** What is decided otherwise than most: a correlation with decisions that are all alike is not defined. */
function besidesMost(decided: readonly number[]): number {
  return decided.reduce((sum, count) => sum + count, 0) - Math.max(...decided);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
