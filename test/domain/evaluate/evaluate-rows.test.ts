import { describe, expect, it } from 'vitest';
import { evaluateRows, metricsWanted, sliceMetricsWanted } from '../../../src/domain/evaluate/evaluate-rows.ts';
import { drawNormals, streamOf } from '../../../src/domain/evaluate/intervals/random-stream.ts';
import type { ScoredRows } from '../../../src/domain/evaluate/scored-rows.ts';
import type { Gate } from '../../../src/domain/spec/valid.ts';

const ROWS = 6_000;
const normals = new Float64Array(ROWS * 3);
drawNormals(normals, streamOf(4, 0));
const at = (row: number, column: number) => normals[row * 3 + column] as number;
const column = (value: (row: number) => number) => Float64Array.from({ length: ROWS }, (_, row) => value(row));
const scored: ScoredRows = {
  task: 'regression',
  rows: ROWS,
  width: 1,
  labels: column((row) => at(row, 0)),
  candidate: { threshold: 0.5, values: column((row) => at(row, 0) + at(row, 1)) },
  // Worse than the candidate in the first tenth, alike elsewhere.
  champion: { threshold: 0.5, values: column((row) => at(row, 0) + (row < 600 ? 1.3 : 1) * at(row, 2)) },
};
const slices = Array.from({ length: 10 }, (_, index) => ({
  name: `part=${index}`,
  rows: Int32Array.from({ length: 600 }, (_, row) => index * 600 + row),
}));
const options = { seed: 1, resamples: 500, confidence: 0.95 };

describe('evaluateRows', () => {
  const found = evaluateRows(scored, slices, ['rmse', 'mae'], ['rmse'], options);

  it('measures the whole by all metrics and slices by theirs', () => {
    expect(found.metrics.map((one) => one.metric)).toEqual(['rmse', 'mae']);
    expect(found.slices.map((slice) => [slice.name, slice.rows, slice.metrics.length])).toEqual(
      slices.map((slice) => [slice.name, 600, 1]),
    );
  });

  it('adjusts the p-values of a metric over the slices, as Benjamini and Hochberg do', () => {
    const p = found.slices.map((slice) => slice.metrics[0]?.p as number);
    const q = found.slices.map((slice) => slice.metrics[0]?.q as number);
    // From the definition: the least p · m / rank over those that are no smaller.
    const expected = p.map((one) =>
      Math.min(
        ...p.filter((other) => other >= one).map((other) => (other * p.length) / p.filter((x) => x <= other).length),
      ),
    );
    for (const [index, one] of q.entries()) expect(one).toBeCloseTo(Math.min(1, expected[index] as number), 12);
    expect(q[0]).toBeLessThan(0.01);
    expect(Math.min(...q.slice(1))).toBeGreaterThan(0.05);
  });

  it('does not resample large slices', () => {
    const large = evaluateRows(
      scored,
      [{ name: 'most', rows: Int32Array.from({ length: 5_000 }, (_, row) => row) }],
      [],
      ['rmse'],
      options,
    );
    expect(large.slices[0]?.metrics[0]?.method).toBe('delta');
    expect(found.slices[0]?.metrics[0]?.method).toBe('bca-bootstrap');
  });

  it('is the same bytes for the same seed', () => {
    expect(JSON.stringify(evaluateRows(scored, slices, ['rmse', 'mae'], ['rmse'], options))).toBe(
      JSON.stringify(found),
    );
  });
});

describe('which metrics are wanted', () => {
  const gates = [
    { kind: 'absolute', metric: 'f_beta@2' },
    { kind: 'champion', metric: 'profit' },
    { kind: 'slice', metric: 'recall' },
    { kind: 'size' },
  ] as unknown as Gate[];

  it('those reported, then those of gates, none of another task', () => {
    const wanted = metricsWanted('binary-classification', ['roc_auc', 'rmse'], gates);
    expect(wanted).toEqual(['roc_auc', 'f_beta@2', 'profit', 'recall']);
    expect(sliceMetricsWanted(wanted, gates)).toEqual(['roc_auc', 'recall']);
  });
});
