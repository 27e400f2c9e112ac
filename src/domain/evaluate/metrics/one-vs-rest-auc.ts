import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { rankedLabels } from './ranked-rows.ts';
import { areaUnderRoc } from './roc-auc.ts';
import { type Statistic, scoreRows } from './statistic.ts';

/**
 * Mean of the areas under the ROC curves of each class against all others, by its own probability: `macro`: each class
 * alike; `weighted`: by its share of the rows. Classes without rows are left out; NaN unless two have rows.
 */
export function oneVsRestAuc(scored: ScoredRows, model: ScoredModel, average: 'macro' | 'weighted'): Statistic {
  const { labels, weights, width, rows } = scored;
  const areas = Array.from({ length: width }, (_, label) =>
    areaUnderRoc(
      rankedLabels(
        scoreRows(rows, (row) => model.values[row * width + label] as number),
        (row) => labels[row] === label,
        weights,
      ),
    ),
  );
  const ofClass = new Float64Array(width);
  const weigh = (counts: Uint8Array) => {
    ofClass.fill(0);
    for (let row = 0; row < rows; row += 1) {
      const label = labels[row] as number;
      const weight =
        weights === undefined ? (counts[row] as number) : (counts[row] as number) * (weights[row] as number);
      ofClass[label] = (ofClass[label] as number) + weight;
    }
    return shares(ofClass, average);
  };
  return {
    at: (counts) => {
      const share = weigh(counts);
      let sum = 0;
      for (const [label, area] of areas.entries()) {
        if ((share[label] as number) > 0) sum += (share[label] as number) * area.at(counts);
      }
      return share.length === 0 ? Number.NaN : sum;
    },
    influence: () => {
      const ones = new Uint8Array(rows).fill(1);
      const share = weigh(ones);
      const total = ofClass.reduce((sum, weight) => sum + weight, 0);
      const result = new Float64Array(rows).fill(share.length === 0 ? Number.NaN : 0);
      for (const [label, area] of areas.entries()) {
        const part = share[label] ?? 0;
        if (part === 0) continue;
        const influence = area.influence();
        const value = average === 'weighted' ? area.at(ones) : 0;
        for (let row = 0; row < rows; row += 1) {
          // The classes' shares move with the rows too.
          const moved =
            ((labels[row] === label ? 1 : 0) - part) * (weights === undefined ? 1 : (weights[row] as number));
          result[row] = (result[row] as number) + part * (influence[row] as number) + (value * moved) / total;
        }
      }
      return result;
    },
  };
}

/** How much each class counts, 1 in all; empty unless two have rows. */
function shares(ofClass: Float64Array, average: 'macro' | 'weighted'): number[] {
  let [total, present] = [0, 0];
  for (let label = 0; label < ofClass.length; label += 1) {
    total += ofClass[label] as number;
    present += (ofClass[label] as number) > 0 ? 1 : 0;
  }
  if (present < 2) return [];
  return Array.from(ofClass, (weight) => (average === 'weighted' ? weight / total : weight > 0 ? 1 / present : 0));
}
