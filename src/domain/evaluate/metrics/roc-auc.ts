import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { type RankedLabels, rankedLabels } from './ranked-rows.ts';
import type { Statistic } from './statistic.ts';

/** Area under the ROC curve: the share of (positive, negative) pairs in the right order, ties by half. */
export function rocAuc(scored: ScoredRows, model: ScoredModel): Statistic {
  return areaUnderRoc(rankedLabels(model.values, (row) => scored.labels[row] === 1, scored.weights));
}

export function areaUnderRoc(ranked: RankedLabels): Statistic & { influence(): Float64Array } {
  return {
    at: (counts) => sweep(ranked, counts).area,
    influence: () => influenceOf(ranked),
  };
}

/** Weight of the positives and negatives, and the area between them. */
function sweep({ order, last, positive, weights }: RankedLabels, counts: Uint8Array) {
  let [positives, negatives, tiedPositives, tiedNegatives, area] = [0, 0, 0, 0, 0];
  for (let position = 0; position < order.length; position += 1) {
    const row = order[position] as number;
    const weight = weights === undefined ? (counts[row] as number) : (counts[row] as number) * (weights[row] as number);
    const hit = weight * (positive[position] as number);
    tiedPositives += hit;
    tiedNegatives += weight - hit;
    if (last[position] === 1) {
      area += tiedNegatives * (positives + tiedPositives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
  }
  const pairs = positives * negatives;
  return { positives, negatives, area: pairs > 0 ? area / pairs : Number.NaN };
}

/**
 * A positive row's share of the negatives below it, less the area, by the weight of the positives; a negative row's
 * share of the positives above it, likewise: DeLong's structural components.
 */
function influenceOf(ranked: RankedLabels): Float64Array {
  const { order, last, positive, weights } = ranked;
  const result = new Float64Array(order.length);
  const total = sweep(ranked, new Uint8Array(order.length).fill(1));
  let [above, before, start] = [0, 0, 0];
  for (let position = 0; position < order.length; position += 1) {
    if (last[position] === 0) continue;
    let [tiedPositives, tiedNegatives] = [0, 0];
    for (let tied = start; tied <= position; tied += 1) {
      const weight = weights === undefined ? 1 : (weights[order[tied] as number] as number);
      if (positive[tied] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    const ofPositive =
      ((total.negatives - before - tiedNegatives / 2) / total.negatives - total.area) / total.positives;
    const ofNegative = ((above + tiedPositives / 2) / total.positives - total.area) / total.negatives;
    for (let tied = start; tied <= position; tied += 1) {
      const row = order[tied] as number;
      result[row] =
        (weights === undefined ? 1 : (weights[row] as number)) * (positive[tied] === 1 ? ofPositive : ofNegative);
    }
    above += tiedPositives;
    before += tiedNegatives;
    start = position + 1;
  }
  return result;
}
