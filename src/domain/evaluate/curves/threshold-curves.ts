import { sortedOrder } from '../sorted-order.ts';
import { FEW_ROWS, rounded } from './few-rows.ts';

export type ThresholdCurves = {
  /** False-positive rate, true-positive rate: from (0, 0) to (1, 1). */
  roc: [number, number][];
  /** Recall, precision: from recall 0 (with the precision of the first point) to 1. */
  pr: [number, number][];
};

const MOST_POINTS = 200;

/**
 * Both curves in one walk down the scores; rows count by weight. A point is set where a rate has moved on by enough that
 * there are at most 200 of them. `undefined` unless both classes have weight.
 */
export function thresholdCurves(
  labels: Float64Array,
  scores: Float64Array,
  weights: Float64Array | undefined,
): ThresholdCurves | undefined {
  const total = [0, 0] as [number, number];
  for (let row = 0; row < labels.length; row += 1) total[labels[row] as 0 | 1] += weights?.[row] ?? 1;
  const [negatives, positives] = total;
  if (negatives === 0 || positives === 0) return undefined;
  const order = sortedOrder(scores);
  // Both rates go from 0 to 1; the first point and the last are set whatever they are.
  const step = 2 / (MOST_POINTS - 2);
  const roc: [number, number][] = [[0, 0]];
  const pr: [number, number][] = [];
  let [hits, alarms, moved, rows] = [0, 0, 0, 0];
  for (let place = order.length - 1; place >= 0; place -= 1) {
    const row = order[place] as number;
    const weight = weights?.[row] ?? 1;
    if (labels[row] === 1) hits += weight;
    else alarms += weight;
    rows += 1;
    const next = place === 0 ? undefined : order[place - 1];
    if (next !== undefined && scores[next] === scores[row]) continue;
    const [recall, fallOut] = [hits / positives, alarms / negatives];
    const isEnough = rows >= FEW_ROWS && recall + fallOut - moved >= step;
    if (next !== undefined && !isEnough) continue;
    roc.push([rounded(fallOut), rounded(recall)]);
    if (hits + alarms > 0) pr.push([rounded(recall), rounded(hits / (hits + alarms))]);
    moved = recall + fallOut;
    rows = 0;
  }
  return { roc, pr: [[0, pr[0]?.[1] ?? 0], ...pr] };
}
