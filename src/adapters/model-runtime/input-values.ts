/** Columns of a batch in the form that a model's input takes. */

import type { BatchColumn, ColumnBatch } from '../../domain/data/column-batch.ts';
import type { SignatureInput } from '../../domain/spec/valid.ts';
import type { Prepared } from '../../ports/model-runtime.ts';
import { createWriter, type Elements, type NumberType } from './element-values.ts';
import type { Feed } from './feed-plan.ts';
import { invalid } from './invalid.ts';

/** Row-major; a missing number is NaN, a missing text the empty one, true is 1. What was prepared before is shared. */
export function feedValues(feed: Feed, batch: ColumnBatch, prepared?: Prepared): Elements | string[] {
  const columns = feed.columns.map((input) => `${input.column} ${input.shape?.join() ?? ''}`);
  const key = JSON.stringify([feed.type, columns]);
  const known = prepared?.get(key) as Elements | string[] | undefined;
  if (known !== undefined) return known;
  const values = feed.type === 'string' ? texts(feed, batch) : numbers(feed, feed.type, batch);
  prepared?.set(key, values);
  return values;
}

function numbers({ columns }: Feed, type: NumberType, batch: ColumnBatch): Elements {
  const step = columns.length;
  const size = step === 1 ? sizeOf(columns[0] as SignatureInput) : 1;
  const writer = createWriter(type, batch.rows * size * step);
  for (const [place, input] of columns.entries()) {
    const misfit = writer.write(numericColumn(batch, input), place, step);
    if (misfit !== undefined) throw refused(input, type, misfit);
  }
  return writer.elements;
}

function numericColumn(batch: ColumnBatch, input: SignatureInput): Float64Array | Uint8Array {
  const column = columnOf(batch, input);
  if (column.kind === 'texts') throw invalid(`input ${input.name} takes numbers, column ${input.column} holds text`);
  const size = sizeOf(input);
  const has = column.kind === 'tensors' ? column.size : 1;
  if (has !== size) throw invalid(`input ${input.name} takes ${size} numbers a row, column ${input.column} has ${has}`);
  if (column.kind !== 'booleans' || column.missing === undefined) return column.values;
  return Float64Array.from(column.values, (value, row) => (column.missing?.[row] === 1 ? Number.NaN : value));
}

function texts({ columns }: Feed, batch: ColumnBatch): string[] {
  const lists = columns.map((input) => {
    const column = columnOf(batch, input);
    if (column.kind !== 'texts')
      throw invalid(`input ${input.name} takes text, column ${input.column} holds ${column.kind}`);
    return column.values;
  });
  const values = new Array<string>(batch.rows * lists.length);
  for (const [place, list] of lists.entries())
    for (let row = 0; row < batch.rows; row += 1) values[row * lists.length + place] = list[row] ?? '';
  return values;
}

function columnOf(batch: ColumnBatch, input: SignatureInput): BatchColumn {
  const column = batch.columns[input.column];
  if (column === undefined)
    throw invalid(`input ${input.name} needs column ${input.column}, which the rows do not have`);
  return column;
}

const sizeOf = (input: SignatureInput) => (input.shape ?? []).reduce((product, size) => product * size, 1);

function refused(input: SignatureInput, type: NumberType, value: number) {
  const takes = type === 'bool' ? 'takes 0 and 1' : `takes whole numbers (${type})`;
  const holds = Number.isNaN(value) ? 'has missing values' : `holds ${value}`;
  return invalid(`input ${input.name} ${takes}, column ${input.column} ${holds}`);
}
