import type { ScoredModel, ScoredRows } from '../scored-rows.ts';
import { decisions } from './decision-metrics.ts';
import { calibrationBin } from './probability-metrics.ts';
import { type Statistic, scoreRows } from './statistic.ts';

/**
 * What the calibration error is made of: with S_b the sum of `excess` over the rows of bin b and W the sum of the
 * weights it is Σ |S_b| / W. Both are with the rows' weights within.
 */
export type BinSums = { bins: number; binOf: Uint8Array; excess: Float64Array };

/** Weighted (predicted − came) by row and its bin, at most 100 of equal width on the probability. */
export function binSums(scored: ScoredRows, model: ScoredModel, bins: number): BinSums {
  const { predicted, came } = confidenceOf(scored, model);
  const { weights } = scored;
  const binOf = new Uint8Array(scored.rows);
  for (let row = 0; row < scored.rows; row += 1) binOf[row] = calibrationBin(predicted[row] as number, bins);
  const excess = scoreRows(
    scored.rows,
    (row) =>
      ((predicted[row] as number) - (came[row] as number)) * (weights === undefined ? 1 : (weights[row] as number)),
  );
  return { bins, binOf, excess };
}

/**
 * Expected calibration error: |mean predicted − share that came| by bin, weighted by rows. Of several classes: the
 * probability of the decided class, and whether it came. It has no influence: where a bin's sum is near 0 its absolute
 * value has no derivative.
 */
export function calibrationError(scored: ScoredRows, model: ScoredModel, bins: number): Statistic {
  const { binOf, excess } = binSums(scored, model, bins);
  const { weights } = scored;
  // Four sums a bin, taken in turn: an addition need not wait for the one before.
  const lanes = new Float64Array(bins * 4);
  return {
    at: (counts) => {
      lanes.fill(0);
      let total = 0;
      for (let row = 0; row < binOf.length; row += 1) {
        const count = counts[row] as number;
        const lane = (binOf[row] as number) * 4 + (row & 3);
        lanes[lane] = (lanes[lane] as number) + count * (excess[row] as number);
        total += weights === undefined ? count : count * (weights[row] as number);
      }
      let error = 0;
      for (let lane = 0; lane < lanes.length; lane += 4) {
        const [a, b, c, d] = [lanes[lane], lanes[lane + 1], lanes[lane + 2], lanes[lane + 3]];
        error += Math.abs((a as number) + (b as number) + (c as number) + (d as number));
      }
      return error / total;
    },
  };
}

function confidenceOf(scored: ScoredRows, model: ScoredModel): { predicted: Float64Array; came: Float64Array } {
  if (scored.task === 'binary-classification') return { predicted: model.values, came: scored.labels };
  const decided = decisions(scored, model);
  return {
    predicted: scoreRows(scored.rows, (row) => model.values[row * scored.width + (decided[row] as number)] as number),
    came: scoreRows(scored.rows, (row) => (decided[row] === scored.labels[row] ? 1 : 0)),
  };
}
