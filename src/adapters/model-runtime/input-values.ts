/** Columns of a batch in the form that a model's input takes. */

import { AppError } from '../../domain/errors.ts';
import type { SignatureInput } from '../../domain/spec/valid.ts';
import type { ColumnBatch } from '../../ports/dataset.ts';

type Column = ColumnBatch['columns'][string];

export function columnOf(batch: ColumnBatch, input: SignatureInput): Column {
  const column = batch.columns[input.column];
  if (column === undefined)
    throw invalid(`input ${input.name} needs column ${input.column}, which the rows do not have`);
  return column;
}

/** A missing value is NaN, true is 1. */
export function floats(column: Column, input: SignatureInput): Float64Array {
  const values = new Float64Array(column.length);
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row];
    if (typeof value === 'number') values[row] = value;
    else if (typeof value === 'boolean') values[row] = value ? 1 : 0;
    else if (value === null || value === undefined) values[row] = Number.NaN;
    else throw invalid(`input ${input.name} takes numbers, column ${input.column} holds text`);
  }
  return values;
}

/** Whole numbers only: there is no integer that says "missing". */
export function integers(column: Column, input: SignatureInput): Float64Array {
  const values = floats(column, input);
  for (const value of values) {
    if (Number.isNaN(value))
      throw invalid(`input ${input.name} takes whole numbers, column ${input.column} has missing values`);
    if (!Number.isInteger(value))
      throw invalid(`input ${input.name} takes whole numbers, column ${input.column} holds ${value}`);
  }
  return values;
}

/** A missing text is the empty one. */
export function texts(column: Column, input: SignatureInput): string[] {
  return column.map((value) => {
    if (value === null) return '';
    if (typeof value !== 'string')
      throw invalid(`input ${input.name} takes text, column ${input.column} holds ${typeof value}s`);
    return value;
  });
}

/** rows × inputs, row-major, in the order of the signature. */
export function matrix(batch: ColumnBatch, inputs: SignatureInput[]): Float32Array {
  const values = new Float32Array(batch.rows * inputs.length);
  for (const [position, input] of inputs.entries()) {
    const column = floats(columnOf(batch, input), input);
    for (let row = 0; row < batch.rows; row += 1) values[row * inputs.length + position] = column[row] as number;
  }
  return values;
}

export function invalid(message: string, cause?: unknown): AppError {
  return new AppError('config/model-invalid', `the model cannot be used: ${message}`, { cause });
}
