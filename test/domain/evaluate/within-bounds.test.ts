import { describe, expect, it } from 'vitest';
import { compareMetrics } from '../../../src/domain/evaluate/compare-metrics.ts';
import { bootstrapInterval } from '../../../src/domain/evaluate/intervals/bootstrap-interval.ts';
import { tangoInterval, wilsonInterval } from '../../../src/domain/evaluate/intervals/proportion-intervals.ts';
import { drawNormals, streamOf } from '../../../src/domain/evaluate/intervals/random-stream.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';

const options = { seed: 5, resamples: 400, confidence: 0.95 };
const ROWS = 40;

function binaryOf(candidate: (row: number) => number, champion?: (row: number) => number): ScoredRows {
  const model = (value: (row: number) => number) => ({
    values: Float64Array.from({ length: ROWS }, (_, row) => value(row)),
    threshold: 0.5,
  });
  return {
    task: 'binary-classification',
    rows: ROWS,
    width: 1,
    labels: Float64Array.from({ length: ROWS }, (_, row) => row % 2),
    candidate: model(candidate),
    ...(champion === undefined ? {} : { champion: model(champion) }),
  };
}

function regressionOf(candidate: (row: number) => number[], champion: (row: number) => number[]): ScoredRows {
  const model = (answer: (row: number) => number[]) => ({
    values: Float64Array.from(Array.from({ length: ROWS }, (_, row) => answer(row)).flat()),
    threshold: 0.5,
  });
  return {
    task: 'regression',
    rows: ROWS,
    width: candidate(0).length,
    labels: Float64Array.from({ length: ROWS }, (_, row) => row),
    candidate: model(candidate),
    champion: model(champion),
  };
}

const right = (row: number) => (row % 2 === 1 ? 0.9 : 0.1);
/** Clopper and Pearson's of none in 40. */
const reach = 1 - 0.025 ** (1 / ROWS);

describe('what is the same on all rows', () => {
  it('costs up to what decisions can cost', () => {
    const costs = [
      [0, 10],
      [50, 0],
    ];
    const [found] = compareMetrics({ ...binaryOf(right), costs }, ['expected_cost'], options);
    expect(found?.candidate).toEqual({ value: 0, lower: 0, upper: expect.closeTo(50 * reach, 9) });
  });

  it('has no bounds where the metric has none', () => {
    const [rmse] = compareMetrics(
      regressionOf(
        (row) => [row],
        (row) => [row + (row % 3)],
      ),
      ['rmse'],
      options,
    );
    expect(rmse?.candidate).toEqual({ value: 0, lower: null, upper: null });
    expect(rmse?.champion?.upper).toBeTypeOf('number');
    expect(rmse?.difference).toMatchObject({ lower: null, upper: null });
    expect(rmse).not.toHaveProperty('p');
    const shifted = regressionOf(
      (row) => [row + 1],
      (row) => [row + 3],
    );
    expect(compareMetrics(shifted, ['mae'], options)[0]?.difference).toEqual({ value: -2, lower: null, upper: null });
  });

  it('is certain of the width of a model’s intervals, whatever rounding makes of it', () => {
    const banded = (half: number) => (row: number) => [row / 3, row / 3 - half, row / 3 + half];
    const [found] = compareMetrics(regressionOf(banded(0.3), banded(0.4)), ['interval_width'], options);
    for (const estimate of [found?.candidate, found?.difference]) {
      expect(estimate?.lower).toBe(estimate?.value);
      expect(estimate?.upper).toBe(estimate?.value);
    }
    expect(found?.candidate.value).toBeCloseTo(0.6, 12);
  });

  it('is on both sides of scores that are all tied', () => {
    const [auc] = compareMetrics(
      binaryOf(() => 0.3, right),
      ['roc_auc'],
      options,
    );
    const ofClass = 1 - 0.025 ** (1 / 20);
    expect(auc?.candidate).toMatchObject({ value: 0.5, lower: expect.closeTo(0.5 - ofClass, 9) });
    expect(auc?.candidate.upper).toBeCloseTo(0.5 + ofClass, 9);
    expect(auc?.champion).toMatchObject({ value: 1, lower: expect.closeTo(1 - ofClass, 9), upper: 1 });
  });

  it('does not tell a difference that is rounding', () => {
    // The same decisions, so the same recall but for the order in which weights add up.
    const scored = binaryOf(right, (row) => (row % 2 === 1 ? 0.8 : 0.2));
    const weights = Float64Array.from({ length: ROWS }, (_, row) => 0.1 + (row % 7) / 10);
    const [found] = compareMetrics({ ...scored, weights }, ['balanced_accuracy'], options);
    expect(found?.difference?.lower).toBeLessThan(-0.1);
    expect(found?.p).toBe(1);
  });
});

