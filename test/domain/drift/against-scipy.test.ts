// Reference figures: scipy and numpy by test/domain/drift/reference/make-reference.py (versions inside the JSON).
import { describe, expect, it } from 'vitest';
import { jensenShannon, populationStability, supDistance, wasserstein } from '../../../src/domain/drift/distances.ts';
import { adjustPValues } from '../../../src/domain/statistics/benjamini-hochberg.ts';
import { chiSquaredSf, noncentralChiSquaredSf } from '../../../src/domain/statistics/chi-squared.ts';
import reference from './reference/scipy.json' with { type: 'json' };

describe('survival functions against scipy', () => {
  it('χ²: within 1e-12 of the value', () => {
    for (const { x, degrees, sf } of reference.chi2) expect(relative(chiSquaredSf(x, degrees), sf)).toBeLessThan(1e-12);
  });

  it('non-central χ²: within 1e-9 of the value, out to λ = 250,000', () => {
    expect(reference.ncx2.length).toBeGreaterThan(100);
    const far = reference.ncx2.filter(
      ({ x, degrees, noncentrality, sf }) => relative(noncentralChiSquaredSf(x, degrees, noncentrality), sf) > 1e-9,
    );
    expect(far).toEqual([]);
  });

  it('is 1 at and below zero, and the central one without non-centrality', () => {
    expect(noncentralChiSquaredSf(0, 3, 5)).toBe(1);
    expect(noncentralChiSquaredSf(4.2, 3, 0)).toBe(chiSquaredSf(4.2, 3));
  });
});

describe('distances against scipy', () => {
  it.each(reference.samples.map((sample, i) => [i, sample] as const))('sample %i', (_i, sample) => {
    const a = histogram(sample.a);
    const b = histogram(sample.b);
    expect(supDistance(a, b)).toBeCloseTo(sample.ks, 12);
    expect(wasserstein(a, b, PLACES)).toBeCloseTo(sample.wasserstein, 12);
    expect(jensenShannon(a, b)).toBeCloseTo(sample.jensenShannon, 12);
    expect(populationStability(a, b)).toBeCloseTo(sample.psi, 12);
  });

  it("agrees with scipy's documented examples", () => {
    expect(jensenShannon([1, 0, 0], [0, 1, 0])).toBeCloseTo(1, 12);
    expect(jensenShannon([1, 0], [0.5, 0.5]) * Math.sqrt(Math.LN2)).toBeCloseTo(0.46450140402245893, 12);
    // scipy.stats.wasserstein_distance: ([0, 1, 3], [5, 6, 8]), ([0, 1], [0, 1], [3, 1], [2, 2]), and with weights.
    const integers = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(wasserstein([1, 1, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 1, 0, 1], integers)).toBeCloseTo(5, 12);
    expect(wasserstein([3, 1], [2, 2], [0, 1])).toBeCloseTo(0.25, 12);
    const places = [1.4, 3.4, 3.9, 4.5, 7.5, 7.8];
    expect(wasserstein([0, 1.4, 0.9, 0, 3.1, 7.2], [3.5, 0, 0, 3.2, 0, 0], places)).toBeCloseTo(4.0781331438047861, 12);
  });
});

it('Benjamini–Hochberg against scipy.stats.false_discovery_control', () => {
  for (const { p, adjusted } of reference.fdr) {
    adjustPValues(p).forEach((value, i) => {
      expect(value).toBeCloseTo(adjusted[i]!, 12);
    });
  }
});

const PLACES = Array.from({ length: 80 }, (_, cell) => -10 + (cell + 0.5) * 0.25);

function relative(value: number, wanted: number): number {
  return Math.abs(value - wanted) / wanted;
}

function histogram(values: number[]): number[] {
  const cells = new Array<number>(80).fill(0);
  for (const value of values) cells[Math.floor((value + 10) / 0.25)]! += 1;
  return cells;
}
