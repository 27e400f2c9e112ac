/** What is decided for a row, and metrics that are means over the decisions. */
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type Statistic, scoreRows } from './statistic.ts';
import { weightedMean } from './weighted-mean.ts';

/** Class decided for a row: probability ≥ threshold, or the class with the highest probability (the first of equals). */
export function decisions(scored: ScoredRows, model: ScoredModel): Uint16Array {
  const decided = new Uint16Array(scored.rows);
  const { values, threshold } = model;
  if (scored.task === 'binary-classification') {
    for (let row = 0; row < scored.rows; row += 1) decided[row] = (values[row] as number) >= threshold ? 1 : 0;
    return decided;
  }
  for (let row = 0; row < scored.rows; row += 1) {
    const start = row * scored.width;
    let best = 0;
    for (let column = 1; column < scored.width; column += 1) {
      if ((values[start + column] as number) > (values[start + best] as number)) best = column;
    }
    decided[row] = best;
  }
  return decided;
}

export function classesOf(scored: ScoredRows): number {
  return scored.task === 'binary-classification' ? 2 : scored.width;
}

export function accuracy(scored: ScoredRows, model: ScoredModel): Statistic {
  const decided = decisions(scored, model);
  return weightedMean(
    scoreRows(scored.rows, (row) => (decided[row] === scored.labels[row] ? 1 : 0)),
    scored.weights,
  );
}

/**
 * Share of rows whose class is among the `k` with the highest probability. Of equal probabilities the class that comes
 * first goes first, so that the first place is what is decided.
 */
export function topAccuracy(scored: ScoredRows, model: ScoredModel, k: number): Statistic {
  const { values } = model;
  const hits = scoreRows(scored.rows, (row) => {
    const start = row * scored.width;
    const label = scored.labels[row] as number;
    const own = values[start + label] as number;
    let before = 0;
    for (let column = 0; column < scored.width; column += 1) {
      const value = values[start + column] as number;
      if (value > own || (value === own && column < label)) before += 1;
    }
    return before < k ? 1 : 0;
  });
  return weightedMean(hits, scored.weights);
}

/** Mean of what the decisions cost by `ScoredRows.costs`; NaN without them. */
export function expectedCost(scored: ScoredRows, model: ScoredModel): Statistic {
  const decided = decisions(scored, model);
  return weightedMean(
    scoreRows(
      scored.rows,
      (row) => scored.costs?.[scored.labels[row] as number]?.[decided[row] as number] ?? Number.NaN,
    ),
    scored.weights,
  );
}