describe('a champion without prediction intervals', () => {
  it('is not compared by them', () => {
    const scored = regressionOf(
      (row) => [row + (row % 3), row - 2, row + 2 + (row % 2)],
      (row) => [row + (row % 2), Number.NaN, Number.NaN],
    );
    const [width, coverage, mae] = compareMetrics(scored, ['interval_width', 'interval_coverage', 'mae'], options);
    for (const one of [width, coverage]) {
      expect(one?.candidate.lower).toBeTypeOf('number');
      expect(one).not.toHaveProperty('champion');
      expect(one).not.toHaveProperty('difference');
    }
    expect(mae?.difference?.lower).toBeTypeOf('number');
  });
});

describe('what an interval follows from', () => {
  it('makes it again', () => {
    const share = wilsonInterval(37.5, 50.2, 0.9);
    expect(share.from).toEqual({ kind: 'share', successes: 37.5, rows: 50.2 });
    expect(tangoInterval(5, 3, 60, 0.9).from).toEqual({ kind: 'paired', gained: 5, lost: 3, rows: 60 });
    const [accuracy] = compareMetrics(
      binaryOf(right, (row) => (row < 9 ? 0.9 : 0.1)),
      ['accuracy'],
      options,
    );
    expect(accuracy?.candidate.from).toEqual({ kind: 'share', successes: ROWS, rows: ROWS });
    expect(accuracy?.difference?.from).toMatchObject({ kind: 'paired', lost: 0, rows: ROWS });
    const [recall] = compareMetrics(binaryOf(right), ['recall'], options);
    expect(recall?.candidate.from).toEqual({ kind: 'extreme', rows: ROWS / 2 });
  });
});

describe('more confidence than the resamples can tell', () => {
  it('takes Student’s interval by their standard deviation', () => {
    const draws = new Float64Array(200);
    drawNormals(draws, streamOf(4, 1));
    const at = (confidence: number, degrees: number) =>
      bootstrapInterval(0, draws, { kind: 'percentile' }, { confidence, degrees });
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / 200;
    const deviation = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / 199);
    // Quantiles of scipy.stats.norm and, of 20 degrees, scipy.stats.t.
    expect(at(0.9999, Number.POSITIVE_INFINITY).upper).toBeCloseTo(3.8905919 * deviation, 6);
    expect((at(0.999, 20).upper as number) / (Math.sqrt(21 / 20) * deviation)).toBeCloseTo(3.8495163, 2);
    expect(at(0.95, Number.POSITIVE_INFINITY).upper).not.toBeCloseTo(1.959964 * deviation, 3);
  });
});

describe('a calibration error', () => {
  it('has a centre, that its bias was taken off, and holds it between its bounds', () => {
    const [found] = compareMetrics(
      binaryOf((row) => 0.2 + ((row * 13) % 40) / 60, right),
      ['ece'],
      options,
    );
    const centre = found?.candidate.centre as number;
    expect(centre).toBeLessThan(found?.candidate.value as number);
    expect(centre).toBeGreaterThanOrEqual(found?.candidate.lower as number);
    expect(centre).toBeLessThan(found?.candidate.upper as number);
    expect(found?.difference?.centre).toBeTypeOf('number');
  });

  it('has no bounds where all rows came alike', () => {
    const scored = { ...binaryOf(() => 0.01, right), labels: new Float64Array(ROWS) };
    const [found] = compareMetrics(scored, ['ece'], options);
    expect(found?.candidate).toEqual({ value: expect.closeTo(0.01, 12), lower: null, upper: null });
    expect(found?.difference).toMatchObject({ lower: null, upper: null });
  });

  it('may be as far up as its one gap, whichever way that bends', () => {
    // 400 rows in one bin, 13 of them positive, predicted 3 in 100: a gap of a quarter of a percent.
    const rows = 400;
    const scored: ScoredRows = {
      task: 'binary-classification',
      rows,
      width: 1,
      labels: Float64Array.from({ length: rows }, (_, row) => (row < 13 ? 1 : 0)),
      candidate: { values: new Float64Array(rows).fill(0.03), threshold: 0.5 },
    };
    const [found] = compareMetrics(scored, ['ece'], options);
    const share = 13 / rows;
    const error = Math.sqrt((share * (1 - share)) / rows);
    expect(found?.candidate.upper).toBeCloseTo(share - 0.03 + 1.96 * error, 3);
    expect(found?.candidate.lower).toBe(0);
  });
});
