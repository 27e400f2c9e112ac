import fc from 'fast-check';
import { expect, it } from 'vitest';
import { coarsen } from '../../../src/domain/drift/coarsen.ts';
import { type Grid, makeProfile, numericGrid } from '../../../src/domain/drift/make-profile.ts';
import { emptyWindowProfile, mergeWindowProfiles } from '../../../src/domain/drift/merge-profiles.ts';
import type { ColumnProfile, WindowProfile } from '../../../src/domain/drift/profile.ts';

type Row = { amount: number | null; carrier: string | null; hour: number; version: string };
const grids: Record<'amount' | 'carrier', Grid> = {
  amount: { ...numericGrid(-6, 6), scale: { asinh: 2 } },
  carrier: { kind: 'categorical', categories: ['AA', 'DL', 'é', 'ﬀ'], open: false },
};

/** As a source makes it, for the rows it is given; canonical, as every profile that leaves an adapter. */
function profileOf(rows: Row[]): WindowProfile {
  const columnsOf = (some: Row[]): ColumnProfile[] => [
    makeProfile(
      'carrier',
      some.map((row) => row.carrier),
      grids.carrier,
    ),
    makeProfile(
      'amount',
      some.map((row) => row.amount),
      grids.amount,
    ),
  ];
  const count = (keys: string[]): [string, number][] =>
    [...new Set(keys)].map((key) => [key, keys.filter((one) => one === key).length]);
  return mergeWindowProfiles([
    {
      version: 1,
      rows: rows.length,
      columns: columnsOf(rows),
      prediction: makeProfile(
        'prediction',
        rows.map((row) => row.hour / 168),
        numericGrid(0, 1),
      ),
      errors: rows.filter((row) => row.amount === null).length,
      versions: count(rows.map((row) => row.version)),
      types:
        rows.length > 0
          ? [
              ['carrier', ['VARCHAR']],
              ['amount', ['DOUBLE', 'BIGINT']],
            ]
          : [],
      groups: [
        {
          by: 'hour-of-week',
          groups: count(rows.map((row) => String(row.hour))).map(([key, n]) => ({
            key,
            rows: n,
            columns: columnsOf(rows.filter((row) => String(row.hour) === key)).map(coarsen),
          })),
        },
      ],
    },
  ]);
}

const row: fc.Arbitrary<Row> = fc.record({
  amount: fc.oneof(fc.double(), fc.constant(null)),
  carrier: fc.oneof(fc.constantFrom('AA', 'DL', 'é', 'ﬀ', 'new'), fc.constant(null)),
  hour: fc.integer({ min: 0, max: 167 }),
  version: fc.constantFrom('1.0.0', '1.1.0'),
});

it('64 parts in any order, merged in any nesting, are byte for byte the whole', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 300 }),
      fc.array(fc.integer({ min: 0, max: 63 }), { minLength: 300, maxLength: 300 }),
      fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 64, maxLength: 64 }),
      (rows, dealt, order) => {
        const parts = Array.from({ length: 64 }, (_, part) => rows.filter((_row, i) => dealt[i] === part)).map(
          profileOf,
        );
        const shuffled = parts.map((part, i) => [order[i]!, part] as const).sort(([a], [b]) => a - b);
        const whole = JSON.stringify(profileOf(rows));
        const flat = mergeWindowProfiles(shuffled.map(([, part]) => part));
        const nested = mergeWindowProfiles(
          [0, 16, 32, 48].map((start) =>
            mergeWindowProfiles(shuffled.slice(start, start + 16).map(([, part]) => part)),
          ),
        );
        if (rows.length === 0) return;
        expect(JSON.stringify(flat)).toBe(whole);
        expect(JSON.stringify(nested)).toBe(whole);
        expect(JSON.stringify(mergeWindowProfiles([emptyWindowProfile({ groups: flat.groups }), flat]))).toBe(whole);
      },
    ),
    { numRuns: 40 },
  );
});

it('survives being stored', () => {
  const profile = profileOf([{ amount: 1.5, carrier: 'AA', hour: 3, version: '1.0.0' }]);
  expect(JSON.stringify(JSON.parse(JSON.stringify(profile)))).toBe(JSON.stringify(profile));
});

it('keeps a column that only some of the parts have, with the rows it was counted in', () => {
  const [a, b] = [
    profileOf([{ amount: 1, carrier: 'AA', hour: 1, version: '1' }]),
    profileOf([{ amount: 2, carrier: 'AA', hour: 1, version: '1' }]),
  ];
  const merged = mergeWindowProfiles([{ ...a, columns: a.columns.slice(0, 1) }, b]);
  expect(merged.rows).toBe(2);
  expect(merged.columns.map(({ column, rows }) => [column, rows])).toEqual([
    ['amount', 2],
    ['carrier', 1],
  ]);
});

it('of no parts and of none with rows is empty', () => {
  expect(mergeWindowProfiles([])).toEqual({
    version: 1,
    rows: 0,
    columns: [],
    errors: 0,
    versions: [],
    types: [],
    groups: [],
  });
  expect(emptyWindowProfile({ groups: [{ by: 'origin', groups: [] }] }).groups).toEqual([{ by: 'origin', groups: [] }]);
});
