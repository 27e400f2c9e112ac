/** Metrics of the decided class. */
import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type Statistic, scoreRows, weightedMean } from './statistic.ts';

/** Class decided for a row: probability ≥ threshold, or the class with the highest probability (the first of equals). */
export function decisions(scored: ScoredRows, model: ScoredModel): Uint16Array {
  const decided = new Uint16Array(scored.rows);
  for (let row = 0; row < scored.rows; row += 1) {
    if (scored.task === 'binary-classification') {
      decided[row] = (model.values[row] as number) >= model.threshold ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let column = 1; column < scored.width; column += 1) {
      const value = model.values[row * scored.width + column] as number;
      if (value > (model.values[row * scored.width + best] as number)) best = column;
    }
    decided[row] = best;
  }
  return decided;
}

export function accuracy(scored: ScoredRows, model: ScoredModel): Statistic {
  const decided = decisions(scored, model);
  return weightedMean(scoreRows(scored.rows, (row) => (decided[row] === scored.labels[row] ? 1 : 0)));
}

/** Rows of truth × columns of decision, row-major. */
export type Confusion = { classes: number; counts: Float64Array };

/** A metric that needs nothing but the confusion matrix. */
export function ofConfusion(
  scored: ScoredRows,
  model: ScoredModel,
  metric: (confusion: Confusion) => number,
): Statistic {
  const classes = classesOf(scored);
  const decided = decisions(scored, model);
  const cells = Uint32Array.from(
    scoreRows(scored.rows, (row) => (scored.labels[row] as number) * classes + (decided[row] as number)),
  );
  const counts = new Float64Array(classes * classes);
  return (weights) => {
    counts.fill(0);
    for (let row = 0; row < cells.length; row += 1) {
      const cell = cells[row] as number;
      counts[cell] = (counts[cell] as number) + (weights[row] as number);
    }
    return metric({ classes, counts });
  };
}

export function classesOf(scored: ScoredRows): number {
  return scored.task === 'binary-classification' ? 2 : scored.width;
}

/** Mean recall of the classes that have rows. */
export function balancedAccuracy({ classes, counts }: Confusion): number {
  let sum = 0;
  let present = 0;
  for (let label = 0; label < classes; label += 1) {
    const total = rowTotal(classes, counts, label);
    if (total === 0) continue;
    sum += (counts[label * classes + label] as number) / total;
    present += 1;
  }
  return present < 2 ? Number.NaN : sum / present;
}

/** Of the positive class (index 1); NaN when nothing is predicted positive. */
export function precision({ counts }: Confusion): number {
  const [, falsePositive, , truePositive] = counts as unknown as [number, number, number, number];
  return truePositive / (truePositive + falsePositive);
}

export function recall({ counts }: Confusion): number {
  const [, , falseNegative, truePositive] = counts as unknown as [number, number, number, number];
  return truePositive / (truePositive + falseNegative);
}

export function f1({ classes, counts }: Confusion): number {
  return f1OfClass(classes, counts, 1);
}

/** Mean of the classes' F1; a class that is neither there nor predicted is left out. */
export function macroF1({ classes, counts }: Confusion): number {
  let sum = 0;
  let present = 0;
  for (let label = 0; label < classes; label += 1) {
    const value = f1OfClass(classes, counts, label);
    if (Number.isNaN(value)) continue;
    sum += value;
    present += 1;
  }
  return sum / present;
}

function f1OfClass(classes: number, counts: Float64Array, label: number): number {
  let predicted = 0;
  for (let row = 0; row < classes; row += 1) predicted += counts[row * classes + label] as number;
  return (2 * (counts[label * classes + label] as number)) / (predicted + rowTotal(classes, counts, label));
}

function rowTotal(classes: number, counts: Float64Array, label: number): number {
  let total = 0;
  for (let column = 0; column < classes; column += 1) total += counts[label * classes + column] as number;
  return total;
}
