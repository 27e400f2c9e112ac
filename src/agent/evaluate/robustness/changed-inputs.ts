/** Batches with one column changed in every row. */
import type { BatchColumn, ColumnBatch } from '../../../domain/data/column-batch.ts';

export function withColumn(batch: ColumnBatch, name: string, column: BatchColumn): ColumnBatch {
  return { rows: batch.rows, columns: { ...batch.columns, [name]: column } };
}

/** The same kind of column without a value in any row. */
export function allMissing(column: BatchColumn): BatchColumn {
  switch (column.kind) {
    case 'texts':
      return { kind: 'texts', values: column.values.map(() => null) };
    case 'booleans':
      return { kind: 'booleans', values: new Uint8Array(column.values.length), missing: ones(column.values.length) };
    case 'numbers':
      return { ...column, values: nans(column.values.length), missing: ones(column.values.length) };
    case 'tensors':
      return { ...column, values: nans(column.values.length), missing: ones(column.values.length / column.size) };
  }
}

/** The same number, or the same text, in every row. */
export function allEqual(column: BatchColumn, value: number | string): BatchColumn {
  if (column.kind === 'texts') return { kind: 'texts', values: column.values.map(() => String(value)) };
  if (column.kind === 'numbers')
    return { kind: 'numbers', values: new Float64Array(column.values.length).fill(+value) };
  return column;
}

const ones = (length: number) => new Uint8Array(length).fill(1);
const nans = (length: number) => new Float64Array(length).fill(Number.NaN);
