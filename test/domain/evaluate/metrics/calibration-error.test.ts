import { expect, it } from 'vitest';
import { binSums } from '../../../../src/domain/evaluate/metrics/calibration-error.ts';
import { statisticOf } from '../../../../src/domain/evaluate/metrics/statistic-of.ts';
import { REFERENCE_SETS, scoredRowsOf } from './reference-sets.ts';

it.each(REFERENCE_SETS.filter(([name]) => ['binary', 'multiclass'].includes(name)))(
  'the bin sums of the %s rows make up the calibration error of any resample',
  (_, stored) => {
    const counts = Uint8Array.from(stored.labels, (_label, row) => (row * 7) % 4);
    for (const weighted of [false, true]) {
      const scored = scoredRowsOf(stored, weighted);
      const { bins, binOf, excess } = binSums(scored, scored.candidate, 12);
      const sums = new Array<number>(bins).fill(0);
      let total = 0;
      for (const [row, count] of counts.entries()) {
        sums[binOf[row] as number] = (sums[binOf[row] as number] as number) + count * (excess[row] as number);
        total += count * (scored.weights?.[row] ?? 1);
      }
      const error = sums.reduce((sum, one) => sum + Math.abs(one), 0) / total;
      expect(statisticOf('ece@12', scored, scored.candidate).at(counts)).toBeCloseTo(error, 12);
    }
  },
);
