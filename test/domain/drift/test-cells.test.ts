// Simulations that can fail: how often a test speaks at, below and beyond the effect that is tolerated. Seeded.
import { describe, expect, it } from 'vitest';
import { populationStability } from '../../../src/domain/drift/distances.ts';
import { poolCells } from '../../../src/domain/drift/pool-cells.ts';
import { testCells } from '../../../src/domain/drift/test-cells.ts';
import { distanceAtLeast, jointRows, testDistance } from '../../../src/domain/drift/test-distance.ts';
import { chiSquaredSf, noncentralChiSquaredSf } from '../../../src/domain/statistics/chi-squared.ts';
import { poissonDraw } from '../../../src/domain/statistics/poisson-draw.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';

const EFFECT = 0.1;

/** The shares on the way from `from` along `direction` at which the population stability index is `wanted`. */
function movedBy(from: number[], direction: number[], wanted: number): number[] {
  let [low, high] = [0, 50];
  const along = (t: number) => normalised(from.map((share, i) => share * Math.exp(t * direction[i]!)));
  const index = (q: number[]) => from.reduce((sum, p, i) => sum + (p - q[i]!) * Math.log(p / q[i]!), 0);
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (index(along(middle)) > wanted) high = middle;
    else low = middle;
  }
  return along(low);
}

function normalised(weights: number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const even = (cells: number) => normalised(new Array<number>(cells).fill(1));
const toAndFro = (cells: number) => Array.from({ length: cells }, (_, i) => (i % 2 ? 1 : -1));

function speaks(p: number[], q: number[], [n, m]: [number, number], level: number, draws: number): number {
  const random = seededRandom(7);
  const drawn = (shares: number[], rows: number) => shares.map((share) => poissonDraw(share * rows, random));
  const spoken = Array.from({ length: draws }, () => testCells(drawn(p, n), drawn(q, m), EFFECT).p < level);
  return spoken.filter(Boolean).length / draws;
}

describe('testCells', () => {
  it.each([
    ['five even categories', even(5), toAndFro(5), [20_000, 350]],
    ['ten even ones, many rows', even(10), toAndFro(10), [1_000_000, 100_000]],
    ['ten, a reference as small as the window', even(10), toAndFro(10), [1000, 1000]],
    ['fifty', even(50), toAndFro(50), [20_000, 2000]],
    ['missing values that were one in a hundred', [0.99, 0.01], [0, 1], [20_000, 2000]],
    ['missing values that were one in a million', [1 - 1e-6, 1e-6], [0, 1], [1_000_000, 350]],
  ] as [string, number[], number[], [number, number]][])(
    'keeps its level on the border: %s',
    (_what, p, direction, rows) => {
      const border = movedBy(p, direction, EFFECT);
      expect(speaks(p, border, rows, 0.05, 500)).toBeLessThan(0.085);
      expect(speaks(p, border, rows, 0.01, 500)).toBeLessThan(0.03);
    },
  );

  it.each([
    ['two', 2, 350],
    ['fifty', 50, 350],
    ['five hundred', 500, 350],
  ])('says nothing without a change: %s categories', (_what, cells, rows) => {
    expect(speaks(even(cells), even(cells), [20_000, rows], 0.05, 100)).toBe(0);
  });

  it('speaks beyond the border, also of one among five hundred categories', () => {
    expect(speaks(even(5), movedBy(even(5), toAndFro(5), 0.25), [20_000, 2000], 0.001, 100)).toBe(1);
    const swap = even(500).map((_, i) => (i === 3 ? 4 : 0));
    expect(speaks(even(500), movedBy(even(500), swap, 0.4), [20_000, 1000], 0.001, 50)).toBeGreaterThan(0.9);
  });

  it('is χ² without a tolerated effect, and non-central χ² near it', () => {
    const [a, b] = [
      [5000, 5000],
      [480, 520],
    ];
    const statistic = jointRows(10_000, 1000) * populationStability(a, b);
    expect(testCells(a, b, 0).p).toBe(chiSquaredSf(statistic, 1));
    expect(testCells(a, b, 0.1).p).toBe(noncentralChiSquaredSf(statistic, 1, jointRows(10_000, 1000) * 0.1));
  });

  it('has nothing to say of one cell, or of none', () => {
    expect(testCells([10], [20], EFFECT)).toMatchObject({ effect: 0, p: 1 });
    expect(testCells([], [], EFFECT)).toMatchObject({ effect: 0, p: 1 });
    expect(testCells([0, 0], [5, 5], EFFECT)).toMatchObject({ effect: 0, p: 1 });
  });
});

describe('poolCells', () => {
  it('loses no row and leaves no small cell, whatever comes', () => {
    const random = seededRandom(5);
    for (let i = 0; i < 200; i++) {
      const draw = () => Array.from({ length: 30 }, () => poissonDraw(20 * random() ** 3, random));
      const [a, b] = [draw(), draw()];
      const pooled = poolCells(a, b);
      const total = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0);
      expect([total(pooled.a), total(pooled.b)]).toEqual([total(a), total(b)]);
    }
  });

  it('keeps a burst of what the larger sample hardly knows apart', () => {
    expect(poolCells([1_000_000, 0], [340, 10])).toEqual({ a: [1_000_000, 0], b: [340, 10] });
    expect(poolCells([1_000_000, 0], [348, 2])).toEqual({ a: [1_000_000], b: [350] });
  });
});

describe('testDistance', () => {
  it('is the inequality of Dvoretzky, Kiefer and Wolfowitz beyond the effect', () => {
    expect(testDistance(0.25, 500, 0.1).p).toBeCloseTo(2 * Math.exp(-2 * 500 * 0.15 ** 2), 15);
    expect(testDistance(0.09, 1e9, 0.1).p).toBe(1);
  });

  it('bounds the distance from below at 95 %', () => {
    // Massart (1990): P(sup |F − G| > ε) ≤ 2·exp(−2nε²), so ε = √(ln 40 / 2n).
    expect(distanceAtLeast(0.5, 1000)).toBeCloseTo(0.5 - 0.0429465, 6);
    expect(distanceAtLeast(0.01, 100)).toBe(0);
  });
});
