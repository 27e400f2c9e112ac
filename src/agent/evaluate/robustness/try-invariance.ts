/** Whether a change of the inputs that must not matter changes the answer. */
import { type BatchColumn, type ColumnBatch, pickRows } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import { wilsonInterval } from '../../../domain/evaluate/intervals/proportion-intervals.ts';
import type { Dataset, Invariance } from '../../../domain/spec/valid.ts';
import type { DatasetReader } from '../../../ports/dataset.ts';
import { batchRows } from '../batch-rows.ts';
import type { Scorer } from '../score-holdout.ts';

/** The first of the holdout. */
const INVARIANCE_ROWS = 10_000;

type Tried = Robustness['invariances'][number];

type Place = { reader: DatasetReader; file: string; dataset: Dataset };

/** Rows that the change leaves as they are tell nothing and are not counted. */
export async function tryInvariance(
  place: Place,
  scorer: Scorer,
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
    let [rows, changed, largest] = [0, 0, 0];
    for await (const change of changes(place, scorer, set)) {
      rows += 1;
      if (change > tolerance) changed += 1;
      largest = Math.max(largest, change);
    }
    if (rows === 0) return failed('it changes no input of the model in any row');
    return { name, rows, changed: wilsonInterval(changed, rows, confidence), largest, tolerance };
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return failed(error.message);
  }
}

/** By how much the answer moves, of each row with an input that is changed. */
async function* changes(
  { reader, file, dataset }: Place,
  { model, loaded }: Scorer,
  set: Record<string, string>,
): AsyncGenerator<number> {
  const columns = [...new Set(model.signature.inputs.map((input) => input.column))];
  const size = Math.min(INVARIANCE_ROWS, batchRows(dataset));
  const changed = reader.scan(file, columns, size, set)[Symbol.asyncIterator]();
  try {
    let seen = 0;
    for await (const before of reader.scan(file, columns, size)) {
      const { value: after } = (await changed.next()) as { value: ColumnBatch };
      const first = seen;
      const touched = changedRows(before, after).filter((row) => first + row < INVARIANCE_ROWS);
      if (touched.length > 0) {
        const was = await loaded.predict(pickRows(before, touched));
        const is = await loaded.predict(pickRows(after, touched));
        yield* largestByRow(was.values, is.values, was.width);
      }
      seen += before.rows;
      if (seen >= INVARIANCE_ROWS) return;
    }
  } finally {
    await changed.return?.();
  }
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
