/** Rows by column, as they are read: numbers in one piece, since a million boxed values cost more than the model. */

/** `missing`: 1 where there is no value (the number there is NaN, the boolean 0); absent: every row has one. */
export type BatchColumn =
  /** Integer, float; timestamps as epoch milliseconds. */
  | { kind: 'numbers'; values: Float64Array; missing?: Uint8Array }
  | { kind: 'booleans'; values: Uint8Array; missing?: Uint8Array }
  /** Category, text. */
  | { kind: 'texts'; values: (string | null)[] }
  /** Lists of `size` numbers a row, row after row: a picture, a sequence. */
  | { kind: 'tensors'; values: Float64Array; size: number; missing?: Uint8Array };

export type ColumnBatch = { rows: number; columns: Record<string, BatchColumn> };

/** The rows at these places, in that order. */
export function pickRows(batch: ColumnBatch, rows: readonly number[]): ColumnBatch {
  const columns = Object.entries(batch.columns).map(([name, column]) => [name, pickColumn(column, rows)] as const);
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

function pickColumn(column: BatchColumn, rows: readonly number[]): BatchColumn {
  const missing =
    column.kind !== 'texts' && column.missing !== undefined
      ? { missing: Uint8Array.from(rows, (row) => (column.missing as Uint8Array)[row] as number) }
      : {};
  switch (column.kind) {
    case 'numbers':
      return { kind: 'numbers', values: Float64Array.from(rows, (row) => column.values[row] as number), ...missing };
    case 'booleans':
      return { kind: 'booleans', values: Uint8Array.from(rows, (row) => column.values[row] as number), ...missing };
    case 'texts':
      return { kind: 'texts', values: rows.map((row) => column.values[row] ?? null) };
    case 'tensors': {
      const values = new Float64Array(rows.length * column.size);
      for (const [place, row] of rows.entries())
        values.set(column.values.subarray(row * column.size, (row + 1) * column.size), place * column.size);
      return { kind: 'tensors', values, size: column.size, ...missing };
    }
  }
}
