import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { sortedOrder } from '../sorted-order.ts';
import { byRow } from './regression-metrics.ts';
import type { Statistic } from './statistic.ts';

/**
 * Weighted median of the absolute errors, label's unit: the smallest with half of the weight down to it, or its mean with
 * the next when that is half exactly ("averaged inverted CDF"). Not smooth: no influence.
 */
export function medianAbsoluteError(scored: ScoredRows, model: ScoredModel): Statistic {
  const errors = byRow(scored, model, (y, p) => Math.abs(p - y));
  const { weights } = scored;
  const order = sortedOrder(errors);
  return {
    at: (counts) => {
      let total = 0;
      for (let row = 0; row < errors.length; row += 1) {
        total += weights === undefined ? (counts[row] as number) : (counts[row] as number) * (weights[row] as number);
      }
      // Sums of weights in different order differ by rounding.
      const [below, above] = [(total / 2) * (1 - 1e-13), (total / 2) * (1 + 1e-13)];
      let seen = 0;
      let lower = Number.NaN;
      for (let position = 0; position < order.length; position += 1) {
        const row = order[position] as number;
        const count = counts[row] as number;
        const weight = weights === undefined ? count : count * (weights[row] as number);
        if (weight === 0) continue;
        const error = errors[row] as number;
        if (!Number.isNaN(lower)) return (lower + error) / 2;
        seen += weight;
        if (seen > above) return error;
        if (seen >= below) lower = error;
      }
      return lower;
    },
  };
}
