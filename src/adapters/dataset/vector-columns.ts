/** DuckDB's vectors to typed columns: whole stretches are copied, no value is boxed. */
import type { DuckDBListVector, DuckDBVector } from '@duckdb/node-api';
import type { BatchColumn } from '../../domain/data/column-batch.ts';

/** What a column of a query is read as; tensors are lists of `size` doubles, booleans are unsigned bytes. */
export type Form = { kind: 'numbers' | 'booleans' | 'texts' } | { kind: 'tensors'; size: number };

export type ColumnFiller = {
  /** Rows `from`… of a vector to place `at`… of the batch. */
  fill(vector: DuckDBVector, from: number, count: number, at: number): void;
  /** The first `rows` rows; what is filled next belongs to another batch. */
  take(rows: number): BatchColumn;
};

export function createColumnFiller(column: string, form: Form, batchRows: number): ColumnFiller {
  switch (form.kind) {
    case 'numbers':
      return createArrayFiller('numbers', Float64Array, batchRows);
    case 'booleans':
      return createArrayFiller('booleans', Uint8Array, batchRows);
    case 'texts':
      return createTextFiller();
    case 'tensors':
      return createTensorFiller(column, form.size, batchRows);
  }
}

/**
 * The library keeps these to itself and offers boxed values instead, which take ten times as long. A bit that is 0 says
 * "no value"; without `data` every row has one.
 */
type Inside = {
  items: Float64Array;
  validity: { data: BigUint64Array | null };
  entryData: BigUint64Array;
};

const inside = (vector: DuckDBVector) => vector as unknown as Inside;

function createArrayFiller(
  kind: 'numbers' | 'booleans',
  Values: typeof Float64Array | typeof Uint8Array,
  batchRows: number,
): ColumnFiller {
  const missing = createMissing(batchRows);
  let values = new Values(batchRows) as Float64Array;
  return {
    fill(vector, from, count, at) {
      values.set(inside(vector).items.subarray(from, from + count), at);
      const empty = kind === 'numbers' ? Number.NaN : 0;
      missing.fill(vector, from, count, at, (place) => {
        values[place] = empty;
      });
    },
    take(rows) {
      const taken = values.subarray(0, rows);
      values = new Values(batchRows) as Float64Array;
      return { kind, values: taken, ...missing.take(rows) } as BatchColumn;
    },
  };
}

function createTextFiller(): ColumnFiller {
  let values: (string | null)[] = [];
  return {
    fill(vector, from, count) {
      for (let row = from; row < from + count; row += 1) values.push(vector.getItem(row) as string | null);
    },
    take() {
      const taken = values;
      values = [];
      return { kind: 'texts', values: taken };
    },
  };
}

function createTensorFiller(column: string, size: number, batchRows: number): ColumnFiller {
  const missing = createMissing(batchRows);
  let values = new Float64Array(batchRows * size);
  return {
    fill(vector, from, count, at) {
      const { entryData } = inside(vector);
      const child = (vector as DuckDBListVector).childVector;
      const numbers = inside(child).items;
      const gaps = validityBits(child);
      missing.fill(vector, from, count, at, (place) => values.fill(Number.NaN, place * size, (place + 1) * size));
      for (let row = 0; row < count; row += 1) {
        if (missing.at(at + row)) continue;
        const start = Number(entryData[(from + row) * 2]);
        const length = Number(entryData[(from + row) * 2 + 1]);
        if (length !== size) throw new Error(`column ${column} has a row of ${length} numbers among rows of ${size}`);
        const into = (at + row) * size;
        values.set(numbers.subarray(start, start + size), into);
        if (gaps === undefined) continue;
        for (let index = 0; index < size; index += 1) {
          if (isGap(gaps, start + index)) values[into + index] = Number.NaN;
        }
      }
    },
    take(rows) {
      const taken = values.subarray(0, rows * size);
      values = new Float64Array(batchRows * size);
      return { kind: 'tensors', values: taken, size, ...missing.take(rows) };
    },
  };
}

/** The marks of one column, made when the first value is missing. */
function createMissing(batchRows: number) {
  let marks: Uint8Array | undefined;
  return {
    fill(vector: DuckDBVector, from: number, count: number, at: number, found: (place: number) => void) {
      const bits = validityBits(vector);
      if (bits === undefined) return;
      for (let row = 0; row < count; row += 1) {
        if (!isGap(bits, from + row)) continue;
        marks ??= new Uint8Array(batchRows);
        marks[at + row] = 1;
        found(at + row);
      }
    },
    at: (place: number) => marks?.[place] === 1,
    take(rows: number): { missing?: Uint8Array } {
      const taken = marks?.subarray(0, rows);
      marks = undefined;
      return taken === undefined ? {} : { missing: taken };
    },
  };
}

function validityBits(vector: DuckDBVector): Uint8Array | undefined {
  const { data } = inside(vector).validity;
  return data === null ? undefined : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function isGap(bits: Uint8Array, row: number): boolean {
  return (((bits[row >> 3] as number) >> (row & 7)) & 1) === 0;
}
