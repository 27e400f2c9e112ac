import { describe, expect, it } from 'vitest';
import { lossEffects } from '../../../src/domain/drift/loss-effects.ts';
import { makeProfile } from '../../../src/domain/drift/make-profile.ts';
import { meanLosses } from '../../../src/domain/drift/mean-losses.ts';
import { numberCells } from '../../../src/domain/drift/number-cells.ts';
import type { ColumnProfile, ReferenceColumn } from '../../../src/domain/drift/profile.ts';
import { rowLosses } from '../../../src/domain/drift/row-losses.ts';
import { seededRandom } from '../../../src/domain/statistics/seeded-random.ts';
import { fakeModel } from '../../serve/fake-runtime.ts';

type Numeric = Extract<ColumnProfile, { kind: 'numeric' }>;
type Categorical = Extract<ColumnProfile, { kind: 'categorical' }>;
type Losses = NonNullable<ReferenceColumn['losses']>;

const number = (column: string, bins: [number, number][], others: Partial<Numeric> = {}): ColumnProfile => {
  const outside = { under: 0, over: 0, nulls: 0, nans: 0, infinities: 0 };
  return { column, rows: 0, kind: 'numeric', low: 0, width: 1, bins, ...outside, ...others };
};
const category = (column: string, counts: [string, number][], others: Partial<Categorical> = {}): ColumnProfile => ({
  column,
  rows: 0,
  kind: 'categorical',
  counts,
  other: 0,
  unseen: 0,
  nulls: 0,
  ...others,
});
const expected = (profile: ColumnProfile, losses?: Losses): ReferenceColumn => ({
  ...profile,
  measure: { of: 'value', column: profile.column },
  ...(losses ? { losses } : {}),
});

describe('lossEffects', () => {
  it('adds up how much each cell grew times how much worse than the mean it is, by ten bins and by category', () => {
    const columns = [
      expected(
        number('age', [
          [3, 40],
          [17, 60],
        ]),
        [
          { cell: 0, rows: 990, loss: 0.2 },
          { cell: 1, rows: 990, loss: 0.4 },
        ],
      ),
      expected(
        category('city', [
          ['a', 50],
          ['b', 50],
        ]),
        [
          { cell: 'a', rows: 990, loss: 0.5 },
          { cell: 'b', rows: 990, loss: 0.1 },
        ],
      ),
    ];
    const window = {
      columns: [
        number('age', [
          [5, 20],
          [12, 80],
        ]),
        category('city', [
          ['a', 5],
          ['b', 5],
        ]),
      ],
    };
    const effects = lossEffects({ columns }, window);
    // Means .3; shares .4 → .2 and .6 → .8; 990 rows of 990 + 10.
    expect(effects.get('age')).toBeCloseTo((-0.2 * -0.1 + 0.2 * 0.1) * 0.99, 12);
    expect(effects.get('city')).toBe(0);
  });

  it('counts missing values, values beyond the grid, other and unseen categories as cells', () => {
    const columns = [
      expected(number('x', [[0, 50]], { under: 10, over: 10, nulls: 10, nans: 10, infinities: 10 }), [
        { cell: -3, rows: 300, loss: 3 },
        { cell: -2, rows: 100, loss: 2 },
        { cell: -1, rows: 100, loss: 1 },
        { cell: 0, rows: 500, loss: 0 },
      ]),
      expected(category('k', [['a', 100]]), [
        { cell: -5, rows: 100, loss: 2 },
        { cell: 'a', rows: 900, loss: 1 },
      ]),
    ];
    const window = {
      columns: [number('x', [[0, 0]], { nans: 1, over: 1 }), category('k', [['a', 1]], { unseen: 3 })],
    };
    const effects = lossEffects({ columns }, window);
    const x = ((0.5 - 0.3) * (3 - 1.2) * 300) / 310 + ((0.5 - 0.1) * (2 - 1.2) * 100) / 110;
    expect(effects.get('x')).toBeCloseTo(x + (-0.1 * (1 - 1.2) * 100) / 110 + (-0.5 * (0 - 1.2) * 500) / 510, 12);
    expect(effects.get('k')).toBeCloseTo((0.75 * (2 - 1.1) * 100) / 110 + (-0.75 * (1 - 1.1) * 900) / 910, 12);
  });

  it('ranks by the performance, not by the distance: a large shift among cells that are alike is none', () => {
    const alike: Losses = [
      { cell: 0, rows: 500, loss: 0.3 },
      { cell: 50, rows: 500, loss: 0.3001 },
    ];
    const apart: Losses = [
      { cell: 0, rows: 500, loss: 0.1 },
      { cell: 50, rows: 500, loss: 0.5 },
    ];
    const columns = [expected(number('large', [[0, 100]]), alike), expected(number('small', [[0, 100]]), apart)];
    const window = {
      columns: [
        number('large', [[500, 100]]),
        number('small', [
          [0, 85],
          [500, 15],
        ]),
      ],
    };
    const effects = lossEffects({ columns }, window);
    expect(effects.get('small')!).toBeGreaterThan(100 * effects.get('large')!);
  });

  it('has no effect for a column without losses, without values, gone or of another kind', () => {
    const losses: Losses = [{ cell: 0, rows: 500, loss: 0.3 }];
    const columns = [
      expected(number('unknown', [[0, 9]])),
      expected(number('empty', [[0, 9]]), losses),
      expected(number('gone', [[0, 9]]), losses),
      expected(number('other', [[0, 9]]), losses),
    ];
    const window = { columns: [number('unknown', [[0, 9]]), number('empty', []), category('other', [['a', 9]])] };
    expect(lossEffects({ columns }, window)).toEqual(new Map());
  });
});

it('is the change of the loss that comes, where only that column shifts', () => {
  const random = seededRandom(11);
  const grid = { kind: 'numeric' as const, low: 0, width: 0.001 };
  /** A model that knows the truth: hard where `hard` is near .5, and `other` has no part in it. */
  const draw = (shape: number) => {
    const rows = Array.from({ length: 40_000 }, () => ({ hard: random() ** shape, other: random() }));
    const predictions = Float64Array.from(rows, ({ hard }) => 0.02 + 0.96 * hard);
    const labels = predictions.map((p) => Number(random() < p));
    const losses = rowLosses(fakeModel(), predictions, labels, 0.5)!.values;
    const values = (name: 'hard' | 'other') => rows.map((row) => row[name]);
    const profile = (name: 'hard' | 'other') => makeProfile(name, values(name), grid);
    return { values, profile, losses, loss: losses.reduce((sum, loss) => sum + loss, 0) / rows.length };
  };
  const [holdout, window] = [draw(1), draw(2)];
  const columns = (['hard', 'other'] as const).map((name) =>
    expected(holdout.profile(name), meanLosses(numberCells(holdout.values(name), grid), holdout.losses)),
  );
  const effects = lossEffects({ columns }, { columns: [window.profile('hard'), window.profile('other')] });
  const change = window.loss - holdout.loss;
  expect(change).toBeLessThan(-0.05);
  // Mean losses of 400 rows a cell leave about ± .004.
  expect(Math.abs(effects.get('hard')! - change)).toBeLessThan(0.015);
  expect(effects.get('other')).toBeCloseTo(0, 2);
});
