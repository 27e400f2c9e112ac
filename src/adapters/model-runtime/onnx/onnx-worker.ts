/** Answers batches of one model in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ColumnBatch } from '../../../domain/data/column-batch.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Signature, Task } from '../../../domain/spec/valid.ts';
import type { Predictions } from '../../../ports/model-runtime.ts';
import { loadOnnxModel } from './load-onnx-model.ts';

export type WorkerModel = { file: string; signature: Signature; task: Task };
export type WorkerAnswer =
  | { predictions: Predictions }
  | { error: { code: AppError['code']; message: string; row?: number } };

const { file, ...model } = workerData as WorkerModel;
const port = parentPort as NonNullable<typeof parentPort>;
const loaded = loadOnnxModel(file, model, 1);
// Who asks gets the error; until then nobody waits for it.
loaded.catch(() => {});

port.on('message', async (batch: ColumnBatch | 'close') => {
  if (batch === 'close') {
    await (await loaded.catch(() => undefined))?.close();
    port.close();
    return;
  }
  try {
    const predictions = await (await loaded).predict(batch);
    port.postMessage({ predictions } satisfies WorkerAnswer, [predictions.values.buffer as ArrayBuffer]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const row = (error.cause as { row?: number } | undefined)?.row;
    const { code, message } = error;
    port.postMessage({ error: { code, message, ...(row === undefined ? {} : { row }) } } satisfies WorkerAnswer);
  }
});
