import type { ScoredRows } from '../../src/domain/evaluate/scored-rows.ts';
import type { CategoryColumn, NumberColumn } from '../../src/domain/evaluate/slices/columns.ts';
import { normal } from '../simulation/normal.ts';

/**
 * Columns of a holdout in which candidate and champion are exchangeable: one of many categories of different size, one
 * of few and missing values, one by group where there are groups, a number of no meaning and, unless `meaningless`, one
 * that tells how hard a row is for both models alike. No slice of them is worse.
 */
export function makeColumns(
  scored: ScoredRows,
  random: () => number,
  meaningless = false,
): (CategoryColumn | NumberColumn)[] {
  const { rows, width, candidate, champion, groups } = scored;
  const category = (column: string, count: number, draw: (row: number) => number): CategoryColumn => ({
    column,
    values: Array.from({ length: count }, (_, index) => `v${index}`),
    codes: Int32Array.from({ length: rows }, (_, row) => draw(row)),
  });
  const number = (column: string, draw: (row: number) => number): NumberColumn => ({
    column,
    values: Float64Array.from({ length: rows }, (_, row) => draw(row)),
  });
  const both = (row: number) =>
    (candidate.values[row * width] as number) + (champion?.values[row * width] as number) + 0.2 * normal(random);
  return [
    category('many', 10, () => Math.floor(10 * random() ** 1.5)),
    category('few', 4, () => Math.floor(5 * random()) - 1),
    ...(groups === undefined ? [] : [category('site', 6, (row) => (groups[row] as number) % 6)]),
    number('noise', () => (random() < 0.05 ? Number.NaN : random())),
    ...(meaningless ? [] : [number('hardness', both)]),
  ];
}
