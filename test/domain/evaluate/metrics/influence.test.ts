import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticOf } from '../../../../src/domain/evaluate/metrics/statistic-of.ts';
import type { ScoredRows } from '../../../../src/domain/evaluate/scored-rows.ts';
import { metricsOfTask } from '../../../../src/domain/spec/metric-catalogue.ts';
import type { Task } from '../../../../src/domain/spec/valid.ts';
import { REFERENCE_SETS, scoredRowsOf } from './reference-sets.ts';

const NOT_SMOOTH = ['median_ae', 'ece'];
const PARAMETERS: Record<string, string> = { f_beta: '@2', top_k_accuracy: '@2', pinball: '@0.3' };
const ones = (rows: number) => new Uint8Array(rows).fill(1);

/** Central differences of `at` in the count of each row, by way of its weight; h as for one more row in 100,000. */
function numerical(metric: string, scored: ScoredRows, rows: readonly number[]): number[] {
  const own = scored.weights ?? new Float64Array(scored.rows).fill(1);
  return rows.map((row) => {
    const bumped = (by: number) => {
      const weights = own.slice();
      weights[row] = (own[row] as number) * (1 + by);
      const moved = { ...scored, weights };
      return statisticOf(metric, moved, moved.candidate).at(ones(scored.rows));
    };
    const h = 1e-5;
    return (bumped(h) - bumped(-h)) / (2 * h);
  });
}

function expectDerivative(metric: string, scored: ScoredRows, rows: readonly number[]): void {
  const influence = statisticOf(metric, scored, scored.candidate).influence?.() as Float64Array;
  const largest = influence.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-6);
  const expected = numerical(metric, scored, rows);
  for (const [index, row] of rows.entries()) {
    expect(Math.abs((influence[row] as number) - (expected[index] as number)), `${metric}, row ${row}`).toBeLessThan(
      1e-5 * largest,
    );
  }
  const sum = influence.reduce((total, one) => total + one, 0);
  expect(Math.abs(sum), `${metric}, sum`).toBeLessThan(1e-9 * largest * scored.rows);
}

describe.each(REFERENCE_SETS)('influence in the %s rows', (_, stored) => {
  // The rate at the cut of a lift is taken from near rows as well: see below.
  const metrics = [...new Set(stored.cases.map((one) => one.metric))].filter(
    (metric) => !NOT_SMOOTH.includes(metric.split('@')[0] as string) && !metric.startsWith('lift'),
  );
  const rows = stored.labels.map((_label, row) => row).filter((row) => row % 17 === 0);

  it.each(metrics)('of %s is its derivative', (metric) => {
    for (const weighted of [false, true]) expectDerivative(metric, scoredRowsOf(stored, weighted), rows);
  });
});

describe('influence', () => {
  it('is absent where the metric is not smooth', () => {
    for (const [, stored] of REFERENCE_SETS) {
      const scored = scoredRowsOf(stored, false);
      for (const { metric } of stored.cases) {
        const smooth = !NOT_SMOOTH.includes(metric.split('@')[0] as string);
        expect(statisticOf(metric, scored, scored.candidate).influence !== undefined, metric).toBe(smooth);
      }
    }
  });

  it('is the derivative whatever the rows', () => {
    const task = fc.constantFrom<Task>('binary-classification', 'multiclass-classification', 'regression', 'ranking');
    fc.assert(
      fc.property(task, fc.integer({ min: 0, max: 2 ** 31 }), fc.boolean(), (of, seed, weighted) => {
        const scored = drawn(of, seed, weighted);
        for (const name of metricsOfTask(of)) {
          const metric = name + (PARAMETERS[name] ?? '');
          const value = statisticOf(metric, scored, scored.candidate).at(ones(scored.rows));
          if (NOT_SMOOTH.includes(name) || name === 'lift' || Number.isNaN(value)) continue;
          expectDerivative(metric, scored, [0, 1, 2, 19]);
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});

describe('influence of a lift', () => {
  it('is its derivative where the cut falls among many rows of one score', () => {
    const [, stored] = REFERENCE_SETS.find(([name]) => name === 'binary') as (typeof REFERENCE_SETS)[number];
    const values = stored.values.map((value) => Math.round(value * 5) / 5);
    for (const weighted of [false, true]) {
      for (const metric of ['lift', 'lift@0.3', 'lift@0.75', 'lift@1']) {
        expectDerivative(metric, scoredRowsOf({ ...stored, values }, weighted), [0, 1, 2, 17, 40, 99, 200, 299]);
      }
    }
  });

  it('gives the spread that resampling gives where every score is another', () => {
    const rows = 2_000;
    const scored: ScoredRows = {
      task: 'binary-classification',
      rows,
      width: 1,
      // Golden-ratio steps: even scores, and labels that come with a chance of the score.
      labels: Float64Array.from({ length: rows }, (_, row) =>
        (row * 0.754877666) % 1 < ((row * 0.618033989) % 1) ** 2 ? 1 : 0,
      ),
      candidate: { values: Float64Array.from({ length: rows }, (_, row) => (row * 0.618033989) % 1), threshold: 0.5 },
    };
    const lift = statisticOf('lift@0.2', scored, scored.candidate);
    const influence = lift.influence?.() as Float64Array;
    const byInfluence = Math.sqrt(influence.reduce((sum, one) => sum + one ** 2, 0));
    const next = numbers(4);
    const replicates = Array.from({ length: 400 }, () => {
      const counts = new Uint8Array(rows);
      for (let draw = 0; draw < rows; draw += 1) {
        const row = next(rows);
        counts[row] = (counts[row] as number) + 1;
      }
      return lift.at(counts);
    });
    const mean = replicates.reduce((sum, one) => sum + one, 0) / replicates.length;
    const spread = Math.sqrt(replicates.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (replicates.length - 1));
    // A standard deviation of 400 draws has a standard error of 3.5 %.
    expect(byInfluence / spread).toBeGreaterThan(0.87);
    expect(byInfluence / spread).toBeLessThan(1.13);
  });
});

/** 40 rows with ties, classes of different size and weights, some of them 0. */
function drawn(task: Task, seed: number, weighted: boolean): ScoredRows {
  const next = numbers(seed);
  const rows = 40;
  const width = task === 'multiclass-classification' ? 4 : task === 'regression' ? 3 : 1;
  const value = () => (task === 'regression' || task === 'ranking' ? next(30) + 0.5 : (next(19) + 1) / 20);
  const label = () => (task === 'regression' ? next(30) + 1 : next(task === 'binary-classification' ? 2 : 4));
  const values = Float64Array.from({ length: rows * width }, value);
  const labels = Float64Array.from({ length: rows }, label);
  return {
    task,
    rows,
    width,
    labels,
    candidate: { values, threshold: 0.5 },
    costs: [
      [0, 1, 2, 3],
      [4, 0, 1, 2],
      [3, 4, 0, 1],
      [2, 3, 4, 0],
    ],
    ...(weighted ? { weights: Float64Array.from({ length: rows }, () => next(4) / 2) } : {}),
    ...(task === 'ranking' ? { groups: Int32Array.from({ length: rows }, (_, row) => row % 7) } : {}),
  };
}

/** Whole numbers below what is asked for, by the linear congruence of Numerical Recipes. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
