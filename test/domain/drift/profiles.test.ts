import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { LATENCY_GRID } from '../../../src/domain/drift/latency-grid.ts';
import { type Grid, gridOf, makeProfile, numericGrid, valueAt } from '../../../src/domain/drift/make-profile.ts';
import { mergeProfiles } from '../../../src/domain/drift/merge-columns.ts';
import { missingRows, numericCells } from '../../../src/domain/drift/profile-cells.ts';

const numbers = fc.array(
  fc.oneof(fc.double({ noDefaultInfinity: false }), fc.integer({ min: -50, max: 1500 }), fc.constant(null)),
);
const words = fc.array(fc.oneof(fc.constantFrom('ATL', 'ORD', 'SFO', 'ZZZ', 'toString'), fc.constant(null)));
const numeric: Grid = numericGrid(0, 1000);
const skewed: Grid = { ...numericGrid(-8, 8), scale: { asinh: 0.5 } };
const categorical: Grid = { kind: 'categorical', categories: ['ATL', 'ORD', 'SFO'], open: false };

it.each([
  ['numbers', numbers, numeric],
  ['numbers on a curved scale', numbers, skewed],
  ['categories', words, categorical],
  ['categories beyond the top', words, { ...categorical, open: true }],
] as const)('the profile of two parts of %s is the sum of theirs', (_what, values, grid) => {
  fc.assert(
    fc.property(values as fc.Arbitrary<unknown[]>, values as fc.Arbitrary<unknown[]>, (a, b) => {
      const apart = mergeProfiles([makeProfile('x', a, grid), makeProfile('x', b, grid)]);
      expect(JSON.stringify(apart)).toBe(JSON.stringify(makeProfile('x', [...a, ...b], grid)));
    }),
  );
});

it('drops no row, on any scale and on the coarse grid', () => {
  fc.assert(
    fc.property(numbers, fc.constantFrom(numeric, skewed), (values, grid) => {
      for (const profile of [makeProfile('x', values, grid), coarsen(makeProfile('x', values, grid))]) {
        const counted = profile.kind === 'numeric' ? numericCells(profile).reduce((a, b) => a + b, 0) : Number.NaN;
        expect(counted + missingRows(profile)).toBe(values.length);
      }
    }),
  );
});

it('counts NULL, NaN, infinities and what lies outside by themselves', () => {
  const profile = makeProfile(
    'x',
    [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 1000, 1001, 'text'],
    numeric,
  );
  expect(profile).toMatchObject({ nulls: 1, nans: 2, infinities: 2, under: 1, over: 1 });
  expect(profile.kind === 'numeric' && profile.bins).toEqual([
    [0, 1],
    [999, 1],
  ]);
});

it('joins every ten bins into one, and leaves categories without rows out', () => {
  const profile = coarsen(makeProfile('x', [0, 9, 9.5, 10.5, 995, -1, 2000], numeric));
  expect(profile).toMatchObject({ width: numeric.kind === 'numeric' ? numeric.width * 10 : 0, under: 1, over: 1 });
  expect(profile.kind === 'numeric' && profile.bins).toEqual([
    [0, 3],
    [1, 1],
    [99, 1],
  ]);
  expect(coarsen(makeProfile('x', ['ORD', 'ORD'], categorical))).toMatchObject({ counts: [['ORD', 2]] });
});

describe('numericGrid', () => {
  it('lays a usable grid over a constant, and over nothing', () => {
    const constant = makeProfile('x', [7, 7, 7.1], numericGrid(7, 7));
    expect(constant.kind === 'numeric' && constant.bins).toEqual([[499, 2]]);
    expect(constant).toMatchObject({ over: 1 });
    expect(numericGrid(undefined, undefined)).toEqual({ kind: 'numeric', low: 0, width: 1 });
  });

  // Quantiles at .001, .999 and at GRID_QUANTILES by scipy 1.17.1 (norm, expon, lognorm(s), cauchy, uniform .ppf).
  it.each([
    ['normal', -3.0902, 3.0902, [-2.3263, -1.6449, -0.6745, 0, 0.6745, 1.6449, 2.3263], false],
    ['exponential', 0.001, 6.9078, [0.01005, 0.05129, 0.28768, Math.LN2, 1.38629, 2.99573, 4.60517], false],
    ['uniform', 0.001, 0.999, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99], false],
    ['lognormal, σ 1', 0.0455, 21.982, [0.0977, 0.193, 0.5094, 1, 1.963, 5.1803, 10.2405], false],
    ['lognormal, σ 2', 0.00207, 483.2, [0.00953, 0.03727, 0.2595, 1, 3.8535, 26.8339, 104.867], true],
    ['Cauchy', -318.31, 318.31, [-31.8205, -6.3138, -1, 0, 1, 6.3138, 31.8205], true],
    ['nine tenths zero, the others to a million', 0, 1e6, [0, 0, 0, 0, 0, 5e5, 9e5], false],
    ['mostly one value', 5, 5e5, [5, 5, 5, 5, 5, 6, 900], true],
  ] as const)('%s: an asinh scale only where a straight one is too coarse', (_what, low, high, quantiles, curved) => {
    const grid = numericGrid(low, high, { quantiles: [...quantiles] });
    expect(grid.scale !== undefined).toBe(curved);
    expect(valueAt(0, grid)).toBeCloseTo(low, 6);
    expect(Math.abs(valueAt(1000, grid) / high - 1)).toBeLessThan(1e-5);
  });

  it('keeps no bin with more than a few per cent of heavy tails', () => {
    const quantile = (p: number) => Math.tan(Math.PI * (p - 0.5));
    const grid = numericGrid(quantile(0.001), quantile(0.999), {
      quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map(quantile),
    });
    const values = Array.from({ length: 10_000 }, (_, i) => quantile((i + 0.5) / 10_000));
    const profile = makeProfile('x', values, grid);
    expect(profile.kind === 'numeric' && Math.max(...profile.bins.map(([, count]) => count))).toBeLessThan(100);
  });
});

it('gives back the grid that a profile was made on', () => {
  expect(gridOf(makeProfile('x', [1, 2], numeric))).toEqual(numeric);
  expect(gridOf(makeProfile('x', [1, 2], skewed))).toEqual(skewed);
  expect(gridOf(makeProfile('x', ['ATL'], categorical))).toEqual(categorical);
});

it('reads latencies from a hundredth of a millisecond to a quarter of an hour', () => {
  const profile = makeProfile('latency', [0.01, 3, 950_000].map(Math.log10), LATENCY_GRID);
  expect(profile).toMatchObject({ under: 0, over: 0 });
});

it('refuses to add profiles of different grids', () => {
  const one = makeProfile('x', [1], numeric);
  for (const other of [numericGrid(0, 10), { ...numeric, scale: { asinh: 1 } } as Grid, categorical]) {
    expect(() => mergeProfiles([one, makeProfile('x', [1], other)])).toThrow('different grids');
  }
});
