import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type RankedLabels, rankedLabels } from './ranked-rows.ts';
import type { Statistic } from './statistic.ts';

/** Average precision: Σ (recall_k − recall_{k−1}) · precision_k over the distinct thresholds from the highest down. */
export function averagePrecision(scored: ScoredRows, model: ScoredModel): Statistic {
  const ranked = rankedLabels(model.values, (row) => scored.labels[row] === 1, scored.weights);
  return { at: (counts) => sweep(ranked, counts).value, influence: () => influenceOf(ranked) };
}

function sweep({ order, last, positive, weights }: RankedLabels, counts: Uint8Array) {
  let [hits, seen, tied, sum] = [0, 0, 0, 0];
  for (let position = 0; position < order.length; position += 1) {
    const row = order[position] as number;
    const weight = weights === undefined ? (counts[row] as number) : (counts[row] as number) * (weights[row] as number);
    seen += weight;
    tied += weight * (positive[position] as number);
    if (last[position] === 1 && tied > 0) {
      hits += tied;
      sum += (tied * hits) / seen;
      tied = 0;
    }
  }
  return { positives: hits, value: hits > 0 && seen > hits ? sum / hits : Number.NaN };
}

/**
 * With p_k the positives of threshold k, H_k and T_k positives and rows down to it, P all positives: AP = Σ p_k H_k /
 * (T_k P). One more row at threshold g adds to T_k for all k ≥ g, a positive one to p_g and to H_k as well.
 */
function influenceOf(ranked: RankedLabels): Float64Array {
  const { order, last, positive, weights } = ranked;
  const { positives, value } = sweep(ranked, new Uint8Array(order.length).fill(1));
  const result = new Float64Array(order.length);
  const weightAt = (position: number) => (weights === undefined ? 1 : (weights[order[position] as number] as number));
  // Cumulated from the top down to each position, then read from the bottom up.
  const hits = new Float64Array(order.length);
  const seen = new Float64Array(order.length);
  let [hit, all] = [0, 0];
  for (let position = 0; position < order.length; position += 1) {
    const weight = weightAt(position);
    all += weight;
    if (positive[position] === 1) hit += weight;
    hits[position] = hit;
    seen[position] = all;
  }
  let [byNegative, byPositive, precision] = [0, 0, 0];
  for (let position = order.length - 1; position >= 0; position -= 1) {
    if (last[position] === 1 && (seen[position] as number) > 0) {
      const [h, t] = [hits[position] as number, seen[position] as number];
      const tied = h - hitsBefore(hits, last, position);
      byNegative -= (tied * h) / t ** 2;
      byPositive += (tied * (t - h)) / t ** 2;
      precision = h / t;
    }
    const own = positive[position] === 1 ? precision + byPositive - value : byNegative;
    result[order[position] as number] = (weightAt(position) * own) / positives;
  }
  return result;
}

/** Positives above the threshold whose last row is at `position`. */
function hitsBefore(hits: Float64Array, last: Uint8Array, position: number): number {
  let above = position - 1;
  while (above >= 0 && last[above] === 0) above -= 1;
  return above < 0 ? 0 : (hits[above] as number);
}
