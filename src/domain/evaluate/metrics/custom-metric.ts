import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import type { Statistic } from './statistic.ts';
import { weightedMean } from './weighted-mean.ts';

/**
 * Mean of the scores that the command gave by row; its value, whatever the counts and without influence, when it gave
 * no scores; NaN when it was not run for this model.
 */
export function customMetric(name: string, scored: ScoredRows, model: ScoredModel): Statistic {
  const given = model.custom !== undefined && Object.hasOwn(model.custom, name) ? model.custom[name] : undefined;
  if (given?.rows !== undefined) return weightedMean(given.rows, scored.weights);
  const value = given?.value ?? Number.NaN;
  return { at: () => value };
}
