/** Whether a change of the inputs that must not matter changes the answer. */
import { type BatchColumn, type ColumnBatch, pickRows } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import { wilsonInterval } from '../../../domain/evaluate/intervals/proportion-intervals.ts';
import type { Invariance } from '../../../domain/spec/valid.ts';
import type { DatasetReader } from '../../../ports/dataset.ts';
import type { Scorer } from '../score-holdout.ts';

/** The first of the holdout. */
export const INVARIANCE_ROWS = 10_000;

type Tried = Robustness['invariances'][number];

/** Rows that the change leaves as they are tell nothing and are not counted. */
export async function tryInvariance(
  reader: DatasetReader,
  file: string,
  { model, loaded }: Scorer,
  { name, set, tolerance }: Invariance,
  confidence: number,
): Promise<Tried> {
  const failed = (why: string): Tried => ({
    name,
    rows: 0,
    changed: { value: 0, lower: null, upper: null },
    largest: 0,
    tolerance,
    failed: why,
  });
  try {
    const columns = [...new Set(model.signature.inputs.map((input) => input.column))];
    const before = await firstRows(reader.scan(file, columns, INVARIANCE_ROWS));
    const after = await firstRows(reader.scan(file, columns, INVARIANCE_ROWS, set));
    if (before === undefined || after === undefined) return failed('there are no rows');
    const touched = changedRows(before, after);
    if (touched.length === 0) return failed('it changes no input of the model in any row');
    const [was, is] = [await loaded.predict(pickRows(before, touched)), await loaded.predict(pickRows(after, touched))];
    const largest = largestByRow(was.values, is.values, was.width);
    const changed = largest.filter((change) => change > tolerance).length;
    return {
      name,
      rows: touched.length,
      changed: wilsonInterval(changed, touched.length, confidence),
      largest: largest.reduce((most, change) => Math.max(most, change), 0),
      tolerance,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return failed(error.message);
  }
}

async function firstRows(batches: AsyncIterable<ColumnBatch>): Promise<ColumnBatch | undefined> {
  for await (const batch of batches) return batch;
  return undefined;
}

function changedRows(before: ColumnBatch, after: ColumnBatch): number[] {
  const columns = Object.keys(before.columns).map(
    (name) => [before.columns[name] as BatchColumn, after.columns[name] as BatchColumn] as const,
  );
  const rows = Array.from({ length: before.rows }, (_, row) => row);
  return rows.filter((row) => columns.some(([was, is]) => !sameValue(was, is, row)));
}

function sameValue(was: BatchColumn, is: BatchColumn, row: number): boolean {
  const size = was.kind === 'tensors' ? was.size : 1;
  for (let index = row * size; index < (row + 1) * size; index += 1)
    if (!Object.is(was.values[index], is.values[index])) return false;
  return missingAt(was, row) === missingAt(is, row);
}

function missingAt(column: BatchColumn, row: number): boolean {
  return column.kind !== 'texts' && column.missing?.[row] === 1;
}

/** A multiclass answer changes by the most that one of its probabilities does. */
function largestByRow(was: Float64Array, is: Float64Array, width: number): Float64Array {
  const largest = new Float64Array(was.length / width);
  for (let index = 0; index < was.length; index += 1) {
    const row = Math.floor(index / width);
    const change = Math.abs((was[index] as number) - (is[index] as number));
    if (change > (largest[row] as number)) largest[row] = change;
  }
  return largest;
}
