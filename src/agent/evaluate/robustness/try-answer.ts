import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { LoadedModel } from '../../../ports/model-runtime.ts';

/** What it answers, or in words why it does not: a refusal, or a value that is no number. */
export async function tryAnswer(model: LoadedModel, batch: ColumnBatch): Promise<{ values: Float64Array } | string> {
  try {
    const { values } = await model.predict(batch);
    const odd = values.find((value) => !Number.isFinite(value));
    return odd === undefined ? { values } : `it answers ${odd} for a row`;
  } catch (error) {
    if (!(error instanceof AppError) || error.family !== 'config') throw error;
    return error.message;
  }
}
