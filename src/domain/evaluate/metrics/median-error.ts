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
  const { order, start, isBefore } = sortedAround(errors, weights);
  return {
    at: (counts) => {
      let [total, before] = [0, 0];
      for (let row = 0; row < errors.length; row += 1) {
        const count = counts[row] as number;
        const weight = weights === undefined ? count : count * (weights[row] as number);
        total += weight;
        before += weight * (isBefore[row] as number);
      }
      // Sums of weights in different order differ by rounding.
      const [below, above] = [(total / 2) * (1 - 1e-13), (total / 2) * (1 + 1e-13)];
      const isNear = before < below;
      let seen = isNear ? before : 0;
      let lower = Number.NaN;
      for (let position = isNear ? start : 0; position < order.length; position += 1) {
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

/**
 * Rows by error, and where in that order to start looking for the median of a resample, which is hardly ever earlier: six
 * standard deviations of a share of one half. `isBefore` is 1 for the rows before it.
 */
function sortedAround(errors: Float64Array, weights: Float64Array | undefined) {
  const order = sortedOrder(errors);
  const weightOf = (row: number) => (weights === undefined ? 1 : (weights[row] as number));
  const total = errors.reduce((sum, _error, row) => sum + weightOf(row), 0);
  const wanted = total * (0.5 - 3 / Math.sqrt(errors.length));
  const isBefore = new Uint8Array(errors.length);
  let start = 0;
  for (let seen = 0; start < order.length; start += 1) {
    const row = order[start] as number;
    seen += weightOf(row);
    if (seen > wanted) break;
    isBefore[row] = 1;
  }
  return { order, start, isBefore };
}
