import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Grid, gridOf, makeProfile, numericGrid } from '../../../src/domain/drift/make-profile.ts';
import { mergeProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import { missingRows, numericCells } from '../../../src/domain/drift/profile-cells.ts';

const numbers = fc.array(
  fc.oneof(fc.double({ noDefaultInfinity: false }), fc.integer({ min: -50, max: 1500 }), fc.constant(null)),
);
const words = fc.array(fc.oneof(fc.constantFrom('ATL', 'ORD', 'SFO', 'ZZZ', 'toString'), fc.constant(null)));
const numeric: Grid = numericGrid(0, 1000);
const categorical: Grid = { kind: 'categorical', categories: ['ATL', 'ORD', 'SFO'], open: false };

it.each([
  ['numbers', numbers, numeric],
  ['categories', words, categorical],
  ['categories beyond the top', words, { ...categorical, open: true }],
] as const)('the profile of two parts of %s is the sum of theirs', (_what, values, grid) => {
  fc.assert(
    fc.property(values as fc.Arbitrary<unknown[]>, values as fc.Arbitrary<unknown[]>, (a, b) => {
      const apart = mergeProfiles(makeProfile('x', a, grid), makeProfile('x', b, grid));
      expect(apart).toEqual(makeProfile('x', [...a, ...b], grid));
    }),
  );
});

it('drops no row', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const profile = makeProfile('x', values, numeric);
      const counted = profile.kind === 'numeric' ? numericCells(profile).reduce((a, b) => a + b, 0) : Number.NaN;
      expect(counted + missingRows(profile)).toBe(values.length);
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

it('lays a usable grid over a constant, and over nothing', () => {
  const constant = makeProfile('x', [7, 7, 7.1], numericGrid(7, 7));
  expect(constant.kind === 'numeric' && constant.bins).toEqual([[499, 2]]);
  expect(constant).toMatchObject({ over: 1 });
  expect(numericGrid(undefined, undefined)).toEqual({ kind: 'numeric', low: 0, width: 1 });
});

it('gives back the grid that a profile was made on', () => {
  expect(gridOf(makeProfile('x', [1, 2], numeric))).toEqual(numeric);
  expect(gridOf(makeProfile('x', ['ATL'], categorical))).toEqual(categorical);
});

it('refuses to add profiles of different grids', () => {
  const other = makeProfile('x', [1], numericGrid(0, 10));
  expect(() => mergeProfiles(makeProfile('x', [1], numeric), other)).toThrow('different grids');
});
