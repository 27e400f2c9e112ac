/** Whether a change of the inputs that must not matter changes the answer. */
import { type BatchColumn, type ColumnBatch, pickRows } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import { effectiveShares, type GroupShare } from '../../../domain/evaluate/effective-shares.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import { wilsonInterval } from '../../../domain/evaluate/intervals/proportion-intervals.ts';
import type { Dataset, Invariance } from '../../../domain/spec/valid.ts';
import type { DatasetReader } from '../../../ports/dataset.ts';
import { batchRows } from '../batch-rows.ts';
import { createValueEncoder } from '../encode-values.ts';
import { createGrowingArray } from '../growing-array.ts';
import type { Scorer } from '../score-holdout.ts';

/** Spread evenly over the holdout, which may be sorted by time. */
const INVARIANCE_ROWS = 10_000;

type Tried = Robustness['invariances'][number];

/** `rows`: of the file. */
type Place = { reader: DatasetReader; file: string; rows: number; dataset: Dataset };

/**
 * Rows that the change leaves as they are tell nothing and are not counted. Where rows belong together, the interval is
 * that of as many independent ones as would tell as much.
 */
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
    const { moved, groups } = await changes(place, scorer, set);
    const rows = moved.length;
    if (rows === 0) return failed('it changes no input of the model in any row');
    const largest = moved.reduce((most, one) => Math.max(most, one), 0);
    const decided = moved.map((one) => (one > tolerance ? 1 : 0));
    const [, share] = effectiveShares(
      { rows, ...(groups === undefined ? {} : { groups }) },
      { code: new Int32Array(rows), codes: 1, isRelevant: () => true, decided },
    ) as [GroupShare, GroupShare];
    return { name, rows, changed: wilsonInterval(share.successes, share.rows, confidence), largest, tolerance };
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return failed(error.message);
  }
}

/** By how much the answer moves, of each row with an input that is changed; `groups` where the dataset has them. */
async function changes(
  { reader, file, rows, dataset }: Place,
  { model, loaded }: Scorer,
  set: Record<string, string>,
): Promise<{ moved: Float64Array; groups?: Int32Array }> {
  const inputs = [...new Set(model.signature.inputs.map((input) => input.column))];
  const group = dataset.columns.find((column) => column.role === 'group')?.name;
  const size = Math.min(INVARIANCE_ROWS, batchRows(dataset));
  const columns = group === undefined ? inputs : [...new Set([...inputs, group])];
  const changed = reader.scan(file, inputs, size, set)[Symbol.asyncIterator]();
  const [moved, groups] = [createGrowingArray(Float64Array), createValueEncoder()];
  try {
    let seen = 0;
    for await (const before of reader.scan(file, columns, size)) {
      const { value: after } = (await changed.next()) as { value: ColumnBatch };
      const first = seen;
      const touched = changedRows(before, after).filter((row) => isTried(first + row, rows));
      if (touched.length > 0) {
        const asked = pickRows(before, touched);
        const was = await loaded.predict(asked);
        const is = await loaded.predict(pickRows(after, touched));
        moved.push(largestByRow(was.values, is.values, was.width));
        if (group !== undefined) groups.add(asked.columns[group] as BatchColumn);
      }
      seen += before.rows;
    }
  } finally {
    await changed.return?.();
  }
  return { moved: moved.values(), ...(group === undefined ? {} : { groups: groups.groups() }) };
}

/** All of a short file; of a long one rows at equal distances. */
function isTried(row: number, rows: number): boolean {
  const tried = Math.min(INVARIANCE_ROWS, rows);
  return Math.floor(((row + 1) * tried) / rows) > Math.floor((row * tried) / rows);
}

function changedRows(before: ColumnBatch, after: ColumnBatch): number[] {
  const columns = Object.keys(after.columns).map(
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
