/** What an evaluation keeps of the holdout besides labels and predictions: groups, weights and what rows are sliced by. */
import type { ColumnBatch } from '../../domain/data/column-batch.ts';
import { AppError } from '../../domain/errors.ts';
import type { CategoryColumn, NumberColumn } from '../../domain/evaluate/slices/columns.ts';
import type { Column, Dataset, Model } from '../../domain/spec/valid.ts';
import { createValueEncoder } from './encode-values.ts';
import { createGrowingArray } from './growing-array.ts';

export type KeptColumns = {
  categories: CategoryColumn[];
  numbers: NumberColumn[];
  groups?: Int32Array;
  weights?: Float64Array;
  groupedBy?: string;
  weightedBy?: string;
};

/** Feed it the rows that are scored, in their order. AppError config/data-invalid for weights that nothing is a mean by. */
export function createColumnKeeper(
  dataset: Dataset,
  model: Model,
): { add(batch: ColumnBatch): void; kept(): KeptColumns } {
  const { categories, numbers } = slicedColumns(dataset, model);
  const encoders = categories.map((column) => ({ column, encoder: createValueEncoder() }));
  const values = numbers.map((column) => ({ column, values: createGrowingArray(Float64Array) }));
  const [group, weight] = (['group', 'weight'] as const).map(
    (role) => dataset.columns.find((column) => column.role === role)?.name,
  );
  const groups = createValueEncoder();
  const weights = createGrowingArray(Float64Array);
  const columnOf = (batch: ColumnBatch, name: string) => batch.columns[name] as ColumnBatch['columns'][string];
  return {
    add(batch) {
      for (const { column, encoder } of encoders) encoder.add(columnOf(batch, column));
      for (const one of values) one.values.push(columnOf(batch, one.column).values as Float64Array);
      if (group !== undefined) groups.add(columnOf(batch, group));
      if (weight !== undefined) weights.push(checkWeights(columnOf(batch, weight).values as Float64Array, weight));
    },
    kept: () => ({
      categories: encoders.map(({ column, encoder }) => ({ column, ...encoder.encoded() })),
      numbers: values.map((one) => ({ column: one.column, values: one.values.values() })),
      ...(group === undefined ? {} : { groups: groups.groups(), groupedBy: group }),
      ...(weight === undefined ? {} : { weights: checkTotal(weights.values(), weight), weightedBy: weight }),
    }),
  };
}

/** Columns that slices, the discovery and fairness gates name: cut into bins or taken value by value; never pii. */
function slicedColumns(dataset: Dataset, { evaluate, gates }: Model): { categories: string[]; numbers: string[] } {
  const shown = new Map(dataset.columns.filter((column) => !column.pii).map((column) => [column.name, column]));
  const [categories, numbers] = [new Set<string>(), new Set<string>()];
  for (const slice of evaluate.slices) {
    if (slice.kind === 'column') categories.add(slice.column);
    else if (slice.kind !== 'where') numbers.add(slice.column);
  }
  for (const name of evaluate.discover?.columns ?? []) {
    const column = shown.get(name);
    if (column !== undefined) (isNumeric(column) ? numbers : categories).add(name);
  }
  for (const gate of gates) if (gate.kind === 'fairness' && !numbers.has(gate.by)) categories.add(gate.by);
  const of = (names: Set<string>) => [...names].filter((name) => shown.has(name));
  return { categories: of(categories), numbers: of(numbers) };
}

function isNumeric({ type }: Column): boolean {
  return type === 'integer' || type === 'float' || type === 'timestamp';
}

function checkWeights(values: Float64Array, column: string): Float64Array {
  for (const value of values) {
    if (value >= 0 && value < Number.POSITIVE_INFINITY) continue;
    const what = Number.isNaN(value) ? 'missing in a row' : `${value} in a row`;
    throw new AppError('config/data-invalid', `the weight ${column} is ${what}; it must be a number, 0 or more`);
  }
  return values;
}

function checkTotal(weights: Float64Array, column: string): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total > 0 && total < Number.POSITIVE_INFINITY) return weights;
  const what =
    total === 0
      ? '0 in every row with a label, so that none counts'
      : 'too large: the sum over all rows is no finite number';
  throw new AppError('config/data-invalid', `the weight ${column} is ${what}`);
}
