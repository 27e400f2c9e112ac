import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { covariance, leadingEigen, symmetricEigen } from '../../../src/domain/drift/principal-components.ts';

/** By numpy: see reference/make-components.py, which wrote them with its versions. */
const figures = JSON.parse(readFileSync(path.join(import.meta.dirname, 'reference/components.json'), 'utf8')) as {
  columns: number[][];
  mean: number[];
  covariance: number[][];
  values: number[];
  vectors: number[][];
};

function close(found: number[], wanted: number[], digits = 10): void {
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(wanted[i]!, digits);
}

describe('principal components', () => {
  it('have the covariance that numpy has', () => {
    const { mean, matrix } = covariance(figures.columns);
    close(mean, figures.mean);
    for (const [i, row] of matrix.entries()) close(row, figures.covariance[i]!);
  });

  it('are those of numpy, values and vectors', () => {
    const { values, vectors } = symmetricEigen(figures.covariance);
    close(values, figures.values);
    for (const [k, vector] of vectors.entries()) close(vector, figures.vectors[k]!, 8);
  });

  it('of equal values, of a diagonal and of nothing are what they must be', () => {
    const { values, vectors } = symmetricEigen([
      [2, 0],
      [0, 2],
    ]);
    expect(values).toEqual([2, 2]);
    expect(vectors).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(
      symmetricEigen([
        [0, 0],
        [0, 0],
      ]).values,
    ).toEqual([0, 0]);
    expect(symmetricEigen([])).toEqual({ values: [], vectors: [] });
  });

  it('of a large matrix: the leading ones, by iteration', () => {
    // A B Aᵀ of known directions: Householder's reflection of the axes.
    const size = 120;
    const w = Array.from({ length: size }, (_, i) => Math.sin(i + 1));
    const length = w.reduce((sum, x) => sum + x * x, 0);
    const axis = (k: number) => Array.from({ length: size }, (_, i) => Number(i === k) - (2 * w[i]! * w[k]!) / length);
    const variances = Array.from({ length: size }, (_, k) => (k < 3 ? [50, 20, 8][k]! : 1 / (k + 1)));
    const axes = variances.map((_, k) => axis(k));
    const matrix = w.map((_, i) =>
      w.map((__, j) => variances.reduce((sum, v, k) => sum + v * axes[k]![i]! * axes[k]![j]!, 0)),
    );
    const { values, vectors } = leadingEigen(matrix, 3);
    close(values, [50, 20, 8], 8);
    vectors.forEach((vector, k) => {
      const share = vector.reduce((sum, x, i) => sum + x * axes[k]![i]!, 0);
      expect(Math.abs(share)).toBeCloseTo(1, 9);
    });
  });
});
