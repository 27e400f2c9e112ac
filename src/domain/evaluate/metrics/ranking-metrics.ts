/** Metrics of the order in which a binary classifier puts the rows. */

import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { sortedOrder } from '../sorted-order.ts';
import type { Statistic } from './statistic.ts';

/** Area under the ROC curve: the share of (positive, negative) pairs in the right order, ties by half. */
export function rocAuc(scored: ScoredRows, model: ScoredModel): Statistic {
  return byThreshold(scored, model, () => {
    let area = 0;
    return {
      add: (positives, negatives, before) => {
        area += negatives * (before.positives + positives / 2);
      },
      result: (total) => area / (total.positives * total.negatives),
    };
  });
}

/** Average precision: Σ (recall_k − recall_{k−1}) · precision_k over the distinct thresholds from the highest down. */
export function averagePrecision(scored: ScoredRows, model: ScoredModel): Statistic {
  return byThreshold(scored, model, () => {
    let sum = 0;
    return {
      add: (positives, negatives, before) => {
        if (positives === 0) return;
        const hits = before.positives + positives;
        sum += (positives * hits) / (hits + before.negatives + negatives);
      },
      result: (total) => sum / total.positives,
    };
  });
}

type Counts = { positives: number; negatives: number };
type Sweep = { add(positives: number, negatives: number, before: Counts): void; result(total: Counts): number };

/** Walks down the thresholds; rows of one score are taken together. */
function byThreshold(scored: ScoredRows, model: ScoredModel, begin: () => Sweep): Statistic {
  const order = sortedOrder(model.values).reverse();
  const positive = new Uint8Array(order.length);
  const last = new Uint8Array(order.length);
  for (let position = 0; position < order.length; position += 1) {
    const row = order[position] as number;
    positive[position] = scored.labels[row] === 1 ? 1 : 0;
    const next = order[position + 1];
    last[position] = next === undefined || model.values[next] !== model.values[row] ? 1 : 0;
  }
  return (weights) => {
    const sweep = begin();
    const seen = { positives: 0, negatives: 0 };
    let positives = 0;
    let negatives = 0;
    for (let position = 0; position < order.length; position += 1) {
      const weight = weights[order[position] as number] as number;
      if (positive[position] === 1) positives += weight;
      else negatives += weight;
      if (last[position] === 1) {
        sweep.add(positives, negatives, seen);
        seen.positives += positives;
        seen.negatives += negatives;
        positives = 0;
        negatives = 0;
      }
    }
    return seen.positives === 0 || seen.negatives === 0 ? Number.NaN : sweep.result(seen);
  };
}
