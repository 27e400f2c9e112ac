import { expect, it } from 'vitest';
import { predictionDrift } from '../../../src/domain/evaluate/prediction-drift.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';
// Figures of scipy (ks_2samp) and numpy; shares.py beside it made them. Weights there are repetitions.
import reference from './reference/shares.json' with { type: 'json' };

const { drift } = reference;
const model = (values: number[]) => ({ values: Float64Array.from(values), threshold: 0.3 });

const binary: ScoredRows = {
  task: 'binary-classification',
  rows: drift.candidate.length,
  width: 1,
  labels: new Float64Array(drift.candidate.length),
  candidate: model(drift.candidate),
  champion: model(drift.champion),
};

it('is the distance that scipy tells', () => {
  const told = predictionDrift(binary);
  expect(told?.distance).toBeCloseTo(drift.distance, 12);
  expect(told?.meanChange).toBeCloseTo(drift.meanChange, 12);
  expect(told?.decidedOtherwise).toBeCloseTo(drift.decidedOtherwise, 12);
});

it('counts rows by their weights', () => {
  const told = predictionDrift({ ...binary, weights: Float64Array.from(drift.weights) });
  expect(told?.distance).toBeCloseTo(drift.weightedDistance, 12);
  expect(told?.meanChange).toBeCloseTo(drift.weightedMeanChange, 12);
  expect(told?.decidedOtherwise).toBeCloseTo(drift.weightedDecidedOtherwise, 12);
});

it('of several classes is that of the class that changed most', () => {
  const told = predictionDrift({
    task: 'multiclass-classification',
    rows: 2,
    width: 3,
    labels: Float64Array.of(0, 1),
    candidate: model([0.5, 0.3, 0.2, 0.1, 0.8, 0.1]),
    champion: model([0.5, 0.2, 0.3, 0.8, 0.1, 0.1]),
  });
  expect(told?.distance).toBe(1);
  expect(told?.meanChange).toBeCloseTo((0.2 + 1.4) / 6, 12);
  expect(told?.decidedOtherwise).toBe(0.5);
});

it('of a number with an interval is that of the number, and nothing is decided', () => {
  const told = predictionDrift({
    task: 'regression',
    rows: 2,
    width: 3,
    labels: Float64Array.of(1, 2),
    candidate: model([1, 0, 9, 2, 0, 9]),
    champion: model([1, -5, 2, 2, -5, 2]),
  });
  expect(told).toEqual({ distance: 0, meanChange: 0 });
});

it('is not told without a champion', () => {
  const { champion: _, ...alone } = binary;
  expect(predictionDrift(alone)).toBeUndefined();
});

it('is not told where no row has any weight', () => {
  expect(predictionDrift({ ...binary, weights: new Float64Array(binary.rows) })).toBeUndefined();
});
