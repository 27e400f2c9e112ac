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

/** The rows of all batches, one after the other; they have the same columns. */
export function joinBatches(batches: readonly ColumnBatch[]): ColumnBatch {
  const [first] = batches;
  if (first === undefined || batches.length === 1) return first ?? { rows: 0, columns: {} };
  const columns = Object.keys(first.columns).map((name) => {
    const parts = batches.map((batch) => ({ rows: batch.rows, column: batch.columns[name] as BatchColumn }));
    return [name, joinColumns(parts)] as const;
  });
  return { rows: batches.reduce((sum, batch) => sum + batch.rows, 0), columns: Object.fromEntries(columns) };
}

function joinColumns(parts: { rows: number; column: BatchColumn }[]): BatchColumn {
  const { column: first } = parts[0] as { column: BatchColumn };
  if (first.kind === 'texts') return { ...first, values: parts.flatMap(({ column }) => column.values as string[]) };
  const values = joinArrays(parts.map(({ column }) => column.values as Float64Array));
  const marks = parts.map(({ rows, column }) => (column as { missing?: Uint8Array }).missing ?? new Uint8Array(rows));
  const missing = parts.some(({ column }) => 'missing' in column) ? { missing: joinArrays(marks) } : {};
  return { ...first, values, ...missing } as BatchColumn;
}

function joinArrays<T extends Float64Array | Uint8Array>(parts: T[]): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new ((parts[0] as T).constructor as new (length: number) => T)(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
