/** Single values of a batch, for whoever has a few rows and no need of speed. */
import type { BatchColumn } from './column-batch.ts';

export type BatchValue = number | string | boolean | null | (number | null)[];

/** Null where there is no value. */
export function valueAt(column: BatchColumn, row: number): BatchValue {
  if (column.kind === 'texts') return column.values[row] ?? null;
  if (column.missing?.[row] === 1) return null;
  if (column.kind === 'booleans') return column.values[row] === 1;
  if (column.kind === 'numbers') return column.values[row] as number;
  return [...column.values.subarray(row * column.size, (row + 1) * column.size)];
}

/** A column of values of one kind; where there is none at all, of numbers. Lists are all of the first one's size. */
export function toColumn(values: readonly BatchValue[]): BatchColumn {
  const first = values.find((value) => value !== null);
  if (typeof first === 'string') return { kind: 'texts', values: values as (string | null)[] };
  const missing = values.includes(null)
    ? { missing: Uint8Array.from(values, (value) => (value === null ? 1 : 0)) }
    : {};
  if (typeof first === 'boolean') return { kind: 'booleans', values: Uint8Array.from(values, Number), ...missing };
  if (Array.isArray(first)) {
    const none = first.map(() => Number.NaN);
    const flat = values.flatMap((value) =>
      ((value as (number | null)[] | null) ?? none).map((one) => one ?? Number.NaN),
    );
    return { kind: 'tensors', values: Float64Array.from(flat), size: first.length, ...missing };
  }
  return {
    kind: 'numbers',
    values: Float64Array.from(values, (value) => (value as number | null) ?? Number.NaN),
    ...missing,
  };
}
