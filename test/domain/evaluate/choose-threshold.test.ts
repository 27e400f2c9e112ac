import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseThreshold } from '../../../src/domain/evaluate/choose-threshold.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';
// Brute force over scikit-learn's metrics; thresholds.py beside it made them.
import reference from './reference/thresholds.json' with { type: 'json' };

function scoredOf(labels: readonly number[], scores: readonly number[]): ScoredRows {
  return {
    task: 'binary-classification',
    rows: labels.length,
    width: 1,
    labels: Float64Array.from(labels),
    candidate: { values: Float64Array.from(scores), threshold: 0.4 },
    costs: reference.costs,
  };
}

describe.each(reference.best)('the best $metric', ({ metric, better, plain, weighted }) => {
  const scored = scoredOf(reference.labels, reference.scores);
  const weights = Float64Array.from(reference.weights);

  it.each([
    ['without weights', scored, plain],
    ['with weights', { ...scored, weights }, weighted],
  ])('is where scikit-learn has it, %s', (_, rows, expected) => {
    expect(chooseThreshold(rows, metric, better as 'higher' | 'lower')).toBeCloseTo(expected.threshold, 12);
  });
});

it('lies between two scores, so that the same rows are decided when scores move by a rounding error', () => {
  const threshold = chooseThreshold(scoredOf([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9]), 'accuracy', 'higher');
  expect(threshold).toBeCloseTo(0.4, 12);
});

it('may be one that decides every row alike', () => {
  expect(chooseThreshold(scoredOf([1, 1, 1, 0], [0.1, 0.2, 0.6, 0.9]), 'f1', 'higher')).toBe(0);
  const never = chooseThreshold(scoredOf([0, 0, 0, 1], [0.9, 0.8, 0.6, 0.1]), 'accuracy', 'higher');
  expect(never).toBeCloseTo(0.95, 12);
});

it('remains as it was where the metric is not defined at any threshold', () => {
  expect(chooseThreshold(scoredOf([], []), 'f1', 'higher')).toBe(0.4);
  expect(chooseThreshold(scoredOf([0, 0], [0.2, 0.3]), 'recall', 'higher')).toBe(0.4);
});

it('is no worse in accuracy than any other', () => {
  const row = fc.record({ label: fc.integer({ min: 0, max: 1 }), score: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, other) => {
        const right = (threshold: number) =>
          rows.filter(({ label, score }) => (score >= threshold ? 1 : 0) === label).length;
        const scored = scoredOf(
          rows.map(({ label }) => label),
          rows.map(({ score }) => score),
        );
        expect(right(chooseThreshold(scored, 'accuracy', 'higher'))).toBeGreaterThanOrEqual(right(other));
      },
    ),
  );
});

it('refuses a metric that no threshold changes', () => {
  expect(() => chooseThreshold(scoredOf([0, 1], [0, 1]), 'roc_auc', 'higher')).toThrow('roc_auc');
});
