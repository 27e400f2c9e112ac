import { describe, expect, it } from 'vitest';
import { compareMetrics } from '../../../src/domain/evaluate/compare-metrics.ts';
import { areEnough, countRows } from '../../../src/domain/evaluate/enough-rows.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';

const options = { seed: 5, resamples: 400, confidence: 0.95 };

/** The first `decided` rows are decided positive, the first `positives` are so. */
function decisionsOf(rows: number, positives: number, decided: number, other = decided): ScoredRows {
  const model = (count: number) => ({
    values: Float64Array.from({ length: rows }, (_, row) => (row < count ? 0.9 : 0.1)),
    threshold: 0.5,
  });
  return {
    task: 'binary-classification',
    rows,
    width: 1,
    labels: Float64Array.from({ length: rows }, (_, row) => (row < positives ? 1 : 0)),
    candidate: model(decided),
    champion: model(other),
  };
}

const unitsOf = (scored: ScoredRows, ...metrics: string[]) => metrics.map(countRows(scored).units);

describe('the rows that a metric rests on', () => {
  it('are of the precision those that are decided that way, by whichever model does it least', () => {
    expect(unitsOf(decisionsOf(500, 100, 40, 12), 'precision', 'recall', 'specificity', 'mcc', 'accuracy')).toEqual([
      12, 100, 400, 12, 500,
    ]);
    expect(unitsOf(decisionsOf(500, 480, 40), 'recall', 'f1', 'specificity', 'balanced_accuracy')).toEqual([
      480, 480, 20, 20,
    ]);
  });

  it('are of a lift those with the highest scores', () => {
    expect(unitsOf(decisionsOf(500, 100, 40), 'lift@0.01', 'lift@0.1')).toEqual([5, 50]);
  });

  it('are of several classes’ precision the fewest decided for any', () => {
    const decided = [0, 0, 0, 1, 1, 2];
    const values = Float64Array.from(decided.flatMap((label) => [0, 1, 2].map((one) => (one === label ? 0.8 : 0.1))));
    const scored: ScoredRows = {
      task: 'multiclass-classification',
      rows: 6,
      width: 3,
      labels: Float64Array.of(0, 0, 1, 1, 2, 2),
      candidate: { values, threshold: 0.5 },
    };
    expect(unitsOf(scored, 'macro_precision', 'weighted_precision', 'macro_recall')).toEqual([1, 1, 2]);
    expect(unitsOf({ ...scored, labels: Float64Array.of(0, 0, 0, 1, 1, 1) }, 'macro_precision')).toEqual([1]);
  });

  it('are groups of even weight, of a class those that have rows of it', () => {
    const scored = { ...decisionsOf(100, 20, 20), groups: Int32Array.from({ length: 100 }, (_, row) => row % 20) };
    expect(unitsOf(scored, 'accuracy', 'recall')).toEqual([20, 20]);
    const lumped = { ...scored, groups: Int32Array.from({ length: 100 }, (_, row) => Math.max(0, row - 79)) };
    // One of 80 rows and 20 of one row each: 100² / (80² + 20); of the positives one group alone.
    expect(unitsOf(lumped, 'accuracy', 'recall')).toEqual([100 ** 2 / (80 ** 2 + 20), 1]);
    const weights = Float64Array.from({ length: 100 }, (_, row) => (row < 20 ? 4 : 1));
    const { groups: _, ...apart } = scored;
    expect(unitsOf({ ...apart, weights }, 'accuracy', 'recall')).toEqual([160 ** 2 / (20 * 16 + 80), 20]);
  });

  it('are of a ranking the queries with a gain and a weight', () => {
    const groups = Int32Array.from({ length: 120 }, (_, row) => row % 30);
    const ranking: ScoredRows = {
      task: 'ranking',
      rows: 120,
      width: 1,
      labels: Float64Array.from(groups, (query, row) => (query < 9 && row < 30 ? 1 : 0)),
      candidate: { values: Float64Array.from({ length: 120 }, (_, row) => (row * 7) % 11), threshold: 0.5 },
      groups,
    };
    expect(unitsOf(ranking, 'ndcg')).toEqual([9]);
    expect(compareMetrics(ranking, ['ndcg'], options)[0]).toMatchObject({ method: 'none', candidate: { lower: null } });
    const more = { ...ranking, labels: Float64Array.from(groups, (query, row) => (query < 12 && row < 30 ? 1 : 0)) };
    expect(compareMetrics(more, ['ndcg'], options)[0]).toMatchObject({ method: 'delta', degrees: 11 });
    const weights = Float64Array.from(groups, (query) => (query < 4 ? 0 : 1));
    expect(unitsOf({ ...more, weights }, 'ndcg')).toEqual([8]);
    const { groups: _, ...one } = more;
    expect(areEnough('ndcg', countRows(one))).toBe(false);
  });
});

describe('precision', () => {
  it('has no bounds where hardly any row is decided that way, however many rows there are', () => {
    const [found] = compareMetrics(decisionsOf(5_000, 1_000, 2), ['precision'], options);
    expect(found).toMatchObject({ method: 'none', candidate: { value: 1, lower: null, upper: null } });
  });

  it('is as uncertain as the rows decided that way are few, and so is the difference', () => {
    const scored = decisionsOf(5_000, 1_000, 20);
    // The champion decides 200 rows, 18 in 20 of them rightly.
    const champion = {
      ...scored.candidate,
      values: scored.candidate.values.map((_, row) => {
        return row < 180 || row >= 4_980 ? 0.8 : 0.2;
      }),
    };
    const [found] = compareMetrics({ ...scored, champion }, ['precision'], options);
    // Clopper and Pearson's bound of 20 of 20: .025^(1/20).
    expect(found?.candidate).toMatchObject({ value: 1, lower: expect.closeTo(0.8315665, 6), upper: 1 });
    expect(found?.champion?.value).toBeCloseTo(0.9, 12);
    expect(found?.difference?.lower).toBeCloseTo(0.8315665 - 0.9, 6);
    // 20 of 20 are right with a chance of .9^20 where .9 are, on either side.
    expect(found?.p).toBeCloseTo(2 * 0.9 ** 20, 6);
  });
});
