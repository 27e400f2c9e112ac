/** Whether the artifact answers here as it did where it was trained. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Robustness } from '../../../domain/evaluate/evaluation.ts';
import type { Dataset, Model } from '../../../domain/spec/valid.ts';
import type { DatasetReader } from '../../../ports/dataset.ts';
import { CHECK_FILE } from '../../check-file.ts';
import { batchRows } from '../batch-rows.ts';
import type { Scorer } from '../score-holdout.ts';

const MOST_ROWS = 10_000;

/** Undefined where the training left no such file. The first 10,000 rows of it count. */
export async function checkAgreement(
  reader: DatasetReader,
  dataset: Dataset,
  { model, loaded }: Scorer,
  folder: string,
): Promise<Robustness['agreement']> {
  const file = await findFile([model.artifact.path, path.dirname(model.artifact.path)], folder);
  if (file === undefined) return undefined;
  const failed = (why: string) => ({ rows: 0, largest: 0, mean: 0, failed: `${CHECK_FILE}: ${why}` });
  const theirs = predictionNames(model);
  const columns = [...new Set([...model.signature.inputs.map((input) => input.column), ...theirs])];
  let [rows, largest, sum] = [0, 0, 0];
  try {
    for await (const batch of reader.scan(file, columns, Math.min(MOST_ROWS, batchRows(dataset)))) {
      const { values, width } = await loaded.predict(batch);
      if (width !== theirs.length) return failed(`the model answers ${width} values a row`);
      for (const difference of differences(values, theirs, batch)) {
        if (Number.isNaN(difference)) return failed('a prediction in it is no number');
        largest = Math.max(largest, difference);
        sum += difference;
      }
      rows += batch.rows;
      if (rows >= MOST_ROWS) break;
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return failed(error.message);
  }
  return rows === 0 ? failed('it has no rows') : { rows, largest, mean: sum / (rows * theirs.length) };
}

function differences(values: Float64Array, theirs: readonly string[], batch: ColumnBatch): Float64Array {
  const expected = theirs.map((name) => batch.columns[name]?.values ?? []);
  return Float64Array.from(values, (value, index) =>
    Math.abs(value - Number(expected[index % theirs.length]?.[Math.floor(index / theirs.length)])),
  );
}

/** The artifact's path may name a file or a folder. */
async function findFile(places: string[], folder: string): Promise<string | undefined> {
  for (const place of places) {
    const file = path.join(folder, place, CHECK_FILE);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

/** `prediction`, or of several values a row one column each: `prediction_0`… */
function predictionNames({ signature: { output } }: Model): string[] {
  const width = output.interval === undefined ? (output.classes?.length ?? 1) : 3;
  return width === 1 ? ['prediction'] : Array.from({ length: width }, (_, index) => `prediction_${index}`);
}
