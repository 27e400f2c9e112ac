import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type RankedLabels, rankedLabels } from './ranked-rows.ts';
import type { Statistic } from './statistic.ts';

/** Where the best `share` of the rows ends: within the rows of one score, of which `part` is taken. */
type Cut = { start: number; end: number; part: number };

/**
 * How much more frequent the positive class is among the `share` of the rows with the highest scores than among all.
 * Of rows with the score at which the cut falls, all count in part, so that their order does not matter.
 */
export function lift(scored: ScoredRows, model: ScoredModel, share: number): Statistic {
  const ranked = rankedLabels(model.values, (row) => scored.labels[row] === 1, scored.weights);
  return {
    at: (counts) => liftAt(ranked, scored.labels, counts, share),
    influence: () => influenceOf(ranked, scored.labels, share),
  };
}

function liftAt(ranked: RankedLabels, labels: Float64Array, counts: Uint8Array, share: number): number {
  const { order, last, positive, weights } = ranked;
  const { total, positives } = totalsOf(ranked, labels, counts);
  const wanted = share * total;
  let [taken, hits, tied, tiedHits] = [0, 0, 0, 0];
  for (let position = 0; position < order.length; position += 1) {
    const row = order[position] as number;
    const weight = weights === undefined ? (counts[row] as number) : (counts[row] as number) * (weights[row] as number);
    tied += weight;
    tiedHits += weight * (positive[position] as number);
    if (last[position] === 0 || tied === 0) continue;
    if (taken + tied >= wanted) return (hits + ((wanted - taken) * tiedHits) / tied) / (share * positives);
    taken += tied;
    hits += tiedHits;
    tied = 0;
    tiedHits = 0;
  }
  // By rounding all rows may be a little less than what is wanted.
  return hits / (share * positives);
}

function totalsOf({ weights }: RankedLabels, labels: Float64Array, counts: Uint8Array) {
  let [total, positives] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights === undefined ? (counts[row] as number) : (counts[row] as number) * (weights[row] as number);
    total += weight;
    positives += weight * (labels[row] as number);
  }
  return { total, positives };
}

/**
 * A row more above the cut pushes as much below it, and what it pushes out is positive as often as rows near the cut
 * are. That rate is taken from about 2 √n rows around it, or from the rows with that very score when these are more.
 */
function influenceOf(ranked: RankedLabels, labels: Float64Array, share: number): Float64Array {
  const { order, positive, weights } = ranked;
  const weightAt = (position: number) => (weights === undefined ? 1 : (weights[order[position] as number] as number));
  const ones = new Uint8Array(order.length).fill(1);
  const { total, positives } = totalsOf(ranked, labels, ones);
  const value = liftAt(ranked, labels, ones, share);
  const cut = cutOf(ranked, weightAt, share * total);
  const rate = rateNear(ranked, weightAt, cut);
  const result = new Float64Array(order.length);
  for (let position = 0; position < order.length; position += 1) {
    const hit = positive[position] as number;
    const taken = position < cut.start ? 1 : position < cut.end ? cut.part : 0;
    const ofTop = (taken * (hit - rate) + share * rate) / (share * positives);
    result[order[position] as number] = weightAt(position) * (ofTop - (value * hit) / positives);
  }
  return result;
}

function cutOf({ order, last }: RankedLabels, weightAt: (position: number) => number, wanted: number): Cut {
  let [taken, tied, start] = [0, 0, 0];
  for (let position = 0; position < order.length; position += 1) {
    tied += weightAt(position);
    if (last[position] === 0) continue;
    if (tied > 0 && taken + tied >= wanted) return { start, end: position + 1, part: (wanted - taken) / tied };
    taken += tied;
    tied = 0;
    start = position + 1;
  }
  return { start: order.length, end: order.length, part: 0 };
}

function rateNear({ order, positive }: RankedLabels, weightAt: (position: number) => number, cut: Cut): number {
  const more = Math.max(0, Math.ceil(Math.sqrt(order.length) - (cut.end - cut.start) / 2));
  let [hits, total] = [0, 0];
  for (let position = Math.max(0, cut.start - more); position < Math.min(order.length, cut.end + more); position += 1) {
    total += weightAt(position);
    hits += weightAt(position) * (positive[position] as number);
  }
  return total === 0 ? 0 : hits / total;
}
